"""The parameters of one layer as controls, made from what its fields say of themselves."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.builtin import title_of
from core.errors import WishError
from core.expression.keyframes import Envelope
from core.expression.layers import Layer
from widgets import theme
from widgets.layer_kinds import (
    Field,
    LayerKind,
    fields_of,
    kind_of,
    number_of,
    said,
    with_field,
)
from widgets.layer_text import target_of
from widgets.sliders import GestureSlider, new_gesture


class LayerFields(QWidget):
    """The controls of the chosen layer.

    `layer_wished(layer, label, gesture)` bears the layer as it should be and the words of
    the undo menu.
    """

    layer_wished = Signal(object, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Parameters of the layer"))
        self._layer: Layer | None = None
        self._kinds: tuple[LayerKind, ...] = ()
        self._fields: tuple[Field, ...] = ()
        self.controls: dict[str, QWidget] = {}
        self._numbers: dict[str, QLabel] = {}
        self._title, self._note = QLabel(), QLabel()
        firm = self._title.font()
        firm.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(firm)
        self._note.setWordWrap(True)
        self._note.setProperty("quiet", True)
        self._grid = QWidget()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        column.setSpacing(theme.GAP)
        for widget in (self._title, self._note, self._grid):
            column.addWidget(widget)
        column.addStretch(1)
        self._column = column
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.show_layer(None)

    def show_kinds(self, kinds: Sequence[LayerKind]) -> None:
        """Say what kinds of layers there are: their titles, and which do nothing now."""
        self._kinds = tuple(kinds)
        self.show_layer(self._layer)

    def show_layer(self, layer: Layer | None) -> None:
        """Show the parameters of a layer; None: none is chosen. Emits nothing."""
        same = layer is not None and type(layer) is type(self._layer)
        self._layer = layer
        fields = fields_of(layer)
        if not same or fields != self._fields:
            self._fields = fields
            self._rebuild()
        kind = kind_of(layer, self._kinds) if layer is not None else None
        self._title.setText(self._name(layer, kind))
        self._note.setText(self._words(layer, kind))
        self._note.setVisible(bool(self._note.text()))
        if layer is not None:
            for field in fields:
                self._show(layer, field)

    def _name(self, layer: Layer | None, kind: LayerKind | None) -> str:
        if layer is None:
            return self.tr("No layer is chosen")
        target = target_of(layer)
        if kind is None:
            return target
        return kind.title if target == title_of(layer) else f"{kind.title}  ·  {target}"

    def _words(self, layer: Layer | None, kind: LayerKind | None) -> str:
        if layer is None:
            return self.tr("Choose one in the list of layers, or add one there.")
        if kind is not None:
            return kind.fault or kind.hint
        if not self._fields:
            return self.tr(
                "The plug-in of this layer is missing. The layer is kept and saved, "
                "and edits nothing until the plug-in is here again."
            )
        return ""

    def _rebuild(self) -> None:
        self.controls.clear()
        self._numbers.clear()
        grid = QWidget()
        rows = QGridLayout(grid)
        rows.setContentsMargins(0, theme.SMALL, 0, 0)
        rows.setHorizontalSpacing(theme.GAP)
        rows.setVerticalSpacing(theme.SMALL)
        rows.setColumnStretch(1, 1)
        for i, field in enumerate(self._fields):
            rows.setRowMinimumHeight(i, theme.ROW)
            control = self._control(field)
            self.controls[field.name] = control
            if field.control == "switch":
                rows.addWidget(control, i, 0, 1, 3)
                continue
            label = QLabel(field.title)
            label.setProperty("quiet", True)
            rows.addWidget(label, i, 0)
            rows.addWidget(control, i, 1)
            if field.control != "choice":
                number = QLabel()
                number.setFont(theme.number_font())
                number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                number.setMinimumWidth(theme.NUMBER_WIDTH)
                self._numbers[field.name] = number
                rows.addWidget(number, i, 2)
        self._column.replaceWidget(self._grid, grid)
        self._grid.hide()
        self._grid.deleteLater()
        self._grid = grid

    def _control(self, field: Field) -> QWidget:
        def wish(value: bool | float | str, gesture: str = "") -> None:
            self._wish(field, value, gesture)

        if field.control == "switch":
            box = QCheckBox(field.title)
            box.clicked.connect(wish)
            return box
        if field.control == "choice":
            words = QComboBox()
            words.setAccessibleName(field.title)
            words.addItems(list(field.words))
            words.textActivated.connect(wish)
            return words
        origin = min(max(0.0, field.low), field.high)
        slider = GestureSlider(field.title, field.low, field.high, origin)
        slider.wished.connect(wish)
        return slider

    def _show(self, layer: Layer, field: Field) -> None:
        control, value = self.controls[field.name], getattr(layer, field.name)
        if isinstance(control, QCheckBox):
            control.setChecked(bool(value))
        elif isinstance(control, QComboBox):
            if control.findText(str(value)) < 0:  # both sides of a shape, "mouthSmile"
                control.insertItem(0, str(value))
            control.setCurrentText(str(value))
        elif isinstance(control, GestureSlider):
            number = number_of(layer, field)
            control.show_value(number)
            text = said(field, number)
            keyed = isinstance(value, Envelope) and len(value.keys) > 1
            self._numbers[field.name].setText(f"≤ {text}" if keyed else text)
            self._numbers[field.name].setToolTip(
                self.tr("A curve of {n} keys; the slider moves all of them.").format(
                    n=len(value.keys)
                )
                if keyed
                else ""
            )

    def _wish(self, field: Field, value: object, gesture: str = "") -> None:
        if self._layer is None:
            return
        try:
            new = with_field(self._layer, field, value)
        except WishError as error:  # some settings do not go together; the control goes back
            self._note.setText(str(error))
            self._show(self._layer, field)
            return
        if new != self._layer:
            label = self.tr("{layer}: {field}").format(
                layer=self._title.text(), field=field.title
            )
            self.layer_wished.emit(new, label, gesture or new_gesture("layer"))
