"""The bands of the brows: rigid themselves, and an even passage down to the lids."""

import numpy as np

from core.face.model import built_in
from core.landmarks import sets
from core.rendering.rig import BROW_BAND_MM, rig_of
from core.track import ARKIT_INDEX


def lowered():
    """Return the rig of the mean face, its (A, 3) mm movement for browDown, and as drawn."""
    model = built_in()
    rig = rig_of(model, np.zeros(len(model.identity), np.float32))
    down = [ARKIT_INDEX["browDownLeft"], ARKIT_INDEX["browDownRight"]]
    move = rig.basis[down].sum(0).reshape(-1, 3)
    return rig, move, rig.brow @ move


def column(rig, x, low, high):
    """Return the vertices of a column of the front of the face, from `low` to `high` mm."""
    front = rig.rest[:, 2] > rig.point_rest[sets.UPPER_BROW_LEFT, 2].min() - 15
    near = np.abs(rig.rest[:, 0] - x) < 3
    height = (rig.rest[:, 1] > low) & (rig.rest[:, 1] < high)
    found = np.flatnonzero(front & near & height)
    return found[np.argsort(rig.rest[found, 1])]


def middle_and_lid(rig, side):
    brow = (rig.point_rest[side[0]] + rig.point_rest[side[1]]) / 2
    lid = rig.point_rest[side[2][:, 0]]
    return brow[2], lid[1]


SIDES = (
    (sets.UPPER_BROW_LEFT, sets.LOWER_BROW_LEFT, sets.LID_PAIRS_LEFT),
    (sets.UPPER_BROW_RIGHT, sets.LOWER_BROW_RIGHT, sets.LID_PAIRS_RIGHT),
)


def test_each_vertex_moves_by_a_mean_of_movements():
    rig, _, _ = lowered()
    assert np.allclose(rig.brow.sum(1), 1, atol=1e-5)
    assert rig.brow.min() >= 0


def test_a_brow_moves_as_one():
    rig, _, drawn = lowered()
    for side in SIDES:
        brow, _ = middle_and_lid(rig, side)
        band = column(rig, brow[0], brow[1] - BROW_BAND_MM, brow[1] + BROW_BAND_MM)
        assert len(band) > 3
        assert np.ptp(drawn[band, 1]) < 0.25 * abs(drawn[band, 1].mean())


def test_the_skin_below_is_pressed_evenly_never_into_a_line():
    rig, move, drawn = lowered()
    for side in SIDES:
        brow, lid = middle_and_lid(rig, side)
        strip = column(rig, brow[0], lid[1] + 2, brow[1] - BROW_BAND_MM)
        y = rig.rest[strip, 1]
        gap = brow[1] - BROW_BAND_MM - lid[1]
        # 0.6 of the shape: about what fits; no stretch of a millimetre falls below a sixth.
        after = y + 0.6 * drawn[strip, 1]
        at = np.arange(y[0], y[-1], 1.0)
        even = np.diff(np.interp(at, y, after))
        assert gap > 3
        assert even.min() > 1 / 6
        assert even.min() > np.diff(np.interp(at, y, y + 0.6 * move[strip, 1])).min() - 1e-6
