"""One level of Catmull-Clark as a sparse matrix, fine only where asked.

The matrix carries positions and every basis alike. Where a coarse quad touches a fine one it
is cut into a fan around its own face point, so that no T-junction opens.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags, vstack

from core.arrays import Bools, Ints


@dataclass(frozen=True, eq=False)
class Subdivision:
    """`operator` (W, V): fine from coarse vertices. triangles (T, 3) of the fine mesh.

    linear : (W, V) the same without smoothing, for texture coordinates and masks.
    source : (T,) the coarse quad that each triangle came from.
    """

    operator: csr_matrix
    linear: csr_matrix
    triangles: Ints
    source: Ints


def _edges(quads: Ints) -> tuple[Ints, Ints, Ints]:
    """Return unique edges (E, 2), (Q, 4) edge of each side, (E,) number of quads on it."""
    sides = np.sort(np.stack([quads, np.roll(quads, -1, 1)], -1).reshape(-1, 2), 1)
    edges, which, uses = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    return edges, which.reshape(-1, 4), uses


def _matrix(
    rows: Ints, columns: Ints, values: np.ndarray | float, shape: tuple[int, int]
) -> csr_matrix:
    values = np.broadcast_to(values, rows.shape)
    return csr_matrix(coo_matrix((values.ravel(), (rows.ravel(), columns.ravel())), shape))


def _rows(count: int, width: int) -> Ints:
    return np.broadcast_to(np.arange(count)[:, None], (count, width))


def stencils(quads: Ints, count: int) -> tuple[csr_matrix, csr_matrix, csr_matrix]:
    """Return the matrices of vertex points (V, V), edge points (E, V), face points (Q, V)."""
    edges, sides, uses = _edges(quads)
    Q, E = len(quads), len(edges)
    face = _matrix(_rows(Q, 4), quads, 0.25, (Q, count))
    middle = _matrix(_rows(E, 2), edges, 0.5, (E, count))
    inner = uses == 2
    to_faces = _matrix(sides, _rows(Q, 4), 1.0, (E, Q))
    edge = (
        diags(np.where(inner, 0.5, 1.0)) @ middle
        + diags(np.where(inner, 0.25, 0.0)) @ to_faces @ face
    )
    # Vertex points: (F + 2 R + (n - 3) P) / n inside, (6 P + both neighbours) / 8 on a border.
    on_border = np.zeros(count, bool)
    on_border[edges[~inner]] = True
    n = np.maximum(np.bincount(quads.ravel(), minlength=count), 1)
    faces_of = _matrix(quads, _rows(Q, 4), 1.0, (count, Q))
    edges_of = _matrix(edges, _rows(E, 2), 1.0, (count, E))
    eye = diags(np.ones(count))
    inside = (
        diags(1 / n**2) @ faces_of @ face
        + diags(2 / n**2) @ edges_of @ middle
        + diags((n - 3) / n) @ eye
    )
    border = 0.5 * eye + 0.25 * edges_of @ diags((~inner).astype(float)) @ middle
    vertex = (
        diags((~on_border).astype(float)) @ inside + diags(on_border.astype(float)) @ border
    )
    return vertex.tocsr(), edge.tocsr(), face


def _fine_triangles(quad: Ints, side: Ints, center: int) -> list[list[int]]:
    out: list[list[int]] = []
    for i in range(4):
        a, e, before = quad[i], side[i], side[i - 1]
        out += [[a, e, center], [a, center, before]]
    return out


def _coarse_triangles(quad: Ints, side: Ints, center: int) -> list[list[int]]:
    """Return two triangles, or a fan around `center` where a side has an edge point (>= 0)."""
    ring = [p for i in range(4) for p in (quad[i], side[i]) if p >= 0]
    if len(ring) == 4:
        return [[ring[0], ring[1], ring[2]], [ring[0], ring[2], ring[3]]]
    return [[ring[i], ring[(i + 1) % len(ring)], center] for i in range(len(ring))]


def subdivide(quads: Ints, count: int, fine: Bools) -> Subdivision:
    """Return one Catmull-Clark level over quads (Q, 4) of `count` vertices where `fine`."""
    vertex, edge, face = stencils(quads, count)
    edges, sides, _ = _edges(quads)
    middle = _matrix(_rows(len(edges), 2), edges, 0.5, (len(edges), count))
    edge_used = np.zeros(len(edges), bool)
    edge_used[sides[fine]] = True
    face_used = fine | edge_used[sides].any(1)
    edge_id = np.where(edge_used, count + np.cumsum(edge_used) - 1, -1)
    face_id = count + edge_used.sum() + np.cumsum(face_used) - 1
    triangles: list[list[int]] = []
    source: list[int] = []
    for q, quad in enumerate(quads):
        cut = _fine_triangles if fine[q] else _coarse_triangles
        new = cut(quad, edge_id[sides[q]], int(face_id[q]))
        triangles += new
        source += [q] * len(new)
    operator = vstack([vertex, edge[edge_used], face[face_used]])
    linear = vstack([diags(np.ones(count)), middle[edge_used], face[face_used]])
    return Subdivision(
        csr_matrix(operator), csr_matrix(linear), np.array(triangles), np.array(source)
    )
