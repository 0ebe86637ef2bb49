"""Photographed expressions with their truth: what the coefficient network learns from.

A clip is one random person in one random scene, a few frames long; its first frames are
neutral. Every clip has its own random stream, so any number of workers makes the same clips.
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.arrays import Float, Ints, Rgb
from core.camera import Camera
from core.face.model import FaceModel, built_in
from core.face.rotation import axis_angle, head_to_camera, matrix
from core.jobs import Ticket
from core.landmarks.landmarker import Landmarker, Landmarks, Roi, around
from core.landmarks.nets import AttentionMesh
from core.reconstruction.gaze import full_turns
from core.synthetic.expressions import random_expression
from core.synthetic.renders import random_scene, render
from core.synthetic.surface import Surface, of_model
from core.track import ARKIT_INDEX

PICTURE = 288  # px; the landmark network looks at 192
NEUTRAL = 4  # neutral frames at the start of a clip
FRAMES = 16
POSE_SD = np.radians([9.0, 16.0, 5.0])  # pitch, yaw, roll


@dataclass(frozen=True, eq=False)
class Samples:
    """Looked-up landmarks and the truth behind them.

    points : (B, 478, 3) px. patches : (B, P) uint8 of `core.landmarks.patches`.
    expression : (B, 52). rotation : (B, 3) rad as in `core.track.Look`. clip : (B,) which
    clip. shape : (B, S).
    """

    points: Float
    patches: Rgb
    expression: Float
    rotation: Float
    clip: Ints
    shape: Float

    @classmethod
    def joined(cls, parts: list["Samples"]) -> "Samples":
        """Return all `parts` as one."""
        names = ("points", "patches", "expression", "rotation", "clip", "shape")
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def eyes_of(expression: Float, turns: Float) -> Float:
    """Return (4,) rad, the eyeballs of `Look`, for (52,) coefficients.

    turns : (4,) rad that eyeLookIn, Out, Up, Down turn an eyeball at 1.
    """
    toward, away, up, down = (
        angle * expression[[ARKIT_INDEX[f"eyeLook{way}{s}"] for s in ("Left", "Right")]]
        for way, angle in zip(("In", "Out", "Up", "Down"), turns, strict=True)
    )
    pitch = up - down
    return np.array([away[0] - toward[0], pitch[0], toward[1] - away[1], pitch[1]], np.float32)


class Studio:
    """Makes clips of one head; an instance belongs to one process."""

    def __init__(self, model: FaceModel, landmarker: Landmarker) -> None:
        self.surface: Surface = of_model(model)
        self._landmarker = landmarker
        self._model = model
        self._turns = full_turns(model)

    def posed(self, person: Float, expression: Float, gains: Float) -> Float:
        """Return (V, 3) mm: `person` with (52,) coefficients, each shape scaled by `gains`."""
        eyes = eyes_of(expression, self._turns)
        return self._model.deformed(person, (expression * gains).astype(np.float32), eyes)

    def clip(self, index: int, seed: int, frames: int = FRAMES) -> Samples:
        """Return the frames of clip `index`."""
        rng = np.random.default_rng([seed, index])
        shape = np.clip(rng.normal(0, 0.95, len(self._model.identity)), -3, 3)
        person = self._model.person(shape.astype(np.float32))
        gains = np.exp(rng.normal(-0.1, 0.2, 52))
        scene = random_scene(self.surface, person, rng, (PICTURE, PICTURE))
        distance = rng.uniform(350, 1000)
        expression = np.stack(
            [np.zeros(52) if i < NEUTRAL else random_expression(rng) for i in range(frames)]
        ).astype(np.float32)
        looks: list[Landmarks] = []
        rotation = []
        for c in expression:
            vertices = self.posed(person, c, gains)
            pose = random_pose(self._marks(vertices).mean(0), distance, rng)
            camera = framing(head_to_camera(self._marks(vertices), *pose), rng)
            rgb = render(scene, vertices, pose, camera, rng)
            marks = camera.project(head_to_camera(self._marks(vertices), *pose))
            looks.append(self._landmarker.points(rgb, jittered(around(marks), rng)))
            rotation.append(pose[0])
        n = len(expression)
        return Samples(
            np.stack([look.points for look in looks]),
            np.stack([look.look for look in looks]),
            expression,
            np.stack(rotation),
            np.full(n, index, np.int64),
            np.repeat(shape[None].astype(np.float32), n, 0),
        )

    def _marks(self, vertices: Float) -> Float:
        return self._model.embeddings["478"].points(vertices)


def random_pose(
    center: Float, distance: float, rng: np.random.Generator
) -> tuple[Float, Float]:
    """Return rotation (rad) and translation (mm) that put `center` `distance` away."""
    pitch, yaw, roll = rng.normal(0, POSE_SD)
    turn = matrix(np.array([0, 0, roll])) @ matrix(np.array([0, yaw, 0]))
    rotation = axis_angle(turn @ matrix(np.array([pitch, 0, 0])))
    at = np.array([*rng.normal(0, 0.02, 2) * distance, distance], np.float32)
    return rotation, at - head_to_camera(center[None], rotation, np.zeros(3, np.float32))[0]


def framing(marks: Float, rng: np.random.Generator) -> Camera:
    """Return a camera whose picture holds (L, 3) camera-frame `marks` as a look would."""
    uv = marks[:, :2] / marks[:, 2:]
    low, high = uv.min(0), uv.max(0)
    focal = PICTURE / (1.5 * (high - low).max()) * rng.uniform(0.85, 1.05)
    cx, cy = PICTURE / 2 - focal * (low + high) / 2
    return Camera(float(focal), float(cx), float(cy), PICTURE, PICTURE)


def jittered(roi: Roi, rng: np.random.Generator) -> Roi:
    """Return the look a tracker might have taken instead."""
    x, y = np.array(roi.center) + rng.normal(0, 0.012, 2) * roi.side
    side = roi.side * rng.normal(1, 0.02)
    return Roi((float(x), float(y)), float(side), roi.angle + rng.normal(0, 0.015))


@cache
def _studio() -> Studio:
    """Return the studio of this process: loading it takes longer than a clip."""
    return Studio(built_in(), Landmarker(AttentionMesh(), describe=np.asarray))


def _clip(job: tuple[int, int]) -> Samples:
    return _studio().clip(*job)


def make(clips: int, seed: int, workers: int, ticket: Ticket) -> Samples:
    """Return `clips` clips of the built-in head, made by `workers` processes."""
    return Samples.joined(list(ticket.over(_made(clips, seed, workers), "Pictures", clips)))


def _made(clips: int, seed: int, workers: int) -> Iterator[Samples]:
    jobs = [(i, seed) for i in range(clips)]
    if workers < 2:
        yield from map(_clip, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        yield from pool.map(_clip, jobs, chunksize=8)
