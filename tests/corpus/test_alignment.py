"""Dynamic time warping against the plain definition of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.corpus.alignment import align
from core.errors import ShapeError


def plain(first, second, reach=None):
    """The cost of the cheapest path: D(i,j) = d(i,j) + min of the three before it.

    reach : of the band about i m / n, None = everywhere.
    """
    n, m = len(first), len(second)
    cost = {}
    for i in range(n):
        for j in range(m):
            if reach is not None and abs(i * m / n - j) > reach and (i, j) != (n - 1, m - 1):
                continue
            here = sum(
                abs(float(a) - float(b)) for a, b in zip(first[i], second[j], strict=True)
            )
            before = [cost[at] for at in ((i - 1, j - 1), (i, j - 1), (i - 1, j)) if at in cost]
            if (i, j) == (0, 0):
                cost[i, j] = here
            elif before:
                cost[i, j] = here + min(before)
    return cost[n - 1, m - 1]


def total(path, first, second):
    return sum(
        np.abs(first[i] - second[j]).sum(dtype=np.float64)
        for i, j in zip(path.first, path.second, strict=True)
    )


def legal(path, n, m):
    steps = np.stack([np.diff(path.first), np.diff(path.second)], 1).tolist()
    assert (path.first[0], path.second[0]) == (0, 0)
    assert (path.first[-1], path.second[-1]) == (n - 1, m - 1)
    assert all(step in ([0, 1], [1, 0], [1, 1]) for step in steps)


rows = st.lists(
    st.tuples(st.integers(-4, 4), st.integers(-4, 4)).map(list), min_size=1, max_size=5
).map(lambda x: np.array(x, np.float32))


@given(rows, rows)
def test_short_ones_are_warped_as_cheaply_as_can_be(first, second):
    n, m = len(first), len(second)
    path = align(first, second)
    legal(path, n, m)
    found = total(path, first, second)
    assert path.cost == pytest.approx(found / len(path.first), abs=1e-4)
    reach = max(0.2 * max(n, m), abs(n - m), 1)
    assert found >= plain(first, second) - 1e-3
    assert found == pytest.approx(plain(first, second, reach), abs=1e-3)


@given(st.integers(1, 40), st.integers(0, 9))
def test_what_is_the_same_is_aligned_with_itself(n, seed):
    first = np.random.default_rng(seed).random((n, 3), np.float32)
    path = align(first, first)
    assert path.first.tolist() == path.second.tolist() == list(range(n))
    assert path.cost == 0


@given(st.integers(0, 30))
def test_what_was_stretched_is_found_again(seed):
    rng = np.random.default_rng(seed)
    first = rng.random((30, 4), np.float32)
    times = rng.integers(1, 3, 30)  # every row once or twice
    second = np.repeat(first, times, 0)
    path = align(first, second)
    wanted = np.repeat(np.arange(30), times)
    assert path.cost == pytest.approx(0, abs=1e-6)
    assert wanted[path.second].tolist() == path.first.tolist()


def test_the_path_stays_near_the_diagonal():
    rng = np.random.default_rng(1)
    for n, m in ((50, 50), (40, 60), (60, 40)):
        path = align(rng.random((n, 2), np.float32), rng.random((m, 2), np.float32))
        off = np.abs(path.first * m / n - path.second)
        assert off[:-1].max() <= max(0.2 * max(n, m), abs(n - m)) + 1e-6


def test_the_same_either_way_round():
    rng = np.random.default_rng(2)
    first, second = rng.random((5, 2), np.float32), rng.random((5, 2), np.float32)
    one, other = align(first, second), align(second, first)
    assert total(one, first, second) == pytest.approx(total(other, second, first), abs=1e-5)


def test_nothing_is_aligned_with_nothing():
    path = align(np.zeros((0, 3), np.float32), np.ones((4, 3), np.float32))
    assert len(path.first) == len(path.second) == 0
    assert path.cost == float("inf")


def test_rows_are_of_one_width():
    with pytest.raises(ShapeError):
        align(np.zeros((2, 3), np.float32), np.zeros((2, 4), np.float32))
