"""A short clip of the synthetic actor, small enough to be followed in a test."""

import shutil
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from core import engine
from core.jobs import Ticket
from core.media.encode import ExportSettings
from core.media.probe import probe
from core.media.record import Voiceover, record_video
from core.media.sound import samples
from core.media.video import frames
from core.paths import resource
from core.storage import ProjectFile
from core.times import Times

FRAMES, RATE, SIZE = 24, 25, (640, 360)
HERTZ = 44100


def write_clip(target):
    """Write the first frames of the demo at half its size, with its sound."""
    source = resource("demo/actor.mp4")
    pictures = [
        cv2.resize(p.rgb, SIZE, interpolation=cv2.INTER_AREA)
        for p in islice(frames(source, probe(source)), FRAMES)
    ]
    sound = np.asarray(samples(source, HERTZ)[: HERTZ * FRAMES // RATE], np.float32)
    times = Times.steady(FRAMES, Fraction(RATE))
    settings = ExportSettings(crf=14, preset="ultrafast")
    return record_video(target, pictures, times, settings, Voiceover(sound, HERTZ))


def followed(folder):
    """Write the clip and its project, the face followed, into `folder`; return the folder."""
    for name, data in _files().items():
        (folder / name).write_bytes(data)
    return folder


@cache
def _files():
    with TemporaryDirectory() as place:
        folder = Path(place)
        clip = write_clip(folder / "talk.mp4")
        found = engine.track(clip, Ticket())
        ProjectFile.create(folder / "talk.facestudio", found, "Track talk.mp4").close()
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def copied(folder, target):
    """Copy clip and project of `folder` to `target`; return the path of the project."""
    for name in ("talk.mp4", "talk.facestudio"):
        shutil.copy(folder / name, target / name)
    return target / "talk.facestudio"
