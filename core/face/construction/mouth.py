"""The mouth at rest: lips that meet in every identity, teeth and tongue that go with them.

The lips of the base mesh are up to a millimetre apart, and its controls part or cross them
further, which would let an identity imitate speech; the controls also shift its teeth by up
to a centimetre against the lips (they expect a fitted set of teeth on top). Both are undone
by operators that are linear in the positions.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags

from core.arrays import Bools, Double, Ints
from core.face.construction.base_mesh import BaseMesh
from core.face.construction.parts import FAR, LIP_SEAM, Regions, mask, rings

LIP_MIDDLE = 12.0  # mm from the plane of symmetry: what the teeth follow
REACH = 9  # rings over which a correction at the seam fades out over the skin
INWARD = 6  # and into the mouth
OVERLAP = 0.2  # mm each lip goes beyond the other: subdivision rounds their edges off
ARCH = 0.9  # width of the rows of teeth, which would show through the corners of narrow mouths
# mm. In the base mesh the upper incisors end above the lip line and the tongue lies on them:
# speech would show neither teeth nor a dark mouth.
RESTING = {"teeth_upper": (0.0, -3.0, 0.0), "tongue": (0.0, -4.0, -4.0)}


@dataclass(frozen=True, eq=False)
class Attached:
    """What becomes of a displacement of the base mesh: first the lips meet, then teeth follow.

    seal : (V, V), acts on heights. follow : (V, V). toward : (V,) -1..1, upwards to the other
    lip, fading out around the mouth.
    """

    seal: csr_matrix
    follow: csr_matrix
    toward: Double

    def __call__(self, moves: Double) -> Double:
        """Return (V, 3) mm from displacements (V, 3) mm."""
        met = moves.copy()
        met[:, 1] += self.seal @ moves[:, 1]
        return self.follow @ met


def upper_side(mesh: BaseMesh, r: Regions, jaw: Double) -> Bools:
    """Return (V,) what the open jaw `jaw` (V, 3) mm drops less than the mouth's corners."""
    seam = np.flatnonzero(r.mouth_ring == 0)
    corner = seam[abs(mesh.points[seam, 0]).argmax()]
    return jaw[:, 1] > jaw[corner, 1]


def _fade(mesh: BaseMesh, r: Regions) -> Double:
    """Return (V,) 0..1: how much of a correction at the seam a vertex takes part in."""
    V = len(mesh.points)
    skin = mask(mesh.quads[r.skin], V)
    inside = rings(skin & mask(mesh.quads[r.cavity], V), mesh.quads[r.cavity])
    out = np.clip((REACH - r.mouth_ring) / (REACH - 3), 0, 1)
    return np.where(skin, out, np.where(inside < FAR, np.clip(1 - inside / INWARD, 0, 1), 0))


def _interpolated(x: Double, chain: Ints, chain_x: Double, count: int) -> csr_matrix:
    """Return (V, count): a quantity of the `chain` vertices, interpolated at every x (V,)."""
    order = np.argsort(chain_x)
    chain, chain_x = chain[order], chain_x[order]
    i = np.clip(np.searchsorted(chain_x, x) - 1, 0, len(chain) - 2)
    t = np.clip((x - chain_x[i]) / np.maximum(chain_x[i + 1] - chain_x[i], 1e-9), 0, 1)
    rows = np.arange(len(x))
    values = np.concatenate([1 - t, t])
    at = (np.tile(rows, 2), np.concatenate([chain[i], chain[i + 1]]))
    return csr_matrix(coo_matrix((values, at), (len(x), count)))


def _follow(mesh: BaseMesh, r: Regions, upper: Bools) -> csr_matrix:
    V = len(mesh.points)
    middle = (r.mouth_ring <= LIP_SEAM + 1) & (abs(mesh.points[:, 0]) < LIP_MIDDLE)
    whole = np.ones(V)
    rows, columns, values = [], [], []
    lips = {"teeth_upper": middle & upper, "teeth_lower": middle & ~upper, "tongue": middle}
    for group, of in lips.items():
        moved = np.flatnonzero(mask(mesh.quads[mesh.groups == group], V))
        source = np.flatnonzero(of)
        whole[moved] = 0
        rows.append(np.repeat(moved, len(source)))
        columns.append(np.tile(source, len(moved)))
        values.append(np.full(len(moved) * len(source), 1 / len(source)))
    at = (np.concatenate(rows), np.concatenate(columns))
    carried = coo_matrix((np.concatenate(values), at), (V, V))
    return csr_matrix(diags(whole) + carried)


def attached(mesh: BaseMesh, r: Regions, upper: Bools) -> Attached:
    """Return what becomes of a control's displacements."""
    V, x = len(mesh.points), mesh.points[:, 0]
    chains = [np.flatnonzero((r.mouth_ring == LIP_SEAM) & side) for side in (upper, ~upper)]
    above, below = (_interpolated(x, c, x[c], V) for c in chains)
    toward = _fade(mesh, r) * np.where(upper, -1.0, 1.0)
    seal = csr_matrix(diags(0.5 * toward) @ (above - below))
    return Attached(seal, _follow(mesh, r, upper), toward)


def resting(mesh: BaseMesh, a: Attached) -> Double:
    """Return (V, 3) mm: the lips meet, teeth and tongue lie where a speaker has them."""
    out = np.zeros_like(mesh.points)
    out[:, 1] = a.seal @ mesh.points[:, 1] + OVERLAP * a.toward
    for group, move in RESTING.items():
        out[mask(mesh.quads[mesh.groups == group], len(out))] = move
    teeth = mask(mesh.quads[np.char.startswith(mesh.groups.astype(str), "teeth")], len(out))
    out[teeth, 0] = (ARCH - 1) * mesh.points[teeth, 0]
    return out
