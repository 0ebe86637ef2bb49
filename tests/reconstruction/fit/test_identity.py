"""One identity for a clip: exact gradients, recovery, focal length, determinism."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.evaluation.mesh import similarity
from core.reconstruction.frames import candidates, pick_frames, speed
from core.reconstruction.head_motion import Motion, head_poses
from core.reconstruction.identity import Identity, identify
from core.reconstruction.pose import observe
from core.reconstruction.projection import project
from core.reconstruction.shape import Fit, _System


@pytest.fixture(scope="module")
def found(scene, head) -> Identity:
    return identify(head, scene.seen(), scene.camera, locked=True)


def millimetres(head, a, b) -> float:
    """The mean distance after a similarity: size and place are the camera's to choose."""
    wrong, right = head.person(a), head.person(b)
    s, R, t = similarity(wrong, right)
    return float(np.linalg.norm(s * wrong @ R.T + t - right, axis=1).mean())


def test_gradient_of_the_joint_cost(scene, head) -> None:
    rng = np.random.default_rng(0)
    seen = scene.seen()[:2]
    filmed = observe(seen.pixels, scene.pose[:2], seen.confidence, scene.camera)
    moving = head.moved(np.zeros_like(head.neutral), seen.expression)
    shape = rng.normal(0, 0.5, len(head.identity))
    fit = Fit(shape, scene.pose[:2], math.inf, shape)
    weights = head.weights(fit.pose.rotation)

    def cost(trial: Fit) -> float:
        return _System.at(head, trial, moving, filmed, weights).cost

    system = _System.at(head, fit, moving, filmed, weights)
    h = 1e-3
    for k in (0, 3, 17, len(shape) - 1):
        step = h * np.eye(len(shape))[k]
        slope = cost(replace(fit, shape=shape + step)) - cost(replace(fit, shape=shape - step))
        np.testing.assert_allclose(slope / (2 * h), 2 * system.gs[k], rtol=1e-4, atol=1e-4)
    for k in range(6):
        h = 1e-4 if k < 3 else 1e-2
        step = np.zeros((2, 6))
        step[1, k] = h
        ahead, back = (cost(replace(fit, pose=fit.pose.turned(s))) for s in (step, -step))
        np.testing.assert_allclose((ahead - back) / (2 * h), 2 * system.gp[1, k], rtol=1e-2)


def test_the_person_is_recovered(scene, head, found) -> None:
    nobody = millimetres(head, np.zeros_like(scene.shape), scene.shape)
    assert millimetres(head, found.shape, scene.shape) < min(1.2, 0.4 * nobody)
    assert (found.shape_sd > 0).all()
    assert (found.shape_sd <= 1 + 1e-9).all()


def test_poses_through_the_found_identity(scene, head, found, degrees_apart) -> None:
    seen = scene.seen()
    F = len(seen.pixels)
    motion = Motion(np.arange(F), np.zeros(F, int), 25.0)
    pose, _ = head_poses(head, found, seen, motion)
    assert degrees_apart(pose, scene.pose).mean() < 1.0


def test_an_expression_worn_throughout_stays_out_of_the_identity(model, scene, head) -> None:
    names = list(model.expression_names)
    smile = scene.expression * 0
    smile[:, [names.index("mouthSmileLeft"), names.index("mouthSmileRight")]] = 0.8
    surface = project(head.moved(head.person(scene.shape), smile), scene.pose, scene.camera)
    pixels = scene.clean.copy()
    pixels[:, :468] = surface
    seen = replace(scene.seen(), pixels=pixels, expression=smile)
    shape = identify(head, seen, scene.camera, locked=True).shape
    blind = replace(seen, expression=smile * 0)
    eaten = identify(head, blind, scene.camera, locked=True).shape
    error, wrong = (millimetres(head, s, scene.shape) for s in (shape, eaten))
    assert error < 1.2
    assert wrong > 1.5 * error  # held at zero, the smile would become a face


def test_the_focal_length_of_a_close_turning_head_is_found(scene, head) -> None:
    start = replace(scene.camera, focal=1.2 * 1280)
    free = identify(head, scene.seen(0.5), start, locked=False)
    assert abs(math.log(free.camera.focal / scene.camera.focal)) < 0.2
    assert min(free.flatness) > 1.0
    locked = identify(head, scene.seen(0.5), start, locked=True)
    assert locked.camera == start


def test_the_same_clip_gives_the_same_bits(scene, head, found) -> None:
    again = identify(head, scene.seen(), scene.camera, locked=True)
    assert np.array_equal(again.shape, found.shape)
    assert np.array_equal(again.offset, found.offset)


def test_a_single_frame_is_enough(scene, head) -> None:
    one = identify(head, scene.seen()[:1], scene.camera, locked=False)
    assert np.isfinite(one.shape).all()


def test_frames_are_spread_and_doubtful_ones_left_out(scene) -> None:
    confidence = np.ones(len(scene.clean))
    confidence[30:60] = 0.1
    moving = speed(scene.clean, np.arange(len(confidence)))
    moving[70:76] = 10.0
    chosen = pick_frames(scene.clean, scene.pose, confidence, moving, 16)
    assert not ((chosen >= 70) & (chosen < 76)).any()
    assert len(set(chosen.tolist())) == 16
    assert not ((chosen >= 30) & (chosen < 60)).any()
    yaw = np.rad2deg(np.arctan2(scene.pose.rotation[:, 2, 0], scene.pose.rotation[:, 2, 2]))
    kept = confidence > 0.5
    assert np.ptp(yaw[chosen]) > 0.8 * np.ptp(yaw[kept])


def test_a_long_clip_is_looked_at_evenly() -> None:
    np.testing.assert_array_equal(candidates(5), np.arange(5))
    many = candidates(18000)
    assert len(many) == 1500
    assert (np.diff(many) >= 11).all()
    assert (many[0], many[-1]) == (0, 17999)
