"""The error of a neutral mesh: alignment, nearest points, other topologies."""

import numpy as np

from core.evaluation.mesh import nearest_on_surface, neutral_error, similarity
from core.face.rotation import matrix


def test_similarity_is_exact() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(0, 50, (20, 3))
    R = matrix(np.array([0.3, -0.5, 0.2])).astype(np.float64)
    s, found, t = similarity(a, 1.3 * a @ R.T + [1.0, 2, 3])
    np.testing.assert_allclose(s, 1.3, rtol=1e-6)
    np.testing.assert_allclose(found, R, atol=1e-6)
    np.testing.assert_allclose(t, [1, 2, 3], atol=1e-4)


def test_nearest_point_on_one_triangle() -> None:
    corners = np.array([[0.0, 0, 0], [4, 0, 0], [0, 4, 0]])
    points = np.array([[1.0, 1, 2], [2, -3, 0], [5, -1, 0], [3, 3, 0]])
    foot = nearest_on_surface(points, corners, np.array([[0, 1, 2]]))
    np.testing.assert_allclose(foot, [[1, 1, 0], [2, 0, 0], [4, 0, 0], [2, 2, 0]], atol=1e-9)


def test_another_size_and_place_is_no_error_and_a_dent_is(model) -> None:
    face = np.unique(model.embeddings["478"].vertices[:468])
    truth = model.neutral[face].astype(np.float64)
    R = matrix(np.array([0.1, 0.2, -0.1])).astype(np.float64)
    moved = 0.8 * model.neutral @ R.T + [5, 0, 100]
    k = face[::5]
    same = neutral_error(moved, model.triangles, truth, (moved[k], model.neutral[k]))
    assert same.max() < 1e-3
    dented = truth.copy()
    dented[::7, 2] += 6.0
    error = neutral_error(moved, model.triangles, dented, (moved[k], model.neutral[k]))
    assert 0.2 < error.mean() < 2.0
