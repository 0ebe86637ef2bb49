"""The coefficient panel: the 52 shapes by region, searched, linked, keyed and switched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Float
from core.expression.groups import select
from core.expression.layers import Layer, Offset, Scale, Smooth
from core.track import ARKIT_INDEX, ARKIT_NAMES
from widgets import theme
from widgets.layer_text import drivers, own_offset, switched, value_at
from widgets.preset_button import PresetButton
from widgets.shape_row import LEAST, ShapeRow, ShapeState
from widgets.sliders import new_gesture

# "mouth" of the groups takes the jaw along; here every shape stands once.
REGIONS: Mapping[str, tuple[str, ...]] = {
    region: tuple(
        ARKIT_NAMES[i]
        for i in select(region)
        if region != "mouth" or not ARKIT_NAMES[i].startswith("jaw")
    )
    for region in ("brows", "eyes", "cheeks", "jaw", "mouth")
}


def partner(shape: str) -> str | None:
    """Return the same shape on the other side: "mouthSmileRight" of "mouthSmileLeft".

    jawLeft and jawRight (mouthLeft, mouthRight) are opposites, not sides: they have none.
    """
    if shape in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        return None
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if shape.endswith(side):
            return shape.removesuffix(side) + other
    return None


class CoefficientPanel(QWidget):
    """Sliders that add to the shapes or take from them, -1..1, beside what was filmed.

    `offset_wished(shape, amount, gesture)`; with both sides linked it comes twice, once a
    side, in one gesture. `key_wished(shape, amount, gesture)`: a key of that offset at the
    playhead, of both sides likewise.
    `layers_wished(layers, label, gesture)`: mute and solo switch layers on and off.
    `preset_wished(name, locked)`: a preset is set, but for the locked shapes;
    `preset_kept(name)`: the offsets at the playhead are kept so; `preset_dropped(name)`.
    """

    offset_wished = Signal(str, float, str)
    key_wished = Signal(str, float, str)
    layers_wished = Signal(object, str, str)
    preset_wished = Signal(str, object)
    preset_kept = Signal(str)
    preset_dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Coefficients"))
        self._layers: tuple[Layer, ...] = ()
        self._told: object = None  # what the rows say of the layers
        self._values = np.zeros((2, len(ARKIT_NAMES)))  # filmed, edited
        self._moment = Fraction(0)
        self._locked: set[str] = set()
        self._before: tuple[bool, ...] = ()
        self._heads: dict[str, QToolButton] = {}
        self._rows: dict[str, ShapeRow] = {}
        self._search = QLineEdit()
        self.presets = PresetButton(self)
        self.presets.preset_wished.connect(self._on_preset_wished)
        self.presets.preset_kept.connect(self.preset_kept)
        self.presets.preset_dropped.connect(self.preset_dropped)
        self.presets.reset_wished.connect(self._reset_all)
        self._linked = self._switch(
            self.tr("Link L/R"), self.tr("Move the left and the right side together")
        )
        self._edited_only = self._switch(
            self.tr("Edited"), self.tr("Show only shapes that a layer moves")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP, 0, 0)
        column.setSpacing(theme.SMALL)
        column.addLayout(self._head())
        column.addWidget(self._list(), 1)
        self._nothing = QLabel(self.tr("No shape matches."))
        self._nothing.setProperty("quiet", True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        column.addWidget(self._nothing, 1)

    def row(self, shape: str) -> ShapeRow:
        """Return the row of a shape."""
        return self._rows[shape]

    def show_values(self, filmed: Float, edited: Float) -> None:
        """Show (52,) coefficients of the frame, as filmed and as edited; emits nothing."""
        new = np.stack([filmed, edited])
        others = np.abs(new - self._values).max(0) > LEAST
        self._values[:, others] = new[:, others]
        for column in np.flatnonzero(others).tolist():
            row = self._rows[ARKIT_NAMES[column]]
            row.show_values(float(filmed[column]), float(edited[column]))

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show what the layers of the take do to each shape; emits nothing."""
        if tuple(layers) == self._layers:
            return
        self._layers = tuple(layers)
        offsets = tuple(x for x in self._layers if isinstance(x, Offset))
        told = drivers(self._layers), offsets
        if told == self._told:
            return
        self._told = told
        self.presets.show_any(any(isinstance(x, Offset) for x in self._layers))
        self._show_states()
        if self._edited_only.isChecked():
            self._filter()

    def show_moment(self, moment: Fraction) -> None:
        """Show the offsets `moment` seconds after the first frame; emits nothing."""
        self._moment = moment
        if any(
            isinstance(layer, Offset) and len(layer.amount.keys) > 1 for layer in self._layers
        ):
            self._show_states()

    def _show_states(self) -> None:
        names = drivers(self._layers)
        offsets = sum(isinstance(layer, Offset) and layer.enabled for layer in self._layers)
        several = sum(isinstance(layer, Offset) for layer in self._layers) > 1
        for shape, row in self._rows.items():
            state = ShapeState(locked=shape in self._locked, drivers=names[ARKIT_INDEX[shape]])
            own = own_offset(self._layers, shape)
            if own is not None:
                layer = own[1]
                keys = layer.amount.keys
                state = replace(
                    state,
                    offset=value_at(layer.amount, self._moment),
                    own=True,
                    muted=not layer.enabled,
                    solo=several and layer.enabled and offsets == 1,
                    keyed=len(keys) > 1,
                    here=len(keys) > 1 and any(key.time == self._moment for key in keys),
                )
            row.show_state(state)

    def _switch(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        return button

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP, 0, theme.GAP, 0)
        row.setSpacing(theme.SMALL)
        self._search.setPlaceholderText(self.tr("Search shapes"))
        self._search.setAccessibleName(self.tr("Search the shapes"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self._edited_only.toggled.connect(self._filter)
        row.addWidget(self._search, 1)
        row.addWidget(self._linked)
        row.addWidget(self._edited_only)
        row.addWidget(self.presets)
        return row

    def _list(self) -> QScrollArea:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(theme.GAP, 0, theme.SMALL, theme.GAP)
        column.setSpacing(0)
        titles = {
            "brows": self.tr("Brows"),
            "eyes": self.tr("Eyes"),
            "cheeks": self.tr("Cheeks and nose"),
            "jaw": self.tr("Jaw"),
            "mouth": self.tr("Mouth and tongue"),
        }
        for region, shapes in REGIONS.items():
            column.addWidget(self._region(region, titles[region], len(shapes)))
            for shape in shapes:
                row = ShapeRow(shape, theme.region_colour(region))
                row.offset_wished.connect(self._on_row_offset_wished)
                row.mark_wished.connect(self._on_row_mark_wished)
                self._rows[shape] = row
                column.addWidget(row)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(page)
        self._scroll.setMinimumWidth(page.minimumSizeHint().width() + 14)
        return self._scroll

    def _region(self, region: str, title: str, shapes: int) -> QToolButton:
        head = QToolButton()
        head.setText(f"{title}  {shapes}")
        head.setToolTip(self.tr("Show or hide these shapes"))
        head.setCheckable(True)
        head.setChecked(True)
        head.setArrowType(Qt.ArrowType.DownArrow)
        head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        head.setStyleSheet(
            f"QToolButton {{ font-weight: 600; color: {theme.REGIONS[region]}; }}"
            "QToolButton:checked { background: transparent; }"
        )
        head.toggled.connect(self._filter)
        self._heads[region] = head
        return head

    def _filter(self) -> None:
        words = self._search.text().lower().split()
        shown_any = False
        for region, shapes in REGIONS.items():
            head = self._heads[region]
            found = {s for s in shapes if self._fits(s, region, words)}
            open_now = head.isChecked() or bool(words)
            head.setArrowType(Qt.ArrowType.DownArrow if open_now else Qt.ArrowType.RightArrow)
            head.setVisible(bool(found))
            shown_any = shown_any or bool(found)
            for shape in shapes:
                self._rows[shape].setVisible(open_now and shape in found)
        self._scroll.setVisible(shown_any)
        self._nothing.setVisible(not shown_any)

    def _fits(self, shape: str, region: str, words: Sequence[str]) -> bool:
        row = self._rows[shape]
        if self._edited_only.isChecked() and not (row.state.drivers or row.state.own):
            return False
        said = f"{shape} {region} {' '.join(row.state.drivers)}".lower()
        return all(word in said for word in words)

    def _sides(self, shape: str) -> tuple[str, ...]:
        other = partner(shape) if self._linked.isChecked() else None
        return tuple(s for s in (shape, other) if s and s not in self._locked)

    def _on_row_offset_wished(self, shape: str, amount: float, gesture: str) -> None:
        for side in self._sides(shape):
            self.offset_wished.emit(side, amount, gesture)

    def _on_row_mark_wished(self, shape: str, mark: str) -> None:
        call: Callable[[str], None] = {
            "key": self._key,
            "mute": self._mute,
            "solo": self._solo,
            "lock": self._lock,
        }[mark]
        call(shape)

    def show_presets(self, names: Sequence[str]) -> None:
        """Show which presets there are; emits nothing."""
        self.presets.show_names(names)

    def _on_preset_wished(self, name: str) -> None:
        self.preset_wished.emit(name, frozenset(self._locked))

    def _key(self, shape: str) -> None:
        gesture = new_gesture("key")
        for side in self._sides(shape):
            self.key_wished.emit(side, self._rows[side].state.offset, gesture)

    def _lock(self, shape: str) -> None:
        self._locked ^= {shape}
        self._show_states()

    def _mute(self, shape: str) -> None:
        own = own_offset(self._layers, shape)
        if own is None:
            return
        i, layer = own
        word = self.tr("Mute {shape}") if layer.enabled else self.tr("Unmute {shape}")
        new = (*self._layers[:i], switched(layer, not layer.enabled), *self._layers[i + 1 :])
        self.layers_wished.emit(new, word.format(shape=shape), new_gesture("mute"))

    def _solo(self, shape: str) -> None:
        own = own_offset(self._layers, shape)
        if own is None:
            return
        if self._rows[shape].state.solo:
            known = len(self._before) == len(self._layers)
            flags = self._before if known else (True,) * len(self._layers)
            new = tuple(switched(x, on) for x, on in zip(self._layers, flags, strict=True))
            self.layers_wished.emit(
                new, self.tr("End solo of {shape}").format(shape=shape), new_gesture("solo")
            )
            return
        self._before = tuple(layer.enabled for layer in self._layers)
        new = tuple(
            switched(x, i == own[0]) if isinstance(x, Offset | Scale | Smooth) else x
            for i, x in enumerate(self._layers)
        )
        self.layers_wished.emit(
            new, self.tr("Solo {shape}").format(shape=shape), new_gesture("solo")
        )

    def _reset_all(self) -> None:
        kept = tuple(
            x
            for x in self._layers
            if not (
                isinstance(x, Offset) and x.shape in ARKIT_INDEX and x.shape not in self._locked
            )
        )
        if kept != self._layers:
            self.layers_wished.emit(kept, self.tr("Reset all shapes"), new_gesture("reset"))
