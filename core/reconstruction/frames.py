"""Which frames of a clip tell most about a person: a spread of views and expressions."""

import numpy as np

from core.arrays import Float, Ints
from core.reconstruction.landmark_head import SURFACE
from core.reconstruction.projection import Pose
from core.spool import rows

CANDIDATES = 1500  # of a long clip; enough to find every view


def candidates(F: int) -> Ints:
    """Return the numbers of up to `CANDIDATES` of F frames, evenly spread."""
    return np.unique(np.linspace(0, F - 1, min(F, CANDIDATES)).round().astype(np.int64))


def speed(pixels: Float, frames: Ints) -> Float:
    """Return (N,) how far the landmarks move about `frames` of (F, L, 2), in eye distances."""
    here = rows(pixels, frames)[:, :SURFACE]
    steps = [
        np.linalg.norm(here - rows(pixels, near)[:, :SURFACE], axis=2).mean(1)
        for near in ((frames - 1).clip(0), (frames + 1).clip(0, len(pixels) - 1))
    ]
    return np.maximum(*steps) / _eye_distance(here)


def _eye_distance(pixels: Float) -> Float:
    return np.linalg.norm(pixels[:, 263] - pixels[:, 33], axis=1).clip(1e-6)


def pick_frames(
    pixels: Float, pose: Pose, confidence: Float, speed: Float, count: int = 24
) -> Ints:
    """Return up to `count` frame numbers, spread over head turn, jaw, lids and lips.

    Blurred (fast) and doubtful frames are left out. Farthest-point sampling, which starts at
    the most ordinary frame. Rising order.
    """
    size = _eye_distance(pixels)
    good = confidence > min(0.6, float(np.quantile(confidence, 0.5)) - 1e-9)
    good &= speed <= np.quantile(speed[good], 0.8)
    frames = np.flatnonzero(good)

    def gap(a: int, b: int) -> Float:
        return np.linalg.norm(pixels[frames, a] - pixels[frames, b], axis=1) / size[frames]

    view = pose.rotation[frames, 2]  # the camera's axis seen from the head
    yaw, pitch = np.arctan2(view[:, 0], view[:, 2]), np.arcsin(np.clip(view[:, 1], -1, 1))
    features = np.stack(
        [
            np.rad2deg(yaw) / 30, np.rad2deg(pitch) / 20, gap(13, 14) / 0.25,
            (gap(159, 145) + gap(386, 374)) / 0.12, gap(61, 291) / 0.15,
        ], 1,
    )  # fmt: skip
    first = int(np.argmin(np.abs(features - np.median(features, axis=0)).sum(1)))
    chosen, far = [first], np.full(len(frames), np.inf)
    while len(chosen) < min(count, len(frames)):
        far = np.minimum(far, ((features - features[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(np.argmax(far)))
    return np.sort(frames[chosen])
