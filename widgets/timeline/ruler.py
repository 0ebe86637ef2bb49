"""The head of the timeline: time code, in and out, markers, and what is ready to play."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from core.arrays import Bools
from widgets import theme
from widgets.timecode import timecode
from widgets.timeline.axis import Axis, least
from widgets.timeline.lanes import Lane, density, draw_pixels

RANGE_PX = 11  # height of the strip with in and out
CACHE_PX = 4
HANDLE_PX = 7
_FRAMES = (1, 2, 5, 10)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


class Ruler(Lane):
    """Time code with ticks, the range with its handles, markers, the cache strip."""

    def __init__(self, title: str) -> None:
        super().__init__(title, 42, theme.colour(theme.QUIET))
        self.range: tuple[int, int] | None = None
        self.loop = False
        self.markers: tuple[int, ...] = ()
        self.cached: Bools = np.zeros(0, np.bool_)

    def show_range(self, range_: tuple[int, int] | None) -> None:
        """Show first and last frame of the range; None = the whole clip."""
        self.range = range_
        self.shown()

    def show_loop(self, loop: bool) -> None:
        """Show whether playback starts again at the end of the range."""
        self.loop = loop
        self.shown()

    def show_markers(self, markers: tuple[int, ...]) -> None:
        """Show markers at frames."""
        self.markers = markers
        self.shown()

    def show_cached(self, cached: Bools) -> None:
        """Show (F,) which frames play without waiting; they are painted by `paint_cached`."""
        self.cached = cached

    def handles(self, axis: Axis) -> tuple[float, float]:
        """Return the pixels of the in and the out handle."""
        first, last = self.range or (0, len(axis.times) - 1)
        return axis.frame_x(first), axis.frame_x(last + 1)

    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        painter.fillRect(QRectF(0, 0, axis.width, height), theme.colour(theme.WINDOW))
        if not len(axis.times):
            return
        self._paint_range(painter, axis)
        self._paint_ticks(painter, axis, height)
        self._paint_markers(painter, axis, height)

    def _paint_range(self, painter: QPainter, axis: Axis) -> None:
        a, b = self.handles(axis)
        painter.fillRect(QRectF(0, 0, axis.width, RANGE_PX), theme.colour(theme.DEEP))
        strong = self.range is not None or self.loop
        name = theme.GOOD if self.loop else theme.RANGE
        bar = QRectF(a, 2, b - a, RANGE_PX - 4)
        painter.fillRect(bar, theme.colour(name, 150 if strong else 60))
        grip = theme.colour(name if strong else theme.FAINT)
        for x in (a, b - HANDLE_PX / 2):
            painter.fillRect(QRectF(x, 0, HANDLE_PX / 2, RANGE_PX), grip)

    def _paint_ticks(self, painter: QPainter, axis: Axis, height: int) -> None:
        painter.setFont(theme.small_font(theme.number_font()))
        metrics = QFontMetricsF(painter.font())
        room = metrics.horizontalAdvance("00:00:00:00") + theme.WIDE
        floor = height - CACHE_PX
        for frame, labelled in ticks(axis, room):
            x = round(axis.frame_x(frame)) + 0.5
            painter.setPen(theme.colour(theme.FAINT if labelled else theme.LINE))
            top = RANGE_PX + 4 if labelled else floor - 5
            painter.drawLine(QPointF(x, top), QPointF(x, floor - 1))
            if labelled and x + room - theme.GAP < axis.width:
                painter.setPen(theme.colour(theme.QUIET))
                spot = QPointF(x + theme.SMALL, RANGE_PX + 3 + metrics.ascent())
                painter.drawText(spot, timecode(axis.times, frame))

    def paint_cached(self, painter: QPainter, axis: Axis) -> None:
        """Paint the strip of cached frames below the ticks, which change less often."""
        painter.save()
        painter.translate(0, self.height - CACHE_PX)
        painter.fillRect(QRectF(0, 0, axis.width, CACHE_PX), theme.colour(theme.DEEP))
        frames, where = axis.columns(density(painter))
        if len(frames) and len(self.cached) == len(axis.times):
            pixels = np.zeros((1, round(axis.width * density(painter))), np.uint32)
            ready = least(self.cached, frames)
            pixels[0, where] = np.where(ready, np.uint32(theme.colour(theme.CACHED).rgba()), 0)
            draw_pixels(painter, pixels, CACHE_PX)
        painter.restore()

    def _paint_markers(self, painter: QPainter, axis: Axis, height: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(theme.DEEP), 1))
        painter.setBrush(theme.colour(theme.WARN))
        bottom = height - CACHE_PX
        for frame in self.markers:
            x = axis.frame_x(frame)
            if -8 < x < axis.width + 8:
                painter.drawPolygon(pennant(x, bottom))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def pennant(x: float, bottom: float) -> QPolygonF:
    """Return the sign of a marker, its point at (x, bottom)."""
    top = bottom - 12
    corners = (
        (x, bottom),
        (x - 4.5, top + 7),
        (x - 4.5, top),
        (x + 4.5, top),
        (x + 4.5, top + 7),
    )
    return QPolygonF([QPointF(px, py) for px, py in corners])


def ticks(axis: Axis, room: float) -> list[tuple[int, bool]]:
    """Return the frames with a tick and whether it has a label; labels are `room` px apart."""
    if axis.scale * 1 >= room * 2:
        return _frame_ticks(axis, room)
    step = next((s for s in _SECONDS if s * axis.scale >= room), _SECONDS[-1])
    minor = max((s for s in _SECONDS if s < step and step % s == 0), default=1)
    minor = minor if minor * axis.scale >= 5 else step
    first = max(int(axis.left // minor), 0)
    last = int(min(axis.seconds(axis.width), axis.end) // minor)
    seconds = np.arange(first, last + 1) * minor
    frames = np.searchsorted(axis.moments, seconds - 1e-9)
    found = zip(frames.tolist(), seconds.tolist(), strict=True)
    return [(int(f), s % step == 0) for f, s in found if f < len(axis.times)]


def _frame_ticks(axis: Axis, room: float) -> list[tuple[int, bool]]:
    """Return ticks at single frames, the labels at equal places of every second."""
    rate = max(round(len(axis.times) / axis.end), 1)
    wished = math.ceil(room / axis.frame_px)
    step = next((s for s in _FRAMES if s >= wished), 10 * math.ceil(wished / 10))
    step = min((d for d in range(1, rate + 1) if rate % d == 0 and d >= step), default=rate)
    minor = 1 if axis.frame_px >= 5 else step
    first, last = axis.frame(0), axis.frame(axis.width)
    start = first - first % rate
    seen = range(max(start, (first - step) // minor * minor), last + 1, minor)
    return [(frame, frame % step == 0) for frame in seen]
