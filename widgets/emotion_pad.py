"""The valence-arousal pad: a point between pleasant and unpleasant, calm and excited."""

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.sliders import keeps_key, new_gesture

Blend = tuple[tuple[str, float], ...]

# Valence and arousal, -1..1, after Russell's circumplex (1980). The order is by angle.
ANCHORS: Mapping[str, tuple[float, float]] = {
    "happy": (0.78, 0.34),
    "surprised": (0.24, 0.82),
    "fear": (-0.32, 0.80),
    "angry": (-0.66, 0.58),
    "disgusted": (-0.84, 0.18),
    "sad": (-0.70, -0.48),
    "calm": (0.62, -0.56),
}
_LARGEST = 340
_LOW = 150  # in a pad that is lower, names stand beside their dots
_STILL = 0.06  # a point this near to the middle asks for nothing
_ARROWS = {
    Qt.Key.Key_Left: (-0.05, 0.0),
    Qt.Key.Key_Right: (0.05, 0.0),
    Qt.Key.Key_Up: (0.0, 0.05),
    Qt.Key.Key_Down: (0.0, -0.05),
}


def blend_at(valence: float, arousal: float) -> Blend:
    """Return the two emotions on either side of a point, and how much of each.

    The shares follow the angle, the strength the distance from the middle: on the place of an
    emotion it is that one at 1.0, in the middle there is none.
    """
    radius = math.hypot(valence, arousal)
    if radius < _STILL:
        return ()
    turn = math.tau
    angle = math.atan2(arousal, valence) % turn
    ring = sorted((math.atan2(a, v) % turn, name) for name, (v, a) in ANCHORS.items())
    after = next((i for i, (at, _) in enumerate(ring) if at > angle), 0)
    (a, before_name), (b, after_name) = ring[after - 1], ring[after]
    share = ((angle - a) % turn) / ((b - a) % turn)
    reach = (1 - share) * math.hypot(*ANCHORS[before_name]) + share * math.hypot(
        *ANCHORS[after_name]
    )
    strength = min(1.0, (radius - _STILL) / (reach - _STILL))
    pairs = ((before_name, (1 - share) * strength), (after_name, share * strength))
    return tuple((name, round(x, 3)) for name, x in pairs if x >= 0.005)


def point_of(blend: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return (valence, arousal) of a blend: the emotions as weights, held on the pad."""
    total = max(1.0, sum(x for _, x in blend))
    v = sum(x * ANCHORS[name][0] for name, x in blend if name in ANCHORS) / total
    a = sum(x * ANCHORS[name][1] for name, x in blend if name in ANCHORS) / total
    return v, a


class EmotionPad(QWidget):
    """A field in which a click blends the nearest emotions; arrow keys move the point.

    `blend_wished(blend, gesture)` bears a tuple of (label, amount), empty in the middle, and
    the same gesture throughout one drag. `blend_tried(blend)`: what a click where the pointer
    is would wish for; None when it has left.
    """

    blend_wished = Signal(object, str)
    blend_tried = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._point = (0.0, 0.0)
        self._wished: tuple[Blend, tuple[float, float]] = ((), (0.0, 0.0))
        self._gesture = ""
        self._names: Mapping[str, str] = {}
        self.setAccessibleName(self.tr("Valence and arousal"))
        self.setToolTip(
            self.tr("Click or drag to blend the nearest emotions; the middle is as filmed.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def point(self) -> tuple[float, float]:
        """Return (valence, arousal) of the point shown, -1..1."""
        return self._point

    def show_names(self, names: Mapping[str, str]) -> None:
        """Show the emotions under these names, by label."""
        self._names = names
        self.update()

    def show_blend(self, blend: Sequence[tuple[str, float]]) -> None:
        """Show where a blend lies; emits nothing."""
        asked, point = self._wished
        # A blend we asked for lies where the hand put it, however it is rounded.
        same = {n: round(x, 3) for n, x in blend if x} == dict(asked)
        old, self._point = self._point, point if same else point_of(blend)
        if old == self._point and self.accessibleDescription():  # every frame comes by
            return
        self.setAccessibleDescription("{:.2f}, {:.2f}".format(*self._point))
        self.update()

    def event(self, event: QEvent) -> bool:
        return keeps_key(
            event, {*_ARROWS, Qt.Key.Key_Home, Qt.Key.Key_Delete}
        ) or super().event(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, 240)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(160, 96)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._gesture = new_gesture("pad")
            self._wish(*self._at(event.position()), self._gesture)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._wish(*self._at(event.position()), self._gesture)
        elif not event.buttons():
            self.blend_tried.emit(blend_at(*self._at(event.position())))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.blend_tried.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._wish(0.0, 0.0, new_gesture("pad"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        if key in _ARROWS:
            v, a = (x + d for x, d in zip(self._point, _ARROWS[key], strict=True))
            self._wish(max(-1.0, min(1.0, v)), max(-1.0, min(1.0, a)), new_gesture("pad"))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Home):
            self._wish(0.0, 0.0, new_gesture("pad"))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.setPen(QPen(QColor(theme.ACCENT if self.hasFocus() else theme.LINE), 1))
        painter.setBrush(QColor(theme.BASE))
        painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        middle = self._place(0, 0)
        painter.setPen(QPen(QColor(theme.BUTTON), 1))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        painter.setFont(theme.small_font(self.font()))
        self._paint_axes(painter, area)
        self._paint_emotions(painter, area)
        point = self._place(*self._point)
        painter.setPen(QPen(QColor(theme.DEEP), 1.5))
        painter.setBrush(QColor(theme.TEXT))
        painter.drawEllipse(point, 6, 6)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        flag = Qt.AlignmentFlag
        painter.setPen(QColor(theme.FAINT))
        inner = area.adjusted(6, 4, -6, -4)
        painter.drawText(inner, flag.AlignHCenter | flag.AlignTop, self.tr("excited"))
        painter.drawText(inner, flag.AlignHCenter | flag.AlignBottom, self.tr("quiet"))
        half = QRectF(inner.left(), area.center().y() + 2, inner.width(), 16)
        painter.drawText(half, flag.AlignLeft | flag.AlignTop, self.tr("unpleasant"))
        painter.drawText(half, flag.AlignRight | flag.AlignTop, self.tr("pleasant"))

    def _paint_emotions(self, painter: QPainter, area: QRectF) -> None:
        near = dict(blend_at(*self._point))
        for name, at in ANCHORS.items():
            place = self._place(*at)
            colour = theme.emotion_colour(name)
            if name in near:
                painter.setPen(QPen(theme.colour(theme.EMOTIONS[name], 150), 1.5))
                painter.drawLine(place, self._place(*self._point))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(place, 4, 4)
            word = self._names.get(name, name)
            width = painter.fontMetrics().horizontalAdvance(word)
            painter.setPen(QColor(theme.TEXT if name in near else theme.QUIET))
            if area.height() < _LOW:
                inward = at[0] > 0.7 or -0.5 < at[0] < 0  # off edge and axis
                left = place.x() + (-8 - width if inward else 8)
                painter.drawText(QPointF(left, place.y() + 4), word)
                continue
            left = min(max(area.left() + 3, place.x() - width / 2), area.right() - width - 3)
            # The topmost names stand below their dots: above them is the name of the axis.
            painter.drawText(QPointF(left, place.y() + (17 if at[1] > 0.7 else -8)), word)

    def _wish(self, valence: float, arousal: float, gesture: str) -> None:
        blend = blend_at(valence, arousal)
        self._wished = (blend, (valence, arousal) if blend else (0.0, 0.0))
        self.blend_wished.emit(blend, gesture)

    def _area(self) -> QRectF:
        height = min(self.height(), _LARGEST, self.width()) - 2.0
        width = min(self.width() - 2.0, (1.8 if height >= _LOW else 4.0) * height)
        return QRectF((self.width() - width) / 2, 1, width, height)

    def _place(self, valence: float, arousal: float) -> QPointF:
        area = self._area()
        return QPointF(
            area.center().x() + valence * area.width() / 2,
            area.center().y() - arousal * area.height() / 2,
        )

    def _at(self, place: QPointF) -> tuple[float, float]:
        area = self._area()
        v = (place.x() - area.center().x()) / (area.width() / 2)
        a = (area.center().y() - place.y()) / (area.height() / 2)
        return max(-1.0, min(1.0, v)), max(-1.0, min(1.0, a))
