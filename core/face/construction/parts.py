"""Regions of the head: from the file's own unwrapped islands, and rings around its openings."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from core.arrays import Bools, Double, Ints
from core.errors import ModelError
from core.face.construction.base_mesh import BaseMesh

FAR = 99
# Rings of vertices counted from the seam inside the mouth or the eye socket outwards.
LIP_SEAM, LIP_EDGE = 1, 6  # where the lips touch; the vermilion border
LID_EDGE, LID_SKIN = 3, 9  # the lid margin; about the crease of the lid


@dataclass(frozen=True, eq=False)
class Regions:
    """Masks over the base mesh.

    skin, cavity, sockets, throat : (Q,) quads of the outer skin, the inside of the mouth, the
    hidden eye sockets, the neck under the chin. mouth_ring, eye_ring : (V,) number of edges
    from the mouth's / an eye's seam over the outer skin, `FAR` when unreached or not skin.
    """

    skin: Bools
    cavity: Bools
    sockets: Bools
    throat: Bools
    mouth_ring: Ints
    eye_ring: Ints


@dataclass(frozen=True, eq=False)
class Marks:
    """More masks (V,) of the base mesh: what moves with the ears; what lies above the mouth."""

    ears: Bools
    upper: Bools


def mask(quads: Ints, count: int) -> Bools:
    """Return (count,) which vertices the quads (Q, 4) use."""
    out = np.zeros(count, bool)
    out[quads] = True
    return out


def rings(seed: Bools, quads: Ints, steps: int = 12) -> Ints:
    """Return (V,) edges (or diagonals) from `seed` (V,) over `quads`; `FAR` beyond `steps`."""
    out = np.where(seed, 0, FAR)
    for k in range(1, steps + 1):
        near = quads[(out[quads] < k).any(1)]
        out[near] = np.minimum(out[near], k)
    return out


def regions(mesh: BaseMesh) -> Regions:
    """Return the regions of the base mesh; refuse one with other islands."""
    body = [int(c) for c in np.unique(mesh.charts[mesh.groups == "body"])]
    if len(body) != 5:
        raise ModelError(f"The head of the base mesh has {len(body)} skin islands, not 5.")
    skin_chart = body[0]
    center = {c: mesh.points[mesh.quads[mesh.charts == c]].mean((0, 1)) for c in body[1:]}
    by_side = sorted(body[1:], key=lambda c: abs(center[c][0]))
    throat, cavity = sorted(by_side[:2], key=lambda c: center[c][1])
    skin, inside = mesh.charts == skin_chart, mesh.charts == cavity
    sockets = np.isin(mesh.charts, by_side[2:])
    V = len(mesh.points)
    on_skin = mask(mesh.quads[skin], V)
    mouth = rings(on_skin & mask(mesh.quads[inside], V), mesh.quads[skin])
    eye = rings(on_skin & mask(mesh.quads[sockets], V), mesh.quads[skin])
    return Regions(skin, inside, sockets, mesh.charts == throat, mouth, eye)


def fine(mesh: BaseMesh, r: Regions, eye_height: float) -> Bools:
    """Return (Q,) the quads worth subdividing: what a camera in front sees.

    The inside of the lips and lids is fine too; coarse stay the back of head and neck, the
    scalp, the sockets and the deep mouth.
    """
    middle = mesh.points[mesh.quads].mean(1)
    front = (middle[:, 2] > 20) & (middle[:, 1] < eye_height + 95)
    V = len(mesh.points)
    near = rings(mask(mesh.quads[r.skin], V), mesh.quads[r.cavity | r.sockets])
    lining = (r.cavity & (near[mesh.quads].max(1) <= 4)) | (
        r.sockets & (near[mesh.quads].max(1) <= 2)
    )
    teeth = np.char.startswith(mesh.groups.astype(str), "teeth")
    return (r.skin & front) | (r.throat & front) | lining | teeth


def named(
    mesh: BaseMesh, r: Regions, neutral: Double, linear: csr_matrix, marks: Marks
) -> dict[str, Ints]:
    """Return the parts of the fine mesh that need no landmarks.

    neutral : (W, 3) mm head frame, fine. linear : (U, V), the first U of the W vertices from
    the base mesh.
    """
    V = len(mesh.points)
    lips = r.mouth_ring <= LIP_EDGE
    lids = (r.eye_ring >= LID_EDGE) & (r.eye_ring <= LID_SKIN)
    left = mesh.points[:, 0] > 0
    outer = mask(mesh.quads[r.skin | r.throat], V)
    found = {
        "skin": outer,
        "lips": lips,
        "lips_upper": lips & marks.upper,
        "lips_lower": lips & ~marks.upper,
        "lid_left": lids & left,
        "lid_right": lids & ~left,
        "mouth_cavity": mask(mesh.quads[r.cavity], V) & ~outer,
        "socket_left": mask(mesh.quads[r.sockets], V) & ~outer & left,
        "socket_right": mask(mesh.quads[r.sockets], V) & ~outer & ~left,
        "ears": marks.ears & outer,
    }
    for group in ("teeth_upper", "teeth_lower", "tongue"):
        found[group] = mask(mesh.quads[mesh.groups == group], V)
    # A new vertex belongs where more than half of what it came from belongs; ties count.
    masks = {name: linear @ m.astype(float) > 0.5 - 1e-9 for name, m in found.items()}
    for name in ("mouth_cavity", "socket_left", "socket_right"):
        masks[name] &= ~masks["skin"]
    _, y, z = neutral[: len(masks["skin"])].T
    masks["neck"] = masks["skin"] & (y < -75 - 0.45 * np.clip(z + 60, -60, 60)) & ~masks["ears"]
    masks["scalp"] = masks["skin"] & ~masks["ears"] & ~masks["neck"] & (y > 62 + 1.1 * (z + 12))
    return {name: np.flatnonzero(m).astype(np.int32) for name, m in masks.items()}
