"""Landmarks laid over a reference: exact on exact input."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.face.rotation import HEAD_TO_CAMERA_AXES, axis_angle, matrix
from core.reconstruction.alignment import FLIP, align

angles = st.tuples(*[st.floats(-0.9, 0.9)] * 3)


def filmed(face, rotation, scale, shift):
    """Return (1, L, 3) px of `face` (L, 3) mm, as ``X = R D x`` seen from far away."""
    camera = face @ (matrix(np.array(rotation)) @ HEAD_TO_CAMERA_AXES).T
    return (scale * camera + shift)[None]


@given(angles, st.floats(0.3, 9), st.floats(-500, 500))
def test_a_known_similarity_is_found(rotation, scale, shift):
    rng = np.random.default_rng(0)
    face, weights = rng.normal(0, 40, (30, 3)), rng.uniform(0.1, 1, 30)
    found = align(filmed(face, rotation, scale, shift), face, weights)
    assert np.allclose(found.points[0], face, atol=0.05)
    assert np.allclose(found.scale, scale, rtol=1e-3)
    assert np.allclose(matrix(found.rotation[0]), matrix(np.array(rotation)), atol=1e-3)


def test_points_without_weight_do_not_pull():
    rng = np.random.default_rng(1)
    face, weights = rng.normal(0, 40, (30, 3)), np.ones(30)
    weights[:5] = 0
    points = filmed(face, (0.1, 0.3, 0), 2.0, 100.0)
    points[:, :5] += 300
    found = align(points, face, weights)
    assert np.allclose(found.points[0, 5:], face[5:], atol=0.05)
    assert np.degrees(np.linalg.norm(axis_angle(matrix(found.rotation[0]) @ matrix(
        np.array((0.1, 0.3, 0))).T))) < 0.1  # fmt: skip


def test_a_face_in_millimetres_lies_over_itself():
    face = np.random.default_rng(2).normal(0, 40, (30, 3))
    found = align(face[None] * FLIP, face, np.ones(30))
    assert np.allclose(found.points[0], face, atol=1e-2)
    assert np.abs(found.rotation).max() < 1e-3


def test_a_mirrored_face_is_not_turned_inside_out():
    face = np.random.default_rng(3).normal(0, 40, (30, 3))
    found = align(filmed(face * [-1, 1, 1], (0, 0, 0), 1.0, 0.0), face, np.ones(30))
    assert np.isclose(np.linalg.det(found.turn[0]), 1, atol=1e-4)
