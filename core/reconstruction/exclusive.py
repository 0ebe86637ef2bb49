"""Pairs of expressions that one face does not show at once."""

import numpy as np

from core.arrays import Float
from core.track import ARKIT_INDEX

# (group, group, softness): 0 = only the stronger stays; 1 = both may stay. reconstruction.md
# 2.4 lists the groups; anger and sadness do combine frown and press, so that pair is absent.
_HARD, _SOFT = 0.0, 0.5
GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...], float], ...] = (
    *(
        pair
        for side in ("Left", "Right")
        for pair in (
            (("eyeBlink" + side,), ("eyeWide" + side,), _HARD),
            (("eyeLookDown" + side,), ("eyeLookUp" + side,), _HARD),
            (("eyeLookIn" + side,), ("eyeLookOut" + side,), _HARD),
            (("browDown" + side,), ("browOuterUp" + side,), _SOFT),
            (("mouthFrown" + side,), ("mouthSmile" + side,), _SOFT),
        )
    ),
    (("jawLeft",), ("jawRight",), _HARD),
    (("mouthLeft",), ("mouthRight",), _HARD),
    (("mouthRollUpper",), ("mouthUpperUpLeft", "mouthUpperUpRight"), _SOFT),
    (("mouthRollLower",), ("mouthLowerDownLeft", "mouthLowerDownRight"), _SOFT),
)


def exclusive(expression: Float) -> Float:
    """Return (F, 52) coefficients in which the weaker of opposite groups gives way.

    The weaker group loses by how much it is weaker, times 1 - softness: it is gone at half
    the strength of the other, and nothing jumps where the two change places. Lips never
    close further than the jaw is open.
    """
    out = expression.copy()
    for first, second, softness in GROUPS:
        a, b = [ARKIT_INDEX[n] for n in first], [ARKIT_INDEX[n] for n in second]
        x, y = expression[:, a].max(1, keepdims=True), expression[:, b].max(1, keepdims=True)
        weak_a, weak_b = x < y, y <= x
        keep = 1 - softness
        out[:, a] = np.where(weak_a, np.maximum(out[:, a] - keep * (y - x), 0), out[:, a])
        out[:, b] = np.where(weak_b, np.maximum(out[:, b] - keep * (x - y), 0), out[:, b])
    close, jaw = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    out[:, close] = np.minimum(out[:, close], out[:, jaw])
    return out
