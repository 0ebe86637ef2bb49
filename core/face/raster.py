"""A z-buffer on one CPU thread: which triangle covers a pixel, where, and how far away.

numba, `nogil`, no `parallel`: frames are the unit of parallel work (two thread pools on two
cores stall each other).
"""

import numba
import numpy as np

from core.arrays import Float, Ints, check


@numba.njit(nogil=True, cache=True)
def _fill(points, triangles, depth, face, bary) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    H, W = depth.shape
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        xa, ya, za = points[a, 0], points[a, 1], points[a, 2]
        xb, yb, zb = points[b, 0], points[b, 1], points[b, 2]
        xc, yc, zc = points[c, 0], points[c, 1], points[c, 2]
        if za <= 0 or zb <= 0 or zc <= 0:
            continue
        area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa)
        if abs(area) < 1e-9:
            continue
        x0 = max(0, int(np.ceil(min(xa, xb, xc) - 0.5)))
        x1 = min(W - 1, int(np.floor(max(xa, xb, xc) - 0.5)))
        y0 = max(0, int(np.ceil(min(ya, yb, yc) - 0.5)))
        y1 = min(H - 1, int(np.floor(max(ya, yb, yc) - 0.5)))
        inverse = 1.0 / area
        for y in range(y0, y1 + 1):
            py = y + 0.5
            for x in range(x0, x1 + 1):
                px = x + 0.5
                wb = ((px - xa) * (yc - ya) - (py - ya) * (xc - xa)) * inverse
                wc = ((xb - xa) * (py - ya) - (yb - ya) * (px - xa)) * inverse
                wa = 1.0 - wb - wc
                if wa < -1e-6 or wb < -1e-6 or wc < -1e-6:
                    continue
                z = wa * za + wb * zb + wc * zc
                if z < depth[y, x]:
                    depth[y, x] = z
                    face[y, x] = t
                    bary[y, x, 0] = wa
                    bary[y, x, 1] = wb
                    bary[y, x, 2] = wc


def rasterize(
    points: Float, triangles: Ints, size: tuple[int, int]
) -> tuple[Ints, Float, Float]:
    """Return what the nearest surface is at every pixel centre (x + .5, y + .5).

    points : (V, 3) column, row in pixels and depth > 0 (any unit, smaller is nearer).
    size : (H, W). Both windings are drawn; barycentrics are of the screen (affine).

    Returns face_id (H, W) int32, -1 = nothing; bary (H, W, 3) float32; depth (H, W) float32,
    inf = nothing.
    """
    check(points, "V 3")
    check(triangles, "T 3")
    depth = np.full(size, np.inf, np.float32)
    face = np.full(size, -1, np.int32)
    bary = np.zeros((*size, 3), np.float32)
    _fill(
        np.ascontiguousarray(points, np.float32),
        np.ascontiguousarray(triangles, np.int32),
        depth,
        face,
        bary,
    )
    return face, bary, depth
