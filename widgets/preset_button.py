"""The button with the presets of the coefficients: set one, keep one, drop one, reset all."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget


class PresetButton(QToolButton):
    """`preset_wished(name)`, `preset_kept(name)`, `preset_dropped(name)`, `reset_wished()`."""

    preset_wished = Signal(str)
    preset_kept = Signal(str)
    preset_dropped = Signal(str)
    reset_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._any = False
        self.setText(self.tr("Presets"))
        self.setToolTip(self.tr("Offsets of several shapes, kept under a name"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.keep_action = QAction(self.tr("Keep as a preset…"), self)
        self.keep_action.triggered.connect(self.ask_name)
        self.reset_action = QAction(self.tr("Reset all shapes"), self)
        self.reset_action.setToolTip(
            self.tr("Take the offsets of all shapes away, but of locked ones")
        )
        self.reset_action.triggered.connect(self.reset_wished)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self._fill()

    def show_names(self, names: Sequence[str]) -> None:
        """Show which presets there are; emits nothing."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._fill()

    def show_any(self, there: bool) -> None:
        """Show whether there are offsets that can be kept, or reset."""
        self._any = there
        self.keep_action.setEnabled(there)
        self.reset_action.setEnabled(there)

    def ask_name(self) -> None:
        """Ask under which name to keep the offsets."""
        asking = QInputDialog(self)
        asking.setWindowTitle(self.tr("Keep as a preset"))
        asking.setLabelText(self.tr("Name of the preset; one of this name is replaced:"))
        asking.setComboBoxItems(["", *self._names])
        asking.setComboBoxEditable(True)
        asking.textValueSelected.connect(self._on_name_given)
        asking.finished.connect(asking.deleteLater)
        asking.open()

    def _on_name_given(self, name: str) -> None:
        if name.strip():
            self.preset_kept.emit(" ".join(name.split()))

    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        for name in self._names:
            menu.addAction(name.replace("&", "&&"), partial(self.preset_wished.emit, name))
        if not self._names:
            menu.addAction(self.tr("No preset kept yet")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.keep_action)
        if self._names:
            drop = menu.addMenu(self.tr("Delete a preset"))
            for name in self._names:
                drop.addAction(name.replace("&", "&&"), partial(self.preset_dropped.emit, name))
        menu.addSeparator()
        menu.addAction(self.reset_action)
