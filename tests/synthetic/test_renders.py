"""The pictures the networks learn from: what must be visible in them."""

from dataclasses import replace

import numpy as np
import pytest

from core.camera import Camera
from core.face.model import built_in
from core.face.rotation import head_to_camera
from core.synthetic.renders import random_scene, render
from core.synthetic.surface import EYE, SKIN, of_model
from core.track import ARKIT_INDEX

SIZE = (128, 128)


@pytest.fixture(scope="module")
def head():
    model = built_in()
    return model, of_model(model)


def picture(head, seed=0, expression=None, eyes=None):
    """Return the picture of a frontal head, its scene and its landmarks (478, 2) px."""
    model, surface = head
    rng = np.random.default_rng(seed)
    person = model.neutral
    scene = random_scene(surface, person, rng, SIZE)
    scene = replace(scene, blur=0.0, noise=None)
    c = np.zeros(52, np.float32)
    for name, value in (expression or {}).items():
        c[ARKIT_INDEX[name]] = value
    vertices = model.deformed(person, c, np.zeros(4, np.float32) if eyes is None else eyes)
    marks = model.embeddings["478"].points(vertices)
    zero = np.zeros(3, np.float32)
    center = model.embeddings["478"].points(person).mean(0)[None]
    pose = (zero, np.array([0, 0, 600], np.float32) - head_to_camera(center, zero, zero)[0])
    camera = Camera(400.0, 64.0, 64.0, *SIZE)
    return (
        render(scene, vertices, pose, camera, rng),
        scene,
        camera.project(head_to_camera(marks, *pose)),
    )


def around(rgb, at, radius):
    x, y = np.round(at).astype(int)
    return rgb[y - radius : y + radius + 1, x - radius : x + radius + 1].astype(float)


def test_a_head_covers_the_middle_and_leaves_the_backdrop(head):
    rgb, scene, marks = picture(head)
    assert rgb.shape == (*SIZE, 3)
    assert rgb.dtype == np.uint8
    changed = (rgb != scene.backdrop).any(-1)
    inside = marks[marks[:, 0].argsort()][100:-100]
    x, y = np.round(inside).astype(int).T
    assert changed[y, x].mean() > 0.99
    assert not changed[:5, :5].any()


def test_the_same_seed_makes_the_same_picture(head):
    assert np.array_equal(picture(head, 3)[0], picture(head, 3)[0])
    assert not np.array_equal(picture(head, 3)[0], picture(head, 4)[0])


def test_the_iris_goes_where_the_eye_turns(head):
    def dark(yaw):
        """Return the column of the darkness around the left eye, px."""
        eyes = np.array([yaw, 0, yaw, 0], np.float32)
        rgb, _, marks = picture(head, 2, eyes=eyes)
        part = 255 - around(rgb, marks[[386, 374]].mean(0), 3).mean(-1)
        part = np.clip(part - np.median(part), 0, None)
        return (part.sum(0) * np.arange(7)).sum() / part.sum()

    assert dark(0.5) > dark(-0.5) + 0.5  # the subject's left is the picture's right


def test_an_open_mouth_is_dark_inside(head):
    shut, _, lips = picture(head, 5)
    wide, _, marks = picture(head, 5, {"jawOpen": 0.8})
    hole = marks[[13, 14]].mean(0)
    assert around(wide, hole, 1).mean() < 0.7 * around(shut, lips[[13, 14]].mean(0), 4).mean()


def test_shut_lids_cover_the_eye(head):
    _, surface = head
    white = picture(head, 1)[1].complexion.sclera
    wide, _, marks = picture(head, 1)
    shut, _, _ = picture(head, 1, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    eye = marks[[386, 374]].mean(0)
    assert np.abs(around(wide, eye, 2) - around(shut, eye, 2)).mean() > 10
    assert around(shut, eye, 1).std() < around(wide, eye, 3).std()
    assert (white > 0.5).all()
    assert (surface.kind == EYE).sum() == sum(len(b) for b in surface.eyes)


def test_painted_masks_lie_on_the_skin_where_they_belong(head):
    model, surface = head
    marks = model.embeddings["478"].points(model.neutral)
    for name in ("lips", "brows", "lash_upper", "lash_lower", "scalp", "beard"):
        mask = getattr(surface, name)
        assert mask.min() >= 0
        assert mask.max() <= 1
        assert mask.max() > 0.5, name
        assert not mask[surface.kind != SKIN].any(), name
    height = surface.rest[:, 1]
    eye, chin, nose = marks[159, 1], marks[152, 1], marks[4, 1]
    assert height[surface.brows > 0.5].min() > eye
    assert chin < np.average(height, weights=surface.lips) < nose
    assert height[surface.scalp > 0.5].mean() > eye
    assert np.average(height, weights=surface.beard) < nose


def test_a_plain_complexion_has_no_brows(head):
    from core.synthetic.skin import random_complexion

    _, surface = head
    brow, skin = surface.brows > 0.9, (surface.kind == SKIN) & (surface.brows == 0)
    near = skin & (np.abs(surface.rest[:, 1] - surface.rest[brow, 1].mean()) < 15)
    plain, painted = (
        random_complexion(surface, np.random.default_rng(7), plain=p) for p in (1.0, 0.0)
    )

    def contrast(complexion):
        a = complexion.albedo
        return abs(float(np.log(a[brow].mean() / a[near].mean())))

    assert contrast(painted) > 2 * contrast(plain)
