"""What a press of the mouse begins: each drag knows how it goes on and how it ends."""

from fractions import Fraction
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt

from core.expression.layers import Layer
from widgets.timecode import timecode
from widgets.timeline.axis import Axis
from widgets.timeline.canvas import Canvas
from widgets.timeline.curve_lane import CurveLane
from widgets.timeline.curves import Chosen, Curve, moved, with_envelope
from widgets.timeline.rows import end_of
from widgets.timeline.snapping import snapped_time, snapped_value

Keys = Qt.KeyboardModifier
START_PX = 3.0  # a hand that clicks moves this far


class Wishes(Protocol):
    """To whom a drag says what is wanted."""

    def wish_frame(self, frame: int) -> None: ...
    def wish_range(self, first: int, last: int) -> None: ...
    def wish_layers(self, layers: dict[int, Layer], gesture: str) -> None: ...


class Drag(Protocol):
    """A drag from press to release."""

    def move(self, at: QPointF, keys: Keys) -> None:
        """Go on to a pixel."""
        ...

    def end(self) -> None:
        """Let go."""
        ...


class Scrub:
    """The playhead follows the pointer."""

    def __init__(self, canvas: Canvas, wishes: Wishes) -> None:
        self._canvas, self._wishes = canvas, wishes
        self._last: int | None = None

    def move(self, at: QPointF, keys: Keys) -> None:
        frame = self._canvas.axis.frame(at.x())
        if frame != self._last:
            self._last = frame
            self._wishes.wish_frame(frame)

    def end(self) -> None:
        return


class RangeDrag:
    """In or out follows the pointer; a new range is drawn from where the press was."""

    def __init__(self, canvas: Canvas, wishes: Wishes, fixed: int) -> None:
        self._canvas, self._wishes, self._fixed = canvas, wishes, fixed
        self._last: tuple[int, int] | None = None
        self._start: float | None = None

    def move(self, at: QPointF, keys: Keys) -> None:
        self._start = at.x() if self._start is None else self._start
        if self._last is None and abs(at.x() - self._start) < START_PX:
            return
        frame = self._canvas.axis.frame(at.x())
        first, last = min(frame, self._fixed), max(frame, self._fixed)
        self._canvas.show_note(
            f"{timecode(self._canvas.axis.times, first)} – "
            f"{timecode(self._canvas.axis.times, last)}",
            QPointF(at.x(), at.y() + 60),
        )
        if (first, last) != self._last:
            self._last = (first, last)
            self._wishes.wish_range(first, last)

    def end(self) -> None:
        self._canvas.show_note("", QPointF())


class Pan:
    """The view follows the pointer."""

    def __init__(self, canvas: Canvas, start: QPointF) -> None:
        self._canvas, self._start, self._axis = canvas, start, canvas.axis

    def move(self, at: QPointF, keys: Keys) -> None:
        self._canvas.show_axis(self._axis.scrolled(self._start.x() - at.x()))

    def end(self) -> None:
        return


class Box:
    """Keys inside the box are selected; with Shift or Ctrl they join those that are."""

    def __init__(self, canvas: Canvas, start: QPointF, keys: Keys) -> None:
        self._canvas, self._start = canvas, start
        more = bool(keys & (Keys.ShiftModifier | Keys.ControlModifier))
        self._before = {
            lane: lane.chosen if more else frozenset[Fraction]() for lane in canvas.rows.curves
        }
        canvas.choose(lambda lane: self._before[lane])

    def move(self, at: QPointF, keys: Keys) -> None:
        canvas = self._canvas
        box = QRectF(self._start, at).normalized()
        if canvas.box is None and max(box.width(), box.height()) < START_PX:
            return
        canvas.box = box

        seen = QRectF(canvas.rect()).adjusted(0, canvas.rows.head, 0, 0) & box

        def inside(lane: CurveLane) -> Chosen:
            here = seen.translated(0, -canvas.top(lane))
            return lane.keys_in(canvas.axis, here) | self._before.get(lane, frozenset())

        canvas.choose(inside)

    def end(self) -> None:
        self._canvas.box = None
        self._canvas.update()


class KeyDrag:
    """The selected keys follow the pointer, all of them as far as the one that was taken."""

    def __init__(
        self, canvas: Canvas, wishes: Wishes, lane: CurveLane, time: Fraction, gesture: str
    ) -> None:
        self._canvas, self._wishes, self._gesture = canvas, wishes, gesture
        self._lane, self._time = lane, time
        # Everything counts from how it was at the press: a drag there and back is no edit.
        self._from: dict[CurveLane, tuple[Layer, Curve, Chosen]] = {
            one: (one.layer, one.curve, one.chosen)
            for one in canvas.chosen_lanes()
            if one.layer is not None and one.curve is not None
        }
        curve = self._from[lane][1]
        self._value = next(k.value for k in curve.envelope.keys if k.time == time)
        self._start: QPointF | None = None
        self._sent: dict[int, Layer] = {}
        self.snapping = True

    def move(self, at: QPointF, keys: Keys) -> None:
        if self._start is None:
            self._start = at
            return
        delta = at - self._start
        if not self._sent and max(abs(delta.x()), abs(delta.y())) < START_PX:
            return
        if keys & Keys.ShiftModifier:
            delta = QPointF(delta.x(), 0) if abs(delta.x()) > abs(delta.y()) else QPointF(
                0, delta.y())  # fmt: skip
        firm = self.snapping and not keys & Keys.AltModifier
        time, drawn = self._moment(self._canvas.axis, delta.x(), firm)
        value = self._rise(delta.y(), firm)
        self._send(time - self._time, value - self._value)
        guide = self._canvas.axis.x(float(time)) if drawn else None
        shown = max(time, Fraction(0))
        frame = self._canvas.axis.frame(self._canvas.axis.x(float(shown)))
        held = self._from[self._lane][1].held(value)
        text = f"{timecode(self._canvas.axis.times, frame)}   {held:.2f}"
        self._canvas.show_note(text, at, guide)

    def end(self) -> None:
        self._canvas.show_note("", QPointF())
        if self._sent:
            index = next(reversed(self._sent))
            self._wishes.wish_layers({index: self._sent[index]}, "")

    def _moment(self, axis: Axis, dx: float, firm: bool) -> tuple[Fraction, bool]:
        if dx == 0:
            return self._time, False
        wanted = float(self._time) + dx / axis.scale
        return snapped_time(self._canvas, wanted, firm=firm)

    def _rise(self, dy: float, firm: bool) -> float:
        if dy == 0:
            return self._value
        there = self._lane.value(self._lane.y(self._value) + dy)
        return snapped_value(self._lane, there, firm)

    def _send(self, by: Fraction, rise: float) -> None:
        end = end_of(self._canvas.axis.times)
        changed: dict[int, Layer] = {}
        for lane, (layer, curve, chosen) in self._from.items():
            envelope, there = moved(curve, chosen, by, rise, end)
            new = with_envelope(layer, envelope)
            lane.show_chosen(there)
            if new != self._sent.get(lane.index, layer):
                changed[lane.index] = new
        if changed:
            self._sent |= changed
            self._wishes.wish_layers(changed, self._gesture)
