"""Curves: exact at their keys, monotone between them, honest about nonsense."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WishError
from core.expression.keyframes import INTERPOLATIONS, Envelope, Key
from core.times import Times

KINDS = st.sampled_from(INTERPOLATIONS)
VALUES = st.floats(-1, 1.5, width=32)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    frames = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=8)))
    return Envelope(tuple(Key(Fraction(f, 30), draw(VALUES), draw(KINDS)) for f in frames))


@given(envelopes())
def test_a_curve_is_exact_at_its_keys_on_ntsc_and_on_film_frames(curve):
    for base in (Fraction(1, 30), Fraction(1, 90000)):
        step = Fraction(1, 30) / base
        y = curve.at(Times(np.arange(201) * int(step) - 7, base))
        for key in curve.keys:
            assert y[int(key.time * 30)] == np.float32(key.value)


@given(envelopes())
def test_a_curve_never_leaves_the_range_of_its_keys(curve):
    y = curve.at(Times(np.arange(0, 7000, 13), Fraction(1, 1000)))
    assert y.dtype == np.float32
    assert y.min() >= np.float32(min(curve.values())) - 1e-6
    assert y.max() <= np.float32(max(curve.values())) + 1e-6


@given(envelopes())
def test_text_and_curve_are_the_same_thing(curve):
    assert Envelope.parse(str(curve)) == curve
    assert hash(Envelope.parse(str(curve))) == hash(curve)


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=8))
def test_a_smooth_curve_rises_wherever_its_keys_rise(values):
    curve = Envelope.of(*enumerate(sorted(values)))
    y = curve.at(Times(np.arange(0, 8000, 7), Fraction(1, 1000)))
    assert np.diff(y).min() >= -1e-6


def test_linear_and_hold_by_hand():
    times = Times.steady(9, Fraction(2))
    linear = Envelope.parse("0:0:linear,2:1:linear,3:0")
    assert linear.at(times) == pytest.approx([0, 0.25, 0.5, 0.75, 1, 0.5, 0, 0, 0])
    hold = Envelope.parse("1:0.25:hold,2:1")
    assert hold.at(times) == pytest.approx([0.25, 0.25, 0.25, 0.25, 1, 1, 1, 1, 1])


def test_smooth_between_two_keys_is_the_smoothstep():
    y = Envelope.parse("0:0,1:1").at(Times.steady(11, Fraction(10)))
    u = np.arange(11) / 10
    assert y == pytest.approx(u * u * (3 - 2 * u), abs=1e-6)


def test_smooth_through_an_inner_key_has_the_harmonic_slope():
    curve = Envelope.parse("0:0,1:1,3:2")
    h = 1e-4
    y = curve.at(Times(np.array([0, 9999, 10000, 10001]), Fraction(1, 10000))).astype(float)
    # Fritsch-Butland: secants 1 and .5, weights 2*2+1 and 2+2*1 -> 9 / (5/1 + 4/.5).
    assert (y[3] - y[1]) / (2 * h) == pytest.approx(9 / 13, abs=2e-3)


def test_a_span_fades_in_and_out():
    curve = Envelope.span(Fraction(1), Fraction(3), 0.8)
    y = curve.at(Times.steady(101, Fraction(25)))
    assert y[25] == 0
    assert y[75] == 0
    assert y[50] == np.float32(0.8)
    assert y[:25].max() == y[76:].max() == 0
    short = Envelope.span(Fraction(1), Fraction(11, 10), 0.8)
    assert max(short.values()) == 0.8
    assert len(short.keys) >= 3


@pytest.mark.parametrize(
    "text",
    ["", "1", "0:0,0:1", "2:0,1:1", "0:x", "0:nan", "0:inf", "-1:0", "0:0:wavy", "0:1:hold:2",
     "1e9:0", "1/0:1", "0:0,,1:1"],
)  # fmt: skip
def test_a_malformed_curve_is_one_clear_sentence(text):
    with pytest.raises(WishError) as e:
        Envelope.parse(text)
    assert str(e.value).endswith(".")
    assert "\n" not in str(e.value)


def test_an_empty_clip_and_a_single_frame():
    curve = Envelope.parse("0:0,1:1")
    assert curve.at(Times.steady(0, RATE := Fraction(25))).shape == (0,)
    assert curve.at(Times.steady(1, RATE)).tolist() == [0]
