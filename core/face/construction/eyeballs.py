"""Spheres in place of the base mesh's 72-vertex eyeballs, dense around the iris.

Everything is linear in the base eyeball's vertices, so the spheres follow every basis.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from core.arrays import Double, Ints

SEGMENTS = 20
# Polar angles of the rings, rad: symmetric front to back, so that the mean vertex is the
# centre; 22.5 degrees is the limbus of a 15 mm ball (iris diameter 11.5 mm).
_FRONT = (8.0, 15.0, 22.5, 34.0, 47.0, 61.0, 75.0)
LIMBUS = 2  # which ring of `RINGS` is the rim of the iris
RINGS = np.radians([*_FRONT, 90.0, *(180.0 - a for a in reversed(_FRONT))])


@dataclass(frozen=True, eq=False)
class Eyeball:
    """A ball of N vertices for a base mesh of V.

    shape : (3N, 3V) positions: the mean of the base eyeball plus its mean radius; an exact
    sphere for every identity. motion : (N, V) displacements, as the base eyeball's surface
    moves. triangles : (T, 3) over 0..N-1. uv : (N, 2) azimuthal about the optical axis in the
    unit disc: 0 = pupil, 1 = back pole.
    """

    shape: csr_matrix
    motion: csr_matrix
    triangles: Ints
    uv: Double


def directions() -> Double:
    """Return (N, 3) unit vectors: front pole (+z), the rings, back pole."""
    phi = 2 * np.pi * np.arange(SEGMENTS) / SEGMENTS
    sine = np.sin(RINGS)[:, None]
    rings = np.stack(
        [
            sine * np.cos(phi),
            sine * np.sin(phi),
            np.broadcast_to(np.cos(RINGS)[:, None], (len(RINGS), SEGMENTS)),
        ],
        -1,
    )
    return np.concatenate([[[0.0, 0, 1]], rings.reshape(-1, 3), [[0.0, 0, -1]]])


def _sphere_triangles() -> Ints:
    n, last = SEGMENTS, len(RINGS) - 1
    i = np.arange(n)
    j = (i + 1) % n
    parts = [np.stack([np.zeros(n, int), 1 + i, 1 + j], 1)]
    for k in range(last):
        a, b = 1 + k * n, 1 + (k + 1) * n
        parts += [np.stack([a + i, b + i, b + j], 1), np.stack([a + i, b + j, a + j], 1)]
    back = 1 + len(RINGS) * n
    parts.append(np.stack([np.full(n, back), back - n + j, back - n + i], 1))
    return np.concatenate(parts)


def _pierce(rays: Double, corners: Double) -> tuple[Ints, Double]:
    """Return which triangle (T, 3 corners, 3) each ray (N, 3) from 0 leaves by, and where."""
    weights = np.einsum("tij,nj->nti", np.linalg.inv(np.swapaxes(corners, 1, 2)), rays)
    inside = weights.min(2)
    inside[(weights.sum(2) <= 0)] = -np.inf
    best = inside.argmax(1)
    w = np.maximum(weights[np.arange(len(rays)), best], 0)
    return best, w / w.sum(1, keepdims=True)


def eyeball(points: Double, quads: Ints) -> Eyeball:
    """Return the sphere for the base eyeball `quads` (Q, 4) of the mesh `points` (V, 3).

    The radius is the mean of (p - centre) . d over the base vertices, d their directions in
    the base mesh: linear in p. One coordinate of the sphere then depends on all three of the
    base eyeball, so `shape` acts on flattened coordinates: (3N, 3V).
    """
    used = np.unique(quads)
    n, rays, V = len(used), directions(), len(points)
    center = points[used].mean(0)
    outward = points[used] - center
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    best, w = _pierce(rays, points[triangles] - center)
    corners = triangles[best]
    rows = np.repeat(np.arange(len(rays)), 3)
    motion = coo_matrix((w.ravel(), (rows, corners.ravel())), (len(rays), V)).tocsr()
    radius = (outward - outward.mean(0)).ravel() / n  # (3n,) the functional p -> radius
    dense = np.outer(rays.ravel(), radius) + np.tile(np.eye(3) / n, (len(rays), n))
    columns = (3 * used[:, None] + np.arange(3)).ravel()
    rows = np.repeat(np.arange(3 * len(rays)), 3 * n)
    shape = coo_matrix(
        (dense.ravel(), (rows, np.tile(columns, 3 * len(rays)))), (3 * len(rays), 3 * V)
    )
    polar = np.arccos(np.clip(rays[:, 2], -1, 1)) / np.pi
    axis = rays[:, :2] / np.maximum(np.linalg.norm(rays[:, :2], axis=1, keepdims=True), 1e-9)
    return Eyeball(
        csr_matrix(shape), csr_matrix(motion), _sphere_triangles(), axis * polar[:, None]
    )
