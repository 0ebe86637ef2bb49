from itertools import pairwise

import numpy as np
import pytest

from widgets.audio_peaks import BLOCK, peaks


def slow(sound, rate, edges):
    """Return the extremes by looking at every sample of each column."""
    rows = []
    for a, b in pairwise(edges):
        part = sound[max(int(np.floor(a * rate)), 0) : max(int(np.ceil(b * rate)), 0)]
        rows.append((part.min(), part.max()) if len(part) else (0.0, 0.0))
    return np.array(rows)


@pytest.mark.parametrize("columns", [7, 100, 1600])
def test_columns_hold_every_extreme_and_no_more_than_their_neighbourhood(columns):
    rate = 8000
    sound = np.random.default_rng(3).normal(0, 0.2, 5 * rate + 13).astype(np.float32)
    edges = np.linspace(0.0, 5.0, columns + 1)
    found = peaks(sound, rate).between(edges)
    exact = slow(sound, rate, edges)
    assert np.all(found[:, 0] <= exact[:, 0] + 1e-6)
    assert np.all(found[:, 1] >= exact[:, 1] - 1e-6)
    # A block at either end may reach over the edge of its column, by a column at most.
    wide = 5.0 / columns + BLOCK / rate
    for column in range(0, columns, max(columns // 20, 1)):
        near = slow(sound, rate, [edges[column] - wide, edges[column + 1] + wide])[0]
        assert found[column, 0] >= near[0] - 1e-6
        assert found[column, 1] <= near[1] + 1e-6


def test_where_there_is_no_sound_the_line_is_flat():
    pyramid = peaks(np.ones(1000, np.float32), 1000, start=1.0)
    found = pyramid.between(np.array([-1.0, 0.0, 0.5, 1.1, 1.5, 3.0, 4.0]))
    assert found[:, 1].tolist() == [0, 0, 1, 1, 1, 0]
    assert peaks(np.zeros(0, np.float32), 1000).between(np.array([0.0, 1.0])).tolist() == [
        [0, 0]
    ]


def test_levels_halve_down_to_one_block():
    levels = peaks(np.zeros(100_000, np.float32), 48000).levels
    assert len(levels[0]) == -(-100_000 // BLOCK)
    assert len(levels[-1]) == 1
    assert all(len(b) == -(-len(a) // 2) for a, b in pairwise(levels))
