"""From the parsed data to the arrays of head.npz: subdivision, spheres, parts, origin."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from core.arrays import Bools, Double, Ints
from core.face.construction import base_mesh, chart, targets
from core.face.construction.base_mesh import BaseMesh
from core.face.construction.eyeballs import Eyeball, eyeball
from core.face.construction.parts import Marks, Regions, fine, mask, named, regions
from core.face.construction.subdivision import Subdivision, subdivide
from core.track import ARKIT_NAMES


@dataclass(frozen=True, eq=False)
class Topology:
    """The fine mesh (W vertices) over the base mesh (V).

    solid : (U, V) all but the eyeballs from base vertices; linear : (U, V) the same without
    smoothing. balls : the eyeballs, left then right, whose vertices follow. triangles (T, 3),
    uv (W, 2). eyes : part name -> vertices. base : (V,) the fine vertex of each base vertex,
    -1 for the eyeballs'.
    """

    solid: csr_matrix
    linear: csr_matrix
    balls: tuple[Eyeball, Eyeball]
    triangles: Ints
    uv: Double
    eyes: dict[str, Ints]
    base: Ints

    def positions(self, base: Double) -> Double:
        """Return (W, 3) fine positions of base positions or modes of identity (V, 3)."""
        balls = [(b.shape @ base.ravel()).reshape(-1, 3) for b in self.balls]
        return np.concatenate([self.solid @ base, *balls])

    def motion(self, base: Double) -> Double:
        """Return (W, 3) fine displacements of an expression's base displacements (V, 3)."""
        return np.concatenate([self.solid @ base, *(b.motion @ base for b in self.balls)])


def _unzipped(
    mesh: BaseMesh, s: Subdivision, quads: Ints, uv: Double
) -> tuple[Ints, Ints, Double]:
    """Double the vertices of the seam behind the head, so that no triangle crosses the chart.

    Returns triangles, the doubled vertices, and their own coordinates (on the mirrored side).
    """
    middle = 0.5
    x = s.linear @ mesh.points[:, 0]
    body = s.linear @ mask(mesh.quads[mesh.groups == "body"], len(mesh.points)).astype(float)
    seam = np.flatnonzero((abs(x) < 1e-6) & (abs(uv[:, 0] - middle) > 0.02) & (body > 0.99))
    other = np.full(len(uv), -1)
    other[seam] = len(uv) + np.arange(len(seam))
    right = mesh.points[quads[s.source]][..., 0].mean(1) < 0
    swap = right[:, None] & (other[s.triangles] >= 0)
    mirrored = uv[seam] * [-1, 1] + [2 * middle, 0]
    return np.where(swap, other[s.triangles], s.triangles), seam, mirrored


def topology(mesh: BaseMesh, r: Regions) -> Topology:
    """Return the fine mesh of `mesh`: all but the eyeballs subdivided, then two spheres."""
    eye_quads = np.char.startswith(mesh.groups.astype(str), "eye")
    eye_height = float(mesh.points[mesh.quads[eye_quads]][..., 1].mean())
    V = len(mesh.points)
    quads = mesh.quads[~eye_quads]
    s = subdivide(quads, V, fine(mesh, r, eye_height)[~eye_quads])
    uv = s.linear @ chart.unwrap(mesh, r)
    triangles, seam, mirrored = _unzipped(mesh, s, quads, uv)
    used = np.concatenate([~mask(mesh.quads[eye_quads], len(uv)), np.ones(len(seam), bool)])
    rows = np.concatenate([np.arange(len(uv)), seam])[used]
    count = int(used.sum())
    all_triangles, all_uv = (
        [(np.cumsum(used) - 1)[triangles]],
        [np.concatenate([uv, mirrored])[used]],
    )
    balls, eyes = [], {}
    for i, name in enumerate(("eye_left", "eye_right")):
        ball = eyeball(mesh.points, mesh.quads[mesh.groups == name])
        balls.append(ball)
        all_triangles.append(ball.triangles + count)
        all_uv.append(chart.eye_discs(ball.uv, i))
        eyes[name] = np.arange(count, count + len(ball.uv), dtype=np.int32)
        count += len(ball.uv)
    return Topology(
        s.operator[rows],
        s.linear[rows],
        (balls[0], balls[1]),
        np.concatenate(all_triangles),
        np.concatenate(all_uv),
        eyes,
        np.where(used, np.cumsum(used) - 1, -1)[:V],
    )


def expressions(folder: Path, mesh: BaseMesh) -> Double:
    """Return (52, V, 3) mm of the base vertices, ARKit order, for coefficient 1."""
    return np.stack([targets.read(folder / f"{n}.target", mesh.kept) for n in ARKIT_NAMES])


def vertex_areas(points: Double, quads: Ints) -> Double:
    """Return (V,) mm2: a quarter of the quads around every vertex."""
    p = points[quads]
    area = 0.5 * np.linalg.norm(np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1]), axis=1)
    out = np.zeros(len(points))
    np.add.at(out, quads, np.repeat(area[:, None] / 4, 4, 1))
    return out


def importance(mesh: BaseMesh, r: Regions) -> Double:
    """Return (V,) weight of a vertex in the identity statistics: its area, if seen from ahead.

    Skin in front of the ears counts fully; ears, scalp and neck a fifth; the inside nothing.
    """
    outer = vertex_areas(mesh.points, mesh.quads[r.skin])
    x, y, z = mesh.points.T
    chin, crown = 610.0, 790.0
    face = (z > 70) & (y > chin) & (y < crown) & (abs(x) < 75)
    return outer * np.where(face, 1.0, 0.2)


def ears(mesh: BaseMesh, folder: Path) -> Bools:
    """Return (V,) which vertices the ear-moving targets carry nearly whole."""
    moved = np.zeros(len(mesh.points))
    for side in "lr":
        d = np.linalg.norm(
            targets.read(folder / f"{side}-ear-trans-forward.target.gz", mesh.kept), axis=1
        )
        moved = np.maximum(moved, d / d.max())
    return moved > 0.75


def read_base(data: Path) -> tuple[BaseMesh, Regions]:
    """Return the head of the base mesh in the data folder, and its regions."""
    mesh = base_mesh.read(data / "mpfb2" / "3dobjs" / "base.obj")
    return mesh, regions(mesh)


def parts(
    mesh: BaseMesh, r: Regions, t: Topology, neutral: Double, marks: Marks
) -> dict[str, Ints]:
    """Return every part that needs no landmarks, eyeballs included."""
    return named(mesh, r, neutral, t.linear, marks) | t.eyes
