"""A field for the value which the selected keys have in common."""

from collections.abc import Collection
from math import isfinite

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets import theme
from widgets.sliders import keeps_key

STEP = 0.05
_STEPS = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}


class ValueField(QLineEdit):
    """A number to read and to type; `value_wished` on Return and on the arrow keys.

    A spin box would do, but under a style sheet Qt gives its text no room.
    """

    value_wished = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = 0.0, 1.0
        self._value: float | None = None
        self.setFont(theme.number_font())
        self.setFixedWidth(theme.NUMBER_WIDTH)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._on_editing_finished)

    def show_values(self, values: Collection[float], low: float, high: float) -> None:
        """Show the value all have, "–" where they differ, nothing where there is none."""
        self._low, self._high = low, high
        self._value = next(iter(values)) if len(set(values)) == 1 else None
        self.setEnabled(bool(values))
        self.setPlaceholderText("–" if values else "")
        self._show()

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, _STEPS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif self._value is not None:
            self._wish(self._value + step)

    def _show(self) -> None:
        self.setText("" if self._value is None else f"{self._value:.2f}")
        self.setModified(False)

    def _wish(self, value: float) -> None:
        held = round(min(max(value, self._low), self._high), 4)
        if held != self._value:
            self.value_wished.emit(held)

    def _on_editing_finished(self) -> None:
        if not self.isModified():
            return
        text = self.text().strip().replace(",", ".")
        self._show()
        try:
            value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            return  # the field shows again what it was
        if isfinite(value):
            self._wish(value)
