"""A corpus in memory, frame after frame: what the speech-aware networks are trained on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import Double, Float, Ints
from core.corpus.clip import Clip, Entry, Name
from core.corpus.files import Corpus
from core.corpus.mel import BANDS, BEFORE, LOOK, RATE, STEP, cepstra, log_mel
from core.errors import ExchangeError
from core.expression.scmc import faces
from core.face.articulation import articulation
from core.face.model import built_in
from core.jobs import Ticket
from core.stages import Articulation

MARGIN = 24  # quiet spectra around every clip, so that a look never meets its neighbour
Part = tuple[Float, Float, Float, Float, Double]
LOOSE = 0.5  # seconds by which sound may end before its pictures


@dataclass(frozen=True, eq=False)
class Material:
    """All frames of some clips, one after the other.

    entries : the clips. first : (C + 1,) number of the first frame of each, and of all.
    expression : (N, 52). face : (N, 53) of `core.expression.scmc.faces`. shown : (N, 53) the
    same faces as a tracker reads them, which is what an editor will be given. mel : (M, 40)
    with quiet margins; look : (N,) row at which the 20 spectra of a frame begin. cepstra :
    (M', 12) every 10 ms without margins; sound : (C + 1,) its first row for each clip.
    moments : (N,) seconds after the first sample of the clip's sound.
    """

    entries: tuple[Entry, ...]
    first: Ints
    expression: Float
    face: Float
    shown: Float
    mel: Float
    look: Ints
    cepstra: Float
    sound: Ints
    moments: Double

    @property
    def index(self) -> Mapping[Name, int]:
        """Return the number of every clip by its name."""
        return {e.name: i for i, e in enumerate(self.entries)}

    def frames(self, clip: int) -> Ints:
        """Return the frame numbers of a clip."""
        return np.arange(self.first[clip], self.first[clip + 1])

    def looks(self, frames: Ints) -> Float:
        """Return (B, 20, 40): the spectra about some frames."""
        return self.mel[self.look[frames][:, None] + np.arange(LOOK)]

    def before(self, frames: Ints, count: int = 2) -> Ints:
        """Return (B, count): each frame after those before it; the first one repeats."""
        clip = np.searchsorted(self.first, frames, "right") - 1
        steps = frames[:, None] - np.arange(count)[::-1]
        return np.maximum(steps, self.first[clip][:, None])


def head_mouth() -> Articulation:
    """Return the mouth of the built-in head at its mean."""
    model = built_in()
    return articulation(model, model.neutral)


def load(
    corpus: Corpus, entries: Sequence[Entry], ticket: Ticket, acted: bool = False
) -> Material:
    """Return some clips of a corpus; those that cannot be used are refused by name.

    acted : the faces are as their actors made them, which only a synthetic corpus knows.

    Raises
    ------
    ExchangeError
        if a file is damaged, a coefficient is no number, or a sound ends more than half a
        second before its pictures: nothing is ever paired with the wrong sound in silence.
    """
    if not entries:
        raise ExchangeError(f"The corpus has no clips of this kind: {corpus.folder}")
    mouth = head_mouth()
    parts: list[Part] = []
    for entry in ticket.over(entries, "Reading"):
        clip = corpus.clip(entry.name)
        _checked(clip, corpus.folder / entry.name.path)
        moments = clip.times.moments() - clip.sound_start
        face = clip.expression
        if acted:
            if "expression" not in clip.truth:
                raise ExchangeError(
                    "Only a corpus of 'facestudio corpus' knows faces as acted: "
                    f"{corpus.folder}"
                )
            face = clip.truth["expression"].astype(np.float32)
        sounds = log_mel(clip.sound), cepstra(clip.sound)
        parts.append((face, clip.expression, *sounds, moments))
    return _joined(tuple(entries), parts, mouth)


def _checked(clip: Clip, place: Path) -> None:
    if clip.rate != RATE:
        raise ExchangeError(f"The sound of a clip has {clip.rate} Hz, not {RATE}: {place}")
    last = float(clip.times.moments()[-1]) - clip.sound_start
    if len(clip.sound) / RATE < last - LOOSE:
        short = last - len(clip.sound) / RATE
        raise ExchangeError(
            f"The sound ends {short:.1f} s before the pictures; cut or leave out: {place}"
        )


def _joined(
    entries: tuple[Entry, ...],
    parts: Iterable[Part],
    mouth: Articulation,
) -> Material:
    mels: list[Float] = []
    looks: list[Ints] = []
    at = 0
    expressions, shown, tables, moments = [], [], [], []
    for expression, read, mel, table, when in parts:
        quiet = mel[mel.sum(1).argmin()] if len(mel) else np.zeros(BANDS, np.float32)
        edge = np.repeat(quiet[None], MARGIN, 0)
        start = np.round((when - BEFORE) / STEP).astype(np.int64)
        most = len(mel) + MARGIN - LOOK
        looks.append(at + MARGIN + np.clip(start, -MARGIN, most))
        mels += [edge, mel, edge]
        at += len(mel) + 2 * MARGIN
        expressions.append(expression)
        shown.append(read)
        tables.append(table)
        moments.append(when)
    expression = np.concatenate(expressions)
    return Material(
        entries,
        np.cumsum([0, *(len(x) for x in expressions)]),
        expression,
        faces(expression, mouth),
        faces(np.concatenate(shown), mouth),
        np.concatenate(mels),
        np.concatenate(looks),
        np.concatenate(tables),
        np.cumsum([0, *(len(x) for x in tables)]),
        np.concatenate(moments),
    )
