"""The actor's performance: speech, blinks, brows, gaze and head motion, frame by frame."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.arrays import Float
from core.synthetic.speech.visemes import RATE, Phoneme, articulation, expression
from core.times import Times
from core.track import ARKIT, ARKIT_INDEX, Track

DISTANCE_MM = 640.0
BLINKS_S = (0.75, 2.05, 3.1, 4.75)  # when the lids begin to fall
FALL_S, SHUT_S, RISE_S = 0.08, 0.05, 0.14


def perform(phonemes: Sequence[Phoneme], times: Times, seed: int) -> Track:
    """Return the track of a friendly person saying `phonemes`, one row a frame."""
    rng = np.random.default_rng(seed)
    t = times.moments()
    curves = expression(articulation(phonemes, float(t[-1]) + 0.2))
    columns = np.arange(len(curves)) / RATE
    mouth = np.stack([np.interp(t, columns, curve) for curve in curves.T], 1)
    values = np.zeros((len(t), ARKIT.width))
    values[:, ARKIT.slices["expression"]] = _face(mouth, t, rng)
    values[:, ARKIT.slices["head_rotation"]] = _rotation(t, mouth, rng)
    values[:, ARKIT.slices["head_translation"]] = _place(t, rng)
    values[:, ARKIT.slices["eyes"]] = _gaze(t, rng)
    values[:, ARKIT.slices["confidence"]] = 1
    track = Track(ARKIT, values.astype(np.float32), times)
    return track.with_group("expression", _lids_follow_gaze(track["expression"], track["eyes"]))


def blink(t: Float) -> Float:
    """Return (F,) lid closure 0..1: a quick fall, a short hold, a slower rise."""
    closed = np.zeros(len(t))
    for start in BLINKS_S:
        knots = start + np.cumsum([0, FALL_S, SHUT_S, RISE_S])
        closed = np.maximum(closed, np.interp(t, knots, [0, 1, 1, 0], 0, 0))
    return closed


def _face(mouth: Float, t: Float, rng: np.random.Generator) -> Float:
    face = mouth.copy()
    stress = gaussian_filter1d(mouth[:, ARKIT_INDEX["jawOpen"]], 4)
    wander = gaussian_filter1d(rng.standard_normal((len(t), 6)), 8, axis=0)
    wander /= wander.std(0) + 1e-9
    for name, level in (
        ("browInnerUp", 0.06 + 0.17 * stress + 0.03 * wander[:, 0]),
        ("browOuterUpLeft", 0.05 + 0.13 * stress + 0.03 * wander[:, 1]),
        ("browOuterUpRight", 0.05 + 0.11 * stress + 0.03 * wander[:, 2]),
        ("eyeSquintLeft", 0.05 + 0.02 * wander[:, 3]),
        ("eyeSquintRight", 0.05 + 0.02 * wander[:, 3]),
        ("mouthSmileLeft", 0.04 + 0.02 * wander[:, 4]),
        ("mouthSmileRight", 0.04 + 0.02 * wander[:, 5]),
    ):
        face[:, ARKIT_INDEX[name]] += level
    lids = blink(t)
    for side in ("Left", "Right"):
        face[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids
    return np.clip(face, 0, 1)


def _rotation(t: Float, mouth: Float, rng: np.random.Generator) -> Float:
    """Axis-angle rad: slow turns with a nod on the louder syllables."""
    slow = gaussian_filter1d(rng.standard_normal((len(t) + 80, 3)), 14, axis=0)[40:-40]
    slow /= slow.std(0)
    pitch = 0.030 * slow[:, 0] + 0.05 * gaussian_filter1d(mouth[:, ARKIT_INDEX["jawOpen"]], 3)
    yaw = 0.075 * slow[:, 1] + 0.09 * np.sin(2 * np.pi * t / 4.4)
    return np.stack([-pitch, yaw, 0.025 * slow[:, 2]], 1)


def _place(t: Float, rng: np.random.Generator) -> Float:
    drift = gaussian_filter1d(rng.standard_normal((len(t) + 80, 3)), 16, axis=0)[40:-40]
    drift /= drift.std(0)
    return np.array([-4, -12, DISTANCE_MM]) + drift * np.array([5, 2.5, 6])


def _gaze(t: Float, rng: np.random.Generator) -> Float:
    """Eye angles rad: holds on the camera and small saccades, both eyes together."""
    jumps = np.sort(rng.uniform(0.2, t[-1], 6))
    yaw = np.concatenate([[0], rng.normal(0, 0.07, 6)])[np.searchsorted(jumps, t)]
    pitch = np.concatenate([[0], rng.normal(0, 0.03, 6)])[np.searchsorted(jumps, t)]
    return np.stack([yaw, pitch, yaw, pitch], 1)


def _lids_follow_gaze(face: Float, eyes: Float) -> Float:
    """Return the coefficients with eyeLook* = angle over 0.5 rad, which moves the lids."""
    face = face.copy()
    for i, side in enumerate(("Left", "Right")):
        outward = eyes[:, 2 * i] if side == "Left" else -eyes[:, 2 * i]
        up = eyes[:, 2 * i + 1]
        for name, angle in (("Out", outward), ("In", -outward), ("Up", up), ("Down", -up)):
            face[:, ARKIT_INDEX[f"eyeLook{name}{side}"]] = np.clip(angle / 0.5, 0, 1)
    return face


def frame_times(seconds: float) -> Times:
    """Return 25 frames a second over `seconds`, in ticks of 1/12800 s (as mp4 writes)."""
    n = int(seconds * 25)
    return Times(np.arange(n, dtype=np.int64) * 512, Fraction(1, 12800))
