"""The history: every step by its name; a click goes there."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from widgets import theme


class HistoryList(QWidget):
    """Steps oldest first; those after the one that stands are shown faint.

    `step_wished(index)` asks to go to a step, by click or with the arrow keys.
    """

    step_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = -1
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("History of edits"))
        self._list.setUniformItemSizes(True)
        self._list.currentRowChanged.connect(self._on_list_row_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.addWidget(self._list)

    def show_history(self, labels: Sequence[str], step: int) -> None:
        """Show the names of all steps and which of them stands; emits nothing."""
        self._list.blockSignals(True)
        while self._list.count() > len(labels):
            self._list.takeItem(self._list.count() - 1)
        for i, label in enumerate(labels):
            if i == self._list.count():
                item = QListWidgetItem()
                item.setSizeHint(QSize(0, theme.ROW - 2))
                self._list.addItem(item)
            self._fill(self._list.item(i), f"{i}   {label}", i > step)
        self._step = step
        self._list.setCurrentRow(step)
        self._list.blockSignals(False)
        if 0 <= step < len(labels):
            self._list.scrollToItem(self._list.item(step))

    def _fill(self, item: QListWidgetItem, text: str, undone: bool) -> None:
        # Touching an item repaints it: of a thousand steps only what differs is touched.
        if item.text() != text:
            item.setText(text)
        if item.data(Qt.ItemDataRole.UserRole) != undone:
            item.setData(Qt.ItemDataRole.UserRole, undone)
            item.setForeground(QColor(theme.FAINT if undone else theme.TEXT))
            item.setToolTip(self.tr("Undone; click to do it again") if undone else "")

    def _on_list_row_changed(self, row: int) -> None:
        if row >= 0 and row != self._step:
            self.step_wished.emit(row)
