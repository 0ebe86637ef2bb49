"""Exact scores of an edited face against the face which the actor would truly have made.

Only a corpus whose maker knows the face of a clip in any other emotion has such a truth
(`core.synthetic.talk.make.true_face`). Definitions: expression.md 7.1; the lip-vertex error is
that of MeshTalk (Richard et al., ICCV 2021): the worst vertex of a frame, mean over frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from core.arrays import Bools, Double, Float, check
from core.expression.emotions import units
from core.expression.groups import UPPER
from core.face.articulation import articulation
from core.face.model import FaceModel, built_in
from core.stages import Articulation
from core.synthetic.speech.visemes import LEAD_S, Phoneme
from core.track import ARKIT_INDEX

MOUTH = ("aperture", "width", "protrusion", "chin", "upper_lip", "lower_lip")
CLOSED_MM = 1.0  # lips no further apart than this over their rest are closed
OPEN_MM = 2.0  # ... and from here on they are plainly open
STILL = 1e-3  # a curve whose standard deviation is below has no rhythm to compare
BILABIAL = "pbm"
_MARKS = "ˈˌː̩ʼ "  # stress, length, syllable
_JAW = ARKIT_INDEX["jawOpen"]


@dataclass(frozen=True, eq=False)
class Head:
    """What is measured on. articulation : of the mouth. lips : (52, L, 3) mm at 1, head frame.

    upper : (52,) mm by which brows and lids move at 1; 0 = belongs to the lower face.
    """

    articulation: Articulation
    lips: Float
    upper: Float

    @classmethod
    def of(cls, face: FaceModel) -> "Head":
        """Return the mean person of a face model."""
        lips = face.expression[:, face.parts["lips"]].astype(np.float32)
        upper = np.zeros(len(lips), np.float32)
        upper[UPPER] = units()[UPPER]
        return cls(articulation(face, face.neutral), lips, upper)

    def mouth(self, expression: Float) -> Double:
        """Return (F, 6) mm: the coordinates of `MOUTH` of (F, 52), over their rest."""
        rows = [self.articulation.names.index(name) for name in MOUTH]
        return expression @ self.articulation.gradient[rows].T.astype(np.float64)

    def aperture(self, expression: Float) -> Double:
        """Return (F,) mm by which the lips are further apart than at rest."""
        row = self.articulation.gradient[self.articulation.names.index("aperture")]
        return expression @ row.astype(np.float64)


@cache
def head() -> Head:
    """Return the head that ships."""
    return Head.of(built_in())


@dataclass(frozen=True)
class Score:
    """How an edited clip compares with its truth. nan = cannot be said of this clip.

    mouth_mm : root mean square over frames and the six coordinates of `MOUTH`. lip_mm : the
    worst lip vertex of a frame, mean over frames. closures : /p b m/ at which the true lips
    close; missed : of these, where the edited ones stay more than `CLOSED_MM` apart.
    false_closures : runs of frames in which edited lips close while words are said and the
    true ones are plainly open. jaw, aperture : correlation over the frames. upper_mm : root
    mean square of brows and lids, over frames and shapes. jitter : mean norm of the second
    difference over that of the truth. seconds : length.
    """

    mouth_mm: float
    lip_mm: float
    closures: int
    missed: int
    false_closures: int
    jaw: float
    aperture: float
    upper_mm: float
    jitter: float
    seconds: float


@dataclass(frozen=True)
class Summary:
    """Scores of many clips: means over the clips of which something can be said.

    closures : of all clips. missed : share of them, 0..1. false_closures : a minute. The rest
    as in `Score`.
    """

    clips: int
    closures: int
    mouth_mm: float
    lip_mm: float
    missed: float
    false_closures: float
    jaw: float
    aperture: float
    upper_mm: float
    jitter: float


def score(
    edited: Float, truth: Float, phonemes: Sequence[Phoneme], step: float, on: Head
) -> Score:
    """Return how `edited` (F, 52) compares with `truth` (F, 52).

    phonemes : what is said, in seconds of the sound, which begins with the first frame.
    step : seconds a frame. on : the head it is measured on.

    Raises
    ------
    ShapeError
        if the two are not of the same length.
    """
    check(edited, "F E", E=len(on.upper))
    check(truth, "F E", F=len(edited), E=len(on.upper))
    error = edited.astype(np.float64) - truth
    gap, true_gap = on.aperture(edited), on.aperture(truth)
    stretches = [_frames(p, step, len(edited)) for p in phonemes if is_bilabial(p.name)]
    meant = [s for s in stretches if true_gap[s].size and true_gap[s].min() <= CLOSED_MM]
    said = _said(phonemes, step, len(edited))
    return Score(
        mouth_mm=_rms(on.mouth(error)),
        lip_mm=_lip_error(error, on.lips),
        closures=len(meant),
        missed=sum(bool(gap[s].min() > CLOSED_MM) for s in meant),
        false_closures=_false_closures(gap, true_gap, said),
        jaw=correlation(edited[:, _JAW], truth[:, _JAW]),
        aperture=correlation(gap, true_gap),
        upper_mm=_rms((error * on.upper)[:, on.upper > 0]),
        jitter=_ratio(_jerkiness(edited), _jerkiness(truth)),
        seconds=len(edited) * step,
    )


def summary(scores: Sequence[Score]) -> Summary:
    """Return the mean over clips; rates are of all closures and all minutes together."""

    def mean(name: str) -> float:
        values = np.array([getattr(s, name) for s in scores], float)
        known = values[np.isfinite(values)]
        return float(known.mean()) if len(known) else float("nan")

    same = {f.name for f in fields(Score)} & {f.name for f in fields(Summary)}
    means = {name: mean(name) for name in same - {"closures", "missed", "false_closures"}}
    closures = sum(s.closures for s in scores)
    minutes = sum(s.seconds for s in scores) / 60
    return Summary(
        clips=len(scores),
        closures=closures,
        missed=_ratio(sum(s.missed for s in scores), closures),
        false_closures=_ratio(sum(s.false_closures for s in scores), minutes),
        **means,
    )


def is_bilabial(name: str) -> bool:
    """Return whether a sound (IPA, with its marks) is made with closed lips."""
    stem = name.strip(_MARKS)
    return bool(stem) and stem[0] in BILABIAL


def correlation(a: Float, b: Float) -> float:
    """Return Pearson's of (F,) with the truth `b`; nan if `b` is still, 0 if only `a` is."""
    if len(b) < 2 or b.std() < STILL:
        return float("nan")
    x, y = a - a.mean(dtype=np.float64), b - b.mean(dtype=np.float64)
    size = np.linalg.norm(x) * np.linalg.norm(y)
    return float(x @ y / size) if a.std() >= STILL else 0.0


def _frames(phoneme: Phoneme, step: float, F: int) -> slice:
    """Return the frames in which a sound is seen, and one more on both sides."""
    first = int(np.ceil((phoneme.start - LEAD_S) / step - 1e-6)) - 1
    last = int(np.floor((phoneme.end - LEAD_S) / step + 1e-6)) + 1
    return slice(min(max(first, 0), F), min(max(last + 1, 0), F))


def _said(phonemes: Sequence[Phoneme], step: float, F: int) -> Bools:
    """Return (F,) where words are said: from the first sound to the last."""
    sounds = [_frames(p, step, F) for p in phonemes if p.name.strip(_MARKS)]
    said = np.zeros(F, np.bool_)
    if sounds:
        said[sounds[0].start : sounds[-1].stop] = True
    return said


def _false_closures(gap: Float, truth: Float, said: Bools) -> int:
    """Return how often lips close in words though the true ones are open, a frame around."""
    before, after = np.append(truth[:1], truth[:-1]), np.append(truth[1:], truth[-1:])
    least = np.minimum(truth, np.minimum(before, after))
    false = np.concatenate([[False], said & (gap <= CLOSED_MM) & (least > OPEN_MM)])
    return int(np.count_nonzero(false[1:] & ~false[:-1]))


def _lip_error(error: Float, lips: Float) -> float:
    moved = error.astype(np.float32) @ lips.reshape(len(lips), lips[0].size)
    far = (moved.reshape(len(error), *lips[0].shape) ** 2).sum(2).max(1, initial=0)
    return float(np.sqrt(far).mean()) if len(far) else float("nan")


def _rms(x: Float) -> float:
    return float(np.sqrt(np.mean(np.square(x)))) if x.size else float("nan")


def _jerkiness(expression: Float) -> float:
    if len(expression) < 3:
        return float("nan")
    return float(np.linalg.norm(np.diff(expression, 2, axis=0), axis=1).mean())


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else float("nan")
