"""From phonemes in time to the 52 coefficients of a speaking mouth.

Eight articulation controls a phoneme, smoothed by coarticulation, then closures enforced, then
a fixed map to the ARKit shapes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.arrays import Float
from core.track import ARKIT_INDEX

CONTROLS = ("jaw", "closed", "pucker", "wide", "upper", "lower", "roll", "press")
RATE = 200  # samples a second of the articulation curves
LEAD_S = 0.03  # the face is ahead of the sound
HOLD_S = 0.045  # a bilabial stays closed at least so long


@dataclass(frozen=True)
class Phoneme:
    """A sound (IPA) from `start` to `end`, seconds."""

    name: str
    start: float
    end: float


_TARGETS: tuple[tuple[str, dict[str, float]], ...] = (
    ("p b m", {"closed": 1, "roll": 0.35, "press": 0.35}),
    ("f v", {"jaw": 0.1, "closed": 0.2, "upper": 0.3, "lower": -0.2, "roll": 0.6}),
    ("u ʊ w", {"jaw": 0.2, "pucker": 1}),
    ("o ɔ əʊ oʊ", {"jaw": 0.5, "pucker": 0.6, "lower": 0.2}),
    ("i e ɪ ɛ eɪ", {"jaw": 0.3, "wide": 0.8, "upper": 0.2, "lower": 0.2}),
    ("a æ ʌ ɑ ɒ ɐ ə ɜ aɪ aʊ ɚ", {"jaw": 0.8, "wide": 0.2, "upper": 0.2, "lower": 0.4}),
    ("ʃ tʃ ʒ dʒ r ɹ", {"jaw": 0.2, "pucker": 0.5, "upper": 0.2, "lower": 0.3}),
    (
        "s z t d n l ɾ θ ð",
        {"jaw": 0.15, "pucker": 0.1, "wide": 0.3, "upper": 0.1, "lower": 0.2, "press": 0.05},
    ),
    ("k ɡ g ŋ h j", {"jaw": 0.3, "wide": 0.1, "upper": 0.1, "lower": 0.1}),
)
TARGETS = {name: target for names, target in _TARGETS for name in names.split()}
_UNSTRESSED = {"ə", "ɐ", "ɪ", "ɚ"}  # reduced vowels open less


def target(name: str) -> Float:
    """Return (8,) control values of a phoneme; an unknown or empty name is rest."""
    stem = name.replace("ː", "")
    values = TARGETS.get(stem) or TARGETS.get(stem[:2]) or TARGETS.get(stem[:1]) or {}
    gain = 0.6 if stem in _UNSTRESSED else 1.0
    return gain * np.array([values.get(c, 0.0) for c in CONTROLS])


def articulation(phonemes: Sequence[Phoneme], duration: float, hold: float = 1) -> Float:
    """Return (T, 8) controls at `RATE`, coarticulated, with every closure complete.

    hold : by how many times longer contacts last than usual.
    """
    t = np.arange(int(np.ceil(duration * RATE))) / RATE + LEAD_S
    raw = np.zeros((len(t), 8))
    vowel = np.zeros(len(t), bool)
    for p in phonemes:
        inside = (t >= p.start) & (t < p.end)
        raw[inside] = target(p.name)
        vowel[inside] = bool(p.name) and p.name[0] in "aeiouæʌɑɒɐəɜɪɛɔʊ"
    slow = gaussian_filter1d(raw, 0.05 * RATE, axis=0)
    quick = gaussian_filter1d(raw, 0.025 * RATE, axis=0)
    curves = np.where(vowel[:, None], slow, quick)
    curves = gaussian_filter1d(curves, 0.012 * RATE, axis=0)
    for p in phonemes:
        kind = target(p.name)
        if kind[CONTROLS.index("closed")] >= 0.2:
            _enforce(curves, t, p, kind, hold)
    return curves


def _enforce(curves: Float, t: Float, p: Phoneme, kind: Float, hold: float) -> None:
    """Hold the contact of a bilabial or labiodental: smoothing would leave it half open."""
    middle, half = (p.start + p.end) / 2, hold * max(p.end - p.start, HOLD_S) / 2
    inside = np.clip(1 - (np.abs(t - middle) - half) / 0.05, 0, 1)  # ramps of 50 ms
    inside = (inside * inside * (3 - 2 * inside))[:, None]
    curves[:] = curves * (1 - inside) + np.maximum(kind, 0) * inside


def expression(controls: Float) -> Float:
    """Return (T, 52) coefficients of (T, 8) controls."""
    jaw, closed, pucker, wide, upper, lower, roll, press = np.clip(controls, 0, 1).T
    out = np.zeros((len(controls), 52))

    def add(name: str, values: Float) -> None:
        for full in (name, f"{name}Left", f"{name}Right"):
            if full in ARKIT_INDEX:
                out[:, ARKIT_INDEX[full]] += values

    opened = 0.55 * jaw * (1 - 0.9 * closed) + 0.04 * closed
    add("jawOpen", opened)
    add("mouthClose", 0.9 * opened * closed)
    add("mouthPress", 0.3 * closed + 0.6 * press)
    add("mouthPucker", 0.75 * pucker * (1 - 0.5 * closed))
    add("mouthFunnel", 0.3 * pucker * jaw)
    add("mouthStretch", 0.25 * wide)
    add("mouthDimple", 0.15 * wide)
    add("mouthSmile", 0.12 * wide)
    add("mouthUpperUp", (0.6 * upper + 0.15 * jaw) * (1 - closed))
    add("mouthLowerDown", 0.6 * lower * (1 - closed))
    add("mouthRollLower", 0.7 * roll)
    add("mouthRollUpper", 0.25 * roll * closed)
    return np.clip(out, 0, 1)
