"""The bar above the timeline: snapping, keys, zoom."""

from collections.abc import Callable, Sequence
from functools import partial
from math import exp, log

import qtawesome
from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from core.expression.keyframes import Interpolation, Key
from widgets import theme
from widgets.timeline.axis import FRAME_PX, Axis
from widgets.timeline.editing import EditCanvas
from widgets.timeline.value_field import ValueField

ZOOM_STEPS = 1000
ZOOM = 1.5


class Tools(QWidget):
    """Buttons which work on the canvas below."""

    def __init__(self, canvas: EditCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.TINY, theme.GAP, theme.TINY)
        row.setSpacing(theme.SMALL)
        self.snap = self._button(
            "mdi6.magnet", self.tr("Snap to frames, keys and markers (Alt: not)")
        )
        self.snap.setCheckable(True)
        self.snap.setChecked(True)
        self.snap.toggled.connect(self._on_snap_toggled)
        row.addWidget(self.snap)
        row.addSpacing(theme.GAP)
        add = self._button("mdi6.key-plus", self.tr("Add a key at the playhead (Insert)"))
        add.clicked.connect(lambda: canvas.add_key())
        self.add = add
        row.addWidget(add)
        self.joins = self._make_joins()
        for button in self.joins.values():
            row.addWidget(button)
        self.value = self._make_value()
        row.addWidget(self.value)
        self.delete = self._button(
            "mdi6.trash-can-outline", self.tr("Delete the selected keys")
        )
        self.delete.clicked.connect(canvas.delete_keys)
        row.addWidget(self.delete)
        self.count = QLabel(self)
        self.count.setProperty("quiet", True)
        row.addWidget(self.count)
        self._middle = QHBoxLayout()
        row.addLayout(self._middle, 1)
        self._add_zoom(row)
        canvas.chosen_changed.connect(self.refresh)
        canvas.axis_changed.connect(self._on_canvas_axis_changed)
        self.refresh()

    def offer_lanes(self, menu: Callable[[], QMenu]) -> None:
        """Show a button that opens `menu`, in which lanes are shown and hidden."""
        button = self._button("mdi6.format-list-checks", self.tr("Lanes to show"))

        def open_menu() -> None:
            made = menu()
            made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            made.popup(button.mapToGlobal(button.rect().bottomLeft()))

        button.clicked.connect(open_menu)
        self._row.addWidget(button)

    def hold(self, widget: QWidget) -> None:
        """Give `widget` the room in the middle of the bar."""
        self._middle.addWidget(widget, 1)

    def refresh(self) -> None:
        """Show what the selected keys have in common."""
        keys = self._keys()
        self.add.setEnabled(self._canvas.active is not None)
        self.delete.setEnabled(bool(keys))
        words = self.tr("1 key") if len(keys) == 1 else self.tr("{} keys").format(len(keys))
        self.count.setText(words if keys else "")
        manners = {key.interpolation for key in keys}
        for how, button in self.joins.items():
            button.setEnabled(bool(keys))
            button.setChecked(manners == {how})
        curves = [lane.curve for lane in self._canvas.chosen_lanes() if lane.curve]
        low = max((curve.low for curve in curves), default=0.0)
        high = min((curve.high for curve in curves), default=1.0)
        self.value.show_values([key.value for key in keys], low, high)

    def _keys(self) -> Sequence[Key]:
        return [
            key
            for lane in self._canvas.chosen_lanes()
            if lane.curve is not None
            for key in lane.curve.envelope.keys
            if key.time in lane.chosen
        ]

    def _make_joins(self) -> dict[Interpolation, QToolButton]:
        made: dict[Interpolation, QToolButton] = {}
        rows: tuple[tuple[Interpolation, str, str], ...] = (
            ("smooth", "mdi6.vector-curve", self.tr("Smooth curve from the selected keys")),
            ("linear", "mdi6.vector-line", self.tr("Straight line from the selected keys")),
            ("hold", "mdi6.stairs", self.tr("Hold the value of the selected keys")),
        )
        for how, icon, words in rows:
            button = self._button(icon, words)
            button.setCheckable(True)
            button.clicked.connect(partial(self._on_join_clicked, how))
            made[how] = button
        return made

    def _make_value(self) -> ValueField:
        value = ValueField(self)
        value.setToolTip(self.tr("Value of the selected keys"))
        value.setAccessibleName(value.toolTip())
        value.value_wished.connect(self._canvas.set_keys)
        return value

    def _add_zoom(self, row: QHBoxLayout) -> None:
        out = self._button("mdi6.magnify-minus-outline", self.tr("Zoom out (Ctrl+wheel)"))
        out.clicked.connect(lambda: self.zoom(1 / ZOOM))
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, ZOOM_STEPS)
        self.slider.setMinimumWidth(40)
        self.slider.setMaximumWidth(120)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(self.tr("Zoom of the timeline"))
        self.slider.valueChanged.connect(self._on_slider_changed)
        into = self._button("mdi6.magnify-plus-outline", self.tr("Zoom in (Ctrl+wheel)"))
        into.clicked.connect(lambda: self.zoom(ZOOM))
        fit = self._button("mdi6.arrow-expand-horizontal", self.tr("Show the whole clip"))
        fit.clicked.connect(self.fit)
        part = self._button("mdi6.arrow-collapse-horizontal", self.tr("Show the range"))
        part.clicked.connect(self.fit_range)
        for widget in (out, self.slider, into, fit, part):
            row.addWidget(widget)

    def zoom(self, factor: float) -> None:
        """Zoom about the playhead, or the middle where it is out of view."""
        axis = self._canvas.axis
        x = axis.frame_x(self._canvas.frame)
        self._canvas.show_axis(
            axis.zoomed(factor, x if 0 <= x <= axis.width else axis.width / 2)
        )

    def fit(self) -> None:
        """Show the whole clip."""
        self._canvas.show_axis(self._canvas.axis.fitted())

    def fit_range(self) -> None:
        """Show the range from in to out."""
        axis = self._canvas.axis
        start, end = (axis.seconds(x) for x in self._canvas.rows.ruler.handles(axis))
        self._canvas.show_axis(axis.fitted(start, end))

    def _on_snap_toggled(self, on: bool) -> None:
        self._canvas.snapping = on

    def _on_join_clicked(self, how: Interpolation, _checked: bool = False) -> None:
        self._canvas.join_keys(how)
        self.refresh()

    def _on_slider_changed(self, step: int) -> None:
        axis, whole, close = self._limits()
        wanted = whole * exp(step / ZOOM_STEPS * log(close / whole))
        self.zoom(wanted / axis.scale)

    def _on_canvas_axis_changed(self) -> None:
        axis, whole, close = self._limits()
        with QSignalBlocker(self.slider):
            self.slider.setEnabled(close > whole * 1.01)
            if close > whole * 1.01:
                share = log(max(axis.scale / whole, 1.0)) / log(close / whole)
                self.slider.setValue(round(share * ZOOM_STEPS))

    def _limits(self) -> tuple[Axis, float, float]:
        axis = self._canvas.axis
        whole = axis.fitted().scale
        return axis, whole, max(FRAME_PX * len(axis.times) / axis.end, whole)

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(
            qtawesome.icon(
                icon, color=theme.QUIET, color_disabled=theme.LIGHT, color_on=theme.ON_ACCENT
            )
        )
        button.setIconSize(QSize(theme.ICON, theme.ICON))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
