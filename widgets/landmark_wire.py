"""The triangles between filmed landmarks, for the wire over the video."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import Delaunay

from core.arrays import Float, Ints, check


def wire_of(points: Float, rings: Sequence[Ints] = (), count: int | None = None) -> Ints:
    """Return (T, 3) int32 triangles between `points` (L, 2 or 3), made once for all frames.

    points : of an open face seen from the front, mouth and eyes apart, any unit. rings : the
    points around each opening; what lies between points of one ring stays empty. count : the
    first so many points take part (the irises come last and float above the lids).
    """
    check(points[:, :2], "L 2")
    triangles = Delaunay(np.asarray(points, np.float64)[:count, :2]).simplices.astype(np.int32)
    for ring in rings:
        triangles = triangles[~np.isin(triangles, ring).all(1)]
    return triangles
