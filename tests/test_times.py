"""Exact frame times."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ShapeError
from core.times import Times

steps = st.lists(st.integers(1, 5000), min_size=1, max_size=60)


@given(steps, st.integers(-5000, 5000), st.sampled_from([8000, 16000, 44100, 48000]))
def test_frame_of_its_first_sample(gaps, start, rate):
    # Ticks of 1/1000 s at the least: every frame then spans a sample.
    times = Times(start + np.cumsum([0, *gaps]), Fraction(1, 1000))
    for f in range(len(times)):
        assert times.frame(times.sample(f, rate), rate) == f


def test_ntsc_does_not_drift():
    times = Times.steady(30000, Fraction(30000, 1001))
    assert times.moment(29970) == Fraction(29970 * 1001, 30000)
    assert times.rate() == Fraction(30000, 1001)


def test_times_that_do_not_rise_are_refused():
    with pytest.raises(ShapeError):
        Times(np.array([0, 2, 2]), Fraction(1, 25))


def test_ticks_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        Times.steady(3, Fraction(25)).pts[0] = 5
