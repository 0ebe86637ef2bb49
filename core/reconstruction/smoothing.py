"""A temporal prior on head poses that knows no direction of time, so it cannot lag."""

import numpy as np
from scipy.linalg import solveh_banded

from core.arrays import Float
from core.face.rotation import axis_angle
from core.reconstruction.projection import Pose

# With this weight on squared accelerations a frame of average evidence is averaged with its
# neighbours as by a Gaussian of 1.2 frames at 25 frames a second (half of the amplitude at
# 3.9 Hz is kept); steady turns pass unchanged.
STIFFNESS = 1.3
RATE = 25.0


def smoothed(pose: Pose, H: Float, g: Float, rate: float) -> Pose:
    """Return the poses of one uninterrupted run that best fit evidence and smooth motion.

    Minimises the sum of the frames' quadratic costs (`H` (F, 6, 6), `g` (F, 6) at `pose`)
    and of squared second differences, measured by the median Hessian: a frame of weak
    evidence is led by its neighbours, the units of turns and millimetres need no choice.
    """
    F = len(pose)
    if F < 3:
        return pose
    strength = np.einsum("fii->f", H)
    # A mean stays positive definite, a median by elements does not; odd frames are left out.
    low, high = np.quantile(strength, [0.25, 0.75])
    typical = H[(strength >= low) & (strength <= high)].mean(0)
    typical += 1e-9 * np.diag(np.diag(typical)) + 1e-12 * np.eye(6)
    stiffness = STIFFNESS * (rate / RATE) ** 3 * typical
    turn = axis_angle(pose.rotation[1:] @ np.swapaxes(pose.rotation[:-1], 1, 2))
    velocity = np.concatenate([turn, np.diff(pose.translation, axis=0)], 1)
    bend = np.diff(velocity, axis=0) @ stiffness  # (F - 2, 6)
    pull = g.copy()
    pull[:-2] += bend
    pull[1:-1] -= 2 * bend
    pull[2:] += bend
    second = np.zeros((3, F))  # diagonals 0..2 of the second-difference penalty
    for i, row in enumerate((1.0, -2.0, 1.0)):
        second[0, i : F - 2 + i] += row**2
    second[1, 0 : F - 2] -= 2.0
    second[1, 1 : F - 1] -= 2.0
    second[2, : F - 2] += 1.0
    band = np.zeros((18, F, 6))  # lower band: band[i - j, j] = A[i, j]
    for k in range(3):
        blocks = second[k, :, None, None] * stiffness + (H + 1e-6 * typical if k == 0 else 0.0)
        for a in range(6):
            for b in range(6):
                if 6 * k + a - b >= 0:
                    band[6 * k + a - b, :, b] = blocks[:, a, b]
    step = solveh_banded(band.reshape(18, -1), -pull.reshape(-1), lower=True)
    return pose.turned(step.reshape(F, 6))
