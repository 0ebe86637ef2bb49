"""The command palette: type a few letters of what you want, press Return."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Command:
    """One thing that can be asked for. keys : its shortcut as the user reads it, or ""."""

    id: str
    title: str
    menu: str = ""
    keys: str = ""
    enabled: bool = True


def fit(words: str, title: str) -> int | None:
    """Return how well typed letters fit a title: the less the better, None = not at all.

    They must occur in order; starts of words and unbroken runs are better.

    >>> fit("exp", "Export…"), fit("tf", "Track faces"), fit("xyz", "Export…")
    (7, 111, None)
    """
    title, at, cost = title.lower(), -1, 0
    for letter in words.lower().replace(" ", ""):
        found = title.find(letter, at + 1)
        start = _word_start(title, letter, at + 1)
        if 0 <= start != found and found != at + 1:
            found = start
        if found < 0:
            return None
        if found != at + 1:
            cost += 1 if found == start else 3
        at = found
    return cost * 100 + len(title)


def _word_start(title: str, letter: str, begin: int) -> int:
    for i in range(begin, len(title)):
        if title[i] == letter and (i == 0 or not title[i - 1].isalnum()):
            return i
    return -1


class _Row(QStyledItemDelegate):
    """Paints the menu and the shortcut faintly to the right of the title."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        super().paint(painter, option, index)  # pyright: ignore[reportArgumentType] - Qt's index
        command = index.data(Qt.ItemDataRole.UserRole)  # type: ignore[attr-defined]
        place: QRect = option.rect.adjusted(0, 0, -theme.WIDE, 0)  # type: ignore[attr-defined]
        chosen = bool(option.state & option.state.State_Selected)  # type: ignore[attr-defined]
        painter.setPen(QColor(theme.ON_ACCENT if chosen else theme.FAINT))
        said = "   ".join(part for part in (command.menu, command.keys) if part)
        flag = Qt.AlignmentFlag
        painter.drawText(place, flag.AlignRight | flag.AlignVCenter, said)


class CommandPalette(QFrame):
    """A field and a list over the window; `chosen(id)` comes once, then it closes.

    It is a child of the window it serves and lies over its upper part.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Command palette"))
        self.setObjectName("palette")
        self.setStyleSheet(
            f"#palette {{ background: {theme.RAISED}; border: 1px solid {theme.LINE};"
            f" border-radius: {2 * theme.RADIUS}px; }}"
        )
        self._commands: tuple[Command, ...] = ()
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("What do you want to do?"))
        self._field.setAccessibleName(self.tr("Search the commands"))
        self._field.textChanged.connect(self._filter)
        self._field.returnPressed.connect(self._choose)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.setItemDelegate(_Row(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self._spacing = column.spacing() + 2
        self.hide()

    def show_commands(self, commands: Sequence[Command]) -> None:
        """Open with these commands; those that cannot be asked for now are left out."""
        self._commands = tuple(command for command in commands if command.enabled)
        self._field.clear()
        self._filter()
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._field and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if event.key() in _MOVES:
                if pressed:
                    self._list.event(event)
                event.accept()
                return True
            if event.key() == Qt.Key.Key_Escape:
                if pressed:
                    self.close()
                event.accept()
                return True
        if watched is self._field and event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._place()
        super().showEvent(event)

    def _place(self) -> None:
        over = self.parentWidget()
        room = over.size() if over is not None else QSize(900, 600)
        width = min(560, room.width() - 2 * theme.LARGE)
        rows = min(12, max(1, self._list.count())) * (theme.ROW + 2) + 4
        height = self._field.sizeHint().height() + rows + 2 * theme.GAP + self._spacing
        self.setFixedSize(width, min(height, room.height() - 2 * theme.LARGE))
        self.move(QPoint((room.width() - width) // 2, min(80, room.height() // 8)))

    def _filter(self) -> None:
        words = self._field.text()
        found: list[tuple[int, int, Command]] = []
        for i, command in enumerate(self._commands):
            cost = fit(words, command.title)
            if cost is None:
                whole = fit(words, f"{command.menu} {command.title}")
                cost = None if whole is None else whole + 1000
            if cost is not None:
                found.append((cost if words else i, i, command))
        self._list.clear()
        for _, _, command in sorted(found, key=lambda entry: entry[:2]):
            item = QListWidgetItem(command.title)
            item.setData(Qt.ItemDataRole.UserRole, command)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{command.title} {command.keys}")
            item.setSizeHint(QSize(0, theme.ROW + 2))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._place()

    def _choose(self) -> None:
        row = self._list.currentRow()
        if row < 0:
            return
        command = self._list.item(row).data(Qt.ItemDataRole.UserRole)
        self.hide()
        self.chosen.emit(command.id)
