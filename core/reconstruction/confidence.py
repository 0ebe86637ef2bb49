"""How far a frame's fit is to be trusted."""

import numpy as np

from core.arrays import Float
from core.reconstruction.landmark_head import SURFACE
from core.reconstruction.projection import Pose
from core.spool import let_go

FRONTAL, PROFILE = 45.0, 80.0  # degrees of yaw
PROFILE_TRUST = 0.2
CHUNK = 512  # frames worked on at once


def confidence(
    followed: Float, fits: Float, pixels: Float, pose: Pose, size: tuple[int, int]
) -> Float:
    """Return (F,) 0..1: landmarks believed x model fits x inside the picture x not a profile.

    followed : (F,) of the landmark tracker. fits : (F,) of `head_poses`. pixels : (F, 478, 2).
    size : (W, H).
    """
    parts: list[Float] = []
    for at in range(0, len(pixels), CHUNK):
        parts.append(_inside(pixels[at : at + CHUNK], size))
        let_go(pixels)
    inside = np.concatenate(parts)
    view = pose.rotation[:, 2]  # the camera's axis in head axes (y and z flipped)
    yaw = np.abs(np.rad2deg(np.arctan2(view[:, 0], view[:, 2])))
    turned = np.interp(yaw, [FRONTAL, PROFILE], [1.0, PROFILE_TRUST])
    return np.clip(followed * fits * inside * turned, 0.0, 1.0)


def _inside(pixels: Float, size: tuple[int, int]) -> Float:
    """Return (F,) which share of the landmarks lies in the picture."""
    points = pixels[:, :SURFACE]
    return ((points >= 0) & (points <= np.array(size))).all(2).mean(1)
