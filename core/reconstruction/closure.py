"""How far the lids are shut, from their opening against the person's own; how high brows stand.

The network learnt blinks from one head and answers other people's too weakly; the opening
over that of the open eye tells a blink apart on filmed people (0.1 to 0.4 when shut).
"""

import numpy as np

from core.arrays import Float
from core.reconstruction.distances import LIDS, distances
from core.track import ARKIT_INDEX

OPEN, SHUT = 0.72, 0.28  # share of the open eye's opening at which eyeBlink is 0 and 1
LEAST = 0.6  # of the mean face's opening: an eye that never opens further counts as lowered
_BLINKS = [ARKIT_INDEX["eyeBlinkRight"], ARKIT_INDEX["eyeBlinkLeft"]]
_WIDTHS = ((33, 133), (362, 263))
_BROWS = ((52, 53, 65), (282, 283, 295))


def openings(points: Float) -> Float:
    """Return (..., 2): the gap of the right and the left lids over the eye's width.

    points : (..., 478, 2 or 3), any unit; 0 where they are all 0, without a face.
    """
    gaps = distances(points)[..., : len(LIDS)]
    gaps = gaps.reshape(*gaps.shape[:-1], 2, -1).mean(-1)
    ends = points[..., np.array(_WIDTHS), :]
    widths = np.linalg.norm(ends[..., 0, :] - ends[..., 1, :], axis=-1)
    return gaps / np.maximum(widths, 1e-6)


def brow_heights(points: Float) -> Float:
    """Return (..., 2): how far the right and the left brow stand above the eye's corners.

    points : (..., 478, 2) px; the unit is the eye's width. 0 without a face.
    """
    corners = points[..., np.array(_WIDTHS), :]
    along = corners[..., 1, :] - corners[..., 0, :]
    up = np.stack([along[..., 1], -along[..., 0]], -1)  # rows grow downwards
    brows = points[..., np.array(_BROWS), :].mean(-2) - corners.mean(-2)
    return (brows * up).sum(-1) / np.maximum((along**2).sum(-1), 1e-6)


def with_blinks(expression: Float, points: Float, neutral: Float, reference: Float) -> Float:
    """Return (F, 52) coefficients whose eyeBlink is at least what the lids' openings say.

    points : (F, 478, 3) mm laid over `neutral` (478, 3); reference : the mean face.
    """
    usual = np.maximum(openings(neutral), LEAST * openings(reference))
    shut = np.clip((OPEN - openings(points) / usual) / (OPEN - SHUT), 0, 1)
    out = expression.copy()
    out[:, _BLINKS] = np.maximum(out[:, _BLINKS], shut)
    return out
