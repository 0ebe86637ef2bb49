"""Preferences: the shortcut of every action, with a warning where two are the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme


@dataclass(frozen=True)
class Shortcut:
    """An action and its keys as Qt spells them ("Ctrl+K"), () for none."""

    id: str
    title: str
    menu: str
    keys: tuple[str, ...]
    default: tuple[str, ...]


class Preferences(QDialog):
    """`keys_wished(id, keys)`: the action shall have these keys; they may be none."""

    keys_wished = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shortcuts: dict[str, Shortcut] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._menus: dict[str, QTreeWidgetItem] = {}
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search actions and keys"))
        self._search.setAccessibleName(self.tr("Search actions and keys"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self._tree = self._make_tree()
        self._edit = QKeySequenceEdit()
        self._edit.setMaximumSequenceLength(1)
        self._edit.setAccessibleName(self.tr("New keys"))
        self._edit.editingFinished.connect(self._on_edit_finished)
        self._note = QLabel()
        self._note.setProperty("bad", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        column.setSpacing(theme.GAP)
        column.addWidget(self._search)
        column.addWidget(self._tree, 1)
        column.addLayout(self._edit_row())
        column.addWidget(self._note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        all_back = QPushButton(self.tr("All to default"))
        all_back.setAutoDefault(False)
        all_back.clicked.connect(self._reset_all)
        buttons.addButton(all_back, QDialogButtonBox.ButtonRole.ResetRole)
        column.addWidget(buttons)
        self.resize(560, 620)

    def show_shortcuts(self, shortcuts: Sequence[Shortcut]) -> None:
        """Show the actions and their keys; emits nothing."""
        chosen = self._chosen()
        self._shortcuts = {shortcut.id: shortcut for shortcut in shortcuts}
        if list(self._items) != list(self._shortcuts):
            self._fill_tree()
        for shortcut in shortcuts:
            item = self._items[shortcut.id]
            item.setText(1, _native(shortcut.keys))
            font = item.font(1)
            font.setBold(shortcut.keys != shortcut.default)
            item.setFont(1, font)
        if chosen is not None and chosen.id in self._items:
            self._tree.setCurrentItem(self._items[chosen.id])
        self._show_chosen()

    def owners(self, keys: str, but: str) -> list[str]:
        """Return the titles of the actions beside `but` that already have these keys."""
        wanted = QKeySequence(keys)
        return [
            shortcut.title
            for shortcut in self._shortcuts.values()
            if shortcut.id != but and any(QKeySequence(k) == wanted for k in shortcut.keys)
        ]

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName(self.tr("Actions"))
        tree.setHeaderLabels([self.tr("Action"), self.tr("Keys")])
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.currentItemChanged.connect(self._show_chosen)
        return tree

    def _fill_tree(self) -> None:
        self._tree.clear()
        self._items.clear()
        menus = self._menus
        menus.clear()
        for shortcut in self._shortcuts.values():
            menu = menus.get(shortcut.menu)
            if menu is None:
                menu = menus[shortcut.menu] = QTreeWidgetItem([shortcut.menu])
                menu.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self._tree.addTopLevelItem(menu)
            item = QTreeWidgetItem([shortcut.title.rstrip("…"), ""])
            item.setData(0, Qt.ItemDataRole.UserRole, shortcut.id)
            menu.addChild(item)
            self._items[shortcut.id] = item
        self._tree.expandAll()

    def _edit_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._none = QPushButton(self.tr("No keys"))
        self._none.clicked.connect(lambda: self._wish(()))
        self._default = QPushButton(self.tr("Default"))
        self._default.clicked.connect(self._reset)
        label = QLabel(self.tr("New keys"))
        label.setProperty("quiet", True)
        row.addWidget(label)
        row.addWidget(self._edit, 1)
        for button in (self._none, self._default):
            button.setAutoDefault(False)
            row.addWidget(button)
        return row

    def _chosen(self) -> Shortcut | None:
        item = self._tree.currentItem()
        if item is None:  # pyright: ignore[reportUnnecessaryComparison] - Qt gives None
            return None
        return self._shortcuts.get(str(item.data(0, Qt.ItemDataRole.UserRole)))

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        self._edit.blockSignals(True)
        self._edit.setKeySequence(
            QKeySequence(chosen.keys[0] if chosen and chosen.keys else "")
        )
        self._edit.blockSignals(False)
        for widget in (self._edit, self._none, self._default):
            widget.setEnabled(chosen is not None)
        self._default.setEnabled(chosen is not None and chosen.keys != chosen.default)
        self._none.setEnabled(chosen is not None and bool(chosen.keys))
        self._note.setText("")
        for keys in chosen.keys if chosen else ():
            self._warn(keys, chosen.id if chosen else "")

    def _warn(self, keys: str, id_: str) -> bool:
        others = self.owners(keys, id_)
        if others:
            self._note.setText(
                self.tr("{keys} belongs to: {others}").format(
                    keys=_native((keys,)), others=", ".join(others)
                )
            )
        return bool(others)

    def _on_edit_finished(self) -> None:
        chosen = self._chosen()
        keys = self._edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if chosen is None or not keys or keys in chosen.keys:
            return
        if not self._warn(keys, chosen.id):
            self._wish((keys, *chosen.keys[1:]))

    def _wish(self, keys: tuple[str, ...]) -> None:
        chosen = self._chosen()
        if chosen is not None and keys != chosen.keys:
            self.keys_wished.emit(chosen.id, keys)

    def _reset(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._give_default(chosen)

    def _reset_all(self) -> None:
        for shortcut in tuple(self._shortcuts.values()):
            if shortcut.keys != shortcut.default:
                self._shortcuts[shortcut.id] = replace(shortcut, keys=shortcut.default)
                self.keys_wished.emit(shortcut.id, shortcut.default)

    def _give_default(self, shortcut: Shortcut) -> None:
        if not any(self._warn(keys, shortcut.id) for keys in shortcut.default):
            self.keys_wished.emit(shortcut.id, shortcut.default)

    def _filter(self) -> None:
        words = self._search.text().lower().split()
        for id_, item in self._items.items():
            said = f"{self._shortcuts[id_].title} {item.text(1)}".lower()
            item.setHidden(not all(word in said for word in words))
        for name, menu in self._menus.items():
            inside = (s.id for s in self._shortcuts.values() if s.menu == name)
            menu.setHidden(all(self._items[id_].isHidden() for id_ in inside))


def _native(keys: Sequence[str]) -> str:
    form = QKeySequence.SequenceFormat.NativeText
    return ",  ".join(QKeySequence(one).toString(form) for one in keys)
