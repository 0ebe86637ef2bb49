"""Folds of the filmed emotion: frown lines and crow's feet ease where the edit lets go of them.

A fold is texture, geometry cannot move it away. Where the edit takes back what folded the
skin, the band of detail between pores and features is taken out; the finest grain stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.arrays import Float, Rgb
from core.landmarks import sets
from core.track import ARKIT_INDEX, Look

WORK_PX = 200.0  # width of the face at which folds are looked for
FINE, COARSE = 0.006, 0.04  # of the face's width: bounds of what counts as a fold
MOST = 0.85
FULL_AT = 0.5  # coefficients let go of for the full effect
LEAST = 0.03


@dataclass(frozen=True)
class Place:
    """A patch of skin: middle and half axes in eye-corner distances (across, down)."""

    points: tuple[int, ...]
    shift: tuple[float, float]
    size: tuple[float, float]


# What lets go (weight of each shape's decrease) at which patch.
PLACES: tuple[tuple[Place, tuple[tuple[str, float], ...]], ...] = (
    (
        Place((9, 8), (0.0, 0.02), (0.17, 0.26)),
        (
            ("browDownLeft", 0.5), ("browDownRight", 0.5), ("browInnerUp", 0.4),
            ("noseSneerLeft", 0.3), ("noseSneerRight", 0.3),
        ),
    ),
    (
        Place((151, 10), (0.0, 0.0), (0.55, 0.22)),
        (("browInnerUp", 0.6), ("browOuterUpLeft", 0.25), ("browOuterUpRight", 0.25)),
    ),
    (
        Place((33,), (-0.16, 0.06), (0.17, 0.2)),
        (("cheekSquintRight", 0.5), ("eyeSquintRight", 0.4), ("mouthSmileRight", 0.5)),
    ),
    (
        Place((263,), (0.16, 0.06), (0.17, 0.2)),
        (("cheekSquintLeft", 0.5), ("eyeSquintLeft", 0.4), ("mouthSmileLeft", 0.5)),
    ),
    (
        Place((205, 92), (0.02, 0.0), (0.15, 0.24)),
        (("mouthSmileRight", 0.5), ("mouthUpperUpRight", 0.4), ("noseSneerRight", 0.3)),
    ),
    (
        Place((425, 322), (-0.02, 0.0), (0.15, 0.24)),
        (("mouthSmileLeft", 0.5), ("mouthUpperUpLeft", 0.4), ("noseSneerLeft", 0.3)),
    ),
)  # fmt: skip
OPPOSED = {"browDownLeft": ("browInnerUp", 0.35), "browDownRight": ("browInnerUp", 0.35)}


def let_go(filmed: Look, edited: Look) -> Float:
    """Return (6,) 0..1: how far each of `PLACES` is released from its folds."""
    change = edited.expression - filmed.expression
    amounts = []
    for _, shapes in PLACES:
        total = 0.0
        for name, weight in shapes:
            eased = max(-float(change[ARKIT_INDEX[name]]), 0.0)
            if name in OPPOSED:
                other, share = OPPOSED[name]
                eased = max(eased, share * float(change[ARKIT_INDEX[other]]))
            total += weight * eased
        amounts.append(min(total / FULL_AT, 1.0) * MOST)
    return np.array(amounts, np.float32)


def without_folds(rgb: Rgb, points: Float, face_px: float, amounts: Float) -> Rgb:
    """Return the frame with the folds of each place eased; `rgb` itself where none is."""
    wanted = [(place, a) for (place, _), a in zip(PLACES, amounts, strict=True) if a > LEAST]
    if not wanted:
        return rgb
    zoom = min(WORK_PX / face_px, 1.0)
    box = _box(points, rgb.shape, face_px)
    x0, y0, x1, y1 = box
    part = rgb[y0:y1, x0:x1]
    size = (max(int((x1 - x0) * zoom), 8), max(int((y1 - y0) * zoom), 8))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    at = (points - (x0, y0)) * np.array([size[0] / (x1 - x0), size[1] / (y1 - y0)])
    weight = _weights(at, small.shape[:2], wanted)
    if not weight.any():
        return rgb
    band = _folds(small, _skin(at, small.shape[:2], face_px * zoom), face_px * zoom)
    change = cv2.resize(
        band * weight[..., None], (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR
    )
    out = rgb.copy()
    out[y0:y1, x0:x1] = np.clip(np.rint(part - change), 0, 255).astype(np.uint8)
    return out


def _box(points: Float, shape: tuple[int, ...], face_px: float) -> tuple[int, int, int, int]:
    low, high = points[: sets.MESH].min(0) - 0.05 * face_px, points[: sets.MESH].max(0)
    x0, y0 = np.clip(np.floor(low), 0, (shape[1] - 9, shape[0] - 9)).astype(int)
    x1, y1 = np.clip(np.ceil(high), (x0 + 8, y0 + 8), (shape[1], shape[0])).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def _weights(at: Float, shape: tuple[int, int], wanted: Sequence[tuple[Place, float]]) -> Float:
    """Return (h, w) how much of a fold is taken out; soft ellipses level with the eyes."""
    across = at[263] - at[33]
    apart = float(np.hypot(*across))
    across = across / apart
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) + 0.5
    out = np.zeros(shape, np.float32)
    for place, amount in wanted:
        middle = at[list(place.points)].mean(0)
        dx, dy = x - middle[0], y - middle[1]
        u = (dx * across[0] + dy * across[1]) / apart - place.shift[0]
        v = (dy * across[0] - dx * across[1]) / apart - place.shift[1]
        r = (u / place.size[0]) ** 2 + (v / place.size[1]) ** 2
        out = np.maximum(out, amount * np.clip(1.6 * np.exp(-1.2 * r) - 0.1, 0, 1))
    return out


def _skin(at: Float, shape: tuple[int, int], face_px: float) -> Float:
    """Return (h, w) 0..1 where bare skin is: not brows, eyes, lips, nostrils."""
    mask = np.ones(shape, np.uint8)
    rings = (
        (sets.UPPER_LID_RIGHT, sets.LOWER_LID_RIGHT, 0.03),
        (sets.UPPER_LID_LEFT, sets.LOWER_LID_LEFT, 0.03),
        (sets.UPPER_BROW_RIGHT, sets.LOWER_BROW_RIGHT, 0.03),
        (sets.UPPER_BROW_LEFT, sets.LOWER_BROW_LEFT, 0.03),
        (sets.OUTER_LIPS, sets.OUTER_LIPS, 0.02),
        (sets.NOSE_BASE, sets.NOSE_BASE, 0.02),
    )
    for upper, lower, margin in rings:
        hull = cv2.convexHull(np.round(at[np.concatenate([upper, lower])]).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, 0)
        cv2.polylines(mask, [hull], True, 0, max(int(2 * margin * face_px), 1))
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.012 * face_px)
    return np.asarray(soft, np.float32)


def _folds(small: Float, skin: Float, face_px: float) -> Float:
    """Return (h, w, 3) the band of detail that folds live in, 0 off the skin."""
    fine = cv2.GaussianBlur(small, (0, 0), max(FINE * face_px, 0.6))
    weight = skin[..., None] ** 2
    sigma = COARSE * face_px
    coarse = cv2.GaussianBlur(small * weight, (0, 0), sigma)
    coarse /= np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 0.02)[..., None]
    return (fine - coarse) * weight
