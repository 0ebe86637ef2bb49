"""A layer: the small unrest of a living face, or the tremble of strong feeling.

A face held still by an edit looks dead. This layer lets chosen muscles waver a little, slowly
for breath, quickly for trembling; while the face speaks it steps back.
"""

import zlib
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.plugin import (
    Entry,
    Envelope,
    Evidence,
    Float,
    Registry,
    Track,
    analyse,
    check,
    choice,
    ranged,
    select,
)

API = 1
PLACES = {
    "whole face": (
        "browInnerUp", "browDown", "eyeSquint", "cheekSquint", "mouthPress", "mouthStretch",
    ),
    "lower lip": ("mouthShrugLower", "mouthRollLower", "mouthFrown"),
    "brows": ("browInnerUp", "browDown", "browOuterUp"),
    "eyes": ("eyeSquint", "eyeWide", "cheekSquint"),
    "nostrils": ("noseSneer",),
}  # fmt: skip
FULL = 0.12  # of a coefficient, at amount 1


@dataclass(frozen=True)
class Tremor:
    """Small unrest of some muscles: slow like breath, or quick like a tremble."""

    amount: Envelope = ranged(Envelope.constant(0.4), 0, 1, title="Amount")
    rate: float = ranged(4.0, 0.2, 12.0, unit="Hz", title="Rate")
    place: str = choice("whole face", tuple(PLACES), title="Where")
    spare_speech: float = ranged(0.8, 0, 1, title="Rest in speech")
    seed: int = ranged(1, 1, 99, title="Variation")
    enabled: bool = True

    def __post_init__(self) -> None:
        check(self)

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return the track with its unrest; equal numbers give equal unrest, always."""
        amount = self.amount.at(track.times) * (track["confidence"][:, 0] > 0)
        if not amount.any():
            return track
        speech = analyse(evidence.filmed or track, evidence.lip_gap).activity
        amount = FULL * amount * (1 - self.spare_speech * np.clip(speech, 0, 1))
        face = track["expression"].copy()
        for stem in PLACES[self.place]:
            columns = select(stem)
            swing = self._swing(stem, track)[:, None]
            moved = face[:, columns] + (amount[:, None] * swing)
            # Never through rest to the other side, and never beyond the end of the range.
            top = np.maximum(face[:, columns], 1)
            face[:, columns] = np.clip(moved, np.minimum(face[:, columns], 0), top)
        return track.with_group("expression", face)

    def _swing(self, stem: str, track: Track) -> Float:
        """Return (F,) about -1..1: a sum of sines of uneven rates, smooth at every moment."""
        seconds = np.array([float(m) for m in _moments(track)])
        rng = np.random.default_rng([self.seed, zlib.crc32(stem.encode())])
        waves = rng.uniform(0.6, 1.6, 5) * self.rate
        starts = rng.uniform(0, 2 * np.pi, 5)
        return np.sin(2 * np.pi * seconds[:, None] * waves + starts).mean(1) * 1.5


def _moments(track: Track) -> list[Fraction]:
    return [track.times.moment(i) for i in range(len(track))]


def register(registry: Registry) -> None:
    """Enter the layer."""
    registry.add(Entry("layer", "tremor", "Unrest", f"{__name__}:Tremor"))
