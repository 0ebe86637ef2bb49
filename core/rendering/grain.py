"""The grain of a clip, for what is drawn into it: invented teeth must not look cleaner."""

import cv2
import numpy as np

from core.arrays import Float, Rgb

CHEEKS = (50, 280, 101, 330, 151)  # calm skin, away from hair and folds
PATCH = 6  # px to either side
# Standard deviation over the median absolute deviation, and what a 3 x 3 blur takes of it.
TO_SIGMA = 1.4826 / 0.94


def grain_level(rgb: Rgb, points: Float) -> float:
    """Return the standard deviation 0..255 of the finest detail on calm skin."""
    found = []
    for x, y in points[list(CHEEKS)].astype(int):
        part = rgb[max(y - PATCH, 0) : y + PATCH, max(x - PATCH, 0) : x + PATCH]
        if min(part.shape[:2]) < 5:
            continue
        fine = part.astype(np.float32)
        fine -= cv2.blur(fine, (3, 3))
        found.append(float(np.median(np.abs(fine[1:-1, 1:-1]))) * TO_SIGMA)
    return float(np.median(found)) if found else 0.0


def grained(picture: Rgb, level: float, seed: int = 0) -> Rgb:
    """Return `picture` with grain of `level` added; the same for the same seed."""
    if level <= 0:
        return picture
    noise = np.random.default_rng(seed).normal(0, level, picture.shape[:2])[..., None]
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
