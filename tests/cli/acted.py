"""A small film with sound and a project that follows a face through it, known exactly."""

from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core import engine
from core.camera import Camera
from core.face.model import built_in
from core.face.rotation import head_to_camera
from core.project import Project, Take
from core.storage import ProjectFile
from core.track import ARKIT, ARKIT_INDEX, Track
from tests.media.clips import make_clip

SIZE = (320, 240)
SOUND = {"codec": "aac", "rate": 44100, "layout": "stereo", "seconds": 0.8}


def film(folder, frames=20, name="film.mp4", sound=SOUND):
    """Write a film of `frames` frames at 24000/1001 with an odd start."""
    path = folder / name
    make_clip(
        path, range(500, 500 + 1001 * frames, 1001), Fraction(1, 24000), SIZE, sound=sound
    )
    return path


def acted(path, name="Face 1"):
    """Return the project of a film in which a talking face fills the picture."""
    clip = engine.open_clip(path)
    F = len(clip.times)
    model, camera = built_in(), Camera.of_frame(*SIZE)
    face = np.zeros((F, 52), np.float32)
    face[:, ARKIT_INDEX["jawOpen"]] = 0.25 + 0.25 * np.sin(np.arange(F))
    track = Track(ARKIT, np.zeros((F, ARKIT.width), np.float32), clip.times)
    track = track.with_group("expression", face)
    track = track.with_group("confidence", np.ones((F, 1), np.float32))
    place = np.tile(np.float32([0, 0, 600]), (F, 1))
    track = track.with_group("head_translation", place)
    person = model.person(np.zeros(len(model.identity), np.float32))
    points = model.embeddings["478"].points(model.deformed(person, face))
    landmarks = camera.project(head_to_camera(points, np.zeros((F, 3)), place))
    take = Take(
        name, 0, model.name, np.zeros(len(model.identity), np.float32), camera, track,
        landmarks.astype(np.float32), np.zeros(7, np.float32),
    )  # fmt: skip
    return Project((clip,), (take,))


def project(folder, frames=20, seconds=0.8):
    """Write the film and its project; return the project's path."""
    path = folder / "p.facestudio"
    for name, data in _files(frames, seconds).items():
        (folder / name).write_bytes(data)
    return path


@cache
def _files(frames, seconds):
    with TemporaryDirectory() as place:
        folder = Path(place)
        made = acted(film(folder, frames, sound=SOUND | {"seconds": seconds}))
        ProjectFile.create(folder / "p.facestudio", made, "Track film.mp4").close()
        return {path.name: path.read_bytes() for path in folder.iterdir()}
