"""A tiny tree of talking videos in the layout of MEAD, with all that can be wrong in one."""

import os
import wave
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np

from core.errors import MediaError
from core.media.probe import probe
from core.reconstruction.coefficients import Neutral
from tests.media.clips import add_sound_stream, make_clip, write_sound

FRAMES = 12  # at 25 a second: 0.48 s
SECONDS = FRAMES / 25
NTSC = {"base": Fraction(1, 30000), "pts": [1001 * i for i in range(FRAMES)]}


def tone(path, seconds=SECONDS, rate=44100):
    """A sound file of its own: WAV, or AAC in an .m4a."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".m4a":
        with av.open(str(path), "w", format="ipod") as out:
            voice = add_sound_stream(out, "aac", rate)
            out.start_encoding()
            write_sound(out, voice, "aac", rate, "stereo", seconds)
        return path
    wave_ = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((wave_ * 32767).astype("<i2").tobytes())
    return path


def film(path, frames=FRAMES, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    return make_clip(path, **({"pts": range(frames)} | options))


def places(root, actor, emotion, number, ending=".wav"):
    level = "level_1" if emotion == "neutral" else "level_3"
    video = root / actor / "video" / "front" / emotion / level / f"{number}.mp4"
    return video, root / actor / "audio" / emotion / level / f"{number}{ending}"


def pair(root, actor, emotion, number, seconds=SECONDS, **options):
    video, audio = places(root, actor, emotion, number)
    tone(audio, seconds)
    return film(video, **options)


def whole(root):
    """2 actors x 3 emotions x 2 clips, all as they should be."""
    for actor in ("M003", "W009"):
        for emotion in ("neutral", "happy", "sad"):
            for number in ("001", "002"):
                pair(root, actor, emotion, number)
    return root


def faulty(root):
    """The same with faults: see the test that lists them."""
    whole(root)
    places(root, "M003", "neutral", "002")[1].unlink()
    film(places(root, "M003", "happy", "2")[0])
    (root / "M003" / "video" / "front" / "angry" / "level_3").mkdir(parents=True)
    pair(root, "W009", "happy", "001", FRAMES * 1001 / 30000, **NTSC)
    tone(places(root, "W009", "sad", "001")[1], 0.3)
    tone(places(root, "W009", "sad", "002")[1], 1.2)
    pair(root, "W009", "sad", "003")
    places(root, "W009", "sad", "003")[0].write_bytes(b"no video at all")
    tone(places(root, "W009", "happy", "009")[1])
    film(root / "W009" / "video" / "left_30" / "happy" / "level_3" / "001.mp4")
    return root


def doubled(number, ticket):
    """Work for other processes."""
    ticket.report(0.5)
    return 2 * number


def fails(number, ticket):
    raise MediaError(f"Number {number} cannot be read: /films/{number}")


def dies(number, ticket):
    os._exit(3)


class Tracker:
    """Stands in for ours: says of a film what its digest says; counts what it was asked."""

    def __init__(self):
        self.rests = []
        self.read = []
        self.faces = {}  # file name -> (F,) confidence
        self.broken = set()  # paths with NaN
        self.stop_after = None
        self.error = None

    def neutral_of(self, path, *, ticket):
        ticket.report(0.5)
        self.rests.append(Path(path))
        if self.error:
            raise self.error
        level = len(self.rests)
        return Neutral(np.full((478, 3), level, np.float64), np.full(4, level, np.float32))

    def reconstruct(self, path, *, ticket, neutral=None):
        ticket.report(0.5)
        if self.stop_after is not None and len(self.read) >= self.stop_after:
            raise KeyboardInterrupt
        self.read.append((Path(path), neutral))
        info = probe(path)
        rng = np.random.default_rng(int(info.digest[:8], 16))
        expression = rng.random((len(info.times), 52)).astype(np.float32)
        if Path(path) in self.broken:
            expression[3, 7] = np.nan
        sure = self.faces.get(Path(path), np.ones(len(info.times), np.float32))
        take = SimpleNamespace(track={"expression": expression, "confidence": sure[:, None]})
        return None, [take]
