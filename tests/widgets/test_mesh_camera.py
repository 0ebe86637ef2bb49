import numpy as np
import pytest

from core.camera import Camera
from core.face.rotation import matrix
from widgets.mesh_camera import (
    PRESETS,
    Extent,
    Orbit,
    Pose,
    clip_sight,
    distance,
    orbit_sight,
)

HEAD = np.array([[-80, -140, -160], [80, 110, 40], [0, 0, 40]], np.float32)
EXTENT = Extent.of(HEAD)


def seen(sight, points):
    clip = np.c_[points, np.ones(len(points))] @ sight.clip.T
    return clip[:, :3] / clip[:, 3:]


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("aspect", [0.4, 1.0, 2.5])
def test_a_preset_shows_the_whole_head(name, aspect):
    corners = np.stack(np.meshgrid([-80, 80], [-140, 110], [-160, 40]), -1).reshape(-1, 3)
    at = seen(orbit_sight(Orbit.preset(name), EXTENT, aspect), corners)
    assert np.abs(at).max() < 1.35  # the near corners of the box may lean out, a head does not
    assert np.abs(at[:, :2]).max() > 0.6


def test_the_front_shows_the_subjects_left_on_the_right_and_profile_the_left_side():
    nose, ear = np.array([[0, 0, 40.0]]), np.array([[80, 0, -60.0]])
    front = orbit_sight(Orbit.preset("front"), EXTENT, 1.0)
    assert seen(front, ear)[0, 0] > seen(front, nose)[0, 0]
    assert seen(front, nose)[0, 2] < seen(front, ear)[0, 2]  # the nose is nearer
    side = orbit_sight(Orbit.preset("profile"), EXTENT, 1.0)
    assert seen(side, ear)[0, 2] < seen(side, nose)[0, 2]
    assert seen(side, nose)[0, 0] < 0  # and looks to the left of the picture


def test_turning_stops_overhead_and_wraps_around():
    orbit = Orbit()
    for _ in range(100):
        orbit = orbit.turned(0.3, 0.3)
    assert -np.pi <= orbit.yaw <= np.pi
    assert orbit.pitch < np.pi / 2
    assert Orbit().zoomed(1e9).zoom == pytest.approx(12)
    assert distance(Orbit().zoomed(2), EXTENT, 1.0) == distance(Orbit(), EXTENT, 1.0) / 2


def test_panning_moves_by_mm_at_the_head():
    extent = Extent(np.zeros(3), 100.0, 100.0)
    centre = np.zeros((1, 3))
    moved = orbit_sight(Orbit().panned(10, 0), extent, 1.0)
    plain = orbit_sight(Orbit(), extent, 1.0)
    at = seen(moved, centre)
    assert at[0] == pytest.approx(seen(plain, np.array([[10.0, 0, 0]]))[0], abs=1e-6)


@pytest.mark.parametrize("aspect", [1.0, 16 / 9, 3.0])
def test_through_the_camera_of_the_clip_the_head_lies_where_it_was_filmed(aspect):
    camera = Camera(1500.0, 600.0, 380.0, 1280, 720)
    pose = Pose(np.array([0.1, -0.4, 0.05]), np.array([30.0, -20, 900]), camera)
    at = seen(clip_sight(pose, EXTENT, aspect), HEAD)
    filmed = HEAD @ (matrix(pose.rotation) @ np.diag([1.0, -1, -1])).T + pose.translation
    wanted = camera.project(filmed) / [1280, 720] * 2 - 1
    frame = 1280 / 720
    fitted = [1, aspect / frame] if aspect < frame else [frame / aspect, 1]
    assert at[:, :2] == pytest.approx(wanted * [1, -1] * fitted, abs=1e-4)
    assert (np.abs(at[:, 2]) < 1).all()


def test_the_viewer_of_a_pose_is_where_the_camera_stands():
    camera = Camera.of_frame(640, 480)
    pose = Pose(np.zeros(3), np.array([0.0, 0, 900]), camera)
    assert pose.viewer == pytest.approx([0, 0, 900])
