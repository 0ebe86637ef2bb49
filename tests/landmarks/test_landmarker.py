import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError
from core.landmarks import landmarker, sets
from core.landmarks.landmarker import Landmarker, Roi, around
from core.landmarks.nets import AttentionMesh, TaskMesh, sample
from core.landmarks.patches import COUNT, SLICES
from tests.landmarks.people import SIZE, talk


@pytest.fixture(scope="module")
def ours():
    return Landmarker(AttentionMesh())


def error(found, truth):
    """Return the mean distance in % of the face."""
    size = np.ptp(truth, axis=0).max()
    return 100 * np.hypot(*(found[:, :2] - truth).T).mean() / size


@given(st.floats(-3, 3), st.floats(20, 900), st.floats(0, 500), st.floats(0, 500))
def test_a_look_is_a_similarity_about_its_centre(angle, side, x, y):
    to_image = Roi((x, y), side, angle).to_image(192)
    assert to_image @ (96, 96, 1) == pytest.approx((x, y))
    level = to_image[:, :2] @ (192, 0)
    assert np.hypot(*level) == pytest.approx(side)
    assert np.arctan2(level[1], level[0]) == pytest.approx(angle, abs=1e-6)
    assert np.linalg.det(to_image[:, :2]) == pytest.approx((side / 192) ** 2)


def test_sample_is_bilinear_and_zero_outside():
    image = np.random.default_rng(0).random((5, 7, 3), np.float32)
    at = np.array([(2, 3), (2.25, 3.5), (6, 4), (-0.01, 2), (6.01, 2), (1, 4.2)], float)
    out = sample(image, at)
    assert out[0] == pytest.approx(image[3, 2])
    between = (image[3, 2] + image[4, 2]) * 0.375 + (image[3, 3] + image[4, 3]) * 0.125
    assert out[1] == pytest.approx(between, abs=1e-6)
    assert out[2] == pytest.approx(image[4, 6])
    assert not out[3:].any()


@pytest.mark.parametrize("seed", [4, 5, 7])
def test_points_of_a_rendered_head_are_found(ours, seed):
    pictures, truth, _ = talk(seed)
    face = ours.points(pictures[3], around(truth[3]))
    assert face.logit > 12
    assert face.presence > 0.99
    assert error(face.points, truth[3]) < 3
    assert np.isfinite(face.points).all()


def test_a_turned_look_finds_the_same_points(ours):
    pictures, truth, _ = talk(5)
    upright = ours.points(pictures[0], around(truth[0])).points
    turned = np.ascontiguousarray(np.rot90(pictures[0], -1))  # clockwise
    at = np.stack([SIZE - 1 - truth[0, :, 1], truth[0, :, 0]], 1)
    found = ours.points(turned, around(at)).points
    back = np.stack([found[:, 1], SIZE - 1 - found[:, 0]], 1)
    assert around(at).angle == pytest.approx(around(truth[0]).angle + np.pi / 2, abs=1e-3)
    assert error(back, upright[:, :2]) < 0.6


def test_a_mirrored_picture_has_mirrored_points(ours):
    pictures, truth, _ = talk(5)
    plain = ours.points(pictures[0], around(truth[0])).points
    at = (truth[0] * [-1, 1] + [SIZE - 1, 0])[sets.MIRROR]
    found = ours.points(np.ascontiguousarray(pictures[0][:, ::-1]), around(at)).points
    back = (found * [-1, 1, 1] + [SIZE - 1, 0, 0])[sets.MIRROR]
    assert error(back, plain[:, :2]) < 0.6


def test_an_opening_mouth_opens(ours):
    pictures, truth, _ = talk(5)
    gaps = [
        np.hypot(*np.diff(ours.points(p, around(t)).points[[13, 14], :2], axis=0)[0])
        for p, t in zip(pictures, truth, strict=True)
    ]
    true = np.hypot(*np.diff(truth[:, [13, 14]], axis=1)[:, 0].T)
    assert np.corrcoef(gaps, true)[0, 1] > 0.9


def test_two_looks_tell_their_disagreement_and_one_does_not(ours):
    pictures, truth, _ = talk(5)
    roi = around(truth[0])
    assert (ours.points(pictures[0], roi).spread > 0).mean() > 0.9
    assert not ours.points(pictures[0], roi, twice=False).spread.any()


def test_no_face_is_no_face(ours):
    grey = np.full((120, 160, 3), 128, np.uint8)
    assert ours.points(grey, Roi((80, 60), 90)).presence < 0.01


class Broken:
    size = 192

    def run(self, crop):
        return np.full((478, 3), np.nan, np.float32), 20.0


def test_a_network_that_fails_has_seen_no_face():
    face = Landmarker(Broken()).points(np.zeros((50, 50, 3), np.uint8), Roi((25, 25), 40))
    assert face.presence == 0
    assert np.isfinite(face.points).all()


def test_what_is_said_of_the_patches_is_kept(ours):
    pictures, truth, _ = talk(5)
    roi = around(truth[1])
    given = []

    def describe(patches):
        given.append(patches)
        return patches[:5].astype(np.float32)

    look = Landmarker(AttentionMesh(), describe=describe).points(pictures[1], roi)
    [patches] = given
    assert (patches.shape, patches.dtype) == ((COUNT,), np.uint8)
    assert patches[SLICES["middle"]].std() > 5
    assert np.array_equal(look.look, patches[:5])
    assert ours.points(pictures[1], roi).look.shape == (0,)


def test_the_answer_is_the_same_every_time(ours):
    pictures, truth, _ = talk(5)
    looks = [ours.points(pictures[1], around(truth[1])).points for _ in range(2)]
    assert np.array_equal(*looks)


def test_a_file_that_is_no_task_is_refused(tmp_path):
    path = tmp_path / "face_landmarker.task"
    path.write_bytes(b"no zip")
    with pytest.raises(ModelError, match=r"face_landmarker\.task"):
        TaskMesh(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TaskMesh.NAME, b"no network")
    with pytest.raises(ModelError, match="cannot be loaded"):
        TaskMesh(path)


def test_the_users_own_model_is_used_when_it_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(landmarker, "data", lambda: tmp_path)
    assert isinstance(landmarker.chosen(), AttentionMesh)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "face_landmarker.task").write_bytes(b"")
    with pytest.raises(ModelError):
        landmarker.chosen()


@pytest.mark.data
def test_the_users_own_model_agrees_with_ours(ours, test_data):
    [path] = sorted((test_data / "peer_models" / "mediapipe").glob("*.task"))[:1]
    theirs = Landmarker(TaskMesh(path))
    for seed in (4, 5):
        pictures, truth, _ = talk(seed)
        a, b = (net.points(pictures[3], around(truth[3])) for net in (ours, theirs))
        assert b.logit > 12
        assert error(a.points, b.points[:, :2]) < 2.5
