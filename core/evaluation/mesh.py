"""How far a reconstructed neutral face lies from the true one, whatever their topologies."""

import numpy as np
from scipy.spatial import KDTree

from core.arrays import Float, Ints

ROUNDS = 30


def similarity(source: Float, target: Float) -> tuple[float, Float, Float]:
    """Return scale, rotation (3, 3) and shift (3,) of least squares: ``s R x + t ~ target``."""
    a, b = source.mean(0), target.mean(0)
    x, y = source - a, target - b
    u, d, vt = np.linalg.svd(y.T.astype(np.float64) @ x)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ flip @ vt
    scale = float((d * np.diag(flip)).sum() / (x**2).sum())
    return scale, rotation, b - scale * rotation @ a


def nearest_on_surface(points: Float, vertices: Float, triangles: Ints) -> Float:
    """Return (N, 3) the points of a mesh nearest to `points` (N, 3).

    Looks at the triangles around the nearest vertex: exact for meshes of even resolution.
    """
    near = np.asarray(KDTree(vertices).query(points)[1], np.int64)
    order = np.argsort(triangles.ravel(), kind="stable")
    first = np.searchsorted(triangles.ravel()[order], np.arange(len(vertices) + 1))
    best, found = np.full(len(points), np.inf), vertices[near].astype(np.float64)
    counts = np.diff(first)[near]
    for k in range(int(counts.max())):
        at = np.flatnonzero(counts > k)
        corner = vertices[triangles[order[first[near[at]] + k] // 3]].astype(np.float64)
        foot = _nearest_on_triangles(points[at], corner)
        gap = ((points[at] - foot) ** 2).sum(1)
        closer = gap < best[at]
        best[at[closer]], found[at[closer]] = gap[closer], foot[closer]
    return found


def _nearest_on_triangles(points: Float, corners: Float) -> Float:
    """Return (N, 3) the point of triangle n (N, 3 corners, 3) nearest to point n (N, 3)."""
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    ap = points - a
    d00, d01, d11 = (ab * ab).sum(1), (ab * ac).sum(1), (ac * ac).sum(1)
    d20, d21 = (ap * ab).sum(1), (ap * ac).sum(1)
    det = np.maximum(d00 * d11 - d01 * d01, 1e-12)
    v, w = (d11 * d20 - d01 * d21) / det, (d00 * d21 - d01 * d20) / det
    inside = (v >= 0) & (w >= 0) & (v + w <= 1)
    foot = a + v[:, None] * ab + w[:, None] * ac
    best = np.where(inside, ((points - foot) ** 2).sum(1), np.inf)
    for i, j in ((0, 1), (1, 2), (2, 0)):  # outside: the nearest of the three edges
        p, edge = corners[:, i], corners[:, j] - corners[:, i]
        s = ((points - p) * edge).sum(1) / np.maximum((edge**2).sum(1), 1e-12)
        q = p + s.clip(0, 1)[:, None] * edge
        gap = ((points - q) ** 2).sum(1)
        closer = ~inside & (gap < best)
        best, foot = np.where(closer, gap, best), np.where(closer[:, None], q, foot)
    return foot


def neutral_error(
    vertices: Float, triangles: Ints, truth: Float, landmarks: tuple[Float, Float]
) -> Float:
    """Return (N,) mm from the true face points to the reconstructed face, sizes aligned.

    vertices : (V, 3) mm, the reconstruction, with `triangles` (T, 3). truth : (N, 3) mm,
    points of the true neutral face, any topology. landmarks : matching (P, 3) points of
    reconstruction and truth (the 51 inner of the 68, say) that start the alignment; then a
    similarity is refined on nearest points. Distances are in the truth's millimetres.
    """
    s, turn, t = similarity(*landmarks)
    for _ in range(ROUNDS):
        placed = s * vertices @ turn.T + t
        foot = nearest_on_surface(truth, placed, triangles)
        gap = np.linalg.norm(truth - foot, axis=1)
        near = gap <= np.quantile(gap, 0.95)
        s2, R2, t2 = similarity(foot[near], truth[near])
        s, turn, t = s2 * s, R2 @ turn, s2 * R2 @ t + t2
        if abs(s2 - 1) < 1e-5 and np.linalg.norm(R2 - np.eye(3)) < 1e-5:
            break
    placed = s * vertices @ turn.T + t
    return np.linalg.norm(truth - nearest_on_surface(truth, placed, triangles), axis=1)
