"""Solving head poses, identity and expression fixed: many frames at once."""

import numpy as np

from core.arrays import Float
from core.camera import Camera
from core.reconstruction.landmark_head import AXES, SURFACE, LandmarkHead
from core.reconstruction.projection import Filmed, Pose, huber

ROUNDS = 2
STEPS = 20
FLOOR = 1e-9  # keeps a pose that nothing is known of solvable
NEAREST = 50.0  # mm: a head does not come behind the camera
SMALL = 1e-4  # of the cost; a smaller gain ends a frame's iterations


def first_pose(head: LandmarkHead, pixels: Float, camera: Camera) -> Pose:
    """Return (F,) poses of the mean head by scaled orthography: no starting value needed.

    Least squares of the landmarks (F, L, 2) px on the model's points, then the nearest
    rotation; the depth follows from the scale.
    """
    trust = 1 / head.sigma_mm**2
    model = head.neutral * AXES
    design = np.concatenate([model, np.ones((SURFACE, 1))], 1)
    solve = np.linalg.pinv(design * np.sqrt(trust)[:, None]) * np.sqrt(trust)  # (4, L)
    affine = solve @ pixels[:, :SURFACE]  # (F, 4, 2)
    u, scale, vt = np.linalg.svd(np.swapaxes(affine[:, :3], 1, 2), full_matrices=False)
    rows = u @ vt  # (F, 2, 3)
    rotation = np.concatenate([rows, np.cross(rows[:, :1], rows[:, 1:])], 1)
    depth = camera.focal / scale.mean(1)
    centre = (affine[:, 3] - np.array([camera.cx, camera.cy])) * (depth / camera.focal)[:, None]
    return Pose(rotation, np.concatenate([centre, depth[:, None]], 1))


def observe(pixels: Float, pose: Pose, confidence: Float, camera: Camera) -> Filmed:
    """Return the landmarks with the worth of a pixel at the depth of `pose`."""
    surface = pixels[:, :SURFACE].astype(np.float64)
    return Filmed(surface, pose.translation[:, 2] / camera.focal, confidence, camera)


def normal_equations(
    points: Float, pose: Pose, filmed: Filmed, weights: Float
) -> tuple[Float, Float, Float]:
    """Return Hessian (F, 6, 6), gradient (F, 6) and robust cost (F,) of the poses."""
    lin = filmed.linearise(points, pose)
    w, cost = huber(lin.residual, weights)
    J = lin.by_pose.reshape(len(pose), -1, 6)
    wJ = np.swapaxes(J * np.repeat(w, 2, axis=1)[..., None], 1, 2)
    H = wJ @ J
    g = (wJ @ lin.residual.reshape(len(pose), -1, 1))[..., 0]
    return H, g, cost


def solve_poses(head: LandmarkHead, points: Float, start: Pose, filmed: Filmed) -> Pose:
    """Return the poses that bring `points` (F, L, 3) onto the landmarks, frame by frame."""
    pose = start
    for _ in range(ROUNDS):  # which points are seen follows from the pose: settle both
        pose = _levenberg(points, pose, filmed, head.weights(pose.rotation))
    return pose


def _levenberg(points: Float, start: Pose, filmed: Filmed, weights: Float) -> Pose:
    """Levenberg-Marquardt on all frames at once, each with its own damping."""
    pose, damping = start, np.full(len(start), 1e-3)
    H, g, cost = normal_equations(points, pose, filmed, weights)
    live = np.ones(len(start), bool)
    for _ in range(STEPS):
        at = np.flatnonzero(live)
        lifted = H[at] + (damping[at, None, None] * H[at] + FLOOR) * np.eye(6)
        trial = pose[at].turned(-np.linalg.solve(lifted, g[at, :, None])[..., 0])
        H_at, g_at, cost_at = normal_equations(points[at], trial, filmed[at], weights[at])
        cost_at[trial.translation[:, 2] <= NEAREST] = np.inf
        better = cost_at <= cost[at]
        gain = cost[at] - cost_at
        live[at] = np.where(better, gain > SMALL * cost[at], damping[at] < 1e2)
        damping[at] = np.where(better, damping[at] / 5, damping[at] * 5).clip(1e-7)
        win = at[better]
        pose = pose.replaced(win, trial[better])
        H[win], g[win], cost[win] = H_at[better], g_at[better], cost_at[better]
        if not live.any():
            break
    return pose
