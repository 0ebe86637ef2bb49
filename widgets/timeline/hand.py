"""Mouse and keyboard of the timeline."""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QWidget

from core.expression.keyframes import Interpolation
from core.expression.layers import Layer
from core.times import Times
from widgets.sliders import new_gesture
from widgets.timeline.curve_lane import CurveLane
from widgets.timeline.editing import EditCanvas
from widgets.timeline.gestures import Box, Drag, KeyDrag, Pan, RangeDrag, Scrub
from widgets.timeline.ruler import RANGE_PX
from widgets.timeline.snapping import snapped_time, snapped_value

Keys = Qt.KeyboardModifier
NOTCH = 1.0015  # zoom for an eighth of a degree of the wheel
RISE = 0.05


class HandCanvas(EditCanvas):
    """The canvas as one works on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drag: Drag | None = None

    def show_times(self, times: Times) -> None:
        """Show a clip, whole; a drag on the last one is over."""
        self._drop()
        super().show_times(times)

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show the curves of the layers; a drag on lanes which are gone is over."""
        before = self.rows.curves
        super().show_layers(layers)
        if self.rows.curves != before:
            self._drop()

    def _drop(self) -> None:
        self._drag, self.box = None, None
        self.show_note("", QPointF())

    # Mouse ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not len(self.axis.times) or self._drag is not None:
            return
        at, keys = event.position(), event.modifiers()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = Pan(self, at)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._drag = self._begin(at, keys)
        if self._drag is not None:
            self._drag.move(at, keys)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._drag is not None:
            self._drag.move(event.position(), event.modifiers())
        else:
            self._show_cursor(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._drag is not None:
            drag, self._drag = self._drag, None
            drag.end()
            self._show_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position()
        lane = self.lane_at(at.y())
        if event.button() != Qt.MouseButton.LeftButton or not len(self.axis.times):
            return
        if lane is self.rows.ruler:
            if at.y() < RANGE_PX:
                self.wish_range(0, len(self.axis.times) - 1)
            else:
                self.marker_wished.emit(self.axis.frame(at.x()))
        elif isinstance(lane, CurveLane):
            y = at.y() - self.top(lane)
            if lane.folded:
                self.fold_lane(lane)
            elif lane.key_at(self.axis, at.x(), y) is None:
                self._add_at(lane, at)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turn, at = event.angleDelta(), event.position()
        over_ruler = at.y() < self.rows.ruler.height
        if not len(self.axis.times):
            event.ignore()
        elif event.modifiers() & Keys.ControlModifier or (over_ruler and turn.y()):
            self.show_axis(self.axis.zoomed(NOTCH ** turn.y(), at.x()))
        elif turn.x() or event.modifiers() & Keys.ShiftModifier:
            self.show_axis(self.axis.scrolled(-(turn.x() or turn.y())))
        else:
            event.ignore()  # the view scrolls the lanes

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if len(self.axis.times):
            menu = self._menu(QPointF(event.pos()))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def _begin(self, at: QPointF, keys: Keys) -> Drag:
        lane, frame = self.lane_at(at.y()), self.axis.frame(at.x())
        if lane is self.rows.ruler:
            side = self.range_at(at.x(), at.y())
            if side is not None:
                first, last = self.rows.ruler.range or (0, len(self.axis.times) - 1)
                return RangeDrag(self, self, first if side else last)
            if at.y() < RANGE_PX or keys & Keys.ShiftModifier:
                return RangeDrag(self, self, frame)
        if not isinstance(lane, CurveLane):
            return Scrub(self, self)
        self.show_active(lane)
        if lane.folded:
            return Scrub(self, self)
        time = lane.key_at(self.axis, at.x(), at.y() - self.top(lane))
        if time is None:
            return Box(self, at, keys)
        self._take(lane, time, keys)
        drag = KeyDrag(self, self, lane, time, new_gesture("timeline"))
        drag.snapping = self.snapping
        return drag

    def _take(self, lane: CurveLane, time: Fraction, keys: Keys) -> None:
        """Select the key under the pointer; one of several that are selected keeps all."""
        if keys & (Keys.ControlModifier | Keys.ShiftModifier):
            self.choose(lambda one: (time,) if one is lane else (), only=False)
        elif time not in lane.chosen:
            self.choose(lambda one: (time,) if one is lane else ())

    def _add_at(self, lane: CurveLane, at: QPointF) -> None:
        seconds = self.axis.seconds(at.x())
        time, _ = snapped_time(self, seconds, firm=self.snapping, keys=False)
        value = snapped_value(lane, lane.value(at.y() - self.top(lane)), self.snapping)
        self.add_key(lane, time, value)

    def _show_cursor(self, at: QPointF) -> None:
        lane, shape = self.lane_at(at.y()), Qt.CursorShape.ArrowCursor
        if self.range_at(at.x(), at.y()) is not None:
            shape = Qt.CursorShape.SizeHorCursor
        elif isinstance(lane, CurveLane):
            key = lane.key_at(self.axis, at.x(), at.y() - self.top(lane))
            shape = Qt.CursorShape.PointingHandCursor if key is not None else shape
        self.setCursor(shape)

    # Menu -------------------------------------------------------------------------------

    def _menu(self, at: QPointF) -> QMenu:
        menu, lane = QMenu(self), self.lane_at(at.y())
        if not isinstance(lane, CurveLane):
            self._fill_ruler_menu(menu, self.axis.frame(at.x()))
            return menu
        self.show_active(lane)
        time = lane.key_at(self.axis, at.x(), at.y() - self.top(lane))
        if time is not None and time not in lane.chosen:
            self.choose(lambda one: (time,) if one is lane else ())
        if time is None and not lane.folded:
            menu.addAction(self.tr("Add key here"), lambda: self._add_at(lane, at))
        if self.chosen_lanes():
            for how, words in self._joins():
                menu.addAction(words, lambda how=how: self.join_keys(how))
            menu.addSeparator()
            menu.addAction(self.tr("Copy keys"), self.copy_keys)
            menu.addAction(self.tr("Cut keys"), self.cut_keys)
            menu.addAction(self.tr("Delete keys"), self.delete_keys)
        menu.addAction(self.tr("Paste keys at the playhead"), self.paste_keys)
        menu.addAction(self.tr("Select all keys of this curve"), self.choose_all)
        menu.addSeparator()
        words = self.tr("Show the whole curve") if lane.folded else self.tr("Fold this curve")
        menu.addAction(words, lambda: self.fold_lane(lane))
        return menu

    def _joins(self) -> list[tuple[Interpolation, str]]:
        return [("smooth", self.tr("Smooth curve from here")),
                ("linear", self.tr("Straight line from here")),
                ("hold", self.tr("Hold from here"))]  # fmt: skip

    def _fill_ruler_menu(self, menu: QMenu, frame: int) -> None:
        end = len(self.axis.times) - 1
        first, last = self.rows.ruler.range or (0, end)
        menu.addAction(
            self.tr("Start range here"), lambda: self.wish_range(frame, max(last, frame))
        )
        menu.addAction(
            self.tr("End range here"), lambda: self.wish_range(min(first, frame), frame)
        )
        menu.addAction(self.tr("Whole clip"), lambda: self.wish_range(0, end))
        menu.addSeparator()
        there = frame in self.rows.ruler.markers
        words = self.tr("Remove marker") if there else self.tr("Set marker here")
        menu.addAction(words, lambda: self.marker_wished.emit(frame))

    # Keyboard ---------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the timeline from the shortcuts of the window while it has focus."""
        # During a drag no shortcut may change what is being dragged: no undo, no delete.
        if event.type() == QEvent.Type.ShortcutOverride and (
            self._drag is not None or self._command(cast(QKeyEvent, event)) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        command = None if self._drag is not None else self._command(event)
        if command is None:
            super().keyPressEvent(event)
            return
        name, *arguments = command
        getattr(self, str(name))(*arguments)

    def _command(self, event: QKeyEvent) -> tuple[object, ...] | None:
        """Return the command of a key and what it is called with; None where it has none."""
        standard = QKeySequence.StandardKey
        if self.rows.curves:
            for sequence, name in ((standard.SelectAll, "choose_all"),
                                   (standard.Paste, "paste_keys")):  # fmt: skip
                if event.matches(sequence):
                    return (name,)
        if self.chosen_lanes():
            for sequence, name in ((standard.Copy, "copy_keys"), (standard.Cut, "cut_keys"),
                                   (standard.Delete, "delete_keys")):  # fmt: skip
                if event.matches(sequence):
                    return (name,)
        pressed = Qt.Key(event.key())
        plain = event.modifiers() & ~Keys.KeypadModifier
        return self._commands().get((plain, pressed))

    def _commands(self) -> dict[tuple[Keys, Qt.Key], tuple[object, ...]]:
        none, alt, key = Keys.NoModifier, Keys.AltModifier, Qt.Key
        table: dict[tuple[Keys, Qt.Key], tuple[object, ...]] = {}
        if self.rows.curves:
            table |= {
                (none, key.Key_Insert): ("add_key",),
                (none, key.Key_Up): ("activate_next", -1),
                (none, key.Key_Down): ("activate_next", 1),
                (Keys.ControlModifier, key.Key_Left): ("choose_next", -1),
                (Keys.ControlModifier, key.Key_Right): ("choose_next", 1),
                (none, key.Key_Return): ("fold_lane", self.active),
            }
        if self.chosen_lanes():
            table |= {
                (none, key.Key_Backspace): ("delete_keys",),
                (alt, key.Key_Left): ("nudge_keys", -1, 0.0),
                (alt, key.Key_Right): ("nudge_keys", 1, 0.0),
                (alt, key.Key_Up): ("nudge_keys", 0, RISE),
                (alt, key.Key_Down): ("nudge_keys", 0, -RISE),
                (none, key.Key_Escape): ("choose_none",),
            }
        return table

    def choose_none(self) -> None:
        """Let all keys go."""
        self.choose(lambda lane: ())
