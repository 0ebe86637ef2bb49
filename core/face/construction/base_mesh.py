"""The head of the MPFB2 base mesh: parsed from ``base.obj``, cut at the neck, in mm."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from core.arrays import Double, Ints
from core.errors import ModelError

GROUPS = {
    "body": "body",
    "helper-l-eye": "eye_left",
    "helper-r-eye": "eye_right",
    "helper-upper-teeth": "teeth_upper",
    "helper-lower-teeth": "teeth_lower",
    "helper-tongue": "tongue",
}
CUT = 590.0  # mm: the head is every face that lies wholly above this height
MILLIMETRES = 100.0  # the file is in decimetres


@dataclass(frozen=True, eq=False)
class BaseMesh:
    """Quads of the head only; `kept` names its vertices in the file (targets use those).

    points : (V, 3) mm, frame of the file (y up, z out of the face, +x subject's left).
    quads : (Q, 4), counter-clockwise from outside. groups : (Q,) names of `GROUPS`.
    charts : (Q,) which unwrapped island of the file a quad lies in, largest first.
    chart_uv : (Q, 4, 2) its corners in the file's texture plane.
    """

    points: Double
    quads: Ints
    groups: np.ndarray
    charts: Ints
    chart_uv: Double
    kept: Ints


def islands(quads: Ints, count: int) -> Ints:
    """Return (Q,) the connected component of each of the quads (Q, 4), largest first."""
    edges = np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)])
    graph = coo_matrix((np.ones(len(edges)), edges.T), (count, count))
    labels = connected_components(graph, directed=False)[1][quads[:, 0]]
    _, label, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[label]


def _parse(path: Path) -> tuple[Double, Double, Ints, Ints, np.ndarray]:
    points, texture, corners, groups, group = [], [], [], [], ""
    for line in path.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            points.append([float(x) for x in rest.split()])
        elif kind == "vt":
            texture.append([float(x) for x in rest.split()])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners.append([[int(i) - 1 for i in c.split("/")[:2]] for c in rest.split()])
            groups.append(group)
    c = np.array(corners)
    return np.array(points), np.array(texture)[:, :2], c[..., 0], c[..., 1], np.array(groups)


def read(path: Path) -> BaseMesh:
    """Return the head of the base mesh file `path`."""
    try:
        points, texture, quads, corners, groups = _parse(path)
    except (OSError, ValueError, IndexError) as e:
        raise ModelError(f"This is not the MPFB2 base mesh: {path}") from e
    points = points * MILLIMETRES
    keep = np.isin(groups, list(GROUPS)) & (points[quads][..., 1].min(1) > CUT)
    quads, corners, groups = quads[keep], corners[keep], groups[keep]
    kept, quads = np.unique(quads, return_inverse=True)
    return BaseMesh(
        points[kept],
        quads.reshape(-1, 4),
        np.array([GROUPS[g] for g in groups]),
        islands(corners, len(texture)),
        texture[corners],
        kept,
    )
