import numpy as np
import pytest

from core.landmarks import sets


def test_the_mirror_of_the_mirror_is_the_point_itself():
    assert np.array_equal(sets.MIRROR[sets.MIRROR], np.arange(478))
    assert np.array_equal(np.flatnonzero(sets.MIRROR[:468] == np.arange(468)), sets.MIDDLE)


@pytest.mark.parametrize("ring", [sets.OUTER_LIPS, sets.INNER_LIPS, sets.OVAL])
def test_a_ring_is_its_own_mirror_run_backwards(ring):
    mirrored = sets.MIRROR[ring][::-1].tolist()
    start = mirrored.index(int(ring[0]))
    assert mirrored[start:] + mirrored[:start] == ring.tolist()


def test_jaw_runs_from_temple_to_temple_under_the_chin():
    assert len(sets.JAW) == 23
    assert (sets.JAW[0], sets.JAW[11], sets.JAW[-1]) == (127, 152, 356)
    assert np.array_equal(sets.MIRROR[sets.JAW], sets.JAW[::-1])


@pytest.mark.parametrize(
    ("right", "left"),
    [
        (sets.UPPER_LID_RIGHT, sets.UPPER_LID_LEFT),
        (sets.LOWER_LID_RIGHT, sets.LOWER_LID_LEFT),
        (sets.UPPER_BROW_RIGHT, sets.UPPER_BROW_LEFT),
        (sets.EYE_CORNERS_RIGHT, sets.EYE_CORNERS_LEFT),
    ],
)
def test_left_is_the_mirror_of_right(right, left):
    assert np.array_equal(sets.MIRROR[right], left)
    assert not set(right.tolist()) & set(left.tolist())


def test_pairs_lie_on_the_contours_they_open():
    upper, lower = sets.LIP_PAIRS.T
    assert set(upper) | set(lower) <= set(sets.INNER_LIPS.tolist())
    for pairs, above, below in (
        (sets.LID_PAIRS_RIGHT, sets.UPPER_LID_RIGHT, sets.LOWER_LID_RIGHT),
        (sets.LID_PAIRS_LEFT, sets.UPPER_LID_LEFT, sets.LOWER_LID_LEFT),
    ):
        assert set(pairs[:, 0]) <= set(above.tolist())
        assert set(pairs[:, 1]) <= set(below.tolist())


def test_the_68_points_mirror_as_those_of_300_w_do():
    table = sets.SIXTY_EIGHT
    assert len(set(table.tolist())) == 68
    swapped = [
        *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
        45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
        54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
    ]  # fmt: skip
    assert np.array_equal(sets.MIRROR[table], table[swapped])


def test_colour_regions_do_not_overlap():
    assert not set(sets.UPPER_FACE.tolist()) & set(sets.LOWER_FACE.tolist())
    assert not set(sets.INNER_LIPS.tolist()) & set(sets.LOWER_FACE.tolist())
