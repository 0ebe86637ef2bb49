"""How far the shapes of a head move its surface: what carries emotions between heads."""

import numpy as np

from core.arrays import Float
from core.face.model import FaceModel

_INSIDE = ("mouth_cavity", "socket_left", "socket_right")


def unit_mm(face: FaceModel) -> Float:
    """Return (52,) mm: the largest displacement each shape at 1 makes on the outer skin.

    The tongue has no skin: tongueOut is measured on the tongue. A shape that is missing from
    a head moves nothing and is given as infinite, so that a weight of mm / unit is 0.
    """
    inside = [face.parts[name] for name in _INSIDE if name in face.parts]
    skin = np.setdiff1d(face.parts["skin"], np.concatenate(inside) if inside else [])
    size = np.linalg.norm(face.expression[:, skin], axis=-1).max(axis=1)
    if "tongue" in face.parts:
        tongue = np.linalg.norm(face.expression[:, face.parts["tongue"]], axis=-1).max(axis=1)
        size = np.where(size < 1.0, np.maximum(size, tongue), size)
    return np.where(size > 0.05, size, np.inf).astype(np.float32)
