"""Gaze against an exact scene, its signs, blinks and jumps."""

from dataclasses import replace

import numpy as np
import pytest

from core.reconstruction.gaze import Eyes, full_turns, lids, look
from core.reconstruction.identity import Identity
from core.track import ARKIT_INDEX


@pytest.fixture(scope="module")
def truth(scene, head) -> Identity:
    none = np.zeros_like(head.neutral)
    return Identity(scene.shape, scene.shape, scene.camera, none, np.arange(2), (1.0, 1.0))


@pytest.fixture(scope="module")
def eyes(model, head, truth) -> Eyes:
    return Eyes.of(model, head, truth)


def test_gaze_is_recovered_with_its_signs(scene, truth, eyes) -> None:
    for noise, degrees in ((0.0, 1.5), (0.35, 3.0)):
        found = look(eyes, scene.seen(noise), scene.pose, truth)
        error = np.rad2deg(np.abs(found - scene.eyes))
        assert error.mean() < degrees
        for axis in range(4):
            assert np.corrcoef(found[:, axis], scene.eyes[:, axis])[0, 1] > 0.97


def test_gaze_is_held_through_a_blink(scene, truth, eyes) -> None:
    seen = scene.seen(0.0)
    pixels, expression = seen.pixels.copy(), seen.expression.copy()
    pixels[50:55, 468:] += 8.0  # what a net invents behind closed lids
    expression[50:55, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = 0.9
    calm = look(eyes, seen, scene.pose, truth)
    held = look(eyes, replace(seen, pixels=pixels, expression=expression), scene.pose, truth)
    assert np.rad2deg(np.abs(held - calm)).max() < 4.0


def test_a_jump_of_the_eyes_stays_sharp(scene, truth, eyes) -> None:
    still = np.zeros(30, int)
    pixels = scene.clean[still].copy()
    pixels[15:, 468:] += [4.0, 0.0]
    seen = replace(
        scene.seen(),
        pixels=pixels,
        expression=scene.expression[still] * 0,
        confidence=np.ones(30),
    )
    found = look(eyes, seen, scene.pose[still], truth)[:, 0]
    jump = found[20] - found[10]
    assert abs(jump) > np.deg2rad(5)
    assert abs(found[15] - found[14]) > 0.9 * abs(jump)


def test_full_turns_are_plausible(model) -> None:
    turns = np.rad2deg(full_turns(model))
    assert ((turns > 8) & (turns < 50)).all()


def test_lids_go_with_the_eyes() -> None:
    turns = np.array([0.4, 0.5, 0.2, 0.25])
    left_and_down = np.array([[0.25, -0.1, 0.25, -0.1]])
    down, into, out, up = np.split(lids(left_and_down, turns)[0], 4)
    np.testing.assert_allclose(down, [0.4, 0.4])
    np.testing.assert_allclose(into, [0.0, 0.625])  # the right eye turns to the nose
    np.testing.assert_allclose(out, [0.5, 0.0])
    np.testing.assert_allclose(up, [0.0, 0.0])
