"""Training clips: their truth belongs to their pictures."""

import numpy as np
import pytest

from core.face.model import built_in
from core.face.rotation import head_to_camera, matrix
from core.jobs import Ticket
from core.landmarks.landmarker import Landmarker
from core.landmarks.nets import AttentionMesh
from core.synthetic.samples import NEUTRAL, Samples, Studio, eyes_of, make, random_pose
from core.track import ARKIT_INDEX


@pytest.fixture(scope="module")
def studio():
    return Studio(built_in(), Landmarker(AttentionMesh()))


def test_a_clip_repeats_and_starts_neutral(studio):
    a, b = (
        studio.clip(3, seed=5, frames=NEUTRAL + 2),
        studio.clip(3, seed=5, frames=NEUTRAL + 2),
    )
    assert np.array_equal(a.points, b.points)
    assert np.array_equal(a.expression, b.expression)
    assert not a.expression[:NEUTRAL].any()
    assert (a.clip == 3).all()
    assert a.points.shape == (NEUTRAL + 2, 478, 3)
    other = studio.clip(4, seed=5, frames=NEUTRAL)
    assert not np.array_equal(other.points, a.points[:NEUTRAL])


def test_the_landmarks_are_those_of_the_face(studio):
    """The head turns as the truth says: image-left cheek comes nearer at positive yaw."""
    clip = studio.clip(0, seed=1, frames=12)
    yaw = matrix(clip.rotation)[:, 0, 2]  # + where the face turns to the subject's left
    depth = clip.points[:, 234, 2] - clip.points[:, 454, 2]
    assert np.corrcoef(yaw, depth)[0, 1] > 0.9 or np.corrcoef(yaw, depth)[0, 1] < -0.9


def test_eyes_of_coefficients_turn_towards_the_named_side():
    turns = np.array([0.4, 0.3, 0.2, 0.1])
    c = np.zeros(52, np.float32)
    c[ARKIT_INDEX["eyeLookOutLeft"]] = c[ARKIT_INDEX["eyeLookInRight"]] = 1
    c[ARKIT_INDEX["eyeLookUpLeft"]] = c[ARKIT_INDEX["eyeLookDownRight"]] = 1
    assert np.allclose(eyes_of(c, turns), [0.3, 0.2, 0.4, -0.1])


def test_a_pose_puts_the_face_into_the_line_of_sight():
    rng = np.random.default_rng(0)
    center = np.array([3.0, -20.0, 60.0])
    for _ in range(50):
        pose = random_pose(center, 700.0, rng)
        at = head_to_camera(center[None], *pose)[0]
        assert abs(at[2] - 700) < 1e-2
        assert np.hypot(*at[:2]) < 100


def test_samples_join_in_order(studio):
    a, b = studio.clip(0, 9, 1), studio.clip(1, 9, 1)
    both = Samples.joined([a, b])
    assert list(both.clip) == [0, 1]
    assert np.array_equal(both.points[1], b.points[0])


@pytest.mark.slow
def test_workers_do_not_change_the_clips():
    assert np.array_equal(make(2, 4, 1, Ticket()).points, make(2, 4, 2, Ticket()).points)
