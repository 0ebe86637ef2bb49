"""The mean face of everybody of a corpus in every emotion, and windows against the neutral."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.arrays import Double, Float, Ints
from core.corpus.clip import Name
from core.corpus.files import Corpus
from core.errors import WishError
from core.expression.emotions import LABELS
from core.track import ARKIT_NAMES

WINDOW = 10  # frames: NED's and SCMC's (expression.md 3.1, 4.1)
STRIDE = 5

Faces = Mapping[Name, Float]


@dataclass(frozen=True, eq=False)
class Averages:
    """Sums over the frames of an actor: totals (7, 52) and counts (7,) by name.

    Emotions in the order of `LABELS`.
    """

    totals: Mapping[str, Double]
    counts: Mapping[str, Double]

    def mean(self, actor: str, emotion: str, without: Float | None = None) -> Double:
        """Return (52,): the mean face of an actor, `without` a clip (F, 52) of that emotion.

        Raises
        ------
        WishError
            if there is no other clip of the actor in this emotion.
        """
        e = LABELS.index(emotion)
        total, count = self._of(actor)
        total, count = total[e], float(count[e])
        if without is not None:
            total, count = total - without.sum(0, dtype=np.float64), count - len(without)
        if count < 1:
            raise WishError(f"The corpus has no (other) clip of {actor}, {emotion}.")
        return total / count

    def neutral(self, actor: str) -> Float:
        """Return (52,): the mean neutral face of an actor; see `mean` for errors."""
        return self.mean(actor, "neutral").astype(np.float32)

    def _of(self, actor: str) -> tuple[Double, Double]:
        if actor not in self.totals:
            raise WishError(f"The corpus has no clip of {actor}.")
        return self.totals[actor], self.counts[actor]


def read_faces(corpus: Corpus, split: str) -> Faces:
    """Return (F, 52) coefficients of all usable clips of a split."""
    return {e.name: corpus.clip(e.name).expression for e in corpus.chosen(split)}


def averages(faces: Faces) -> Averages:
    """Return the means over clips."""
    totals: dict[str, Double] = {}
    counts: dict[str, Double] = {}
    for name, face in faces.items():
        e = LABELS.index(name.emotion)
        total = totals.setdefault(name.actor, np.zeros((len(LABELS), face.shape[1])))
        count = counts.setdefault(name.actor, np.zeros(len(LABELS)))
        total[e] += face.sum(0, dtype=np.float64)
        count[e] += len(face)
    return Averages(totals, counts)


def windows(face: Float, neutral: Float) -> Float:
    """Return (W, 520): stretches of `WINDOW` frames of (F, 52) less the actor's neutral (52,).

    Every `STRIDE` frames; none of a clip shorter than a window.
    """
    starts = np.arange(0, len(face) - WINDOW + 1, STRIDE)
    frames = starts[:, None] + np.arange(WINDOW)
    flat = (face - neutral)[frames].reshape(len(starts), WINDOW * face.shape[1])
    return flat.astype(np.float32)


def labelled(faces: Faces) -> tuple[Float, Ints]:
    """Return (W, 520) windows of all clips, and (W,) which of `LABELS` they show."""
    means = averages(faces)
    seen = [np.zeros((0, WINDOW * len(ARKIT_NAMES)), np.float32)]
    label: list[int] = []
    for name, face in faces.items():
        seen.append(windows(face, means.neutral(name.actor)))
        label += [LABELS.index(name.emotion)] * len(seen[-1])
    return np.concatenate(seen), np.array(label, np.int64)
