"""A slider for one number whose drag is one gesture; it draws itself, so fifty are cheap."""

from collections.abc import Collection
from itertools import count

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme

_gestures = count(1)
_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
}
_KEYS = {*_STEPS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
_HANDLE = 5.0


def new_gesture(what: str) -> str:
    """Return a text that no gesture had before: one drag is one step of the history."""
    return f"{what}#{next(_gestures)}"


def keeps_key(event: QEvent, keys: Collection[Qt.Key]) -> bool:
    """Return whether `event` asks for a key that a widget needs itself, and take it.

    Arrows and Home move the playhead everywhere but in a field they change.
    """
    mine = (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        and Qt.Key(event.key()) in keys
    )
    if mine:
        event.accept()
    return mine


class GestureSlider(QWidget):
    """A horizontal slider from `low` to `high` that fills from `origin`.

    It never moves by itself: it wishes, and is shown the value that came of it.
    `wished(value, gesture)` bears the same gesture throughout one drag and another for the
    next; a double click or Delete wishes the `origin`. Shift makes a drag ten times finer.
    """

    wished = Signal(float, str)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        origin: float = 0.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._low, self._high, self._origin = name, low, high, origin
        self._value = origin
        self._colour = QColor(theme.ACCENT)
        self._gesture = ""
        self._drag: tuple[float, float] | None = None  # x of the mouse, value it stands for
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    @property
    def value(self) -> float:
        """Return the number that is shown."""
        return self._value

    @property
    def dragging(self) -> bool:
        """Return whether the hand is on it."""
        return self._drag is not None

    def show_value(self, value: float) -> None:
        """Show a number; emits nothing."""
        if value != self._value:
            self._value = value
            self._describe()
            self.update()

    def show_range(self, low: float, high: float, origin: float) -> None:
        """Show another range; a value outside it is shown at its end. Emits nothing."""
        self._low, self._high, self._origin = low, high, origin
        self.update()

    def show_colour(self, colour: QColor) -> None:
        """Fill in another colour."""
        self._colour = colour
        self.update()

    def wish(self, value: float, gesture: str = "") -> None:
        """Emit the wish for `value`, held within the range; alone it is its own gesture."""
        held = min(self._high, max(self._low, round(value, 4)))
        self.wished.emit(held, gesture or new_gesture(self._name))

    def reset(self) -> None:
        """Wish the origin."""
        self.wish(self._origin)

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, _KEYS) or super().event(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(120, 18)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(48, 18)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x = event.position().x()
        at = self._x(self._value)
        self._gesture = new_gesture(self._name)
        if abs(x - at) <= 2 * _HANDLE:
            self._drag = (x, self._value)
            return
        self._drag = (x, self._at(x))
        self.wish(self._at(x), self._gesture)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._drag is None:
            return
        x0, value0 = self._drag
        moved = (event.position().x() - x0) / self._room() * (self._high - self._low)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            moved *= 0.1
        self.wish(value0 + moved, self._gesture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._drag = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._drag = None
        self.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        # A panel of sliders is scrolled with the wheel: only the one in hand follows it.
        if not self.hasFocus():
            event.ignore()
            return
        self._step(1 if event.angleDelta().y() > 0 else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(_STEPS[key])
        elif key == Qt.Key.Key_Home:
            self.wish(self._low)
        elif key == Qt.Key.Key_End:
            self.wish(self._high)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        groove = QRectF(_HANDLE, middle - 2, self._room(), 4)
        painter.setBrush(QColor(theme.DEEP))
        painter.drawRoundedRect(groove, 2, 2)
        a, b = sorted((self._x(self._origin), self._x(self._value)))
        colour = QColor(self._colour if self.isEnabled() else theme.LINE)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(a, middle - 2, b - a, 4), 2, 2)
        if self._low < self._origin < self._high:
            painter.setBrush(QColor(theme.LIGHT))
            painter.drawRect(QRectF(self._x(self._origin) - 0.5, middle - 5, 1, 10))
        painter.setBrush(QColor(theme.TEXT if self.isEnabled() else theme.FAINT))
        if self.hasFocus():
            painter.setPen(QColor(theme.ACCENT))
        painter.drawEllipse(QPointF(self._x(self._value), middle), _HANDLE, _HANDLE)

    def _step(self, steps: int) -> None:
        self.wish(self._value + steps * (self._high - self._low) / 100)

    def _room(self) -> float:
        return max(1.0, self.width() - 2 * _HANDLE)

    def _x(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return _HANDLE + min(1.0, max(0.0, share)) * self._room()

    def _at(self, x: float) -> float:
        share = min(1.0, max(0.0, (x - _HANDLE) / self._room()))
        return self._low + share * (self._high - self._low)

    def _describe(self) -> None:
        self.setAccessibleDescription(f"{self._value:.2f}")
