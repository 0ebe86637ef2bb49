"""Opposite expressions give way to one another; nothing jumps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.reconstruction.exclusive import GROUPS, exclusive
from core.track import ARKIT_INDEX

coefficients = st.lists(st.floats(0, 1, width=32), min_size=52, max_size=52).map(
    lambda v: np.array(v, np.float32)[None]
)


@given(coefficients)
def test_nothing_grows_and_the_strongest_stays(c):
    out = exclusive(c)
    assert out.min() >= 0
    assert (out <= c + 1e-6).all()
    assert out[0, ARKIT_INDEX["mouthClose"]] <= out[0, ARKIT_INDEX["jawOpen"]]


@given(coefficients, st.integers(0, 51), st.floats(0, 1e-3))
def test_a_small_change_stays_small(c, k, step):
    moved = c.copy()
    moved[0, k] = min(1, moved[0, k] + step)
    assert np.abs(exclusive(moved) - exclusive(c)).max() <= 4 * step + 1e-6


def test_at_half_the_strength_a_hard_opposite_is_gone():
    c = np.zeros((1, 52), np.float32)
    c[0, ARKIT_INDEX["jawLeft"]], c[0, ARKIT_INDEX["jawRight"]] = 0.8, 0.4
    out = exclusive(c)
    assert np.isclose(out[0, ARKIT_INDEX["jawLeft"]], 0.8)
    assert np.isclose(out[0, ARKIT_INDEX["jawRight"]], 0.0, atol=1e-6)


def test_sides_do_not_touch_each_other():
    c = np.zeros((1, 52), np.float32)
    c[0, ARKIT_INDEX["mouthSmileLeft"]], c[0, ARKIT_INDEX["mouthFrownRight"]] = 0.8, 0.3
    assert np.array_equal(exclusive(c), c)


def test_the_groups_are_named_rightly():
    for first, second, softness in GROUPS:
        assert all(name in ARKIT_INDEX for name in (*first, *second))
        assert 0 <= softness <= 1
