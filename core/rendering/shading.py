# ruff: noqa: ANN001, ANN202 - kernels: numba infers their types
"""How the light on the skin changes when the skin turns: a soft, mostly darkening, ratio."""

import cv2
import numba
import numpy as np

from core.arrays import Float, Ints

LIGHT = np.array([0.0, 0.62, 0.78], np.float32)  # head frame: from above, in front
AMBIENT = 0.45
# Skin that turns to the light hardly brightens: a brighter ratio makes lids glow.
DARKEST, BRIGHTEST, STRENGTH = -0.16, 0.05, 1.5
BLUR = 0.02  # of the face's width


@numba.njit(nogil=True, cache=True)
def _lambert(points, triangles, light):
    """Return (A,) cosine of the light's angle at each vertex of (A, 3), at least 0."""
    A = points.shape[0]
    n = np.zeros((A, 3), np.float32)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = (
            points[b, 0] - points[a, 0],
            points[b, 1] - points[a, 1],
            points[b, 2] - points[a, 2],
        )
        vx, vy, vz = (
            points[c, 0] - points[a, 0],
            points[c, 1] - points[a, 1],
            points[c, 2] - points[a, 2],
        )
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for k in (a, b, c):
            n[k, 0] += x
            n[k, 1] += y
            n[k, 2] += z
    out = np.empty(A, np.float32)
    for k in range(A):
        length = np.sqrt(n[k, 0] ** 2 + n[k, 1] ** 2 + n[k, 2] ** 2) + 1e-9
        dot = (n[k, 0] * light[0] + n[k, 1] * light[1] + n[k, 2] * light[2]) / length
        out[k] = max(dot, 0.0)
    return out


def turned(body: Float, triangles: Ints) -> Float:
    """Return (A,) relative brightness change of the skin; body (2, A, 3) filmed, edited."""
    before = AMBIENT + (1 - AMBIENT) * _lambert(body[0], triangles, LIGHT)
    after = AMBIENT + (1 - AMBIENT) * _lambert(body[1], triangles, LIGHT)
    return after / before - 1


def softened(change: Float, face_px: float, step: int) -> Float:
    """Return the brightness change (h, w) of a grid as it is applied: limited and smooth."""
    limited = np.clip(change, DARKEST, BRIGHTEST) * STRENGTH
    soft = cv2.GaussianBlur(limited, (0, 0), max(BLUR * face_px / step, 0.5))
    return np.asarray(soft, np.float32)
