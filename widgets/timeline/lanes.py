"""The rows of the timeline that only show: thumbnails, sound, confidence, speech."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from core.arrays import Bools, Float, Ints, Rgb
from core.expression.speech import Interval
from widgets import theme
from widgets.audio_peaks import Peaks
from widgets.timeline.axis import Axis, greatest, least

SURE = 0.8  # a confidence from here on needs no look
POOR = 0.5  # below this an edit is likely to show


class Lane(ABC):
    """A row: a title for its head, a height, and how it is painted.

    `version` grows with everything shown, so that a painted row can be kept until then.
    """

    def __init__(self, title: str, height: int, colour: QColor, hint: str = "") -> None:
        self.title = title
        self.height = height
        self.colour = colour
        self.hint = hint
        self.version = 0
        self.enabled = True

    @abstractmethod
    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        """Paint the row into (0, 0, axis.width, height)."""

    def shown(self) -> None:
        """Note that what is shown has changed."""
        self.version += 1


def draw_pixels(painter: QPainter, pixels: Ints, height: int) -> None:
    """Draw (H, W) premultiplied 0xAARRGGBB over the row, however fine the screen is."""
    data = np.ascontiguousarray(pixels, np.uint32)
    rows, columns = data.shape
    if not rows or not columns:
        return
    image = QImage(
        data.data, columns, rows, columns * 4, QImage.Format.Format_ARGB32_Premultiplied
    )
    ratio = painter.device().devicePixelRatioF()
    painter.drawImage(QRectF(0, 0, columns / ratio, height), image)


def density(painter: QPainter) -> float:
    """Return the pixel columns a device-independent pixel has."""
    return painter.device().devicePixelRatioF()


class ThumbnailLane(Lane):
    """Pictures of the clip, each where its frame is."""

    def __init__(self, title: str) -> None:
        super().__init__(title, 46, theme.colour(theme.QUIET))
        self._frames: list[int] = []
        self._pictures: list[QPixmap] = []

    def show(self, thumbnails: Sequence[tuple[int, Rgb]]) -> None:
        """Show (frame, (H, W, 3) uint8) pictures; the studio makes as many as it likes."""
        self._frames, self._pictures = [], []
        for frame, rgb in sorted(thumbnails, key=lambda one: one[0]):
            data = np.ascontiguousarray(rgb)
            rows, columns, _ = data.shape
            image = QImage(data.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
            size = image.scaledToHeight(
                2 * self.height, Qt.TransformationMode.SmoothTransformation
            )
            self._frames.append(frame)
            self._pictures.append(QPixmap.fromImage(size))
        self.shown()

    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        if not self._pictures:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        first = self._pictures[0]
        wide = max(height * first.width() / first.height(), 8.0)
        left, right = max(axis.x(0), 0.0), min(axis.x(axis.end), float(axis.width))
        # Slots are counted from the start of the clip: they move with it while scrolling.
        slot = int((left - axis.x(0)) // wide)
        while (x := axis.x(0) + slot * wide) < right:
            frame = axis.frame(x + wide / 2)
            near = int(np.searchsorted(self._frames, frame))
            near = min(near, len(self._frames) - 1)
            if near and frame - self._frames[near - 1] < abs(self._frames[near] - frame):
                near -= 1
            picture = self._pictures[near]
            share = min((right - x) / wide, 1.0)
            source = QRectF(0, 0, picture.width() * share, picture.height())
            painter.drawPixmap(QRectF(x, 0, wide * share, height), picture, source)
            slot += 1


class WaveLane(Lane):
    """The sound: least and greatest sample of every pixel column."""

    def __init__(self, title: str) -> None:
        super().__init__(title, 46, theme.colour(theme.WAVE))
        self._peaks: Peaks | None = None

    def show(self, peaks: Peaks | None) -> None:
        """Show the pyramid of a sound; None for none."""
        self._peaks = peaks
        self.shown()

    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        if self._peaks is None or not self._peaks.levels:
            painter.setPen(theme.colour(theme.LINE))
            middle = round(height / 2)
            painter.drawLine(
                QPointF(max(axis.x(0), 0), middle),
                QPointF(min(axis.x(axis.end), axis.width), middle),
            )
            return
        ratio = density(painter)
        edges = axis.edges(ratio)
        extremes = self._peaks.between(edges)
        rows = round(height * ratio)
        middle = (rows - 1) / 2
        reach = middle - 2 * ratio
        top = middle - np.maximum(extremes[:, 1], 0) * reach
        bottom = middle - np.minimum(extremes[:, 0], 0) * reach
        y = np.arange(rows)[:, None]
        inside = (y >= np.floor(top)) & (y <= np.ceil(bottom))
        inside &= (edges[1:] > 0) & (edges[:-1] < axis.end)
        draw_pixels(painter, np.where(inside, np.uint32(self.colour.rgba()), 0), height)


class ConfidenceLane(Lane):
    """How sure the tracker is; its worst frame shows at every zoom."""

    def __init__(self, title: str, hint: str) -> None:
        super().__init__(title, 22, theme.colour(theme.GOOD), hint)
        self._values: Float = np.zeros(0, np.float32)

    def show(self, confidence: Float) -> None:
        """Show (F,) 0..1; 0 = no face."""
        self._values = confidence
        self.shown()

    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        frames, where = axis.columns(density(painter))
        if not len(frames) or len(self._values) != len(axis.times):
            return
        worst = least(self._values, frames)
        rows = round(height * density(painter))
        pixels = np.zeros((rows, round(axis.width * density(painter))), np.uint32)
        good, warn, bad = (
            np.uint32(theme.colour(name).rgba()) for name in (theme.GOOD, theme.WARN, theme.BAD)
        )
        colours = np.select([worst >= SURE, worst >= POOR], [good, warn], bad)
        # A frame without a face fills the whole height: that is where one must look.
        filled = np.where(worst > 0, np.clip(worst, 0.12, 1), 1.0) * (rows - 4)
        y = np.arange(rows)[::-1, None]
        inside = (y >= 2) & (y - 2 < filled)
        pixels[:, where] = np.where(inside, colours, 0)
        painter.setOpacity(0.75)
        draw_pixels(painter, pixels, height)
        painter.setOpacity(1.0)


class SpeechLane(Lane):
    """What the speech guard holds: closed lips, lip on teeth, pauses."""

    KINDS = (("pause", theme.LIGHT), ("labiodental", theme.REGIONS["brows"]),
             ("closed", theme.SPEECH))  # fmt: skip

    def __init__(self, title: str, hint: str) -> None:
        super().__init__(title, 22, theme.colour(theme.SPEECH), hint)
        self.intervals: tuple[Interval, ...] = ()
        self.edges: Ints = np.zeros(0, np.int64)  # frames at which a contact starts or ends

    def show(self, intervals: Sequence[Interval]) -> None:
        """Show protected stretches of frames."""
        self.intervals = tuple(intervals)
        held = [one for one in self.intervals if one.kind != "pause"]
        self.edges = np.array([edge for one in held for edge in (one.start, one.end)], np.int64)
        self.shown()

    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        frames, where = axis.columns(density(painter))
        if not len(frames) or not self.intervals:
            return
        rows = round(height * density(painter))
        pixels = np.zeros((rows, round(axis.width * density(painter))), np.uint32)
        edge = round(4 * density(painter))
        for kind, name in self.KINDS:
            held = greatest(self._held(kind, len(axis.times)), frames)
            part = pixels[edge : rows - edge, where]
            part[:, held] = np.uint32(theme.colour(name).rgba())
        draw_pixels(painter, pixels, height)

    def _held(self, kind: str, frames: int) -> Bools:
        held = np.zeros(frames, np.bool_)
        for one in self.intervals:
            if one.kind == kind:
                held[one.start : one.end + 1] = True
        return held
