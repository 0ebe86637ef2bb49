"""The size of an exported film: as filmed, half of it, or a width of one's own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from core.media.cut import WIDTHS, Cut
from widgets import theme

FULL, HALF, OWN = range(3)


class SizeField(QWidget):
    """Asks for the width of the pictures; `width_wished()` comes when a person changes it."""

    width_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filmed = (1280, 720)
        self._choice, self._own = QComboBox(), QSpinBox()
        self._choice.setAccessibleName(self.tr("Size"))
        self._choice.addItems(["", "", self.tr("Own width")])
        self._own.setAccessibleName(self.tr("Width in pixels"))
        self._own.setRange(*WIDTHS)
        self._own.setSingleStep(2)
        self._own.setSuffix(self.tr(" px"))
        self._own.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._own.setMinimumWidth(theme.NUMBER_WIDTH + theme.LARGE)
        self._own.hide()
        self.setFocusProxy(self._choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self._choice, 1)
        row.addWidget(self._own)
        self._choice.currentIndexChanged.connect(self._on_choice_changed)
        self._own.valueChanged.connect(self._on_own_changed)
        self.show_filmed(self._filmed)

    @property
    def asked(self) -> int:
        """Return the width in pixels, 0 = as filmed."""
        if self._choice.currentIndex() == OWN:
            return self._own.value()
        return max(WIDTHS[0], self._filmed[0] // 2) if self._halved else 0

    def fields(self) -> tuple[QWidget, ...]:
        """Return what can be reached by the keyboard, in its order."""
        return self._choice, self._own

    def show_filmed(self, size: tuple[int, int]) -> None:
        """Show the size (W, H) of the clip; emits nothing."""
        self._filmed = size
        half = Cut(width=max(WIDTHS[0], size[0] // 2)).size(size)
        self._choice.setItemText(FULL, self.tr("100 %, {w} × {h}").format(w=size[0], h=size[1]))
        self._choice.setItemText(HALF, self.tr("50 %, {w} × {h}").format(w=half[0], h=half[1]))
        self._own.blockSignals(True)
        self._own.setValue(size[0])
        self._own.blockSignals(False)
        self._say_own()

    @property
    def _halved(self) -> bool:
        return self._choice.currentIndex() == HALF

    def _say_own(self) -> None:
        w, h = Cut(width=self._own.value()).size(self._filmed)
        chosen = self._choice.currentIndex() == OWN
        text = self.tr("Own width, {w} × {h}").format(w=w, h=h)
        self._choice.setItemText(OWN, text if chosen else self.tr("Own width"))

    def _on_choice_changed(self) -> None:
        self._own.setVisible(self._choice.currentIndex() == OWN)
        self._say_own()
        self.width_wished.emit()

    def _on_own_changed(self) -> None:
        self._say_own()
        self.width_wished.emit()
