"""Expressions drawn at random: what faces do, and a share of what they could do."""

from collections.abc import Mapping

import numpy as np

from core.arrays import Float
from core.track import ARKIT_INDEX, ARKIT_NAMES

# A stem without a side stands for both sides.
_MOUTH: tuple[Mapping[str, float], ...] = (
    {"mouthSmile": 1, "cheekSquint": 0.6},
    {"mouthSmile": 0.8},
    {"mouthSmile": 1, "mouthUpperUp": 0.5, "mouthLowerDown": 0.3, "cheekSquint": 0.7},
    {"mouthSmile": 0.9, "mouthDimple": 0.5, "jawOpen": 0.3},
    {"mouthFrown": 1},
    {"mouthFrown": 0.8, "mouthShrugLower": 0.7},
    {"mouthFrown": 0.6, "mouthStretch": 0.6, "mouthLowerDown": 0.4},
    {"mouthPucker": 1},
    {"mouthPucker": 0.6, "mouthFunnel": 0.5},
    {"mouthFunnel": 1, "jawOpen": 0.3},
    {"jawOpen": 1},
    {"jawOpen": 0.6, "mouthLowerDown": 0.5, "mouthUpperUp": 0.4},
    {"mouthStretch": 1, "jawOpen": 0.3},
    {"mouthStretch": 0.8},
    {"noseSneer": 1, "mouthUpperUp": 0.6, "browDown": 0.5},
    {"mouthUpperUp": 1},
    {"mouthLowerDown": 1},
    {"mouthDimple": 1},
    {"mouthPress": 1},
    {"mouthPress": 0.7, "mouthRollLower": 0.4, "mouthRollUpper": 0.4},
    {"mouthRollLower": 1},
    {"mouthRollUpper": 1},
    {"mouthShrugLower": 1, "mouthShrugUpper": 0.6},
    {"mouthShrugUpper": 1},
    {"cheekPuff": 1},
    {"jawForward": 1},
    {"jawLeft": 1},
    {"jawRight": 1},
    {"mouthLeft": 1},
    {"mouthRight": 1},
)
_UPPER: tuple[Mapping[str, float], ...] = (
    {"browDown": 1},
    {"browDown": 0.9, "eyeSquint": 0.6},
    {"browDown": 0.8, "noseSneer": 0.7},
    {"browInnerUp": 1},
    {"browInnerUp": 0.7, "browDown": 0.4},
    {"browInnerUp": 0.8, "browOuterUp": 0.9},
    {"browInnerUp": 0.8, "browOuterUp": 0.9, "eyeWide": 0.8},
    {"browOuterUp": 1},
    {"eyeWide": 1},
    {"eyeSquint": 1},
    {"eyeSquint": 0.7, "cheekSquint": 0.8},
    {"cheekSquint": 1},
    {"eyeBlink": 1},
    {"eyeBlink": 1},
    {"eyeBlink": 1},
)
# Mouths of speech: open, spread and rounded vowels, closed lips, lip on teeth, and so on.
_SPEECH: tuple[Mapping[str, float], ...] = (
    {"jawOpen": 0.55, "mouthLowerDown": 0.3, "mouthUpperUp": 0.15},
    {"jawOpen": 0.25, "mouthStretch": 0.35, "mouthSmile": 0.15, "mouthLowerDown": 0.3},
    {"jawOpen": 0.3, "mouthFunnel": 0.6, "mouthPucker": 0.25},
    {"jawOpen": 0.1, "mouthPucker": 0.7, "mouthFunnel": 0.3},
    {"mouthPress": 0.4, "mouthRollLower": 0.25, "mouthRollUpper": 0.25},
    {"jawOpen": 0.15, "mouthClose": 0.13, "mouthPress": 0.2},
    {"jawOpen": 0.1, "mouthRollLower": 0.6, "mouthUpperUp": 0.2},
    {"jawOpen": 0.2, "mouthLowerDown": 0.35, "mouthUpperUp": 0.2, "mouthStretch": 0.15},
    {"jawOpen": 0.12, "mouthFunnel": 0.5, "mouthShrugUpper": 0.2},
    {"jawOpen": 0.18, "mouthDimple": 0.2, "mouthLowerDown": 0.15},
)
OPPOSITES = (
    ("jawLeft", "jawRight"), ("mouthLeft", "mouthRight"),
    ("eyeBlinkLeft", "eyeWideLeft"), ("eyeBlinkRight", "eyeWideRight"),
)  # fmt: skip


def columns(stem: str) -> tuple[int, ...]:
    """Return the columns of an ARKit name, or of both sides of a stem."""
    if stem in ARKIT_INDEX:
        return (ARKIT_INDEX[stem],)
    return (ARKIT_INDEX[stem + "Left"], ARKIT_INDEX[stem + "Right"])


def _add(c: Float, event: Mapping[str, float], rng: np.random.Generator, amount: float) -> None:
    left, right = np.exp(rng.normal(0, 0.12, 2))
    if rng.random() < 0.15:  # one-sided
        left, right = (left, 0.15 * right) if rng.random() < 0.5 else (0.15 * left, right)
    for stem, share in event.items():
        both = columns(stem)
        value = share * amount * np.exp(rng.normal(0, 0.25))
        for k, side in zip(both, (left, right) if len(both) == 2 else (1.0, 1.0), strict=False):
            c[k] = max(c[k], value * side)


def _gaze(c: Float, rng: np.random.Generator) -> None:
    """Let both eyes look the same way."""
    x, y = np.clip(rng.normal(0, 0.4, 2), -1, 1)
    side = (
        ("eyeLookOutLeft", "eyeLookInRight") if x > 0 else ("eyeLookInLeft", "eyeLookOutRight")
    )
    for name in side:
        c[ARKIT_INDEX[name]] = abs(x)
    for k in columns("eyeLookUp" if y > 0 else "eyeLookDown"):
        c[k] = abs(y)


def random_expression(rng: np.random.Generator) -> Float:
    """Return (52,) coefficients 0..1; one in ten is neutral but for the gaze."""
    c = np.zeros(len(ARKIT_NAMES), np.float32)
    kind = rng.choice(5, p=[0.06, 0.28, 0.36, 0.23, 0.07])
    if rng.random() < 0.5:
        _gaze(c, rng)
    if kind == 1:
        for _ in range(rng.integers(1, 3)):
            pool = _MOUTH if rng.random() < 0.6 else _UPPER
            _add(c, pool[rng.integers(len(pool))], rng, rng.uniform(0.25, 1.05))
    elif kind in (2, 3):
        _add(c, _UPPER[rng.integers(len(_UPPER))], rng, rng.uniform(0.25, 1.05))
        pool, n = (_MOUTH, rng.integers(1, 3)) if kind == 2 else (_SPEECH, rng.integers(1, 3))
        for _ in range(n):
            _add(c, pool[rng.integers(len(pool))], rng, rng.uniform(0.3, 1.1))
        if kind == 3 and rng.random() < 0.5:
            _add(c, _MOUTH[rng.integers(len(_MOUTH))], rng, rng.uniform(0.2, 0.8))
    elif kind == 4:
        some = rng.random(len(c)) < 0.3
        c[some] = np.maximum(c[some], rng.beta(1.2, 1.6, some.sum()))
    return plausible(c)


def plausible(c: Float) -> Float:
    """Return `c` without what no face does: opposite pairs, lips closed beyond the jaw."""
    c = np.clip(c, 0, 1)
    for a, b in OPPOSITES:
        i, j = ARKIT_INDEX[a], ARKIT_INDEX[b]
        c[i if c[i] < c[j] else j] = 0
    close, jaw = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    c[close] = min(c[close], c[jaw])
    c[ARKIT_INDEX["tongueOut"]] = 0  # 478 points hardly see the tongue
    return c
