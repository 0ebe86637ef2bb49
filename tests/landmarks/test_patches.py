"""Patches lie where the landmarks say, whatever the head's turn."""

import numpy as np
import pytest

from core.landmarks.patches import COUNT, MIDDLE, PATCHES, SLICES, patches


def face(turn=0.0, size=120.0):
    """Return (478, 2) points of which only the ends of the patches matter."""
    points = np.zeros((478, 2))
    for k, patch in enumerate(PATCHES):
        at = np.array([60 + 20 * (k % 2), 40 + 25 * k])
        points[patch.ends[0]], points[patch.ends[1]] = at, at + np.array((40, 0))
    points = (points - 96) * size / 120
    c, s = np.cos(turn), np.sin(turn)
    return points @ np.array([[c, s], [-s, c]]) + 96


def test_a_flat_picture_gives_flat_patches():
    found = patches(np.full((192, 192, 3), (100, 60, 20), np.uint8), face())
    grey = 0.3 * 100 + 0.59 * 60 + 0.11 * 20
    assert found.shape == (COUNT,)
    assert found.dtype == np.uint8
    red = found[SLICES["red of the lips"]]
    assert np.abs(red.astype(float) - (MIDDLE + 40)).max() <= 1
    assert np.abs(found[SLICES["mouth"]].astype(float) - grey).max() <= 1


@pytest.mark.parametrize("turn", [0.0, 0.6, -1.2])
def test_a_patch_is_laid_straight_by_its_ends(turn):
    """In a picture that brightens along the turned x axis, columns brighten and rows do not."""
    y, x = np.mgrid[:192, :192] - 96.0
    along = np.cos(turn) * x + np.sin(turn) * y
    picture = np.repeat((128 + 0.9 * along).clip(0, 255)[..., None], 3, 2).astype(np.uint8)
    found = patches(picture, face(turn, 90))
    mouth = next(p for p in PATCHES if p.name == "mouth")
    grid = found[SLICES["mouth"]].reshape(mouth.rows, mouth.columns).astype(float)
    assert (np.diff(grid.mean(0)[::4]) > 0).all()
    assert np.abs(grid - grid.mean(0)).max() < 4


def test_the_parts_cover_everything_once():
    covered = np.concatenate([np.arange(part.start, part.stop) for part in SLICES.values()])
    assert np.array_equal(covered, np.arange(COUNT))
