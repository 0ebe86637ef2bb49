"""Voices for synthetic actors: espeak-ng as an external program."""

import json
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.arrays import Float
from core.errors import FaceStudioError
from core.synthetic.speech.visemes import Phoneme


@dataclass(frozen=True)
class Saying:
    """What is to be said, and how. rate : words a minute. pitch, range, volume : 0..100."""

    text: str
    voice: str = "gmw/en"
    rate: int = 165
    pitch: int = 50
    range: int = 50
    volume: int = 100


@dataclass(frozen=True, eq=False)
class Spoken:
    """(N,) float32 sound, -1..1, at `rate` samples a second, and its phonemes in seconds."""

    sound: Float
    rate: int
    phonemes: tuple[Phoneme, ...]


def say(sayings: Sequence[Saying]) -> list[Spoken]:
    """Return all `sayings` spoken by one espeak-ng process.

    Raises
    ------
    FaceStudioError
        if espeak-ng is not installed or does not know a voice.
    """
    with TemporaryDirectory(prefix="facestudio-") as folder:
        files = [Path(folder, f"{i}.wav") for i in range(len(sayings))]
        lines = [
            json.dumps({**vars(saying), "file": str(file)})
            for saying, file in zip(sayings, files, strict=True)
        ]
        made = subprocess.run(
            [sys.executable, "-m", "core.synthetic.speech.espeak_process"],
            input="\n".join(lines), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise FaceStudioError(f"The voice could not be made: {made.stderr.strip()}")
        events = [json.loads(line) for line in made.stdout.splitlines()]
        return [_spoken(file, e) for file, e in zip(files, events, strict=True)]


def _spoken(file: Path, events: Sequence[tuple[int, str]]) -> Spoken:
    with wave.open(str(file)) as w:
        rate = w.getframerate()
        sound = np.frombuffer(w.readframes(w.getnframes()), "<i2").astype(np.float32) / 32768
    ends = [start / 1000 for start, _ in events[1:]] + [len(sound) / rate]
    phonemes = [
        Phoneme(name, start / 1000, end)
        for (start, name), end in zip(events, ends, strict=True)
    ]
    return Spoken(sound, rate, tuple(phonemes))


def shifted(phonemes: Sequence[Phoneme], seconds: float) -> list[Phoneme]:
    """Return `phonemes` that much later."""
    return [Phoneme(p.name, p.start + seconds, p.end + seconds) for p in phonemes]
