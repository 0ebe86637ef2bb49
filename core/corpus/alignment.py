"""Which moments of two utterances of the same words belong together: dynamic time warping."""

from dataclasses import dataclass

import numba
import numpy as np

from core.arrays import Float, Ints, check

BAND = 0.2  # share of the longer utterance by which the path may leave the diagonal


@dataclass(frozen=True, eq=False)
class Path:
    """A warping path. first, second : (K,) frames that belong together, both rising.

    cost : mean L1 distance along it.
    """

    first: Ints
    second: Ints
    cost: float


def align(first: Float, second: Float) -> Path:
    """Return the cheapest path between (N, D) and (M, D) rows, one a frame.

    Cost: L1 distance. Moves: one step in either or both, weight 1 each. Band of Sakoe and
    Chiba: ``|i m / n - j| <= max(0.2 max(n, m), |n - m|)`` (expression.md 3.3).

    Raises
    ------
    ShapeError
        if the rows are not of equal width.
    """
    check(first, "N D")
    check(second, "M D", D=first.shape[1])
    if not len(first) or not len(second):
        return Path(np.zeros(0, np.int64), np.zeros(0, np.int64), float("inf"))
    steps, total = _warp(
        np.ascontiguousarray(first, np.float32), np.ascontiguousarray(second, np.float32), BAND
    )
    i, j = len(first) - 1, len(second) - 1
    pairs = [(i, j)]
    while i or j:
        move = steps[i, j]
        i, j = i - (move != 1), j - (move != 2)
        pairs.append((i, j))
    rows = np.array(pairs[::-1], np.int64)
    return Path(rows[:, 0], rows[:, 1], float(total) / len(rows))


@numba.njit(cache=True, nogil=True)  # type: ignore[misc]
def _warp(first, second, share):  # noqa: ANN001, ANN202 - a kernel
    """Return (N, M) moves (0 both, 1 second only, 2 first only) and the cost of the path."""
    n, m = len(first), len(second)
    reach = max(share * max(n, m), float(abs(n - m)), 1.0)
    cost = np.full((n, m), np.inf, np.float32)
    steps = np.zeros((n, m), np.uint8)
    for i in range(n):
        middle = i * m / n
        low = max(0, int(np.ceil(middle - reach)))
        high = min(m, int(np.floor(middle + reach)) + 1)
        if i == n - 1:
            high = m
        for j in range(low, high):
            here = np.float32(0)
            for k in range(first.shape[1]):
                here += abs(first[i, k] - second[j, k])
            if i == 0 and j == 0:
                cost[i, j] = here
                continue
            both = cost[i - 1, j - 1] if i and j else np.inf
            along = cost[i, j - 1] if j else np.inf
            down = cost[i - 1, j] if i else np.inf
            best, move = both, 0
            if along < best:
                best, move = along, 1
            if down < best:
                best, move = down, 2
            cost[i, j] = here + best
            steps[i, j] = move
    return steps, cost[n - 1, m - 1]
