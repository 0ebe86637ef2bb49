"""Two renderers: the edited head as clay over the filmed frame, and its normals as colours.

Clay shows an edit without the skin's own texture; normals are what compositing programs
relight a face with.
"""

import numpy as np

from core.plugin import Entry, Registry, Rgb, Shot

API = 1
LIGHT = np.array([-0.35, -0.55, -0.76])  # to a lamp above the camera's left shoulder
CLAY = np.array([0.78, 0.70, 0.64])
AMBIENT = 0.14


def clay(rgb: Rgb, shot: Shot) -> Rgb:
    """Return the frame with the edited face modelled in clay."""
    normal = shot.drawn(shot.normals)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    lamp = np.clip(normal @ LIGHT, 0, 1)
    sheen = 0.18 * np.clip(-normal[:, 2], 0, 1) ** 24
    light = (AMBIENT + (1 - AMBIENT) * lamp)[:, None] * CLAY + sheen[:, None]
    return shot.laid(rgb, np.sqrt(np.clip(light, 0, 1)) * 0.92)


def normals(rgb: Rgb, shot: Shot) -> Rgb:
    """Return the frame with the face's normals: red right, green up, blue to the camera."""
    return shot.laid(rgb, 0.5 + 0.5 * shot.drawn(shot.normals) * [1, -1, -1])


def register(registry: Registry) -> None:
    """Enter both."""
    registry.add(Entry("renderer", "clay", "Clay head", f"{__name__}:clay"))
    registry.add(Entry("renderer", "normals", "Normal map", f"{__name__}:normals"))
