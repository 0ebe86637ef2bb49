"""Where MediaPipe's 478 points lie on the head, found by geometry.

Lip and lid contours are rings of the base mesh by construction; everything else is the
canonical face carried over by a smooth warp through those contours and onto the surface.
Only indices and weights come out of it.
"""

from pathlib import Path

import numpy as np
from scipy.spatial import KDTree

from core.arrays import Double, Float, Ints
from core.errors import ModelError
from core.face.construction.eyeballs import LIMBUS, SEGMENTS
from core.face.construction.parts import LID_EDGE, LIP_EDGE, LIP_SEAM, Regions
from core.face.model import Embedding

# Contours of the scheme from the subject's right to left: (upper chain, lower chain).
LIPS_OUTER = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
)
LIPS_INNER = (
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
LIDS_RIGHT = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133),
    (33, 7, 163, 144, 145, 153, 154, 155, 133),
)
LIDS_LEFT = (
    (362, 398, 384, 385, 386, 387, 388, 466, 263),
    (362, 382, 381, 380, 374, 373, 390, 249, 263),
)
# iBUG's 68 points as points of the 478 (reconstruction page, 1.2); the jaw line is approximate.
IBUG = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
)  # fmt: skip
BROW_RIGHT = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
BROW_LEFT = (276, 283, 282, 295, 285, 336, 296, 334, 293, 300)


def canonical(path: Path) -> Double:
    """Return (468, 3) of MediaPipe's canonical face (cm, y up, z out of the face)."""
    try:
        rows = [
            line.split()[1:4] for line in path.read_text().splitlines() if line.startswith("v ")
        ]
        points = np.array(rows, float)
    except (OSError, ValueError) as e:
        raise ModelError(f"This is not the canonical face model: {path}") from e
    if points.shape != (468, 3):
        raise ModelError(
            f"The canonical face model has {len(points)} vertices, not 468: {path}"
        )
    return points


def mirror(points: Double) -> Ints:
    """Return (P,) which point is the mirror image (x -> -x) of each of `points` (P, 3)."""
    return np.asarray(KDTree(points).query(points * [-1, 1, 1])[1], int)


def closest(
    points: Double, vertices: Double, triangles: Ints, candidates: int = 48
) -> tuple[Ints, Double]:
    """Return the nearest surface points of `points` (P, 3): corners (P, 3), weights (P, 3)."""
    corners = vertices[triangles]
    found = KDTree(corners.mean(1)).query(points, min(candidates, len(triangles)))
    near = np.asarray(found[1], int)
    a, b, c = np.moveaxis(corners[near], 2, 0)
    w = _clamped(points[:, None], a, b, c)
    hit = w[..., :1] * a + w[..., 1:2] * b + w[..., 2:] * c
    best = np.linalg.norm(hit - points[:, None], axis=2).argmin(1)
    rows = np.arange(len(points))
    return triangles[near[rows, best]], w[rows, best]


def _clamped(p: Double, a: Double, b: Double, c: Double) -> Double:
    """Return (..., 3) weights of the point of triangle a b c nearest to p."""

    def dot(u: Double, v: Double) -> Double:
        return (u * v).sum(-1)

    ab, ac, ap = b - a, c - a, p - a
    d00, d01, d11, d20, d21 = dot(ab, ab), dot(ab, ac), dot(ac, ac), dot(ap, ab), dot(ap, ac)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-12)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = np.stack([1 - v - w, v, w], -1)
    within = np.all(inside >= 0, axis=-1, keepdims=True)
    options = [np.where(within, inside, np.nan)]
    for i, (s, e) in enumerate(((a, b), (b, c), (c, a))):
        t = np.clip(dot(p - s, e - s) / np.maximum(dot(e - s, e - s), 1e-12), 0, 1)
        edge = np.zeros((*t.shape, 3))
        edge[..., i], edge[..., (i + 1) % 3] = 1 - t, t
        options.append(edge)
    every = np.stack(options)
    hits = every[..., :1] * a + every[..., 1:2] * b + every[..., 2:] * c
    far = np.nan_to_num(np.linalg.norm(hits - p, axis=-1), nan=np.inf)
    return np.take_along_axis(every, far.argmin(0)[None, ..., None], 0)[0]


def _chain(ring: Ints, points: Double, open_pose: Double, upper: bool) -> Ints:
    """Return the upper or lower half of a ring of vertices, ordered from -x to +x."""
    ends = ring[[points[ring, 0].argmin(), points[ring, 0].argmax()]]
    (x0, y0), (x1, y1) = open_pose[ends, :2]
    x, y = open_pose[ring, :2].T
    above = y > y0 + (x - x0) / (x1 - x0) * (y1 - y0)
    inner = ring[(above == upper) & ~np.isin(ring, ends)]
    return np.concatenate([ends[:1], inner[np.argsort(points[inner, 0])], ends[1:]])


def _along(chain: Ints, points: Double, fractions: Double) -> tuple[Ints, Double]:
    """Return corners and weights at `fractions` (N,) of the arc length of `chain`."""
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(points[chain], axis=0), axis=1)))
    at = fractions * length[-1]
    i = np.clip(np.searchsorted(length, at, "right") - 1, 0, len(chain) - 2)
    t = (at - length[i]) / (length[i + 1] - length[i])
    corners = np.stack([chain[i], chain[i + 1], chain[i + 1]], 1)
    return corners, np.stack([1 - t, t, np.zeros_like(t)], 1)


def contours(
    r: Regions, points: Double, open_pose: Double, face: Double
) -> dict[int, tuple[Ints, Double]]:
    """Return the lip and lid points: landmark -> corners, weights on base vertices.

    points, open_pose : (V, 3) of the base mesh (at most its first V fine vertices) at rest
    and with an open jaw. face : (468, 3) canonical; gives the spacing along a contour.
    """
    left = points[:, 0] > 0
    sets = (
        (LIPS_OUTER, r.mouth_ring == LIP_EDGE),
        (LIPS_INNER, r.mouth_ring == LIP_SEAM),
        (LIDS_RIGHT, (r.eye_ring == LID_EDGE) & ~left),
        (LIDS_LEFT, (r.eye_ring == LID_EDGE) & left),
    )
    found: dict[int, tuple[Ints, Double]] = {}
    for chains, mask in sets:
        ring = np.flatnonzero(mask)
        for ids, upper in zip(chains, (True, False), strict=True):
            steps = np.linalg.norm(np.diff(face[list(ids)], axis=0), axis=1)
            fractions = np.append(0, np.cumsum(steps)) / steps.sum()
            corners, weights = _along(_chain(ring, points, open_pose, upper), points, fractions)
            found |= {i: (c, w) for i, c, w in zip(ids, corners, weights, strict=True)}
    return found


def _similar(source: Double, goal: Double) -> tuple[Double, Double, Double]:
    """Return scale * rotation (3, 3), and both means, that carry `source` (N, 3) to `goal`."""
    a, b = source - source.mean(0), goal - goal.mean(0)
    u, s, vt = np.linalg.svd(a.T @ b)
    turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    return turn * (s.sum() / (a**2).sum()), source.mean(0), goal.mean(0)


def _spread(at: Double, moves: Double, where: Double, width: float) -> Double:
    """Return moves known at points, carried smoothly to `where` (kernel of `width` mm)."""

    def kernel(p: Double, q: Double) -> Double:
        return np.exp(-np.linalg.norm(p[:, None] - q[None], axis=2) / width)

    weights = np.linalg.solve(kernel(at, at) + 0.02 * np.eye(len(at)), moves)
    return kernel(where, at) @ weights


def fit_canonical(
    face: Double, known: dict[int, Double], vertices: Double, skin: Ints
) -> Double:
    """Return (468, 3) mm: the canonical face laid on the `skin` triangles (T, 3).

    known : landmark -> position (3,) that is settled already (the contours).
    """
    ids = np.array(sorted(known))
    goal = np.stack([known[i] for i in ids])
    turn, source, target = _similar(face[ids], goal)
    points = (face - source) @ turn + target
    opposite = mirror(face)
    for width in (60.0, 40.0, 25.0, 15.0, 10.0):
        points = points + _spread(points[ids], goal - points[ids], points, width)
        corners, weights = closest(points, vertices, skin)
        pull = np.einsum("pk,pkc->pc", weights, vertices[corners]) - points
        pull[ids] = goal - points[ids]
        points = points + _spread(points, pull, points, width / 3)
        points = 0.5 * (points + points[opposite] * [-1, 1, 1])
    points[ids] = goal
    return points


def iris(ball: Ints) -> list[Ints]:
    """Return the five vertices centre, image-right, top, image-left, bottom of an eyeball."""
    first = ball[0] + 1 + LIMBUS * SEGMENTS
    return [ball[0], *(first + k * SEGMENTS // 4 for k in range(4))]


def embed(points: Double, vertices: Double, skin: Ints, fixed: dict[int, tuple[Ints, Double]],
          eyes: tuple[Ints, Ints]) -> Embedding:  # fmt: skip
    """Return the 478 embedding: 468 `points`, `fixed` contours, irises of (right, left)."""
    corners, weights = closest(points, vertices, skin)
    for i, (c, w) in fixed.items():
        corners[i], weights[i] = c, w
    rims = np.array([v for ball in eyes for v in iris(ball)])
    corners = np.concatenate([corners, np.repeat(rims[:, None], 3, 1)])
    weights = np.concatenate([weights, np.tile([[1.0, 0, 0]], (len(rims), 1))])
    return Embedding(corners.astype(np.int32), weights.astype(np.float32))


def ibug(dense: Embedding) -> Embedding:
    """Return the 68-point embedding that picks its points from the 478."""
    rows = np.array(IBUG)
    return Embedding(dense.vertices[rows], dense.weights[rows])


def brow(dense: Embedding, ids: tuple[int, ...], vertices: Float, skin: Ints) -> Ints:
    """Return the skin vertices inside the brow outline `ids`, seen from the front."""
    outline = dense.points(vertices)[list(ids)]
    x, y = vertices[skin, 0], vertices[skin, 1]
    inside = np.zeros(len(skin), bool)
    for (xa, ya, _), (xb, yb, _) in zip(outline, np.roll(outline, -1, 0), strict=True):
        crosses = (ya > y) != (yb > y)
        slope = (xb - xa) / np.where(ya == yb, 1.0, yb - ya)
        inside ^= crosses & (x < xa + (y - ya) * slope)
    front = vertices[skin, 2] > outline[:, 2].min() - 10
    return skin[inside & front].astype(np.int32)
