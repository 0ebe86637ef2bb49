"""A complexion drawn at random: albedo for every vertex, and the colours of the eyes."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float
from core.synthetic.surface import CAVITY, LASH, TEETH, TONGUE, Surface

# Linear RGB of light, medium and dark skin; our own picks, interpolated.
_TONES = np.array([[0.78, 0.53, 0.42], [0.48, 0.27, 0.18], [0.11, 0.06, 0.04]], np.float32)
_HAIR = np.array(
    [[0.015, 0.012, 0.01], [0.07, 0.04, 0.02], [0.3, 0.2, 0.1], [0.3, 0.28, 0.26]], np.float32
)
_IRIS = np.array([[0.05, 0.025, 0.012], [0.12, 0.16, 0.2], [0.1, 0.12, 0.06]], np.float32)


@dataclass(frozen=True, eq=False)
class Complexion:
    """The colours of one person, linear RGB.

    albedo : (V, 3). grain : (256, 256) relative fine texture, planar on the rest head, one
    texel `grain_mm` wide. iris : (3,). pupil : radius over the eyeball's. gloss : strength of
    the skin's highlight.
    """

    albedo: Float
    grain: Float
    grain_mm: float
    iris: Float
    pupil: float
    sclera: Float
    gloss: float


def _waves(rest: Float, rng: np.random.Generator, shortest: float, longest: float) -> Float:
    """Return (V,) smooth noise of sd about 1: eight random waves of those lengths (mm)."""
    length = np.exp(rng.uniform(np.log(shortest), np.log(longest), 8))
    direction = rng.normal(size=(8, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    phase = rest @ (direction * (2 * np.pi / length[:, None])).T + rng.uniform(0, 2 * np.pi, 8)
    return (np.cos(phase).sum(1) / 2).astype(np.float32)


def _grain(rng: np.random.Generator) -> Float:
    fine = rng.normal(size=(256, 256))
    coarse = np.kron(rng.normal(size=(64, 64)), np.ones((4, 4)))
    return (fine * rng.uniform(0, 0.06) + coarse * rng.uniform(0, 0.05)).astype(np.float32)


def _mixed(albedo: Float, mask: Float, colour: Float) -> Float:
    return albedo + mask[:, None] * (colour - albedo)


def tone(rng: np.random.Generator) -> Float:
    """Return (3,) a skin colour, linear RGB."""
    at = rng.uniform(0, 2)
    low = min(int(at), 1)
    base = _TONES[low] * (low + 1 - at) + _TONES[low + 1] * (at - low)
    return (base * np.exp(rng.normal(0, [0.1, 0.08, 0.1]))).astype(np.float32)


def random_complexion(
    surface: Surface, rng: np.random.Generator, plain: float = 0.3
) -> Complexion:
    """Return a random complexion; with chance `plain` brows, lips and lashes stay unpainted."""
    rest = surface.rest
    skin, hair = tone(rng), _HAIR[rng.integers(len(_HAIR))] * np.float32(rng.uniform(0.6, 1.4))
    hair = hair * min(1.0, 0.7 * skin[1] / hair[1])  # hair is darker than the skin around it
    blotches = 1 + rng.uniform(0, 0.1) * _waves(rest, rng, 15, 80)
    redness = np.clip(rng.uniform(0, 0.12) * _waves(rest, rng, 20, 60), -0.2, 0.2)
    albedo = skin * blotches[:, None] * np.exp(redness[:, None] * np.array([0.4, -0.6, -0.5]))
    if rng.random() > plain:
        lips = skin * np.array([0.85, 0.5, 0.5]) * np.exp(rng.normal(0, [0.15, 0.25, 0.2]))
        albedo = _mixed(albedo, surface.lips * rng.uniform(0.4, 1), lips)
        brow = np.clip(surface.brows * (1.1 + 0.25 * _waves(rest, rng, 3, 9)), 0, 1)
        albedo = _mixed(albedo, brow * rng.uniform(0.4, 1), hair * 1.2)
        lash = np.maximum(
            surface.lash_upper * rng.uniform(0.4, 1), surface.lash_lower * rng.uniform(0, 0.6)
        )
        albedo = _mixed(albedo, lash, hair * 0.5)
    if rng.random() < 0.2:
        albedo = _mixed(albedo, surface.beard * rng.uniform(0.2, 0.8), hair * 1.5)
    if rng.random() < 0.8:
        scalp = np.clip(surface.scalp * (1 + 0.4 * _waves(rest, rng, 4, 30)), 0, 1)
        albedo = _mixed(albedo, scalp, hair)
    kind = surface.kind[:, None]
    teeth = np.array([0.75, 0.7, 0.58]) * rng.uniform(0.6, 1.05)
    flesh = np.array([0.42, 0.13, 0.12]) * rng.uniform(0.6, 1.2)
    albedo = np.where(kind == TEETH, teeth, albedo)
    albedo = np.where(kind == TONGUE, flesh, albedo)
    albedo = np.where(kind == CAVITY, flesh * rng.uniform(0.2, 0.6), albedo)
    albedo = np.where(kind == LASH, hair * 0.6, albedo)
    return Complexion(
        albedo=np.clip(albedo, 0.003, 0.95).astype(np.float32),
        grain=_grain(rng),
        grain_mm=float(rng.uniform(0.4, 0.9)),
        iris=(_IRIS[rng.integers(3)] * np.exp(rng.normal(0, 0.3, 3))).astype(np.float32),
        pupil=float(rng.uniform(0.14, 0.26)),
        sclera=(np.array([0.72, 0.68, 0.65]) * rng.uniform(0.75, 1.1)).astype(np.float32),
        gloss=float(rng.uniform(0, 0.25)),
    )
