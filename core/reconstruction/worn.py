"""What a face that never relaxes wears: the part of its resting shape that is expression.

The shape of a relaxed face tells a smile from a build rather well, a raised or a lowered brow
hardly at all (measured; benchmarks/results/ict.txt), so each shape has to pass its own bar.
"""

import numpy as np

from core.arrays import Float, check
from core.track import ARKIT_NAMES

# The bar: above what relaxed faces reach by their build, on renders and on filmed people.
_BARS = {
    "mouthSmile": 0.1, "cheekSquint": 0.1, "mouthFrown": 0.12, "mouthPress": 0.25,
    "eyeWide": 0.3, "eyeSquint": 0.3, "noseSneer": 0.4, "browInnerUp": 0.4, "browDown": 0.45,
}  # fmt: skip
_NEVER = 2.0
_BAR = np.array(
    [
        next((bar for stem, bar in _BARS.items() if name.startswith(stem)), _NEVER)
        for name in ARKIT_NAMES
    ],
    np.float32,
)
_GAIN = 1.5  # the judgement by shape alone is that much too timid


def worn(resting: Float) -> Float:
    """Return (52,) coefficients 0..1 that a clip's neutral holds, of `Estimate.resting`.

    Added to the coefficients of every frame they count from a truly relaxed face.
    """
    check(resting, "E", E=len(ARKIT_NAMES))
    return np.clip(_GAIN * (resting - _BAR) / np.abs(1 - _BAR), 0, 1).astype(np.float32)
