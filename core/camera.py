"""The pinhole camera of a clip."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float


@dataclass(frozen=True)
class Camera:
    """A pinhole without distortion, in pixels of the full, upright frame.

    A point (X, Y, Z) mm of the camera frame (x right, y down, z forward) lands on column
    ``focal X / Z + cx`` and row ``focal Y / Z + cy``.
    """

    focal: float
    cx: float
    cy: float
    width: int
    height: int

    @classmethod
    def of_frame(cls, width: int, height: int, focal: float | None = None) -> "Camera":
        """Return a camera with the principal point in the middle; focal 1.2 x the long side."""
        return cls(focal or 1.2 * max(width, height), width / 2, height / 2, width, height)

    def project(self, points: Float) -> Float:
        """Return (..., 2) pixels of (..., 3) mm camera-frame points."""
        uv = points[..., :2] / points[..., 2:3] * np.float32(self.focal)
        return uv + np.array([self.cx, self.cy], np.float32)
