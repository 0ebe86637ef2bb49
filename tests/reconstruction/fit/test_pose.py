"""Projection, its derivatives, and the head's pose against an exact scene."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from core.reconstruction.head_motion import Motion, head_poses, runs
from core.reconstruction.identity import Identity
from core.reconstruction.pose import first_pose, observe, solve_poses
from core.reconstruction.projection import HUBER, Pose, huber, project


def steady(frames: int) -> Motion:
    return Motion(np.arange(frames), np.zeros(frames, int), 25.0)


def truth(scene, head) -> Identity:
    none = np.zeros_like(head.neutral)
    return Identity(scene.shape, scene.shape, scene.camera, none, np.arange(2), (1.0, 1.0))


def test_derivatives_are_those_of_the_residual(scene, head) -> None:
    pose, n = scene.pose[:3], 3
    filmed = observe(scene.clean[:3] + 3.0, pose, np.ones(n), scene.camera)
    points = head.moved(head.person(scene.shape), scene.expression[:3])
    lin = filmed.linearise(points, pose)
    for k in range(6):
        h = 1e-4 if k < 3 else 1e-2
        step = np.zeros((n, 6))
        step[:, k] = h
        ahead, back = (filmed.residuals(points, pose.turned(s)) for s in (step, -step))
        assert np.abs((ahead - back) / (2 * h) - lin.by_pose[..., k]).max() < 2e-3
    for axis in range(3):
        step = 1e-3 * np.eye(3)[axis]
        ahead, back = (filmed.residuals(points + s, pose) for s in (step, -step))
        assert np.abs((ahead - back) / 2e-3 - lin.by_point[..., axis]).max() < 1e-6


def test_huber_is_quadratic_inside_and_linear_outside() -> None:
    residual = np.array([[[1.0, 0.0], [0.0, 10.0]]])
    weights, cost = huber(residual, np.ones((1, 2)))
    np.testing.assert_allclose(weights, [[1.0, HUBER / 10]])
    np.testing.assert_allclose(cost, [1 + HUBER * (20 - HUBER)])


def test_first_pose_is_exact_for_a_distant_head(scene, head, degrees_apart) -> None:
    far = Pose(scene.pose.rotation, scene.pose.translation + np.array([0, 0, 1e6]))
    camera = replace(scene.camera, focal=2e6)
    pixels = project(
        np.broadcast_to(head.neutral, (len(far), *head.neutral.shape)), far, camera
    )
    found = first_pose(head, pixels, camera)
    assert degrees_apart(found, far).max() < 0.01
    assert np.abs(found.translation[:, 2] / far.translation[:, 2] - 1).max() < 1e-3


def test_poses_are_exact_without_noise_and_close_with_it(scene, head, degrees_apart) -> None:
    points = head.moved(head.person(scene.shape), scene.expression)
    for noise, degrees, mm in ((0.0, 0.01, 0.05), (1.0, 0.5, 3.0)):
        seen = scene.seen(noise)
        start = first_pose(head, seen.pixels, scene.camera)
        filmed = observe(seen.pixels, start, seen.confidence, scene.camera)
        found = solve_poses(head, points, start, filmed)
        assert degrees_apart(found, scene.pose).max() < degrees
        assert np.abs(found.translation - scene.pose.translation).max() < mm


def test_frames_are_solved_independently(scene, head) -> None:
    seen, points = scene.seen(), head.moved(head.person(scene.shape), scene.expression)
    start = first_pose(head, seen.pixels, scene.camera)
    filmed = observe(seen.pixels, start, seen.confidence, scene.camera)
    together = solve_poses(head, points, start, filmed)
    alone = solve_poses(head, points[5:6], start[5:6], filmed[5:6])
    np.testing.assert_allclose(alone.translation, together.translation[5:6], atol=1e-6)


def test_wrong_coefficients_turn_the_head_little(scene, head, degrees_apart) -> None:
    rng = np.random.default_rng(3)
    wrong = np.clip(scene.expression + rng.normal(0, 0.1, scene.expression.shape), 0, 1)
    seen = replace(scene.seen(), expression=wrong)
    found, fits = head_poses(head, truth(scene, head), seen, steady(len(wrong)))
    assert degrees_apart(found, scene.pose).mean() < 1.0
    assert 0.5 < fits.min() <= fits.max() <= 1.0


def test_runs_break_at_gaps_and_cuts(scene) -> None:
    pixels = scene.clean[:40].copy()
    numbers = np.r_[0:10, 15:45]
    pixels[25:] += 500.0
    motion = Motion(numbers, np.repeat([0, 1], [35, 5]), 25.0)
    breaks = [0, 10, 25, 35, 40]
    assert runs(pixels, motion) == [slice(*b) for b in pairwise(breaks)]


def test_a_frame_whose_landmarks_are_wrong_fits_worse(scene, head) -> None:
    seen = scene.seen()
    pixels = seen.pixels.copy()
    pixels[60, 200:330] += [25.0, -15.0]  # as if a hand had drawn a quarter of them away
    seen = replace(seen, pixels=pixels)
    _, fits = head_poses(head, truth(scene, head), seen, steady(len(pixels)))
    assert fits[60] < 0.85
    assert np.delete(fits, 60).min() > 0.9
