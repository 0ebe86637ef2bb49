"""Steadier coefficients over time that keep every blink and every closure of the lips."""

import numpy as np

from core.arrays import Float
from core.track import ARKIT_NAMES

SIGMA = 1.0  # frames
RADIUS = 3
# Change of a coefficient that counts as movement, not noise, where a movement of three frames
# is a blink or lips that meet. All other muscles are slow: any change in a frame is noise.
STEP = 0.08
_FAST = ("eyeBlink", "jawOpen", "mouthClose")
STEPS = np.array([STEP if n.startswith(_FAST) else np.inf for n in ARKIT_NAMES], np.float32)


def steadied(expression: Float, confidence: Float) -> Float:
    """Return (F, 52) coefficients smoothed over time; frames without a face take no part.

    A Gaussian in time. For what moves fast it is a bilateral filter: a frame counts less the
    further it is away in time *and* in value, so a 3-frame blink keeps its depth.
    """
    seen = (confidence > 0).astype(np.float32)[:, None]
    total, weight = expression * seen, np.repeat(seen, expression.shape[1], 1)
    for lag in range(1, RADIUS + 1):
        near = np.exp(-(lag**2) / (2 * SIGMA**2))
        for a, b in (
            (slice(lag, None), slice(None, -lag)),
            (slice(None, -lag), slice(lag, None)),
        ):
            here, there = expression[a], expression[b]
            w = near * np.exp(-((here - there) ** 2) / (2 * STEPS**2)) * seen[b] * seen[a]
            total[a] += w * there
            weight[a] += w
    return np.where(weight > 0, total / np.maximum(weight, 1e-9), 0).astype(np.float32)
