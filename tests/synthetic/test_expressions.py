"""Random expressions keep to what faces do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.synthetic.expressions import OPPOSITES, columns, plausible, random_expression
from core.track import ARKIT_INDEX


def is_plausible(c):
    assert c.min() >= 0
    assert c.max() <= 1
    for a, b in OPPOSITES:
        assert min(c[ARKIT_INDEX[a]], c[ARKIT_INDEX[b]]) == 0
    assert c[ARKIT_INDEX["mouthClose"]] <= c[ARKIT_INDEX["jawOpen"]]
    assert c[ARKIT_INDEX["tongueOut"]] == 0


@given(st.integers(0, 2**32 - 1))
def test_random_expressions_are_plausible(seed):
    is_plausible(random_expression(np.random.default_rng(seed)))


@given(st.lists(st.floats(-1, 2, width=32), min_size=52, max_size=52))
def test_anything_is_made_plausible(values):
    is_plausible(plausible(np.array(values, np.float32)))


def test_all_shapes_occur():
    rng = np.random.default_rng(0)
    most = np.max([random_expression(rng) for _ in range(3000)], 0)
    most[ARKIT_INDEX["tongueOut"]] = 1
    assert most.min() > 0.1


def test_both_eyes_mostly_look_the_same_way():
    rng = np.random.default_rng(1)
    apart = []
    for _ in range(300):
        c = random_expression(rng)
        left = c[columns("eyeLookOutLeft")[0]] - c[columns("eyeLookInLeft")[0]]
        right = c[columns("eyeLookOutRight")[0]] - c[columns("eyeLookInRight")[0]]
        apart.append(left * right > 1e-6)
    assert 0 < np.mean(apart) < 0.1  # only the dense ones turn each eye by itself
