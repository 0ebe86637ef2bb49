from dataclasses import dataclass
from fractions import Fraction

import pytest

from core.errors import WishError
from core.expression.keyframes import Envelope, Key
from core.expression.layers import Emotion, Offset, Scale, Smooth
from widgets.timeline import curves

CURVE = curves.Curve("amount", 0.0, 1.5, Envelope.of((0, 0), (1, 1), (2, 0.5), (3, 0)))
ONE, TWO, END = Fraction(1), Fraction(2), Fraction(4)


def test_every_layer_with_a_curve_is_found_plug_ins_too():
    @dataclass(frozen=True)
    class Foreign:
        strength: Envelope
        enabled: bool = True

    assert curves.curve_of(Emotion("happy")).high == 1.5
    assert curves.curve_of(Offset("jawOpen")).low == -1
    assert curves.curve_of(Scale("jawOpen")).field == "gain"
    assert curves.curve_of(Foreign(CURVE.envelope)).field == "strength"
    assert curves.curve_of(Smooth()) is None
    with pytest.raises(WishError):
        curves.with_envelope(Smooth(), CURVE.envelope)


def test_moved_keys_stay_together_inside_the_clip_and_the_range():
    envelope, chosen = curves.moved(CURVE, frozenset({ONE, TWO}), Fraction(9), 0.7, END)
    assert chosen == {Fraction(3), Fraction(4)}
    assert envelope.values() == (0, 1.5, 1.2)
    envelope, chosen = curves.moved(CURVE, frozenset({ONE, TWO}), Fraction(-9), 0, END)
    assert chosen == {Fraction(0), ONE}
    assert envelope.values() == (1, 0.5, 0)


def test_going_there_and_back_from_the_same_start_is_no_change():
    chosen = frozenset({ONE})
    assert curves.moved(CURVE, chosen, Fraction(0), 0.0, END) == (CURVE.envelope, chosen)


def test_an_added_key_joins_as_its_stretch_does():
    keys = (Key(Fraction(0), 0, "linear"), Key(TWO, 1, "hold"))
    curve = curves.Curve("amount", 0.0, 1.0, Envelope(keys))
    new = curves.added(curve, ONE, 7.0)
    assert [(k.time, k.value, k.interpolation) for k in new.keys] == [
        (0, 0, "linear"), (1, 1.0, "linear"), (2, 1, "hold")]  # fmt: skip


def test_the_last_key_stays_as_a_constant():
    assert len(curves.removed(CURVE, frozenset({ONE})).keys) == 3
    every = frozenset(key.time for key in CURVE.envelope.keys)
    assert curves.removed(CURVE, every) == Envelope.constant(0)


def test_copied_keys_come_back_elsewhere_and_stop_at_the_end():
    text = curves.copied(CURVE, frozenset({ONE, TWO}), ONE)
    envelope, chosen = curves.pasted(CURVE, text, Fraction(7, 2), END)
    assert chosen == {Fraction(7, 2)}
    assert envelope.keys[-1].value == 1
    with pytest.raises(WishError):
        curves.pasted(CURVE, "a shopping list", ONE, END)


def test_keys_are_joined_and_set_without_moving():
    chosen = frozenset({ONE})
    assert [k.interpolation for k in curves.joined(CURVE, chosen, "hold").keys] == [
        "smooth", "hold", "smooth", "smooth"]  # fmt: skip
    assert curves.set_to(CURVE, chosen, 9).values() == (0, 1.5, 0.5, 0)
