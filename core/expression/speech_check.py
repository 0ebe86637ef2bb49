"""How well an edited take still speaks: numbers for every frame, and the worst moments.

SCMC tells how far the speech of a face has drifted, and how well face and voice agree about
which moments are alike; the guard's own measure tells closures lost (expression.md 8).
"""

from dataclasses import dataclass

import numpy as np

from core.arrays import Bools, Double, Float, Ints
from core.expression.groups import MOUTH, UPPER
from core.expression.scmc import Guide, faces, shipped
from core.expression.speech import Speech, analyse
from core.stages import Evidence
from core.track import Track

REACH = 2.0  # seconds about a moment that it is compared with
OPEN_MM = 0.8  # lips filmed closed that are further apart now are a closure lost
WORST = 10
STILL = 0.005  # a bend a frame that nobody sees: where nothing moved, not every move is jitter
APART = 0.2  # seconds between two moments that are told


@dataclass(frozen=True)
class Moment:
    """A moment worth a look: its frame, why, and how bad it is (the largest first)."""

    frame: int
    reason: str
    amount: float


@dataclass(frozen=True, eq=False)
class SpeechCheck:
    """What the check found.

    drift : (F,) SCMC distance of the edited face from the filmed one; 0 where nothing was
    edited or no face seen. disagreement : (2, F) of voice and face, before and after, nan
    without sound. opening_mm : (2, F) of the lips, before and after. closures, lost : filmed
    closures, and those that are open now. opening : correlation of the lips' opening before
    and after. jitter : after over before, of brows and lids, and of the mouth.
    """

    drift: Float
    disagreement: Float
    opening_mm: Float
    closures: int
    lost: int
    opening: float
    jitter: tuple[float, float]
    worst: tuple[Moment, ...]


def check_speech(
    filmed: Track,
    edited: Track,
    evidence: Evidence,
    looks: Float | None,
    guide: Guide | None = None,
) -> SpeechCheck:
    """Return how `edited` speaks beside `filmed`.

    looks : (F, 20, 40) of `core.corpus.mel.looks` at the frames, None without sound.
    """
    guide = guide or shipped()
    mouth, step = evidence.articulation, float(1 / filmed.times.rate())
    both = [faces(t["expression"], mouth) for t in (filmed, edited)]
    seen = filmed["confidence"][:, 0] > 0
    said = [guide.see(face) for face in both]
    apart = np.linalg.norm(said[1] - said[0], axis=1) * guide.w * seen
    heard = None if looks is None else guide.hear(looks)
    disagreement = np.stack([disagreements(guide, s, heard, seen, step) for s in said])
    opening = np.stack([10 * face[:, -1] for face in both])
    speech = analyse(filmed, evidence.lip_gap)
    parted = (opening[1] - opening[0]) * (speech.closed >= 1)
    closures, lost, open_frames = _closures(speech, parted)
    mouths, uppers = (_jitter(filmed, edited, some, seen) for some in (MOUTH, UPPER))
    return SpeechCheck(
        apart.astype(np.float32),
        disagreement.astype(np.float32),
        opening.astype(np.float32),
        closures,
        lost,
        _correlation(opening[0][seen], opening[1][seen]),
        (uppers, mouths),
        _worst(open_frames, parted, apart, disagreement, step),
    )


def disagreements(
    guide: Guide, said: Float, heard: Float | None, seen: Bools, step: float
) -> Double:
    """Return (F,): how much distances of faces differ from distances of voices about a moment.

    ``mean_j | w ||f_i - f_j|| + b - ||a_i - a_j|| |`` over j within two seconds: what the
    joint training of the guide makes small (SCMCL; expression.md 3.1).
    """
    out = np.full(len(said), np.nan)
    if heard is None:
        return out
    reach = max(1, round(REACH / step))
    for i in np.flatnonzero(seen):
        near = np.arange(max(0, i - reach), min(len(said), i + reach + 1))
        near = near[seen[near] & (near != i)]
        if len(near):
            face = guide.w * np.linalg.norm(said[near] - said[i], axis=1) + guide.b
            voice = np.linalg.norm(heard[near] - heard[i], axis=1)
            out[i] = np.abs(face - voice).mean()
    return out


def _closures(speech: Speech, parted: Double) -> tuple[int, int, Ints]:
    """Return filmed closures, those lost, and (K,) the worst frame of each lost one."""
    lost: list[int] = []
    closed = [i for i in speech.lane if i.kind == "closed"]
    for interval in closed:
        inside = slice(interval.start, interval.end + 1)
        # One frame in which the lips meet is enough for a /p/.
        if parted[inside].min() > OPEN_MM:
            lost.append(interval.start + int(parted[inside].argmax()))
    return len(closed), len(lost), np.array(lost, np.int64)


def _jitter(filmed: Track, edited: Track, some: Ints, seen: Bools) -> float:
    """Return the mean second difference after over before."""
    size: list[float] = []
    for track in (filmed, edited):
        bend = np.linalg.norm(np.diff(track["expression"][:, some], 2, axis=0), axis=1)
        size.append(float(bend[seen[1:-1]].sum()))
    floor = STILL * max(1, len(filmed))
    return (size[1] + floor) / (size[0] + floor)


def _correlation(a: Float, b: Float) -> float:
    if len(a) < 2 or a.std() < 1e-6 or b.std() < 1e-6:
        return 1.0 if np.allclose(a, b) else 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _worst(
    lost: Ints, parted: Double, drift: Double, disagreement: Double, step: float
) -> tuple[Moment, ...]:
    """Return the worst moments: closures lost first, then drift, then voice against face."""
    found = [Moment(int(f), "closure lost", float(parted[f])) for f in lost]
    grown = np.nan_to_num(disagreement[1] - disagreement[0])
    for amount, reason in ((drift, "speech drifts"), (grown, "voice and face disagree")):
        level = float(amount[amount > 0].mean() + 2 * amount.std()) if (amount > 0).any() else 0
        for frame in np.argsort(-amount, kind="stable"):
            if len(found) >= WORST or amount[frame] <= max(level, 1e-6):
                break
            if all(abs(frame - m.frame) * step >= APART for m in found):
                found.append(Moment(int(frame), reason, float(amount[frame])))
    return tuple(found[:WORST])
