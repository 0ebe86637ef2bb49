"""The emotion an actor was filmed with: seen in the track, or hidden in the clip's neutral.

A face that smiles through a whole clip looks relaxed to a tracker which measures against the
clip's own neutral, so the filmed emotion has two parts: the steady style still visible in
the coefficients, and the part the neutral swallowed. An edit that replaces has to take both.
"""

import numpy as np

from core.arrays import Bools, Float, check
from core.expression.emotions import LABELS, matrix, units
from core.expression.groups import BLINKS, EMOTIONAL, LID_LOOKS, SHARED, SPEECH, UPPER, indices
from core.track import ARKIT_NAMES, Track

STRONGEST = 1.5
_SWEEPS = 60

# Which shapes carry emotion, not speech: blinks and the lids that follow the gaze do not.
STYLE = np.setdiff1d(
    np.concatenate([UPPER, indices(EMOTIONAL)]), np.concatenate([BLINKS, LID_LOOKS])
)


def resting_emotion(resting: Float) -> Float:
    """Return (7,) 0..1.5 in the order of `LABELS`: what a face at rest seems to feel.

    resting : (52,) coefficients of the clip's neutral against a truly relaxed face of the
    same person. "neutral" is what the six emotions leave of 1.
    """
    check(resting, "E", E=len(ARKIT_NAMES))
    return _explain(np.asarray(resting, np.float32)[None])[0]


def filmed_emotion(track: Track) -> Float:
    """Return (F, 7) 0..1.5: how much of each emotion the coefficients show, frame by frame."""
    return _explain(track["expression"]) * (track["confidence"] > 0)


def style(expression: Float, quiet: Bools) -> Float:
    """Return (52,) coefficients the actor wears throughout, 0 for shapes of speech.

    expression : (F, 52) as filmed. quiet : (F,) frames without speech. Upper face: the
    median of frames without a blink. Mouth: the median of quiet frames, or where there are
    hardly any, the level exceeded in four frames of five.
    """
    worn = np.zeros(expression.shape[1], np.float32)
    if not len(expression):
        return worn
    awake = expression[:, BLINKS].max(1) < 0.4
    calm = expression[awake] if awake.any() else expression
    upper = np.intersect1d(STYLE, UPPER)
    worn[upper] = np.median(calm[:, upper], axis=0)
    mouth = np.setdiff1d(STYLE, UPPER)
    if np.count_nonzero(quiet) >= 8:
        worn[mouth] = np.median(expression[quiet][:, mouth], axis=0)
    else:
        worn[mouth] = np.quantile(expression[:, mouth], 0.2, axis=0)
    return np.clip(worn, 0, 1)


def hidden(resting: Float) -> Float:
    """Return (52,) coefficients which emotions `resting` (7,) left in the clip's neutral."""
    check(resting, "R", R=len(LABELS))
    worn = np.clip(resting, 0, STRONGEST) @ matrix()
    worn[indices(SPEECH)] = 0
    return np.clip(worn, 0, 1).astype(np.float32)


def _explain(expression: Float) -> Float:
    """Return (F, 7): non-negative amounts of the prototypes nearest to (F, 52), in mm.

    Least squares by cyclic coordinate descent, all frames at once; shapes of speech count
    little, for a talking mouth resembles many emotions.
    """
    weight = units() / np.median(units())
    weight = np.clip(weight, 0.25, 2.0)
    weight[indices(SHARED)] *= 0.4
    weight[np.concatenate([indices(SPEECH), BLINKS, LID_LOOKS])] = 0
    feeling = matrix()[1:] * weight
    gram = feeling @ feeling.T + 1e-3 * np.eye(len(feeling), dtype=np.float32)
    match = (expression * weight) @ feeling.T
    amount = np.zeros_like(match)
    for _ in range(_SWEEPS):
        for e in range(len(feeling)):
            rest = match[:, e] - amount @ gram[e] + amount[:, e] * gram[e, e]
            amount[:, e] = np.clip(rest / gram[e, e], 0, STRONGEST)
    neutral = np.clip(1 - amount.sum(1, keepdims=True), 0, 1)
    return np.concatenate([neutral, amount], axis=1).astype(np.float32)
