"""Confidence falls for profiles, for faces that leave the picture, for bad fits."""

import numpy as np

from core.face.rotation import matrix
from core.reconstruction.confidence import PROFILE_TRUST, confidence
from core.reconstruction.projection import Pose


def poses(*yaws: float) -> Pose:
    turn = np.array([[0.0, np.deg2rad(y), 0.0] for y in yaws])
    return Pose(matrix(turn).astype(np.float64), np.tile([0.0, 0, 600], (len(yaws), 1)))


def test_each_doubt_counts() -> None:
    inside = np.full((4, 478, 2), 50.0)
    inside[3, :234] = -10.0  # half of the surface points have left the picture
    fits, followed = np.array([1.0, 0.5, 1, 1]), np.array([1.0, 1.0, 0.8, 1])
    found = confidence(followed, fits, inside, poses(0, 0, 90, 20), (100, 100))
    np.testing.assert_allclose(found, [1.0, 0.5, 0.8 * PROFILE_TRUST, 0.5], atol=1e-6)
