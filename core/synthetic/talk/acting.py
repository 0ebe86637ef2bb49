"""One mouth for two things at once: how an emotion and an articulation share a face.

They do not add. Closed lips stay closed whatever the lips feel and never pass through each
other, a smile gives way to rounded
lips and rounded lips to a smile, the upper lip is raised over an open mouth only, loud emotions
hold closures longer, and speech leaves the mouth less room for feeling than silence does. So
no mean offset turns one emotion into another, and an honest method has something to learn.
Everything is a function of what is said, the emotion, the actor and the seed of the clip: the
truth of any clip in any other emotion follows exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.arrays import Double, Float
from core.expression.emotions import LABELS
from core.expression.groups import EMOTIONAL, SHARED, SPEECH, indices
from core.face.articulation import articulation as mouth_of
from core.face.model import built_in
from core.synthetic.speech.visemes import CONTROLS, RATE, Phoneme, articulation, expression
from core.synthetic.talk.actors import AROUSAL, Actor
from core.track import ARKIT_INDEX

BLINKS_A_MINUTE = 15.0
FALL_S, SHUT_S, RISE_S = 0.07, 0.05, 0.13
ONSET_S = 0.3  # an emotion is there when the clip begins, but comes to its height in it
WORN_OUT = 0.15  # by which it swells and fades
OVERLAP_MM = 0.5  # by which lips yield where they meet
SATURATION = 0.9  # of gains: a mouth has an end
_CLOSED, _PUCKER, _JAW = (CONTROLS.index(n) for n in ("closed", "pucker", "jaw"))
_MOUTH = np.setdiff1d(
    indices((*SPEECH, *SHARED, *EMOTIONAL)), indices(("noseSneer", "cheekSquint", "cheekPuff"))
)
_PARTING = indices(("mouthUpperUp", "mouthLowerDown"))
_RAISED = indices(("mouthUpperUp",))
_SMILES, _ROUND = (
    indices(("mouthSmile", "mouthStretch")),
    indices(("mouthPucker", "mouthFunnel")),
)
_JAW_OPEN, _CLOSE = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
_BLINK, _WIDE, _DOWN = indices(("eyeBlink",)), indices(("eyeWide",)), indices(("eyeLookDown",))
_WANDERING = indices(("browInnerUp", "browDown", "browOuterUp", "eyeSquint", "cheekSquint"))


@dataclass(frozen=True, eq=False)
class Performance:
    """expression : (F, 52). controls : (F, 8) of `CONTROLS`, as the emotion let them be."""

    expression: Float
    controls: Float


def perform(
    actor: Actor, emotion: str, phonemes: Sequence[Phoneme], moments: Double, seed: int
) -> Performance:
    """Return the actor saying `phonemes` in an emotion, seen at `moments` (F,) seconds.

    seed : of what happens by chance, blinks and small movements; equal in all emotions.
    """
    e = LABELS.index(emotion)
    hold = 1 + 0.2 * AROUSAL[emotion]
    curves = articulation(phonemes, float(moments[-1]) + 0.3, hold)
    grid = np.arange(len(curves)) / RATE
    seen = np.stack([np.interp(moments, grid, curve) for curve in curves.T], 1)
    controls = _gained(seen, actor.gains[e])
    speech = _activity(curves, moments)
    rng = np.random.default_rng(seed)
    swell, wander, lids = _chance(moments, rng)
    offset = actor.offsets[e] * swell[:, None]
    face = _joined(expression(controls), offset, controls, speech, float(actor.jaw[e]))
    face[:, _WANDERING] += wander * (0.25 + 0.75 * (face[:, _WANDERING] > 0.05))
    face[:, _BLINK] = np.maximum(face[:, _BLINK], lids[:, None])
    face[:, _WIDE] *= 1 - face[:, _BLINK]
    return Performance(np.clip(face, 0, 1).astype(np.float32), controls.astype(np.float32))


def _gained(controls: Float, gains: Float) -> Float:
    """Return controls louder or softer, bounded; closures are complete in any emotion."""
    bounded = np.tanh(SATURATION * gains * controls) / np.tanh(SATURATION)
    bounded[:, _CLOSED] = controls[:, _CLOSED]
    return np.clip(bounded, 0, 1)


def _joined(
    speech_face: Float, offset: Float, controls: Float, activity: Float, hanging: float
) -> Float:
    """Return (F, 52): the speaking face with an emotion on it."""
    closed, pucker, jaw = (controls[:, [i]] for i in (_CLOSED, _PUCKER, _JAW))
    feeling = offset.copy()
    feeling[:, _MOUTH] *= (1 - 0.7 * closed) * (1 - 0.4 * activity)
    feeling[:, _PARTING] *= 1 - closed
    feeling[:, _RAISED] *= np.clip(0.25 + (jaw - 0.1) / 0.2, 0.25, 1)
    smile = offset[:, _SMILES[:1]]
    feeling[:, _SMILES] *= 1 - 0.6 * pucker
    feeling[:, [_JAW_OPEN]] += hanging * (1 - activity) * (1 - 0.95 * closed)
    spoken = speech_face.copy()
    spoken[:, _ROUND] *= 1 - 0.5 * smile
    face = spoken + feeling * (1 - np.clip(spoken, 0, 1))
    # Lips that meet over an open jaw go with it.
    face[:, [_CLOSE]] = np.maximum(face[:, [_CLOSE]], 0.9 * face[:, [_JAW_OPEN]] * closed)
    face[:, _CLOSE] = np.minimum(face[:, _CLOSE], face[:, _JAW_OPEN])
    return _met(face)


def _met(face: Float) -> Float:
    """Return (F, 52) whose lips, measured on the head, overlap by `OVERLAP_MM` at most.

    Lips are flesh and stop where they meet: pressed, rolled in or smiling, they need less
    closing, and then a jaw that stands a little lower. So what a closure takes depends on
    the emotion, and a mean offset does not know it.
    """
    aperture = _aperture()
    deep = np.maximum(-OVERLAP_MM - face @ aperture, 0)
    less = np.minimum(deep / -aperture[_CLOSE], face[:, _CLOSE])
    deep += less * aperture[_CLOSE]
    face[:, _CLOSE] -= less
    face[:, _JAW_OPEN] += deep / aperture[_JAW_OPEN]
    return face


@cache
def _aperture() -> Double:
    """Return (52,) mm: how far each shape parts the lips of the head that ships."""
    face = built_in()
    mouth = mouth_of(face, face.neutral)
    return mouth.gradient[mouth.names.index("aperture")].astype(np.float64)


def _activity(curves: Float, moments: Double) -> Float:
    """Return (F, 1) 0..1: how much the mouth is speaking."""
    speed = np.linalg.norm(np.gradient(curves, 1 / RATE, axis=0), axis=1)
    smooth = gaussian_filter1d(speed, 0.12 * RATE)
    level = smooth / max(float(np.quantile(smooth, 0.9)), 1e-6)
    grid = np.arange(len(curves)) / RATE
    return np.clip(np.interp(moments, grid, level), 0, 1)[:, None]


def _chance(moments: Double, rng: np.random.Generator) -> tuple[Float, Float, Float]:
    """Return (F,) swelling of an emotion, (F, W) wandering of brows and lids, (F,) blinks."""
    phase, frequency = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.6)
    onset = np.clip(0.75 + 0.25 * moments / ONSET_S, 0, 1)
    swell = onset * (1 + WORN_OUT * np.sin(2 * np.pi * frequency * moments + phase))
    step = float(np.median(np.diff(moments))) if len(moments) > 1 else 0.04
    slow = gaussian_filter1d(
        rng.standard_normal((len(moments) + 100, len(_WANDERING))), 0.35 / step, axis=0
    )[50:-50]
    wander = 0.03 * slow / max(float(slow.std()), 1e-6)
    duration = float(moments[-1]) + 1
    starts = rng.uniform(-0.3, duration, rng.poisson(BLINKS_A_MINUTE * duration / 60))
    lids = np.zeros(len(moments))
    for start in starts:
        knots = start + np.cumsum([0, FALL_S, SHUT_S, RISE_S])
        lids = np.maximum(lids, np.interp(moments, knots, [0, 1, 1, 0], 0, 0))
    return swell, wander, lids
