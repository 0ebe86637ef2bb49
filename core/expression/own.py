"""The emotion an actor was filmed with: seen in the track, or hidden in the clip's neutral.

A face that smiles through a whole clip looks relaxed to a tracker which measures against the
clip's own neutral, so the filmed emotion has two parts: the steady style still visible in
the coefficients, and the part the neutral swallowed. An edit that replaces has to take both.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from core.arrays import Bools, Float, check
from core.expression.emotions import LABELS, STRONGEST
from core.expression.groups import BLINKS, EMOTIONAL, LID_LOOKS, UPPER, indices
from core.track import ARKIT_NAMES, Track

_SWEEPS = 60
SHRINKAGE = 1.5  # single faces are read cautiously: a level of 0.4 is said of a true 0.6

# Which shapes carry emotion, not speech: blinks and the lids that follow the gaze do not.
STYLE = np.setdiff1d(
    np.concatenate([UPPER, indices(EMOTIONAL)]), np.concatenate([BLINKS, LID_LOOKS])
)

# How people wear emotions (EMFACS unit lists, expression.md 1.2 and 1.3). Not the prototypes:
# those are made to be seen on top of speech, these are met on faces.
_WORN: Mapping[str, Mapping[str, float]] = {
    "angry": {
        "browDown": 0.8, "eyeSquint": 0.45, "eyeWide": 0.2, "noseSneer": 0.4,
        "cheekSquint": 0.15, "mouthPress": 0.4, "mouthFrown": 0.25, "mouthRollLower": 0.15,
        "mouthShrugLower": 0.15, "mouthUpperUp": 0.2,
    },
    "disgusted": {
        "noseSneer": 0.8, "browDown": 0.45, "eyeSquint": 0.4, "cheekSquint": 0.4,
        "mouthUpperUp": 0.6, "mouthFrown": 0.35, "mouthShrugUpper": 0.25, "mouthLowerDown": 0.2,
        "mouthShrugLower": 0.15,
    },
    "fear": {
        "browInnerUp": 0.75, "browOuterUp": 0.35, "browDown": 0.2, "eyeWide": 0.8,
        "mouthStretch": 0.5, "mouthFrown": 0.15, "mouthLowerDown": 0.3,
    },
    "happy": {
        "cheekSquint": 0.55, "eyeSquint": 0.4, "mouthSmile": 0.7, "mouthDimple": 0.2,
        "mouthUpperUp": 0.15, "mouthLowerDown": 0.1,
    },
    "sad": {
        "browInnerUp": 0.7, "browDown": 0.25, "eyeSquint": 0.3, "eyeBlink": 0.12,
        "mouthFrown": 0.55, "mouthShrugLower": 0.35, "mouthPress": 0.1, "mouthRollLower": 0.1,
    },
    "surprised": {
        "browInnerUp": 0.8, "browOuterUp": 0.75, "eyeWide": 0.65, "jawOpen": 0.3,
        "mouthFunnel": 0.12,
    },
}  # fmt: skip
# What the network of resting faces says of people who feel nothing: seven neutral clips.
_RELAXED: Mapping[str, float] = {
    "browOuterUp": 0.25, "browInnerUp": 0.1, "mouthUpperUp": 0.12, "mouthLowerDown": 0.12,
    "jawOpen": 0.12, "eyeSquint": 0.05, "eyeWide": 0.05, "cheekSquint": 0.05,
    "mouthStretch": 0.05, "mouthDimple": 0.03,
}  # fmt: skip


def resting_emotion(resting: Float) -> Float:
    """Return (7,) 0..1.5 in the order of `LABELS`: what a face at rest seems to feel.

    resting : (52,) coefficients of the clip's neutral against the mean face at rest.
    "neutral" is what the six emotions leave of 1. A face may be built like an emotion, so
    this is a guess: see benchmarks/results/emotion_reading.txt.
    """
    check(resting, "E", E=len(ARKIT_NAMES))
    excess = np.asarray(resting, np.float32) - _vector(_RELAXED)
    return _explain(SHRINKAGE * excess[None])[0]


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
    worn = np.clip(resting[1:], 0, STRONGEST) @ _worn()
    kept = np.zeros_like(worn)
    kept[STYLE] = worn[STYLE]
    return np.clip(kept, 0, 1).astype(np.float32)


def _explain(expression: Float) -> Float:
    """Return (F, 7): the non-negative amounts of emotions nearest to (F, 52).

    Least squares by cyclic coordinate descent, all frames at once.
    """
    feeling = _worn()
    gram = feeling @ feeling.T + 1e-3 * np.eye(len(feeling), dtype=np.float32)
    match = expression @ feeling.T
    amount = np.zeros_like(match)
    for _ in range(_SWEEPS):
        for e in range(len(feeling)):
            rest = match[:, e] - amount @ gram[e] + amount[:, e] * gram[e, e]
            amount[:, e] = np.clip(rest / gram[e, e], 0, STRONGEST)
    neutral = np.clip(1 - amount.sum(1, keepdims=True), 0, 1)
    return np.concatenate([neutral, amount], axis=1).astype(np.float32)


@cache
def _worn() -> Float:
    """Return (6, 52): `_WORN` in the order of `LABELS`, without neutral."""
    return np.stack([_vector(_WORN[name]) for name in LABELS[1:]])


def _vector(shapes: Mapping[str, float]) -> Float:
    out = np.zeros(len(ARKIT_NAMES), np.float32)
    for stem, value in shapes.items():
        out[indices([stem])] = value
    return out
