"""The mouth of one person as a linear function of the 52 coefficients, in millimetres.

Seven coordinates on the neutral-pose head: aperture (signed mean over five inner-lip pairs;
negative = the lips overlap), width (distance of the mouth corners), protrusion (lips in front
of the corners), chin (how far the chin point has dropped), labiodental (lower lip's inner edge
to the upper incisors' edge in the plane of symmetry), upper_lip, lower_lip (heights of the
lips' middles over their height at rest). The two distances are linearised at rest.
"""

import numpy as np

from core.arrays import Double, Float, check
from core.errors import ModelError
from core.face.model import Embedding, FaceModel
from core.stages import Articulation

NAMES = ("aperture", "width", "protrusion", "chin", "labiodental", "upper_lip", "lower_lip")
UPPER_INNER, LOWER_INNER = (82, 81, 13, 311, 312), (87, 178, 14, 402, 317)
UPPER, LOWER = (0, 13), (17, 14)  # outer and inner middle of each lip
CORNERS = (61, 291)
CHIN, INNER_LOWER = 152, 14
UP, FORWARD = np.array([0.0, 1, 0]), np.array([0.0, 0, 1])
REACH = 5.0  # mm: an incisor's edge is the low part of the upper teeth this near the middle


def _points(e: Embedding, ids: tuple[int, ...], field: Float) -> Double:
    """Return (..., 3): the mean of the landmarks `ids` in a field (..., V, 3) on the mesh."""
    rows = list(ids)
    picked = field[..., e.vertices[rows], :].astype(np.float64)
    return np.einsum("lk,...lkc->...c", e.weights[rows].astype(np.float64), picked) / len(rows)


def _incisors(face: FaceModel, person: Float) -> np.ndarray:
    """Return the vertices of the upper incisors' edge: lowest, foremost, in the middle."""
    teeth = face.parts.get("teeth_upper")
    if teeth is None or not len(teeth):
        raise ModelError(f"The face model has no upper teeth: {face.name}")
    x, y, z = person[teeth].T
    front = (abs(x - x.mean()) < REACH) & (z > z.max() - REACH)
    edge = front & (y <= y[front].min() + 1.0)
    return teeth[edge]


def articulation(face: FaceModel, person: Float) -> Articulation:
    """Return the mouth coordinates of `person` (V, 3) mm, relaxed, as a linear function.

    The coordinates are of the head itself: pose has no part in them. A displaced mesh has
    ``rest + gradient @ c`` exactly for all but the two distances (width, labiodental).
    """
    check(person, "V 3", V=len(face.neutral))
    e, units = face.embeddings["478"], face.expression
    incisors = _incisors(face, person)

    def both(ids: tuple[int, ...]) -> tuple[Double, Double]:
        return _points(e, ids, person), _points(e, ids, units)

    upper_in, lower_in = both(UPPER_INNER), both(LOWER_INNER)
    upper, lower, lips = both(UPPER), both(LOWER), both((*UPPER, *LOWER))
    right, left, corners = both(CORNERS[:1]), both(CORNERS[1:]), both(CORNERS)
    chin, edge = both((CHIN,)), both((INNER_LOWER,))
    teeth = (
        person[incisors].astype(np.float64).mean(0),
        units[:, incisors].astype(np.float64).mean(1),
    )

    across = left[0] - right[0]
    to_lip = (edge[0] - teeth[0]) * (UP + FORWARD)
    width, gap = np.linalg.norm(across), np.linalg.norm(to_lip)
    rest = [
        (upper_in[0] - lower_in[0]) @ UP,
        width,
        (lips[0] - corners[0]) @ FORWARD,
        0.0,
        gap,
        0.0,
        0.0,
    ]
    gradient = [
        (upper_in[1] - lower_in[1]) @ UP,
        (left[1] - right[1]) @ (across / width),
        (lips[1] - corners[1]) @ FORWARD,
        -chin[1] @ UP,
        (edge[1] - teeth[1]) @ (to_lip / max(gap, 1e-6)),
        upper[1] @ UP,
        lower[1] @ UP,
    ]
    return Articulation(NAMES, np.array(rest, np.float32), np.array(gradient, np.float32))
