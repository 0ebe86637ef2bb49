"""Texture coordinates: one chart without seams over the face, islands for what is inside.

The file's own skin island, turned upright and magnified around the nose by a power of the
distance; the mouth's inside and the eye sockets fill the holes of the lips and lids.
"""

import numpy as np
from scipy.sparse import coo_matrix, diags
from scipy.sparse.linalg import spsolve

from core.arrays import Bools, Double
from core.face.construction.base_mesh import BaseMesh
from core.face.construction.parts import Regions, mask

POWER = 0.6
SKIN_FLOOR = 0.2  # the skin chart lies above, islands below


def _skin(mesh: BaseMesh, r: Regions) -> tuple[Double, Bools]:
    """Return (V, 2) magnified coordinates of the outer skin in -1..1, and which are known.

    A vertex on the seam at the back of the head keeps the copy of the subject's left.
    """
    V = len(mesh.points)
    quads, corners = mesh.quads[r.skin], mesh.chart_uv[r.skin]
    upright = np.stack([corners[..., 1], -corners[..., 0]], -1)
    middle_x = upright[..., 0].mean()
    left = mesh.points[quads][..., 0] > 0
    facing = np.sign(((upright[..., 0] - middle_x) * np.where(left, 1, -1)).sum())
    upright[..., 0] = (upright[..., 0] - middle_x) * facing
    order = np.argsort(upright.reshape(-1, 2)[:, 0], kind="stable")
    uv = np.zeros((V, 2))
    uv[quads.ravel()[order]] = upright.reshape(-1, 2)[order]
    known = mask(quads, V)
    nose = mesh.points[:, 2].argmax()
    brow = np.flatnonzero(known & (r.eye_ring == 0))
    center = (uv[nose] + uv[brow].mean(0)) / 2
    d = uv - center
    distance = np.linalg.norm(d, axis=1, keepdims=True)
    uv = d * np.maximum(distance, 1e-9) ** (POWER - 1)
    return uv, known


def _harmonic(mesh: BaseMesh, uv: Double, known: Bools) -> Double:
    """Return `uv` (V, 2) with the unknown vertices at the mean of their neighbours."""
    V = len(mesh.points)
    body = mesh.quads[mesh.groups == "body"]
    sides = np.concatenate([body[:, [i, (i + 1) % 4]] for i in range(4)])
    links = coo_matrix((np.ones(len(sides)), sides.T), (V, V)).tocsr()
    links = ((links + links.T) > 0).astype(float)
    free = mask(body, V) & ~known
    laplacian = (diags(links.sum(1).A1) - links)[free]
    out = uv.copy()
    solved = spsolve(laplacian[:, free].tocsc(), -laplacian[:, known] @ uv[known])
    out[free] = np.asarray(solved)
    return out


def _throat_rim(mesh: BaseMesh, r: Regions, uv: Double, known: Bools) -> tuple[Double, Bools]:
    """Fix the lower border of the neck outside the skin chart, so that the neck is unfolded."""
    V = len(mesh.points)
    sides = np.sort(np.concatenate([mesh.quads[:, [i, (i + 1) % 4]] for i in range(4)]), 1)
    edges, uses = np.unique(sides, axis=0, return_counts=True)
    border = np.zeros(V, bool)
    border[edges[uses == 1]] = True
    rim = np.flatnonzero(border & mask(mesh.quads[r.throat], V) & ~known)
    seam = np.flatnonzero(known & mask(mesh.quads[r.throat], V))
    uv, known = uv.copy(), known.copy()
    nearest = seam[np.linalg.norm(mesh.points[rim, None] - mesh.points[seam], axis=2).argmin(1)]
    uv[rim] = uv[nearest] * 1.15
    known[rim] = True
    return uv, known


def _box(uv: Double, low: tuple[float, float], high: tuple[float, float]) -> Double:
    """Return `uv` (N, 2) stretched to fill the box `low`..`high`."""
    span = np.maximum(uv.max(0) - uv.min(0), 1e-9)
    return np.array(low) + (uv - uv.min(0)) / span * (np.array(high) - np.array(low))


def unwrap(mesh: BaseMesh, r: Regions) -> Double:
    """Return (V, 2) coordinates of the base mesh in 0..1; eyeballs are left at 0."""
    uv, known = _skin(mesh, r)
    uv, known = _throat_rim(mesh, r, uv, known)
    uv = _harmonic(mesh, uv, known)
    body = mask(mesh.quads[mesh.groups == "body"], len(mesh.points))
    uv[body] = _box(uv[body], (0.01, SKIN_FLOOR), (0.99, 0.99))
    boxes = {"teeth_upper": (0.45, 0.10), "teeth_lower": (0.45, 0.01), "tongue": (0.75, 0.01)}
    for group, low in boxes.items():
        inside = mesh.groups == group
        vertices, first = np.unique(mesh.quads[inside], return_index=True)
        corners = mesh.chart_uv[inside].reshape(-1, 2)[first]
        height = 0.17 if group == "tongue" else 0.08
        uv[vertices] = _box(corners, low, (low[0] + 0.23, low[1] + height))
    return uv


def eye_discs(disc: Double, side: int) -> Double:
    """Return (N, 2): an eyeball's azimuthal `disc` (-1..1) placed in its island."""
    return np.array([0.1 + 0.2 * side, 0.1]) + 0.09 * disc
