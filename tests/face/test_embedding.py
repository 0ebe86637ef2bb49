"""The 478 and 68 points on the head, and the mouth they measure."""

import numpy as np
import pytest

from core.face.articulation import NAMES, articulation
from core.face.model import built_in
from core.landmarks import sets
from core.track import ARKIT_INDEX

COUNT = {"478": 478, "68": 68}


@pytest.fixture(scope="module")
def face():
    return built_in()


def posed(face, **weights):
    c = np.zeros(52, np.float32)
    for name, w in weights.items():
        c[ARKIT_INDEX[name]] = w
    return face.embeddings["478"].points(face.deformed(face.neutral, c))


@pytest.mark.parametrize("name", ["478", "68"])
def test_weights_are_barycentric(face, name):
    e = face.embeddings[name]
    assert e.vertices.shape == e.weights.shape == (COUNT[name], 3)
    assert (e.weights >= -1e-6).all()
    np.testing.assert_allclose(e.weights.sum(1), 1, atol=1e-5)


def test_left_mirrors_right(face):
    p = face.embeddings["478"].points(face.neutral)
    np.testing.assert_allclose(p[sets.MIRROR] * [-1, 1, 1], p, atol=1.0)


def test_points_of_the_iris_lie_on_the_eyeballs(face):
    p = face.embeddings["478"].points(face.neutral)
    for center, side in ((468, "right"), (473, "left")):
        middle = face.eye_center(side, face.neutral)
        five = p[center : center + 5]
        r = np.linalg.norm(face.neutral[face.parts[f"eye_{side}"]] - middle, axis=1).mean()
        np.testing.assert_allclose(np.linalg.norm(five - middle, axis=1), r, rtol=0.01)
        right, top, left, bottom = five[1:]
        assert right[0] > five[0, 0] > left[0]  # the image's right is the subject's left
        assert top[1] > five[0, 1] > bottom[1]
        assert 10.5 < np.linalg.norm(right - left) < 13


def test_points_lie_in_their_parts(face):
    e = face.embeddings["478"]
    groups = {"lips": [*sets.OUTER_LIPS, *sets.INNER_LIPS], "lid_left": sets.UPPER_LID_LEFT,
              "lid_right": sets.LOWER_LID_RIGHT}  # fmt: skip
    for part, ids in groups.items():
        corners, used = e.vertices[list(ids)], e.weights[list(ids)] > 1e-4
        assert np.isin(corners[used], face.parts[part]).all()
    everything_but_eyes = e.vertices[:468][e.weights[:468] > 1e-4]
    assert np.isin(everything_but_eyes, face.parts["skin"]).all()


def test_the_order_is_mediapipes(face):
    p = face.embeddings["478"].points(face.neutral)
    assert p[1, 2] > p[:468, 2].max() - 3  # nose tip
    assert p[152, 1] == p[:468, 1].min()  # chin
    assert p[10, 1] == p[:468, 1].max()  # forehead
    assert p[33, 0] < p[133, 0] < 0 < p[362, 0] < p[263, 0]  # eye corners
    assert p[61, 0] < p[0, 0] < p[291, 0]  # mouth corners
    assert (p[sets.UPPER_BROW_RIGHT, 1] > p[sets.LOWER_BROW_RIGHT, 1] + 1).all()
    assert (p[sets.LOWER_BROW_RIGHT, 1] > p[sets.UPPER_LID_RIGHT[4], 1] + 5).all()


def test_inner_lips_open_with_the_jaw_and_close_again(face):
    rest, opened = posed(face), posed(face, jawOpen=0.55)
    closed = posed(face, jawOpen=0.55, mouthClose=0.55)
    for up, low in ((82, 87), (13, 14), (312, 317), (81, 178), (311, 402)):
        assert abs(rest[up, 1] - rest[low, 1]) < 1.0
        assert opened[up, 1] - opened[low, 1] > 8
        assert abs(closed[up, 1] - closed[low, 1]) < 2.5


def test_the_68_are_points_of_the_478(face):
    few, many = (face.embeddings[n].points(face.neutral) for n in ("68", "478"))
    np.testing.assert_array_equal(
        few[[30, 36, 45, 48, 54, 8]], many[[4, 33, 263, 61, 291, 152]]
    )


def test_the_mouths_coordinates_move_as_named(face):
    a = articulation(face, face.neutral)
    assert a.names == NAMES
    assert a.rest.shape == (7,)
    assert a.gradient.shape == (7, 52)
    g = {
        n: dict(zip(ARKIT_INDEX, row, strict=True))
        for n, row in zip(NAMES, a.gradient, strict=True)
    }
    assert abs(a.rest[0]) < 0.5  # relaxed lips meet
    assert 40 < a.rest[1] < 55
    assert g["aperture"]["jawOpen"] > 20
    assert g["aperture"]["mouthClose"] == pytest.approx(-g["aperture"]["jawOpen"], rel=0.1)
    assert g["width"]["mouthSmileLeft"] > 4 > -4 > g["width"]["mouthPucker"]
    assert g["chin"]["jawOpen"] > 15
    assert g["labiodental"]["mouthRollLower"] < -2
    assert g["upper_lip"]["mouthUpperUpLeft"] > 1
    assert g["lower_lip"]["mouthLowerDownLeft"] < -1
    for row in ("aperture", "width", "protrusion", "chin"):
        for name in ("mouthSmile", "mouthStretch", "mouthPress"):
            assert g[row][f"{name}Left"] == pytest.approx(g[row][f"{name}Right"], abs=0.1)


def test_the_linear_mouth_is_the_mesh(face):
    rng = np.random.default_rng(2)
    person = face.person(rng.normal(size=len(face.identity)).astype(np.float32))
    a = articulation(face, person)
    c = (0.4 * rng.random(52)).astype(np.float32)
    y = a.rest + a.gradient @ c
    p = face.embeddings["478"].points(face.deformed(person, c))
    upper, lower = p[[82, 81, 13, 311, 312]].mean(0), p[[87, 178, 14, 402, 317]].mean(0)
    assert y[0] == pytest.approx(upper[1] - lower[1], abs=0.01)
    assert y[1] == pytest.approx(np.linalg.norm(p[291] - p[61]), abs=0.5)
    rest = face.embeddings["478"].points(person)
    assert y[3] == pytest.approx(rest[152, 1] - p[152, 1], abs=0.01)


def test_lips_meet_in_every_identity(face):
    rng = np.random.default_rng(5)
    for _ in range(20):
        person = face.person(rng.normal(size=len(face.identity)).astype(np.float32))
        assert abs(articulation(face, person).rest[0]) < 0.6
