"""The z-buffer against a written-out reference."""

import numpy as np

from core.face.raster import rasterize


def brute_force(points, triangles, size):
    """Return face ids by testing every pixel centre against every triangle."""
    best = np.full(size, np.inf)
    face = np.full(size, -1)
    for t, (a, b, c) in enumerate(triangles):
        m = np.array([[*points[i][:2], 1] for i in (a, b, c)]).T
        if abs(np.linalg.det(m)) < 1e-9:
            continue
        inverse = np.linalg.inv(m)
        for y in range(size[0]):
            for x in range(size[1]):
                w = inverse @ [x + 0.5, y + 0.5, 1]
                z = w @ points[[a, b, c], 2]
                if w.min() >= 0 and z < best[y, x]:
                    best[y, x], face[y, x] = z, t
    return face, best


def test_equals_brute_force():
    rng = np.random.default_rng(3)
    points = np.column_stack([rng.uniform(-4, 28, (30, 2)), rng.uniform(1, 9, 30)]).astype("f4")
    triangles = rng.integers(0, 30, (25, 3)).astype("i4")
    face, bary, depth = rasterize(points, triangles, (20, 24))
    wanted, far = brute_force(points, triangles, (20, 24))
    assert (face == wanted).mean() > 0.998  # ties on shared edges may fall either way
    same = face == wanted
    assert np.allclose(depth[same], far[same], rtol=1e-4)
    seen = face >= 0
    assert np.allclose(bary[seen].sum(1), 1, atol=1e-5)
    where = np.einsum("nk,nkc->nc", bary[seen], points[triangles[face[seen]]][..., :2])
    rows, columns = np.nonzero(seen)
    assert np.allclose(where, np.column_stack([columns, rows]) + 0.5, atol=1e-2)


def test_what_lies_behind_the_camera_is_not_drawn():
    points = np.array([[0, 0, -1], [9, 0, -1], [0, 9, -1]], np.float32)
    face, _, depth = rasterize(points, np.array([[0, 1, 2]]), (8, 8))
    assert (face == -1).all()
    assert np.isinf(depth).all()
