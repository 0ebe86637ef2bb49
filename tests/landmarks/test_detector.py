import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.landmarks.detector import (
    Detector,
    _anchors,
    _square,
    _unturned,
    merge,
    overlap,
    squares,
)
from core.landmarks.finder import Finder, share, size
from tests.landmarks.people import SIZE, stage, talk


@pytest.fixture(scope="module")
def finder():
    return Finder()


def faces(*boxes):
    """Return (n, 8, 2): boxes with keypoints in their middle."""
    corners = np.array(boxes, np.float32).reshape(-1, 2, 2)
    middle = corners.mean(1, keepdims=True)
    return np.concatenate([corners, np.repeat(middle, 6, 1)], 1)


def test_anchors_are_cell_centres():
    a = _anchors(16, 2)
    assert a.shape == (512, 2)
    assert a[:2].tolist() == [[1 / 32, 1 / 32]] * 2
    assert a[2].tolist() == [3 / 32, 1 / 32]
    assert a[32].tolist() == [1 / 32, 3 / 32]


def test_overlap_against_numbers():
    iou, inside = overlap(np.array([0, 0, 4, 4.0]), np.array([(2, 0, 6, 4), (1, 1, 2, 2.0)]))
    assert iou == pytest.approx([8 / 24, 1 / 16])
    assert inside == pytest.approx([0.5, 1.0])
    assert share(np.array([0, 0, 4, 4.0]), np.array([2, 0, 6, 4.0])) == pytest.approx(1 / 3)


def test_boxes_of_one_face_become_their_weighted_mean():
    found = faces((0, 0, 10, 10), (1, 0, 11, 10), (50, 50, 60, 60))
    first, second = merge(found, np.array([0.9, 0.6, 0.7], np.float32))
    assert first.score == pytest.approx(0.9)
    assert first.box == pytest.approx([0.4, 0, 10.4, 10])
    assert second.box == pytest.approx([50, 50, 60, 60])


def test_a_part_of_a_face_is_not_another_face():
    found = faces((0, 0, 100, 100), (30, 30, 60, 60))
    assert len(merge(found, np.array([0.9, 0.8], np.float32))) == 1


def test_nothing_found_is_nothing():
    assert merge(np.zeros((0, 8, 2), np.float32), np.zeros(0, np.float32)) == []


@given(st.integers(0, 3), st.integers(4, 20), st.integers(4, 20), st.data())
def test_turning_back_finds_the_pixel(quarter, height, width, data):
    y, x = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    picture = np.zeros((height, width, 3), np.uint8)
    picture[y, x] = 1
    v, u = np.argwhere(np.rot90(picture, quarter)[..., 0])[0]
    box = faces((u, v, u + 1, v + 1))
    back = _unturned(box.astype(np.float32), quarter, picture.shape)
    assert back[0, :2].reshape(4) == pytest.approx([x, y, x + 1, y + 1])
    assert back[0, 3] == pytest.approx([x + 0.5, y + 0.5])


@given(st.integers(1, 4000), st.integers(1, 4000))
def test_tiles_cover_the_picture(height, width):
    whole, *tiles = squares(np.broadcast_to(np.uint8(0), (height, width, 3)))
    assert whole == (0, 0, max(height, width))
    for length, axis in ((width, 0), (height, 1)):
        spans = sorted({(t[axis], t[axis] + t[2]) for t in tiles})
        assert spans[0][0] == 0
        assert spans[-1][1] >= length
        assert all(b[0] <= a[1] for a, b in itertools.pairwise(spans))


def test_a_square_keeps_proportions():
    picture = np.full((50, 100, 3), 200, np.uint8)
    square = _square(picture, 0, 0, 100, 128)
    assert (square[:64] == 200).all()
    assert not square[64:].any()


def test_a_face_of_forty_pixels_is_found_in_a_large_picture(finder):
    pictures, truth, masks = talk(5)
    step = round(np.ptp(truth[0], axis=0).max() / 40)
    assert step >= 2
    small, mask = pictures[0][::step, ::step], masks[0][::step, ::step]
    scene = stage(1280, 720)
    h, w = mask.shape
    scene[500 : 500 + h, 900 : 900 + w][mask] = small[mask]
    [face] = finder.find(scene)
    assert 25 < size(face.points) < 50
    wanted = truth[0].mean(0) / step + (900, 500)
    assert face.points[:, :2].mean(0) == pytest.approx(wanted, abs=3)


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_faces_are_found_whichever_way_they_stand(finder, quarter):
    pictures, truth, _ = talk(5)
    [face] = finder.find(np.ascontiguousarray(np.rot90(pictures[0], quarter)))
    points = face.points[:, :2]
    for _ in range(quarter):
        points = np.stack([SIZE - points[:, 1], points[:, 0]], 1)
    assert np.hypot(*(points - truth[0]).T).mean() < 0.04 * size(truth[0])


def test_a_close_up_is_found(finder):
    pictures, truth, _ = talk(5)
    (x0, y0), (x1, y1) = truth[0].min(0).astype(int), truth[0].max(0).astype(int)
    close = pictures[0][y0 : y1 + 1, x0 : x1 + 1].repeat(6, 0).repeat(6, 1)
    [face] = finder.find(close)
    assert size(face.points) > 0.8 * max(close.shape)


def test_an_empty_picture_has_no_face(finder):
    assert finder.find(stage()) == []
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    assert finder.find(noise) == []


def test_the_detector_alone_gives_eyes_above_the_mouth():
    pictures, truth, _ = talk(5)
    face = Detector().detect(pictures[0])[0]
    right, left, _, mouth = face.keypoints[:4]
    assert right[0] < left[0]
    assert mouth[1] > max(right[1], left[1])
    assert np.hypot(*(right - truth[0, 468])) < 0.1 * size(truth[0])
