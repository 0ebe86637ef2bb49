# ruff: noqa: ANN001 - kernels: numba infers their types
"""What a person's face looks like to the renderer: the part that moves, and its bindings.

Everything here depends on the identity only, so it is made once and serves every frame.
"""

from dataclasses import dataclass

import numba
import numpy as np
from scipy import sparse
from scipy.spatial import KDTree

from core.arrays import Float, Ints
from core.camera import Camera
from core.face.model import FaceModel
from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix
from core.landmarks import sets
from core.rendering.brows import Brow, brows_of, evened
from core.track import ARKIT_INDEX, Look

OUTER_PARTS = ("skin", "lips", "lid_left", "lid_right", "brow_left", "brow_right")
MOVING_MM = 0.02
KERNELS_MM = (14.0, 5.0, 2.2)  # coarse to fine: what one leaves over the next takes up
OPEN_JAW = 0.6  # distances are taken with the mouth open, else the lips mix


@dataclass(frozen=True, eq=False)
class Rig:
    """The moving skin of one person and the filmed points that hold it to the picture.

    rest : (A, 3) mm; basis : (52, 3 A). triangles : (T, 3) of those A vertices.
    point_rest : (L, 3) mm of the 478 points; point_basis : (52, 3 L).
    carry : (A, 3 L) sparse, from the residuals of three passes to the vertices.
    passes : (L, L) sparse, the first two passes at the points themselves.
    brows : how the skin of each brow, and from there to the lid, moves.
    """

    rest: Float
    basis: Float
    triangles: Ints
    point_rest: Float
    point_basis: Float
    carry: sparse.csr_array
    passes: tuple[sparse.csr_array, sparse.csr_array]
    brows: tuple[Brow, ...]
    trust: Float


def rig_of(face: FaceModel, shape: Float) -> Rig:
    """Return the rig of the identity `shape` (S,) of `face`."""
    person = face.person(shape).astype(np.float32)
    kept, triangles = _moving(face)
    embedding = face.embeddings["478"]
    point_basis = embedding.points(face.expression)  # (E, L, 3)
    point_rest = embedding.points(person).astype(np.float32)
    opened = ARKIT_INDEX["jawOpen"]
    skin_open = person[kept] + OPEN_JAW * face.expression[opened][kept]
    points_open = point_rest + OPEN_JAW * point_basis[opened]
    trust = _trust()
    carry, passes = _bindings(skin_open, points_open, trust)
    E = len(face.expression)
    return Rig(
        person[kept],
        np.ascontiguousarray(face.expression[:, kept].reshape(E, -1), np.float32),
        triangles,
        point_rest,
        np.ascontiguousarray(point_basis.reshape(E, -1), np.float32),
        carry,
        passes,
        brows_of(person[kept], point_rest),
        trust,
    )


def _moving(face: FaceModel) -> tuple[Ints, Ints]:
    """Return the vertices of the skin that moves and its triangles in their numbering."""
    outer = np.zeros(len(face.neutral), bool)
    for name in OUTER_PARTS:
        outer[face.parts[name]] = True
    moves = np.abs(face.expression).max((0, 2)) > MOVING_MM
    t = face.triangles
    # The neck would stand still behind a chin that moves: it follows as the background does.
    neck = np.zeros(len(face.neutral), bool)
    neck[face.parts["neck"]] = True
    triangles = t[outer[t].all(1) & moves[t].any(1) & ~neck[t].all(1)]
    kept, triangles = np.unique(triangles, return_inverse=True)
    return kept, triangles.reshape(-1, 3).astype(np.int32)


def _trust() -> Float:
    """Return (L,) how far each point is bound to the skin: irises not, the outline little."""
    trust = np.ones(sets.COUNT, np.float32)
    trust[sets.OVAL] = 0.25  # the outline slides over the skin when the head turns
    trust[sets.MESH :] = 0
    return trust


def _kernel(skin: Float, points: Float, trust: Float, sigma: float) -> sparse.csr_array:
    """Return (A, L) normalised Gaussian weights that fade to zero far from every point."""
    near = KDTree(skin).sparse_distance_matrix(
        KDTree(points), 2.6 * sigma, output_type="coo_matrix"
    )
    weights = sparse.csr_array(
        (np.exp(-0.5 * (near.data / sigma) ** 2) * trust[near.col], (near.row, near.col)),
        shape=(len(skin), len(points)),
    )
    total = np.asarray(weights.sum(1)).ravel()
    # A lone distant point must not rule: below a tenth of one close point the pull fades.
    scale = 1 / np.maximum(total, 0.1)
    return sparse.csr_array(sparse.diags_array(scale) @ weights)


def _bindings(
    skin: Float, points: Float, trust: Float
) -> tuple[sparse.csr_array, tuple[sparse.csr_array, sparse.csr_array]]:
    coarse = np.zeros(len(points), np.float32)
    coarse[_spread(points, trust > 0, 70)] = 1
    trusts = (trust * coarse, trust, trust)
    at_skin = [_kernel(skin, points, w, s) for w, s in zip(trusts, KERNELS_MM, strict=True)]
    first, second = (_kernel(points, points, trusts[k], KERNELS_MM[k]) for k in range(2))
    carry = sparse.csr_array(sparse.hstack(at_skin), dtype=np.float32)
    points_only = (
        sparse.csr_array(first, dtype=np.float32),
        sparse.csr_array(second, dtype=np.float32),
    )
    return carry, points_only


def _spread(points: Float, allowed: np.ndarray, count: int) -> Ints:
    """Return `count` points far from one another (farthest point sampling)."""
    index = np.flatnonzero(allowed)
    chosen = [index[0]]
    distance = np.linalg.norm(points[index] - points[chosen[0]], axis=1)
    for _ in range(count - 1):
        chosen.append(index[int(distance.argmax())])
        distance = np.minimum(
            distance, np.linalg.norm(points[index] - points[chosen[-1]], axis=1)
        )
    return np.array(chosen)


@dataclass(frozen=True, eq=False)
class Shift:
    """Where the skin was filmed and where the edit puts it, in pixels of the frame.

    source, target : (A, 3) column, row, depth mm. body : (2, A, 3) mm, head frame, filmed and
    edited. points : (L, 2) filmed points; moved : (L, 2) the same after the edit.
    scale : pixels a mm at the face's distance.
    """

    source: Float
    target: Float
    body: Float
    points: Float
    moved: Float
    scale: float


def shift_of(rig: Rig, camera: Camera, filmed: Look, edited: Look) -> Shift:
    """Return how the face moves in the picture between two looks of one frame."""
    if filmed.landmarks is None:
        raise ValueError("A filmed look without landmarks cannot be held to its picture.")
    body = _formed(rig.rest, rig.basis, filmed.expression, edited.expression)
    marks = _formed(rig.point_rest, rig.point_basis, filmed.expression, edited.expression)
    source, point_source = _projected(camera, filmed, body[0], marks[0])
    target, point_target = _projected(camera, edited, body[1], marks[1])
    points = np.asarray(filmed.landmarks, np.float32)
    residual = (points - point_source[:, :2]) * (rig.trust > 0)[:, None]
    second = residual - rig.passes[0] @ residual
    third = second - rig.passes[1] @ second
    carried = rig.carry @ np.concatenate([residual, second, third])
    d = evened(target[:, :2] - source[:, :2], body[0], rig.brows)
    source[:, :2] += carried
    target[:, :2] = source[:, :2] + d
    moved = points + point_target[:, :2] - point_source[:, :2]
    scale = camera.focal / float(np.median(point_source[:, 2]))
    return Shift(source, target, body, points, moved, scale)


def _formed(rest: Float, basis: Float, filmed: Float, edited: Float) -> Float:
    """Return (2, N, 3) mm: the surface with the filmed and the edited expression."""
    both = np.ascontiguousarray([filmed, edited], np.float32)
    out = np.empty((2, rest.size), np.float32)
    _add_shapes(rest.reshape(-1), basis, both, out)
    return out.reshape(2, -1, 3)


# Not the product of the linear algebra library: its threads and ours would fight for cores.
@numba.njit(nogil=True, cache=True)
def _add_shapes(rest, basis, both, out) -> None:
    out[0] = rest
    out[1] = rest
    for k in range(basis.shape[0]):
        a, b = both[0, k], both[1, k]
        if a == 0 and b == 0:
            continue
        for i in range(rest.shape[0]):
            value = basis[k, i]
            out[0, i] += a * value
            out[1, i] += b * value


@numba.njit(nogil=True, cache=True)
def _project(points, turn, shift, lens, out) -> None:
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        depth = turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z + shift[2]
        u = turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z + shift[0]
        v = turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z + shift[1]
        out[i, 0] = u / depth * lens[0] + lens[1]
        out[i, 1] = v / depth * lens[0] + lens[2]
        out[i, 2] = depth


def _projected(camera: Camera, look: Look, skin: Float, marks: Float) -> tuple[Float, Float]:
    """Return skin and marks as (., 3) column, row, depth."""
    turn = np.ascontiguousarray(matrix(look.rotation) * np.diag(HEAD_TO_CAMERA_AXES))
    shift = np.asarray(look.translation, np.float32)
    lens = np.array([camera.focal, camera.cx, camera.cy], np.float32)
    found = np.empty_like(skin), np.empty_like(marks)
    for points, out in zip((skin, marks), found, strict=True):
        _project(points, turn, shift, lens, out)
    return found
