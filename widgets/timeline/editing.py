"""Edits of keys by commands: add, delete, copy, paste, join, nudge; each is one step."""

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.errors import WishError
from core.expression.keyframes import Envelope, Interpolation
from core.expression.layers import Layer
from widgets.sliders import new_gesture
from widgets.timeline.canvas import Canvas
from widgets.timeline.curve_lane import CurveLane
from widgets.timeline.curves import (
    Chosen,
    Curve,
    added,
    copied,
    joined,
    moved,
    pasted,
    removed,
    set_to,
    with_envelope,
)
from widgets.timeline.lanes import Lane
from widgets.timeline.rows import end_of


class EditCanvas(Canvas):
    """A canvas which wishes for other frames, ranges, markers and curves.

    layer_wished : index of the layer, the layer as it should be, and the name of the
    gesture; it is the same during one drag, and "" with the last layer of it, so that "" is
    an end and never an edit of its own.
    """

    frame_wished = Signal(int)
    range_wished = Signal(int, int)
    marker_wished = Signal(int)
    layer_wished = Signal(int, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.snapping = True

    def wish_frame(self, frame: int) -> None:
        """Wish for the playhead at `frame`."""
        self.frame_wished.emit(frame)

    def wish_range(self, first: int, last: int) -> None:
        """Wish for a range, both frames included."""
        self.range_wished.emit(first, last)

    def wish_layers(self, layers: dict[int, Layer], gesture: str) -> None:
        """Wish for other layers, by index."""
        for index, layer in layers.items():
            self.layer_wished.emit(index, layer, gesture)

    # Commands on the selected keys ------------------------------------------------------

    def delete_keys(self) -> None:
        """Delete the selected keys."""
        self._edit(lambda curve, chosen: (removed(curve, chosen), frozenset()))

    def join_keys(self, how: Interpolation) -> None:
        """Let the selected keys lead on as a smooth curve, a line or a step."""
        self._edit(lambda curve, chosen: (joined(curve, chosen, how), chosen))

    def set_keys(self, value: float) -> None:
        """Give the selected keys one value."""
        self._edit(lambda curve, chosen: (set_to(curve, chosen, value), chosen))

    def nudge_keys(self, frames: int, rise: float) -> None:
        """Move the selected keys by frames and by a value."""
        times = self.axis.times
        if not len(times):
            return
        by = Fraction(frames) / times.rate()
        if frames and len(chosen := self.chosen_keys()) == 1:
            # One key walks from frame to frame, also where the frames are of unequal length.
            frame = self.axis.frame(self.axis.x(float(chosen[0][1])))
            by = times.moment(min(max(frame + frames, 0), len(times) - 1)) - chosen[0][1]
        self._edit(lambda curve, these: moved(curve, these, by, rise, end_of(times)))

    def copy_keys(self) -> None:
        """Put the selected keys on the clipboard as text, a line for each lane."""
        lanes = [lane for lane in self.chosen_lanes() if lane.curve is not None]
        if not lanes:
            return
        start = min(min(lane.chosen) for lane in lanes)
        lines = [copied(lane.curve, lane.chosen, start) for lane in lanes if lane.curve]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def cut_keys(self) -> None:
        """Copy the selected keys and delete them."""
        self.copy_keys()
        self.delete_keys()

    def paste_keys(self) -> None:
        """Put the copied keys at the playhead, from the active lane downwards."""
        if self.active is None or not len(self.axis.times):
            return
        here, end = self.axis.times.moment(self.frame), end_of(self.axis.times)
        lanes = self.rows.curves[self.rows.curves.index(self.active) :]
        changes: dict[CurveLane, tuple[Envelope, Chosen]] = {}
        lines = QGuiApplication.clipboard().text().strip().splitlines()
        try:
            for lane, line in zip(lanes, lines, strict=False):
                if lane.curve is not None:
                    changes[lane] = pasted(lane.curve, line, here, end)
        except WishError:
            return  # what lies on the clipboard is somebody's text, not keys
        self.choose(lambda lane: ())
        self._send(changes)

    def add_key(self, lane: CurveLane | None = None, at: Fraction | None = None,
                value: float | None = None) -> None:  # fmt: skip
        """Add a key to the active lane at the playhead, on the curve; or as told."""
        lane, times = lane or self.active, self.axis.times
        if lane is None or lane.curve is None or not len(times):
            return
        at = times.moment(self.frame) if at is None else at
        if value is None:
            value = float(lane.at(self.axis)[self.axis.frame(self.axis.x(float(at)))])
        self.choose(lambda one: ())
        self._send({lane: (added(lane.curve, at, round(value, 4)), frozenset({at}))})

    # Selecting --------------------------------------------------------------------------

    def chosen_keys(self) -> list[tuple[CurveLane, Fraction]]:
        """Return the selected keys."""
        return [(lane, time) for lane in self.chosen_lanes() for time in sorted(lane.chosen)]

    def choose_all(self) -> None:
        """Select all keys of the active lane."""
        self.choose(lambda lane: _times(lane) if lane is self.active else ())

    def choose_next(self, step: int) -> None:
        """Select the next (1) or previous (-1) key of the active lane, and go there."""
        if self.active is None or not len(self.axis.times):
            return
        here = self.axis.times.moment(self.frame)
        if len(self.active.chosen) == 1:
            here = next(iter(self.active.chosen))
        times = _times(self.active)
        ahead = [t for t in times if t > here] if step > 0 else [t for t in times if t < here]
        if ahead:
            found = ahead[0] if step > 0 else ahead[-1]
            self.choose(lambda lane: (found,) if lane is self.active else ())
            self.wish_frame(self.axis.frame(self.axis.x(float(found))))

    def activate_next(self, step: int) -> None:
        """Make the curve below (1) or above (-1) the active one."""
        lanes = self.rows.curves
        if lanes:
            at = lanes.index(self.active) + step if self.active in lanes else 0
            self.show_active(lanes[min(max(at, 0), len(lanes) - 1)])

    def fold_lane(self, lane: CurveLane | None) -> None:
        """Show a curve whole that was a strip, or the other way round."""
        if lane is not None:
            self.rows.fold(lane, not lane.folded)
            self.rows_changed.emit()
            self.update()

    def fold_all(self, folded: bool) -> None:
        """Show all curves as strips, or whole."""
        for lane in self.rows.curves:
            self.rows.fold(lane, folded)
        self.rows_changed.emit()
        self.update()

    def show_lane(self, lane: Lane, shown: bool) -> None:
        """Show or leave out a lane that has no curve."""
        self.rows.show_hidden(lane, not shown)
        self.rows_changed.emit()
        self.update()

    def _edit(self, change: Callable[[Curve, Chosen], tuple[Envelope, Chosen]]) -> None:
        self._send({
            lane: change(lane.curve, lane.chosen)
            for lane in self.chosen_lanes() if lane.curve is not None
        })  # fmt: skip

    def _send(self, changes: dict[CurveLane, tuple[Envelope, Chosen]]) -> None:
        """Wish for other curves as one step, and select the keys that then are."""
        wished: dict[int, Layer] = {}
        for lane, (envelope, chosen) in changes.items():
            if lane.layer is not None and lane.curve is not None:
                lane.show_chosen(chosen)
                if envelope != lane.curve.envelope:
                    wished[lane.index] = with_envelope(lane.layer, envelope)
        if wished:
            self.wish_layers(wished, new_gesture("timeline"))
            index = next(reversed(wished))
            self.wish_layers({index: wished[index]}, "")
        self.update()
        self.chosen_changed.emit()


def _times(lane: CurveLane) -> list[Fraction]:
    return [key.time for key in lane.curve.envelope.keys] if lane.curve is not None else []
