"""A person of the embedded head filmed by an exact camera: the truth of the fit's tests."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.camera import Camera
from core.face.model import FaceModel, built_in
from core.face.rotation import axis_angle, matrix
from core.reconstruction.identity import Seen
from core.reconstruction.landmark_head import LandmarkHead
from core.reconstruction.projection import Pose, project


@dataclass(frozen=True)
class Scene:
    """What was filmed, and how."""

    camera: Camera
    shape: np.ndarray
    expression: np.ndarray
    eyes: np.ndarray
    pose: Pose
    clean: np.ndarray  # (F, 478, 2) px

    def seen(self, noise: float = 1.0, seed: int = 0) -> Seen:
        rng = np.random.default_rng(seed)
        pixels = self.clean + rng.normal(0, noise, self.clean.shape)
        return Seen(pixels, self.expression, np.ones(len(pixels)))


def film(model: FaceModel, frames: int = 120, depth: float = 600.0) -> Scene:
    rng = np.random.default_rng(7)
    t = np.arange(frames)
    camera = Camera(1400.0, 640, 360, 1280, 720)
    turn = np.stack([9 * np.sin(t / 17), 22 * np.sin(t / 23), 8 * np.sin(t / 41)], 1)
    move = np.stack([40 * np.sin(t / 50), 20 * np.cos(t / 60), depth + 40 * np.sin(t / 70)], 1)
    active = rng.random((frames // 10 + 1, 52)) < 0.12
    keys = np.where(active, rng.uniform(0.2, 0.9, active.shape), 0.0)
    at = np.arange(frames) / 10
    expression = np.stack([np.interp(at, np.arange(len(keys)), k) for k in keys.T], 1)
    eyes = np.stack([0.25 * np.sin(t / 9), 0.12 * np.cos(t / 13)] * 2, 1)
    shape = rng.normal(0, 1, len(model.identity))
    pose = Pose(matrix(np.deg2rad(turn)).astype(np.float64), move)
    person = model.person(shape.astype(np.float32))
    vertices = model.deformed(person, expression.astype(np.float32), eyes.astype(np.float32))
    points = model.embeddings["478"].points(vertices).astype(np.float64)
    return Scene(camera, shape, expression, eyes, pose, project(points, pose, camera))


def degrees_apart(a: Pose, b: Pose) -> np.ndarray:
    turn = axis_angle(a.rotation @ np.swapaxes(b.rotation, 1, 2))
    return np.rad2deg(np.linalg.norm(turn, axis=1))


@pytest.fixture(scope="session")
def model() -> FaceModel:
    return built_in()


@pytest.fixture(scope="session")
def head(model: FaceModel) -> LandmarkHead:
    return LandmarkHead.of(model)


@pytest.fixture(scope="session")
def scene(model: FaceModel) -> Scene:
    return film(model)


@pytest.fixture(name="degrees_apart")
def _degrees_apart():
    return degrees_apart
