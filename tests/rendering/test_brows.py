"""Brows move as one piece, and the skin below gives way evenly down to the lids."""

import numpy as np
import pytest

from core.face.model import built_in
from core.landmarks import sets
from core.rendering.brows import BAND_MM, evened
from core.rendering.rig import rig_of
from core.track import ARKIT_INDEX

DOWN = [ARKIT_INDEX["browDownLeft"], ARKIT_INDEX["browDownRight"]]
BLINK = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]


@pytest.fixture(scope="module")
def rig():
    model = built_in()
    return rig_of(model, np.zeros(len(model.identity), np.float32))


def posed(rig, shut):
    """Return (A, 3) mm, the mean face with lids `shut` 0..1."""
    return rig.rest + shut * rig.basis[BLINK].sum(0).reshape(-1, 3)


def lowered(rig, filmed):
    """Return (A, 2) mm as the shape moves for browDown, and as it is drawn."""
    move = rig.basis[DOWN].sum(0).reshape(-1, 3)[:, :2]
    return move, evened(move, filmed, rig.brows)


def column(rig, filmed, brow, low, high):
    """Return the vertices of the skin of `brow` near its middle, from `low` to `high` mm."""
    x, y = filmed[brow.skin, 0], filmed[brow.skin, 1]
    center = filmed[brow.middle, 0].mean()
    found = brow.skin[(np.abs(x - center) < 3) & (y > low) & (y < high)]
    return found[np.argsort(filmed[found, 1])]


def test_a_still_face_stays(rig):
    zero = np.zeros((len(rig.rest), 2), np.float32)
    assert not evened(zero, rig.rest, rig.brows).any()


def test_what_moves_as_one_goes_on_doing_so(rig):
    whole = np.tile(np.array([1.5, -0.5], np.float32), (len(rig.rest), 1))
    assert np.allclose(evened(whole, rig.rest, rig.brows), whole, atol=1e-5)


def test_the_rest_of_the_face_is_left_alone(rig):
    _, drawn = lowered(rig, rig.rest)
    move, _ = lowered(rig, rig.rest)
    others = np.setdiff1d(np.arange(len(rig.rest)), np.concatenate([b.skin for b in rig.brows]))
    assert np.array_equal(drawn[others], move[others])
    lips = rig.rest[:, 1] < rig.point_rest[sets.INNER_LIPS, 1].max()
    assert np.array_equal(drawn[lips], move[lips])


@pytest.mark.parametrize("shut", [0.0, 1.0])
def test_a_brow_moves_as_one_piece(rig, shut):
    filmed = posed(rig, shut)
    _, drawn = lowered(rig, filmed)
    for brow in rig.brows:
        height = filmed[brow.middle, 1][len(brow.middle) // 2]
        band = column(rig, filmed, brow, height - 0.8 * BAND_MM, height + 0.8 * BAND_MM)
        assert len(band) > 3
        assert np.ptp(drawn[band, 1]) < 0.3 * abs(drawn[band, 1].mean())


@pytest.mark.parametrize("shut", [0.0, 0.5, 1.0])
def test_the_skin_below_is_pressed_evenly_and_never_folds(rig, shut):
    filmed = posed(rig, shut)
    move, drawn = lowered(rig, filmed)
    for brow in rig.brows:
        bottom = filmed[brow.rim, 1].max()
        strip = column(rig, filmed, brow, bottom + 1, filmed[brow.middle, 1].max())
        y = filmed[strip, 1]
        at = np.arange(y[0], y[-1], 1.0)
        pressed = [np.diff(np.interp(at, y, y + 0.6 * m[strip, 1])) for m in (drawn, move)]
        assert pressed[0].min() > 0.15
        assert pressed[0].min() > pressed[1].min() - 0.05
