"""Rendered people for tests of following: two heads, some frames of talk, their true points."""

from functools import cache

import numpy as np

from core.camera import Camera
from core.face.model import built_in
from core.face.rotation import head_to_camera
from core.synthetic.renders import random_scene, render
from core.synthetic.surface import of_model
from core.track import ARKIT_INDEX

SIZE = 200


@cache
def talk(seed: int, frames: int = 24):
    """Return (frames) of (SIZE, SIZE, 3) pictures, (frames, 478, 2) true points, masks."""
    model = built_in()
    rng = np.random.default_rng(seed)
    shape = np.clip(rng.normal(0, 0.9, len(model.identity)), -2, 2).astype(np.float32)
    person = model.person(shape)
    scene = random_scene(of_model(model), person, rng, (SIZE, SIZE))
    camera = Camera(SIZE * 2.2, SIZE / 2, SIZE / 2, SIZE, SIZE)
    pictures, truth, masks = [], [], []
    for i in range(frames):
        coefficients = np.zeros(52, np.float32)
        coefficients[ARKIT_INDEX["jawOpen"]] = 0.25 * (1 - np.cos(i / 2))
        vertices = model.deformed(person, coefficients, np.zeros(4, np.float32))
        marks = model.embeddings["478"].points(vertices)
        rotation = np.array([0.05, 0.12 * np.sin(i / 6), 0.0], np.float32)
        zero = np.zeros(3, np.float32)
        middle = head_to_camera(marks.mean(0)[None], rotation, zero)[0]
        pose = rotation, np.array([0, 0, 620], np.float32) - middle
        pictures.append(render(scene, vertices, pose, camera, rng))
        truth.append(camera.project(head_to_camera(marks, *pose)))
        hull = camera.project(head_to_camera(vertices, *pose))
        masks.append(_inside(hull))
    return pictures, np.stack(truth), masks


def _inside(points):
    """Return the (SIZE, SIZE) ellipse about projected vertices."""
    low, high = points.min(0), points.max(0)
    y, x = np.mgrid[:SIZE, :SIZE]
    center, half = (low + high) / 2, (high - low) / 2
    return ((x - center[0]) / half[0]) ** 2 + ((y - center[1]) / half[1]) ** 2 < 1


def stage(width=420, height=SIZE, grey=90):
    return np.full((height, width, 3), grey, np.uint8)


def put(picture, person, mask, x, y=0):
    """Paste one rendered person at column `x`, row `y`."""
    picture[y : y + SIZE, x : x + SIZE][mask] = person[mask]
    return picture


def covered(picture, points, colour=(40, 90, 160)):
    """Return the picture with a board held before mouth and chin."""
    out = picture.copy()
    x0, x1 = points[:, 0].min(), points[:, 0].max()
    y0, y1 = points[2, 1] + 2, points[152, 1] + 10
    out[int(y0) : int(y1), int(x0) : int(x1)] = colour
    return out
