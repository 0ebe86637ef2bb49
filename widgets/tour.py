"""A first walk through the window: callouts that point at its parts and stop nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets import theme

WIDTH = 340
ARROW = 12


@dataclass(frozen=True)
class Step:
    """One station. show : makes the part visible and returns it, None if it is not there."""

    title: str
    words: str
    show: Callable[[], QWidget | None]


class Ring(QWidget):
    """A line round the part that is talked about; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(theme.ACCENT), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)


class Callout(QWidget):
    """A bubble with words and three buttons, whose arrow points at a place of its parent."""

    next_wished = Signal()
    back_wished = Signal()
    skip_wished = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._tip = QPointF()
        self._box = QRectF()
        self.title, self.words, self.count = QLabel(), QLabel(), QLabel()
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        font.setPointSizeF(font.pointSizeF() + 1)
        self.title.setFont(font)
        self.words.setWordWrap(True)
        self.count.setProperty("quiet", True)
        self.skip = QPushButton(self.tr("Skip"))
        self.back = QPushButton(self.tr("Back"))
        self.next = QPushButton(self.tr("Next"))
        self.next.setProperty("primary", True)
        for button, wish in (
            (self.skip, self.skip_wished),
            (self.back, self.back_wished),
            (self.next, self.next_wished),
        ):
            button.clicked.connect(wish)
        self.skip.setToolTip(self.tr("End the tour (Esc); Help has it again"))
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        for button in (self.skip, self.back, self.next):
            row.addWidget(button)
        column = QVBoxLayout(self)
        room = ARROW + theme.WIDE
        column.setContentsMargins(room, room, room, room)
        column.setSpacing(theme.GAP)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addSpacing(theme.SMALL)
        column.addLayout(row)
        self.setFixedWidth(WIDTH)

    def show_words(self, step: Step, number: int, count: int) -> None:
        """Show what a station says, and which one of how many it is."""
        self.title.setText(step.title)
        self.words.setText(step.words)
        self.count.setText(f"{number} / {count}")
        self.back.setEnabled(number > 1)
        self.next.setText(self.tr("Done") if number == count else self.tr("Next"))
        self.setAccessibleName(step.title)
        self.setAccessibleDescription(step.words)
        self.setFixedHeight(self.heightForWidth(WIDTH))

    def point_at(self, part: QRect) -> None:
        """Stand beside `part`, a place of the parent, where there is room."""
        room, size = self._window.rect(), self.size()
        x = part.center().x() - size.width() // 2
        y = part.center().y() - size.height() // 2
        places = (
            (room.right() - part.right(), QPoint(part.right() + 1, y), "left"),
            (part.left(), QPoint(part.left() - size.width(), y), "right"),
            (part.top(), QPoint(x, part.top() - size.height()), "bottom"),
            (room.bottom() - part.bottom(), QPoint(x, part.bottom() + 1), "top"),
        )
        needs = {"left": size.width(), "right": size.width()}
        fits = [(p, side) for free, p, side in places if free >= needs.get(side, size.height())]
        at, side = fits[0] if fits else (QPoint(x, y), "")
        at.setX(max(0, min(at.x(), room.width() - size.width())))
        at.setY(max(0, min(at.y(), room.height() - size.height())))
        self.move(at)
        self._box = QRectF(self.rect()).adjusted(ARROW, ARROW, -ARROW, -ARROW)
        middle = QPointF(part.center() - at)
        x0, y0 = self._box.left() + 16, self._box.top() + 16
        x1, y1 = self._box.right() - 16, self._box.bottom() - 16
        along = QPointF(min(max(middle.x(), x0), x1), min(max(middle.y(), y0), y1))
        self._tip = {
            "left": QPointF(1, along.y()),
            "right": QPointF(self.width() - 1, along.y()),
            "top": QPointF(along.x(), 1),
            "bottom": QPointF(along.x(), self.height() - 1),
        }.get(side, QPointF())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(theme.ACCENT), 1))
        painter.setBrush(theme.colour(theme.BUTTON))
        painter.drawRoundedRect(self._box, 8, 8)
        if not self._tip.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawPolygon(self._arrow())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        wishes = {
            Qt.Key.Key_Escape: self.skip_wished,
            Qt.Key.Key_Right: self.next_wished,
            Qt.Key.Key_Return: self.next_wished,
        }
        wish = wishes.get(Qt.Key(event.key()))
        if wish is not None:
            wish.emit()
        elif event.key() == Qt.Key.Key_Left and self.back.isEnabled():
            self.back_wished.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the arrows and Escape from the shortcuts of the window."""
        own = (Qt.Key.Key_Escape, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return)
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in own
        ):
            event.accept()
            return True
        return super().event(event)

    def _arrow(self) -> QPolygonF:
        tip, box = self._tip, self._box
        if tip.x() < box.left() or tip.x() > box.right():
            edge = box.left() if tip.x() < box.left() else box.right()
            sides = [QPointF(edge, tip.y() - 9), QPointF(edge, tip.y() + 9)]
        else:
            edge = box.top() if tip.y() < box.top() else box.bottom()
            sides = [QPointF(tip.x() - 9, edge), QPointF(tip.x() + 9, edge)]
        return QPolygonF([tip, *sides])


class Tour(QObject):
    """Leads through the steps over a window; `ended` when it was done or skipped."""

    ended = Signal()

    def __init__(self, window: QWidget, steps: Sequence[Step]) -> None:
        super().__init__(window)
        self._window, self._steps = window, steps
        self._at = -1
        self._part: QWidget | None = None
        self.ring, self.callout = Ring(window), Callout(window)
        self.ring.hide()
        self.callout.hide()
        self.callout.next_wished.connect(lambda: self.go(self._at + 1))
        self.callout.back_wished.connect(lambda: self.go(self._at - 1))
        self.callout.skip_wished.connect(self.end)
        window.installEventFilter(self)

    @property
    def step(self) -> int:
        """Return which step is shown, -1 for none."""
        return self._at

    def go(self, step: int) -> None:
        """Show a step; behind the last one the tour is over."""
        if step >= len(self._steps):
            self.end()
            return
        self._leave()
        self._at = max(0, step)
        here = self._steps[self._at]
        self._part = here.show()
        if self._part is not None:
            self._part.installEventFilter(self)
        self.callout.show_words(here, self._at + 1, len(self._steps))
        self._place()
        self.ring.setVisible(self._part is not None)
        self.callout.show()
        self.ring.raise_()
        self.callout.raise_()
        self.callout.next.setFocus()

    def end(self) -> None:
        """Take everything away."""
        if self._at < 0:
            return
        self._leave()
        self._at = -1
        self.ring.hide()
        self.callout.hide()
        self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Go along when the window or the part changes its size or place."""
        moves = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show)
        if self._at >= 0 and event.type() in moves:
            self._place()
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        if self._part is not None:
            self._part.removeEventFilter(self)
            self._part = None

    def _place(self) -> None:
        part = self._part
        if part is None:
            middle = self._window.rect().center()
            self.callout.point_at(QRect(middle, middle))
            return
        corner = self._window.mapFromGlobal(part.mapToGlobal(QPoint(0, 0)))
        place = QRect(corner, part.size())
        self.ring.setGeometry(place)
        self.callout.point_at(place)
