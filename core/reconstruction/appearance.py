"""What the patches of a face say beside its landmarks, in few numbers.

Every patch is levelled by the light of its frame and laid on the strongest directions in
which patches of that place changed in training. The maps are linear, so a change against the
relaxed face is a difference of two codes.
"""

from collections.abc import Mapping

import numpy as np

from core.arrays import Float, Rgb
from core.landmarks.patches import MIDDLE, SLICES

DARKEST = 8.0  # grey steps added to the light of a frame: a black picture divides by no zero


def levelled(patches: Rgb, name: str) -> Float:
    """Return (..., N) float32: the patch `name` of (..., P) uint8, over its frame's light."""
    light = patches[..., SLICES["middle"]].mean(-1, dtype=np.float32, keepdims=True) + DARKEST
    part = patches[..., SLICES[name]].astype(np.float32)
    return (part - MIDDLE if name.startswith("red") else part) / light


def code(a: Mapping[str, Float], patches: Rgb) -> Float:
    """Return (..., K) of (..., P) uint8 patches; `a` holds a basis (N, k) for each of them."""
    parts = [levelled(patches, name) @ a[key(name)] for name in SLICES]
    return np.concatenate(parts, -1).astype(np.float32)


def key(name: str) -> str:
    """Return under which name the basis of a patch is kept."""
    return "appearance." + name.replace(" ", "_")
