"""Ways to put another emotion on a talking face: the rows of the table that learn nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Protocol

import numpy as np

from core.arrays import Float
from core.corpus.averages import Averages, Faces
from core.evaluation.expression.measures import Head, head, score, summary
from core.evaluation.expression.trials import Trial
from core.expression.emotions import LABELS
from core.expression.guard import Guard, events, smoothed
from core.expression.keyframes import Envelope
from core.expression.layers import Emotion, compose
from core.expression.manipulator import Manipulator, geometric_median
from core.expression.scmc import faces
from core.expression.speech import analyse
from core.face.model import built_in
from core.landmarks.sets import EYE_CORNERS_LEFT, EYE_CORNERS_RIGHT
from core.stages import Articulation, Evidence
from core.times import Times
from core.track import ARKIT, Track


class Editor(Protocol):
    """Anything that makes one emotion out of another."""

    def edit(self, source: Float, actor: str, emotion: str, target: str) -> Float:
        """Return (F, 52): a clip (F, 52) of `actor`, filmed in `emotion`, in `target`."""
        ...


@dataclass(frozen=True)
class NoChange:
    """The floor of emotion and the ceiling of speech."""

    def edit(self, source: Float, actor: str, emotion: str, target: str) -> Float:
        """Return `source`."""
        return source


@dataclass(frozen=True, eq=False)
class LinearShift:
    """``c + strength (mu_target - mu_source)``, within 0..1; means of the actor's own clips.

    The clip that is edited has no part in its own mean. This is the baseline to beat.
    """

    means: Averages
    strength: float = 1.0

    def edit(self, source: Float, actor: str, emotion: str, target: str) -> Float:
        """Return the shifted face."""
        shift = self.means.mean(actor, target) - self.means.mean(actor, emotion, source)
        return np.clip(source + self.strength * shift, 0, 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Guarded:
    """An editor whose mouth the speech guard of the program keeps; as `Emotion` does it.

    rate : frames a second.
    """

    editor: Editor
    rate: Fraction
    strength: float = 1.0
    keep_lips: float = 0.6
    on: Head = field(default_factory=head)

    def edit(self, source: Float, actor: str, emotion: str, target: str) -> Float:
        """Return what the editor makes, its closures kept."""
        wished = self.editor.edit(source, actor, emotion, target)
        track, evidence = filmed(source, self.rate, self.on)
        speech = analyse(track, evidence.lip_gap)
        guard = Guard(self.strength, self.keep_lips, self.on.articulation)
        one = np.ones(len(source), np.float32)
        held, _ = guard.hold(source, wished, np.zeros_like(wished), one, speech)
        keep = self.strength * events(source, speech)
        return source + smoothed(held - source, keep, float(1 / self.rate))


@dataclass(frozen=True, eq=False)
class Direct:
    """The additive editor of the program: prototypes, removal of the actor's own, guard.

    It knows nothing of the actor but the clip. rate : frames a second.
    """

    rate: Fraction
    amount: float = 1.0
    removal: float = 0.7
    keep_lips: float = 0.6
    on: Head = field(default_factory=head)

    def edit(self, source: Float, actor: str, emotion: str, target: str) -> Float:
        """Return the edited face."""
        track, evidence = filmed(source, self.rate, self.on)
        amount = Envelope.constant(self.amount)
        layer = Emotion(target, amount, removal=self.removal, keep_lips=self.keep_lips)
        return compose(track, [layer], evidence)["expression"]


@dataclass(frozen=True, eq=False)
class Learned:
    """The learned editor, with the styles (16,) that actors show in each emotion.

    ``styles[actor, emotion]``, from the actor's own clips, as the linear shift has its means.
    """

    editor: Manipulator
    styles: Mapping[tuple[str, str], Float]
    mouth: Articulation

    @classmethod
    def of(cls, editor: Manipulator, faces_of: Faces, on: Head) -> "Learned":
        """Return it with the styles of the actors of some clips."""
        found: dict[tuple[str, str], list[Float]] = {}
        for name, face in faces_of.items():
            style = editor.style_of_clip(faces(face, on.articulation), "").numbers
            found.setdefault((name.actor, name.emotion), []).append(style)
        styles = {key: geometric_median(np.stack(x)) for key, x in found.items()}
        return cls(editor, styles, on.articulation)

    def edit(self, source: Float, actor: str, emotion: str, target: str) -> Float:
        """Return the edited face."""
        del emotion
        change = self.editor.change(faces(source, self.mouth), self.styles[actor, target])
        return np.clip(source + change, 0, 1)


def filmed(source: Float, rate: Fraction, on: Head) -> tuple[Track, Evidence]:
    """Return the track of coefficients (F, 52), and what the film would show of the lips.

    The gap is that of the coefficients on the head, over the distance of the eyes; nothing
    hides in the neutral.
    """
    values = np.zeros((len(source), ARKIT.width), np.float32)
    values[:, ARKIT.slices["expression"]] = source
    values[:, ARKIT.slices["confidence"]] = 1
    track = Track(ARKIT, values, Times.steady(len(source), rate))
    gap = np.maximum(on.aperture(source), 0) / eye_distance()
    unseen = np.zeros(len(LABELS), np.float32)
    return track, Evidence(on.articulation, gap.astype(np.float32), unseen, track)


def eye_distance() -> float:
    """Return the mm between the outer corners of the eyes of the head that ships."""
    face = built_in()
    points = face.embeddings["478"].points(face.neutral)
    return float(np.linalg.norm(points[EYE_CORNERS_RIGHT[0]] - points[EYE_CORNERS_LEFT[0]]))


def loss(editor: Editor, asked: Sequence[Trial], on: Head) -> float:
    """Return mm: mouth and upper face together, the mean over trials."""
    total = summary(
        [
            score(
                editor.edit(t.source, t.name.actor, t.name.emotion, t.target),
                t.truth, t.phonemes, t.step, on,
            )
            for t in asked
        ]
    )  # fmt: skip
    return total.mouth_mm + total.upper_mm


def tuned(candidates: Sequence[Editor], asked: Sequence[Trial], on: Head) -> int:
    """Return which of the candidates has the least `loss` in trials of other voices."""
    return int(np.argmin([loss(editor, asked, on) for editor in candidates]))


STRENGTHS, AMOUNTS = (0.9, 1.0, 1.1, 1.2, 1.3), (0.6, 0.8, 1.0)
KEPT, REMOVALS = (0.0, 0.3, 0.6), (0.7, 1.0)


def tuned_shift(means: Averages, tries: Averages, asked: Sequence[Trial]) -> LinearShift:
    """Return the shift, its strength the best of `STRENGTHS` on the voices of `tries`."""
    best = tuned([LinearShift(tries, s) for s in STRENGTHS], asked, head())
    return LinearShift(means, STRENGTHS[best])


def tuned_guarded(
    rate: Fraction, means: Averages, tries: Averages, asked: Sequence[Trial]
) -> Guarded:
    """Return shift and guard, the strength of one and the grip of the other found likewise."""

    def row(over: Averages, strength: float, kept: float) -> Guarded:
        return Guarded(LinearShift(over, strength), rate, keep_lips=kept)

    choices = [*product(STRENGTHS, KEPT)]
    best = tuned([row(tries, *c) for c in choices], asked, head())
    return row(means, *choices[best])


def tuned_direct(rate: Fraction, asked: Sequence[Trial]) -> Direct:
    """Return the additive editor, its amount, removal and grip found likewise."""
    choices = [Direct(rate, *c) for c in product(AMOUNTS, REMOVALS, KEPT)]
    return choices[tuned(choices, asked, head())]


BASELINES = ("none", "linear", "linear tuned", "linear + guard", "direct", "direct tuned")
Tried = Callable[[], tuple[Averages, Sequence[Trial]]]


def baseline(name: str, rate: Fraction, means: Averages, tried: Tried) -> Editor:
    """Return one of `BASELINES`; `tried` gives means and trials of the validation voices."""
    if name == "none":
        return NoChange()
    if name == "linear":
        return LinearShift(means)
    if name == "linear tuned":
        return tuned_shift(means, *tried())
    if name == "linear + guard":
        return tuned_guarded(rate, means, *tried())
    if name == "direct":
        return Direct(rate)
    return tuned_direct(rate, tried()[1])
