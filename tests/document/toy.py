"""Small documents, and a layer with every kind of field, for the tests of the document."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.builtin import kinds
from core.camera import Camera
from core.expression.keyframes import Envelope
from core.project import Clip, Project, Take
from core.registry import Entry
from core.stages import Evidence
from core.times import Times
from core.track import ARKIT, Track


@dataclass(frozen=True)
class Tint:
    """Adds a curve to all expression columns."""

    amount: Envelope
    names: tuple[str, ...] = ()
    start: Fraction = Fraction(0)
    strength: float = 1.0
    note: str | None = None
    enabled: bool = True

    def apply(self, track: Track, evidence: Evidence) -> Track:
        del evidence
        rise = self.amount.at(track.times)[:, None] * np.float32(self.strength)
        return track.with_group("expression", track["expression"] + rise)


def enter() -> None:
    """Let projects hold a `Tint`; tests of plug-ins have the table made anew."""
    if kinds().find("layer", "tint") is None:
        kinds().add(Entry("layer", "tint", "Tint", "tests.document.toy:Tint"))


def take(seed: int = 0, frames: int = 12, *layers: object) -> tuple[Clip, Take]:
    rng = np.random.default_rng(seed)
    pts = np.cumsum(rng.integers(1, 2000, frames))
    times = Times(pts.astype(np.int64), Fraction(1, 30000))
    clip = Clip(Path(f"/clips/clip {seed} ü.mp4"), f"{seed:032x}", times, (1280, 720), 48000)
    track = Track(ARKIT, rng.random((frames, ARKIT.width), np.float32), times)
    landmarks = rng.random((frames, 478, 2), np.float32) * 700
    made = Take(
        f"Face {seed}", 0, "built-in", rng.standard_normal(80).astype(np.float32),
        Camera.of_frame(1280, 720), track, landmarks, np.zeros(7, np.float32), tuple(layers),
    )  # fmt: skip
    return clip, made


def project(seed: int = 0, *layers: object) -> Project:
    clip, made = take(seed, 12, *layers)
    return Project((clip,), (made,))


def same(a: Project, b: Project) -> bool:
    """Return whether two documents say the same, bit for bit."""
    return _facts(a) == _facts(b)


def _facts(p: Project) -> object:
    clips = [
        (str(c.path), c.digest, c.times.pts.tobytes(), c.times.base, c.size, c.audio_rate)
        for c in p.clips
    ]
    takes = [
        (
            t.name, t.clip, t.face, t.shape.tobytes(), t.camera, t.track.space,
            t.track.values.tobytes(), t.track.times.pts.tobytes(), t.landmarks.tobytes(),
            t.landmarks.shape, t.resting_emotion.tobytes(), t.layers,
        )
        for t in p.takes
    ]  # fmt: skip
    return clips, takes
