"""The rows with curves: how strong a layer is over time, and its keys."""

from fractions import Fraction
from functools import cache
from typing import Any, cast

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from shiboken6 import VoidPtr

from core.arrays import Bools, Double, Float
from core.expression.keyframes import Interpolation, Key
from core.expression.layers import Layer
from widgets import theme
from widgets.timeline.axis import Axis, greatest, least
from widgets.timeline.curves import NONE, Chosen, Curve
from widgets.timeline.lanes import Lane

PAD = 8  # px above the greatest and below the least value: a key there is whole
KEY_PX = 5.0
SIGN_PX = 8.0  # half the side of the picture of a key
FOLDED = 22


class CurveLane(Lane):
    """The curve of one layer. index : of the layer. chosen : times of the selected keys."""

    def __init__(self, title: str, colour: QColor, index: int, height: int) -> None:
        super().__init__(title, height, colour)
        self.index = index
        self.full = height
        self.folded = False
        self.layer: Layer | None = None
        self.curve: Curve | None = None
        self.chosen: Chosen = NONE
        self._values: Float | None = None

    @property
    def head(self) -> tuple[bool, tuple[float, float]]:
        """Return what the head of the lane tells of the curve."""
        return self.enabled, self._limits()

    def show(self, layer: Layer, curve: Curve) -> None:
        """Show the curve of `layer`; selected keys which are gone are no longer selected."""
        if layer == self.layer:
            return
        self.layer, self.curve, self._values = layer, curve, None
        self.enabled = layer.enabled
        self.chosen &= frozenset(key.time for key in curve.envelope.keys)
        self.shown()

    def show_times(self) -> None:
        """Forget the values: the frames are others."""
        self._values = None
        self.shown()

    def show_chosen(self, chosen: Chosen) -> None:
        """Show which keys are selected."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.shown()

    def show_height(self, height: int) -> None:
        """Show the whole curve `height` px high."""
        self.full = height
        self.fold(self.folded)

    def fold(self, folded: bool) -> None:
        """Show the curve as a thin strip, or whole."""
        self.folded = folded
        self.height = FOLDED if folded else self.full
        self.shown()

    def y(self, value: float) -> float:
        """Return the pixel of a value."""
        pad = 3 if self.folded else PAD
        low, high = self._limits()
        return pad + (high - value) / (high - low) * (self.height - 2 * pad)

    def value(self, y: float) -> float:
        """Return the value of a pixel, within the range of the layer."""
        low, high = self._limits()
        value = high - (y - PAD) / (self.height - 2 * PAD) * (high - low)
        return min(max(value, low), high)

    def spot(self, axis: Axis, key: Key) -> QPointF:
        """Return where a key is drawn."""
        return QPointF(axis.x(float(key.time)), self.y(key.value))

    def key_at(self, axis: Axis, x: float, y: float, reach: float = 8.0) -> Fraction | None:
        """Return the time of the key nearest to a pixel within `reach`; None if none is."""
        if self.curve is None or self.folded:
            return None
        spots = ((key, self.spot(axis, key)) for key in self.curve.envelope.keys)
        near = [(abs(p.x() - x) + abs(p.y() - y), key.time) for key, p in spots
                if abs(p.x() - x) <= reach and abs(p.y() - y) <= reach]  # fmt: skip
        return min(near)[1] if near else None

    def keys_in(self, axis: Axis, box: QRectF) -> Chosen:
        """Return the times of the keys inside `box`."""
        if self.curve is None or self.folded:
            return NONE
        keys = self.curve.envelope.keys
        return frozenset(key.time for key in keys if box.contains(self.spot(axis, key)))

    def at(self, axis: Axis) -> Float:
        """Return (F,) values of the curve at the frames."""
        if self._values is None and self.curve is not None:
            self._values = self.curve.envelope.at(axis.times)
        return self._values if self._values is not None else np.zeros(0, np.float32)

    def paint(self, painter: QPainter, axis: Axis, height: int) -> None:
        if self.curve is None or not len(axis.times):
            return
        colour = self.colour if self.enabled else theme.colour(theme.DISABLED)
        self._paint_grid(painter, axis)
        x, y = self._points(axis)
        if not len(x):
            return
        floor = self.y(self._rest())
        fill = QColor(colour)
        fill.setAlpha(46)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(polygon(np.r_[x, x[-1], x[0]], np.r_[y, floor, floor]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_line(painter, polygon(x, y), colour, bold=not self.folded)
        if not self.folded:
            self._paint_keys(painter, axis, colour)

    def _limits(self) -> tuple[float, float]:
        curve = self.curve
        return (curve.low, curve.high) if curve and curve.high > curve.low else (0.0, 1.0)

    def _rest(self) -> float:
        """Return the value at which the layer does nothing: 1 for a gain, else 0."""
        low, high = self._limits()
        return 1.0 if self.curve and self.curve.field == "gain" else min(max(0.0, low), high)

    def _points(self, axis: Axis) -> tuple[Float, Float]:
        """Return x and y of the curve: one point a frame, or both extremes of a column."""
        values, (a, b) = self.at(axis), (axis.frame(0), axis.frame(axis.width))
        if b - a <= axis.width:
            frames = np.arange(max(a - 1, 0), min(b + 2, len(values)))
            x = (axis.moments[frames] - axis.left) * axis.scale
            y = values[frames]
            if len(frames) and frames[-1] == len(values) - 1:
                x, y = np.append(x, axis.x(axis.end)), np.append(y, y[-1])
            stays = self._holds(axis.moments[frames])[: len(y) - 1]
            # A held value is a step: it goes on to the next frame and changes there.
            x = np.append(np.stack([x[:-1], x[1:]], axis=1).ravel(), x[-1:])
            ends = np.where(stays, y[:-1], y[1:])
            y = np.append(np.stack([y[:-1], ends], axis=1).ravel(), y[-1:])
        else:
            frames, where = axis.columns()
            if not len(frames):
                return np.zeros(0), np.zeros(0)
            x = np.repeat(np.arange(axis.width)[where] + 0.5, 2)
            down, up = least(values, frames), greatest(values, frames)
            # From column to column the line goes the way of the curve, not up and down.
            falls = np.gradient(down + up) < 0 if len(down) > 1 else np.zeros(1, np.bool_)
            first, second = np.where(falls, up, down), np.where(falls, down, up)
            y = np.stack([first, second], axis=1).ravel()
        low, high = self._limits()
        pad = 3 if self.folded else PAD
        y = pad + (high - y.astype(np.float64)) / (high - low) * (self.height - 2 * pad)
        kept = needed(x, y)
        return x[kept], y[kept]

    def _holds(self, moments: Double) -> Bools:
        """Return (N,) whether the curve holds its value from each of the moments on."""
        keys = self.curve.envelope.keys if self.curve is not None else ()
        starts = np.array([float(key.time) for key in keys])
        hold = np.array([False, *(key.interpolation == "hold" for key in keys)])
        return hold[np.searchsorted(starts, moments + 1e-9, side="right")]

    def _paint_grid(self, painter: QPainter, axis: Axis) -> None:
        rest = self._rest()
        left, right = max(axis.x(0), 0.0), min(axis.x(axis.end), float(axis.width))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for value in sorted({-1.0, 0.0, 1.0, rest}):
            low, high = self._limits()
            if not low <= value <= high or (self.folded and value != rest):
                continue
            style = Qt.PenStyle.SolidLine if value == rest else Qt.PenStyle.DotLine
            painter.setPen(QPen(theme.colour(theme.LINE), 1, style))
            y = round(self.y(value))
            painter.drawLine(QPointF(left, y), QPointF(right, y))

    def _paint_keys(self, painter: QPainter, axis: Axis, colour: QColor) -> None:
        if self.curve is None:
            return
        for key in self.curve.envelope.keys:
            spot = self.spot(axis, key)
            if -KEY_PX < spot.x() < axis.width + KEY_PX:
                ratio = painter.device().devicePixelRatioF()
                sign = sign_of(key.interpolation, key.time in self.chosen, colour.rgba(), ratio)
                painter.drawPixmap(spot - QPointF(SIGN_PX, SIGN_PX), sign)


def needed(x: Float, y: Float, off: float = 0.2, stride: int = 8) -> Bools:
    """Return which points of a line (N,) must be drawn for it to be right to `off` pixels.

    Most of a curve is nearly straight, and the time to draw a line is that of its points.
    """
    posts = np.append(np.arange(0, len(x) - 1, stride), len(x) - 1)
    kept = np.zeros(len(x), np.bool_)
    kept[posts] = True
    if len(posts) > 1:
        straight = np.interp(np.arange(len(x)), posts, y[posts])
        uneven = np.abs(np.interp(np.arange(len(x)), posts, x[posts]) - x)
        bent = np.maximum.reduceat((np.abs(straight - y) > off) | (uneven > 2), posts[:-1])
        kept |= np.append(np.repeat(bent, np.diff(posts)), True)
    return kept


def polygon(x: Float, y: Float) -> QPolygonF:
    """Return the points (N,), (N,) as Qt's, written into its memory: a loop takes 1 us each."""
    made = QPolygonF()
    made.resize(len(x))
    if len(x):
        # The stubs of shiboken6 know neither the arguments nor the buffer of a VoidPtr.
        where: Any = cast(Any, VoidPtr)(made.data(), 16 * len(x), True)
        memory = np.frombuffer(where, np.float64).reshape(-1, 2)
        memory[:, 0], memory[:, 1] = x, y
    return made


def draw_line(painter: QPainter, line: QPolygonF, colour: QColor, *, bold: bool) -> None:
    """Draw a line, one and a half pixels wide if `bold`.

    Qt strokes a wide line thirty times as slowly as one of a single pixel, so a bold line
    is three thin ones a fraction of a pixel apart.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 0))
    for dx, dy in ((0.0, -0.35), (0.3, 0.2), (-0.3, 0.2)) if bold else ((0.0, 0.0),):
        painter.translate(dx, dy)
        painter.drawPolyline(line)
        painter.translate(-dx, -dy)


@cache
def sign_of(how: Interpolation, chosen: bool, rgba: int, ratio: float) -> QPixmap:
    """Return the sign of a key: round for smooth, a diamond for linear, a square for hold."""
    side = round(2 * SIGN_PX * ratio)
    sign = QPixmap(side, side)
    sign.setDevicePixelRatio(ratio)
    sign.fill(Qt.GlobalColor.transparent)
    with QPainter(sign) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour(theme.ON_ACCENT) if chosen else QColor.fromRgba(rgba))
        edge = theme.ACCENT if chosen else theme.DEEP
        painter.setPen(QPen(theme.colour(edge), 2.0 if chosen else 1.2))
        _draw_sign(painter, how)
    return sign


def _draw_sign(painter: QPainter, how: Interpolation) -> None:
    middle, r = SIGN_PX, KEY_PX
    if how == "smooth":
        painter.drawEllipse(QPointF(middle, middle), r - 0.5, r - 0.5)
    elif how == "linear":
        corners = ((0, -r), (r, 0), (0, r), (-r, 0))
        spots = [QPointF(middle + dx, middle + dy) for dx, dy in corners]
        painter.drawPolygon(QPolygonF(spots))
    else:
        painter.drawRect(QRectF(middle - r + 1, middle - r + 1, 2 * r - 2, 2 * r - 2))
