"""The list of layers: order, on and off, strength, copy and paste."""

from collections.abc import Sequence

import qtawesome
from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.builtin import title_of
from core.expression.layers import Emotion, Layer, Offset, Scale, Smooth
from widgets import theme
from widgets.layer_kinds import LayerKind, kind_of, said
from widgets.layer_text import (
    curve_of,
    main_field,
    missing,
    strength,
    switched,
    target_of,
    with_strength,
)
from widgets.sliders import GestureSlider, new_gesture

_clipboard: list[Layer] = []  # of all lists: layers are copied from one take to another


_ICONS = {
    "up": "mdi6.arrow-up",
    "down": "mdi6.arrow-down",
    "copy": "mdi6.content-copy",
    "paste": "mdi6.content-paste",
    "delete": "mdi6.trash-can-outline",
}


class LayerList(QWidget):
    """The layers of a take; the topmost works first.

    `layers_wished(layers, label, gesture)` bears all layers as they should be and the words
    of the undo menu. `chosen(index)` tells which layer is current, -1 for none;
    `opened(index)` that its parameters are wanted. `kind_wished(name)` asks for a new layer.
    """

    layers_wished = Signal(object, str, str)
    chosen = Signal(int)
    opened = Signal(int)
    kind_wished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Layers"))
        self._layers: tuple[Layer, ...] = ()
        self._shown = False  # whether the list is being filled
        self._kinds: tuple[LayerKind, ...] = ()
        self._slider = GestureSlider(self.tr("Strength"), 0, 1)
        self._slider.wished.connect(self._on_slider_wished)
        self._number = QLabel()
        self._number.setFont(theme.number_font())
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("-150 %"))
        self._hint = QLabel(self.tr("No edits yet.\nChoose an emotion or move a coefficient."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setProperty("quiet", True)
        self._list = self._make_list()
        self._add = QToolButton()
        self._actions = self._make_actions()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.SMALL)
        column.addWidget(self._hint, 1)
        column.addWidget(self._list, 1)
        column.addWidget(self._strength_row())
        column.addLayout(self._button_row())
        self._show_current()

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show the layers of a take; the chosen one stays chosen. Emits nothing."""
        layers = tuple(layers)
        row = self._list.currentRow()
        self._layers = layers
        self._shown = True
        while self._list.count() > len(layers):
            self._list.takeItem(self._list.count() - 1)
        while self._list.count() < len(layers):
            self._list.addItem(QListWidgetItem())
        for i, layer in enumerate(layers):
            self._fill(self._list.item(i), layer)
        # What was added last is what the hand is on.
        self._list.setCurrentRow(min(row, len(layers) - 1) if row >= 0 else len(layers) - 1)
        self._shown = False
        self._show_current()

    @property
    def current(self) -> int:
        """Return which layer is chosen, -1 for none."""
        return self._list.currentRow()

    def show_kinds(self, kinds: Sequence[LayerKind], offered: Sequence[str]) -> None:
        """Say what kinds of layers there are, and by name which of them "Add" offers."""
        self._kinds = tuple(kinds)
        menu = self._add.menu()
        menu.clear()
        for kind in [kind for kind in kinds if kind.name in offered]:
            action = menu.addAction(kind.title)
            action.setToolTip(kind.fault or kind.hint)
            action.setEnabled(not kind.fault)
            action.setData(kind.name)
        self._add.setVisible(not menu.isEmpty())
        self.show_layers(self._layers)

    def show_chosen(self, index: int) -> None:
        """Make another layer the current one; emits nothing."""
        self._choose([index] if index >= 0 else [])

    def _fill(self, item: QListWidgetItem, layer: Layer) -> None:
        item.setText(self._title(layer))
        item.setIcon(_dot(_colour(layer)))
        item.setCheckState(Qt.CheckState.Checked if layer.enabled else Qt.CheckState.Unchecked)
        item.setForeground(QColor(theme.TEXT if layer.enabled else theme.FAINT))
        item.setSizeHint(QSize(0, theme.ROW + 2))
        item.setToolTip(self._tip(layer))

    def _tip(self, layer: Layer) -> str:
        if missing(layer):
            return self.tr("The plug-in of this layer is missing; it is kept as it is.")
        kind = kind_of(layer, self._kinds)
        if kind is not None and kind.fault:
            return kind.fault
        return self.tr("Tick: on or off. Drag: another order; the topmost works first.")

    def _title(self, layer: Layer) -> str:
        if missing(layer):
            return self.tr("{name}  ·  plug-in missing").format(name=missing(layer))
        of_plugin = kind_of(layer, self._kinds)
        kinds = {
            Emotion: self.tr("Emotion"),
            Offset: self.tr("More or less"),
            Scale: self.tr("Range of movement"),
            Smooth: self.tr("Calmer"),
        }
        kind = next((text for known, text in kinds.items() if isinstance(layer, known)), "")
        parts = [target_of(layer)] if not kind else [kind, target_of(layer)]
        if of_plugin is not None and not kind:
            parts = [of_plugin.title]
            if of_plugin.fault:
                return self.tr("{name}  ·  switched off").format(name=of_plugin.title)
        found = strength(layer)
        if found is not None:
            parts.append(_said(layer, found[1]))
        curve = curve_of(layer)
        if curve is not None and len(curve.keys) > 1:
            parts.append(self.tr("{n} keys").format(n=len(curve.keys)))
        return "  ·  ".join(parts)

    def _named(self, layer: Layer) -> str:
        kind = kind_of(layer, self._kinds)
        target = target_of(layer)
        return kind.title if kind and target == title_of(layer) else target

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName(self.tr("Layers"))
        made.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        made.setAlternatingRowColors(False)
        made.setIconSize(QSize(10, 10))
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        made.itemChanged.connect(self._on_list_item_changed)
        made.currentRowChanged.connect(self._on_list_row_changed)
        made.itemSelectionChanged.connect(self._show_current)
        made.itemDoubleClicked.connect(self._on_list_item_opened)
        made.model().rowsMoved.connect(self._on_list_rows_moved)
        return made

    def _make_actions(self) -> dict[str, QAction]:
        made: dict[str, QAction] = {}
        keys = QKeySequence.StandardKey
        for name, text, key, call in (
            ("up", self.tr("Move up"), QKeySequence("Alt+Up"), lambda: self._move(-1)),
            ("down", self.tr("Move down"), QKeySequence("Alt+Down"), lambda: self._move(1)),
            ("copy", self.tr("Copy"), QKeySequence(keys.Copy), self._copy),
            ("paste", self.tr("Paste"), QKeySequence(keys.Paste), self._paste),
            ("delete", self.tr("Delete"), QKeySequence(keys.Delete), self._delete),
        ):
            action = QAction(text, self._list)
            action.setIcon(
                qtawesome.icon(_ICONS[name], color=theme.TEXT, color_disabled=theme.LIGHT)
            )
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            shown = key.toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({shown})")
            action.triggered.connect(call)
            self._list.addAction(action)
            made[name] = action
        return made

    def _strength_row(self) -> QWidget:
        self._strength = QWidget()
        row = QHBoxLayout(self._strength)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(self.tr("Strength"))
        label.setProperty("quiet", True)
        row.addWidget(label)
        row.addWidget(self._slider, 1)
        row.addWidget(self._number)
        return self._strength

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.TINY)
        self._add.setText(self.tr("Add"))
        self._add.setToolTip(self.tr("Add a layer"))
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._add)
        menu.setToolTipsVisible(True)
        menu.triggered.connect(self._on_menu_triggered)
        self._add.setMenu(menu)
        self._add.hide()  # until there is something to add
        row.addWidget(self._add)
        for action in self._actions.values():
            button = QToolButton()
            button.setDefaultAction(action)
            button.setIconSize(QSize(theme.ICON, theme.ICON))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _chosen(self) -> list[int]:
        return sorted(self._list.row(item) for item in self._list.selectedItems())

    def _show_current(self) -> None:
        chosen, row = self._chosen(), self._list.currentRow()
        self._list.setVisible(bool(self._layers))
        self._hint.setVisible(not self._layers)
        self._actions["up"].setEnabled(bool(chosen) and chosen[0] > 0)
        self._actions["down"].setEnabled(bool(chosen) and chosen[-1] < len(self._layers) - 1)
        self._actions["copy"].setEnabled(bool(chosen))
        self._actions["delete"].setEnabled(bool(chosen))
        self._actions["paste"].setEnabled(bool(_clipboard))
        found = strength(self._layers[row]) if 0 <= row < len(self._layers) else None
        self._strength.setVisible(bool(self._layers))
        self._strength.setEnabled(found is not None)
        if found is None:
            self._number.setText("")
            return
        low, value, high = found
        layer = self._layers[row]
        self._slider.show_range(low, high, 1.0 if isinstance(layer, Scale) else 0.0)
        self._slider.show_colour(_colour(layer))
        self._slider.show_value(value)
        self._number.setText(_said(layer, value))

    def _wish(self, layers: Sequence[Layer], label: str, gesture: str = "") -> None:
        if tuple(layers) != self._layers:
            self.layers_wished.emit(tuple(layers), label, gesture or new_gesture("layers"))

    def _on_slider_wished(self, value: float, gesture: str) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._layers):
            layer = with_strength(self._layers[row], value)
            new = (*self._layers[:row], layer, *self._layers[row + 1 :])
            label = self.tr("Strength of {layer}").format(layer=self._named(layer))
            self._wish(new, label, gesture)

    def _on_list_item_changed(self, item: QListWidgetItem) -> None:
        if self._shown:
            return
        row, on = self._list.row(item), item.checkState() == Qt.CheckState.Checked
        layer = switched(self._layers[row], on)
        word = self.tr("Switch on {layer}") if on else self.tr("Switch off {layer}")
        new = (*self._layers[:row], layer, *self._layers[row + 1 :])
        self._wish(new, word.format(layer=self._named(layer)))

    def _on_list_row_changed(self, row: int) -> None:
        if not self._shown:
            self._show_current()
            self.chosen.emit(row)

    def _on_list_item_opened(self, item: QListWidgetItem) -> None:
        self.opened.emit(self._list.row(item))

    def _on_menu_triggered(self, action: QAction) -> None:
        self.kind_wished.emit(str(action.data()))

    def _on_list_rows_moved(
        self, _parent: object, first: int, last: int, _to: object, before: int
    ) -> None:
        block = self._layers[first : last + 1]
        rest = (*self._layers[:first], *self._layers[last + 1 :])
        at = before if before <= first else before - len(block)
        self._wish((*rest[:at], *block, *rest[at:]), self.tr("Reorder layers"))

    def _move(self, step: int) -> None:
        chosen = self._chosen()
        new = list(self._layers)
        for row in chosen if step < 0 else reversed(chosen):
            new[row], new[row + step] = new[row + step], new[row]
        self._wish(new, self.tr("Reorder layers"))
        self._choose([row + step for row in chosen])

    def _choose(self, rows: Sequence[int]) -> None:
        self._shown = True
        self._list.clearSelection()
        for row in rows:
            if row < self._list.count():
                self._list.setCurrentRow(row, QItemSelectionModel.SelectionFlag.Select)
        self._shown = False
        self._show_current()

    def _copy(self) -> None:
        _clipboard[:] = [self._layers[row] for row in self._chosen()]
        self._show_current()

    def _paste(self) -> None:
        chosen = self._chosen()
        at = chosen[-1] + 1 if chosen else len(self._layers)
        new = (*self._layers[:at], *_clipboard, *self._layers[at:])
        self._wish(new, self.tr("Paste layers"))

    def _delete(self) -> None:
        chosen = set(self._chosen())
        gone = [self._named(self._layers[row]) for row in sorted(chosen)]
        new = [layer for i, layer in enumerate(self._layers) if i not in chosen]
        self._wish(new, self.tr("Delete {layers}").format(layers=", ".join(gone)))


def _said(layer: Layer, value: float) -> str:
    if not isinstance(layer, Emotion | Offset | Scale | Smooth):
        field = main_field(layer)
        return said(field, value) if field else ""
    if isinstance(layer, Smooth):
        return f"{value * 1000:.0f} ms"
    return f"{value * 100:+.0f} %" if isinstance(layer, Offset) else f"{value * 100:.0f} %"


def _colour(layer: Layer) -> QColor:
    if isinstance(layer, Emotion):
        return theme.emotion_colour(layer.label)
    target = target_of(layer)
    prefixes = {"brow": "brows", "eye": "eyes", "cheek": "cheeks", "nose": "cheeks",
                "jaw": "jaw", "mouth": "mouth", "tongue": "tongue"}  # fmt: skip
    return theme.region_colour(
        next((region for start, region in prefixes.items() if target.startswith(start)), "")
    )


def _dot(colour: QColor) -> QIcon:
    picture = QPixmap(20, 20)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(1, 1, 18, 18)
    painter.end()
    return QIcon(picture)
