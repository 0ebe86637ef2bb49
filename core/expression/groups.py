"""Groups of the 52 shapes: by region for the user, by role in speech for the guard."""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np

from core.arrays import Ints
from core.errors import WishError
from core.track import ARKIT_INDEX, ARKIT_NAMES

# Roles in speech (expression.md 2.1). What is in none of the first three is upper face.
SPEECH = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthRollLower",
    "mouthRollUpper",
    "tongueOut",
)
SHARED = (
    "mouthLowerDown",
    "mouthUpperUp",
    "mouthPress",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthStretch",
    "mouthDimple",
)
EMOTIONAL = ("mouthSmile", "mouthFrown", "noseSneer", "cheekPuff", "cheekSquint",
              "jawForward", "jawLeft", "jawRight", "mouthLeft", "mouthRight")  # fmt: skip

_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "expression": ("",),
    "brows": ("brow",),
    "eyes": ("eye",),
    "cheeks": ("cheek", "noseSneer"),
    "jaw": ("jaw",),
    "mouth": ("mouth", "jaw", "tongue"),
}


def indices(stems: Iterable[str]) -> Ints:
    """Return the sorted columns of the shapes named; a stem without a side means both."""
    found: set[int] = set()
    for stem in stems:
        found.update(_of_shape(stem))
    return np.array(sorted(found), np.int64)


def _of_shape(stem: str) -> list[int]:
    names = (stem, f"{stem}Left", f"{stem}Right")
    # jawLeft and mouthLeft are shapes of their own, not sides of "jaw" and "mouth".
    if stem in ("jaw", "mouth"):
        names = (stem,)
    return [ARKIT_INDEX[name] for name in names if name in ARKIT_INDEX]


@cache
def select(name: str) -> Ints:
    """Return the columns of a shape, of both its sides ("mouthSmile") or of a region.

    Raises
    ------
    WishError
        if there is no such shape or region.
    """
    prefixes = _PREFIXES.get(name)
    if prefixes is None:
        columns = indices([name])
    else:
        columns = np.array([i for i, n in enumerate(ARKIT_NAMES) if n.startswith(prefixes)])
    if not len(columns):
        raise WishError(
            f"There is no shape '{name}'; write an ARKit name such as browInnerUp, mouthSmile "
            f"or one of {', '.join(_PREFIXES)}."
        )
    columns.flags.writeable = False
    return columns


UPPER = np.setdiff1d(indices(ARKIT_NAMES), indices((*SPEECH, *SHARED, *EMOTIONAL)))
MOUTH = np.setdiff1d(
    indices((*SPEECH, *SHARED, *EMOTIONAL)), indices(("noseSneer", "cheekPuff", "cheekSquint"))
)
BLINKS = indices(("eyeBlink",))
LID_LOOKS = indices(("eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp"))
