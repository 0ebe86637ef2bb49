"""Landmarks laid over a reference face: the pose taken out, the expression left in."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float
from core.face.rotation import HEAD_TO_CAMERA_AXES, axis_angle

FLIP = np.diag(HEAD_TO_CAMERA_AXES).copy()  # picture axes (x, y down, z away) to head axes


@dataclass(frozen=True, eq=False)
class Alignment:
    """Landmarks in the head frame, and the pose that put them into the picture.

    points : (F, L, 3) mm. turn : (F, 3, 3) head frame to picture axes flipped as the head's.
    scale : (F,) px per mm.
    """

    points: Float
    turn: Float
    scale: Float

    @property
    def rotation(self) -> Float:
        """Return (F, 3) rad as in `core.track.Look`, for a face in the line of sight."""
        return axis_angle(HEAD_TO_CAMERA_AXES @ self.turn @ HEAD_TO_CAMERA_AXES)


def align(points: Float, reference: Float, weights: Float) -> Alignment:
    """Return (F, L, 3) px `points` (z px, nearer is smaller) laid over (L, 3) mm `reference`.

    The weighted least-squares similarity (Umeyama 1991, eq. 40-42), one for each frame.
    """
    w = (weights / weights.sum()).astype(np.float32)
    flipped = np.asarray(points, np.float32) * FLIP
    middle = np.einsum("l,flc->fc", w, flipped)
    target = w @ reference
    p, q = flipped - middle[:, None], (reference - target).astype(np.float32)
    covariance = np.einsum("flc,ld->fcd", p, w[:, None] * q)  # (F, 3 picture, 3 head)
    u, s, vt = np.linalg.svd(covariance)
    sign = np.ones_like(s)
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    turn = (u * sign[:, None]) @ vt
    spread = np.einsum("l,flc,flc->f", w, p, p)
    # The scale that lays the picture over the reference, not the other way round.
    shrink = (s * sign).sum(1) / np.maximum(spread, 1e-12)
    laid = (p @ turn) * shrink[:, None, None] + target
    return Alignment(laid.astype(np.float32), turn, 1 / np.maximum(shrink, 1e-12))
