"""The temporal prior: exact against a dense solution, without lag, led by evidence."""

import numpy as np

from core.face.rotation import axis_angle, matrix
from core.reconstruction.projection import Pose
from core.reconstruction.smoothing import STIFFNESS, smoothed


def motion(frames: int, turn) -> Pose:
    rotation = np.zeros((frames, 3))
    rotation[:, 1] = turn
    return Pose(matrix(rotation).astype(np.float64), np.tile([0.0, 0, 600], (frames, 1)))


def yaw(pose: Pose) -> np.ndarray:
    return axis_angle(pose.rotation)[:, 1]


def hessians(frames: int) -> np.ndarray:
    return np.tile(np.diag([9e3, 9e3, 9e3, 1.0, 1.0, 0.1]), (frames, 1, 1))


def test_equals_the_dense_least_squares_solution() -> None:
    rng = np.random.default_rng(0)
    F = 12
    z = rng.normal(0, 1, F)
    pose = Pose(np.tile(np.eye(3), (F, 1, 1)), np.stack([z, 0 * z, 600 + 0 * z], 1))
    found = smoothed(pose, hessians(F), np.zeros((F, 6)), 25.0).translation[:, 0]
    D2 = np.diff(np.eye(F), n=2, axis=0)
    wanted = np.linalg.solve(np.eye(F) + STIFFNESS * D2.T @ D2, z)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_a_steady_turn_passes_unchanged() -> None:
    pose = motion(50, np.linspace(-0.5, 0.5, 50))
    found = smoothed(pose, hessians(50), np.zeros((50, 6)), 25.0)
    np.testing.assert_allclose(yaw(found), yaw(pose), atol=1e-5)


def test_noise_falls_and_a_quick_turn_does_not_lag() -> None:
    rng = np.random.default_rng(1)
    true = 0.6 * np.tanh((np.arange(80) - 40) / 5)
    noisy = true + rng.normal(0, 0.01, 80)
    found = yaw(smoothed(motion(80, noisy), hessians(80), np.zeros((80, 6)), 25.0))
    assert np.abs(found - true).mean() < 0.75 * np.abs(noisy - true).mean()
    lags = [np.abs(found[5:-5] - true[5 + k : 75 + k]).sum() for k in range(-3, 4)]
    assert int(np.argmin(lags)) == 3  # no shift fits better


def test_a_frame_of_weak_evidence_follows_its_neighbours() -> None:
    turn = np.zeros(21)
    turn[10] = 0.3
    H = hessians(21)
    H[10] *= 1e-3
    found = yaw(smoothed(motion(21, turn), H, np.zeros((21, 6)), 25.0))
    assert abs(found[10]) < 0.01


def test_a_high_frame_rate_is_smoothed_over_more_frames() -> None:
    rng = np.random.default_rng(2)
    pose = motion(60, rng.normal(0, 0.01, 60))
    slow, fast = (smoothed(pose, hessians(60), np.zeros((60, 6)), r) for r in (25.0, 60.0))
    assert yaw(fast).std() < 0.8 * yaw(slow).std()
