"""Rotations by the axioms of their group."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.face.rotation import axis_angle, head_to_camera, matrix

vectors = arrays(np.float64, 3, elements=st.floats(-1.7, 1.7))


@given(vectors)
@settings(deadline=None)
def test_matrix_is_a_rotation_and_comes_back(r):
    m = matrix(r).astype(np.float64)
    assert np.allclose(m @ m.T, np.eye(3), atol=1e-5)
    assert np.isclose(np.linalg.det(m), 1, atol=1e-5)
    assert np.allclose(axis_angle(m), r, atol=1e-4)


def test_half_turns_survive():
    for axis in np.eye(3):
        back = axis_angle(matrix(np.pi * axis))
        assert np.allclose(np.abs(back), np.pi * axis, atol=1e-4)


def test_quarter_turn_about_y():
    assert np.allclose(matrix([0, np.pi / 2, 0]) @ [0, 0, 1], [1, 0, 0], atol=1e-6)


def test_a_face_at_rest_looks_into_the_camera():
    nose = np.array([[0, 0, 100.0]], np.float32)  # out of the face
    there = head_to_camera(nose, np.zeros(3, np.float32), np.array([0, 0, 500], np.float32))
    assert np.allclose(there, [[0, 0, 400]])
    up = head_to_camera(
        np.array([[0, 10.0, 0]], np.float32), np.zeros(3), np.array([0, 0, 500])
    )
    assert np.allclose(up, [[0, -10, 500]])
