"""Tracks, coefficient spaces and the axes check."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.arrays import check, digest, pieces
from core.errors import ShapeError
from core.times import Times
from core.track import ARKIT, ARKIT_INDEX, ARKIT_NAMES, Track


@pytest.fixture
def track():
    rng = np.random.default_rng(0)
    values = rng.random((5, ARKIT.width), np.float32)
    return Track(ARKIT, values, Times.steady(5, Fraction(25)))


def test_the_52_names_are_arkits():
    assert len(ARKIT_NAMES) == len(set(ARKIT_NAMES)) == 52
    lefts = {n.removesuffix("Left") for n in ARKIT_NAMES if n.endswith("Left")}
    rights = {n.removesuffix("Right") for n in ARKIT_NAMES if n.endswith("Right")}
    assert lefts == rights
    assert ARKIT_NAMES[ARKIT_INDEX["tongueOut"]] == "tongueOut"


def test_groups_tile_the_columns(track):
    parts = [track[name] for name, _ in ARKIT.groups]
    assert np.array_equal(np.concatenate(parts, 1), track.values)


def test_with_group_touches_only_its_group(track):
    other = track.with_group("eyes", np.ones((5, 4), np.float32))
    assert (other["eyes"] == 1).all()
    for name in ("expression", "head_rotation", "head_translation", "confidence"):
        assert np.array_equal(other[name], track[name])


def test_values_are_read_only(track):
    with pytest.raises(ValueError, match="read-only"):
        track["eyes"][0, 0] = 1


def test_look_outside_the_track_is_refused(track):
    with pytest.raises(ShapeError):
        track.look(5)


def test_check_binds_letters():
    check(np.zeros((3, 3, 2)), "F F 2")
    with pytest.raises(ShapeError, match="not"):
        check(np.zeros((3, 4, 2)), "F F 2")
    with pytest.raises(ShapeError):
        check(np.zeros((3, 4)), "F V 3")


def test_digest_sees_dtype_shape_and_content():
    x = np.arange(6, dtype=np.float32)
    assert digest(x) == digest(x.copy())
    assert (
        len({digest(x), digest(x.reshape(2, 3)), digest(x.astype(np.float64)), digest(x + 1)})
        == 4
    )


@given(arrays(np.int16, array_shapes(min_dims=0, max_dims=3, min_side=0)), st.integers(1, 40))
def test_pieces_are_the_bytes_of_any_view_in_order(x, most):
    for view in (x, x.T, x[..., ::2] if x.ndim else x):
        parts = [bytes(part) for part in pieces(view, most)]
        assert b"".join(parts) == view.tobytes()
        row = view[:1].nbytes if view.ndim else view.nbytes
        assert all(len(part) <= max(most, row) for part in parts)


def test_a_view_has_the_digest_of_its_copy():
    x = np.random.default_rng(0).random((900, 478, 3), np.float32)[:, :, :2]
    assert digest(x) == digest(x.copy())
