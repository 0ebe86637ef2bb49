"""Where speech is, and what of it must not move: closed lips, lip on teeth, pauses."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from core.arrays import Bools, Float, Ints
from core.expression.groups import SPEECH, indices
from core.track import Track

# Lip gaps are in outer-eye-corner distances (about 90 mm).
CLOSED_GAP = 0.012  # lips this near touch, whatever the clip
CLOSED_SHARE = 0.12  # or: this low in the clip's own range of gaps (expression.md 2.3)
DEEP_SHARE = 0.35  # a dip counts as a closure only below this share of the wide-open gap
MARGIN = 1.5  # another net sees other gaps: what is nearly closed is held closed as well
RELEASE = 0.2  # seconds over which protection fades on both sides of a closure
BRIEF = 0.16  # seconds: a closure no longer than that is over in a few frames, as in /p/
BRIEF_RELEASE = 0.16  # seconds over which its protection fades
PAUSE = 0.2  # seconds of stillness that make a pause


@dataclass(frozen=True)
class Interval:
    """A stretch of protected frames, both ends included. amount : 0..1, how firmly."""

    start: int
    end: int
    kind: str  # "closed" | "labiodental" | "pause"
    amount: float


@dataclass(frozen=True, eq=False)
class Speech:
    """What the mouth says, frame by frame.

    activity : (F,) 0..1, how much it articulates. closed, labiodental : (F,) 0..1, how
    firmly closed lips or a lip on the teeth are held; 1 at the contact itself. brief : (F,)
    0..1 likewise of closures of few frames. pause : (F,) 0..1, 1 well inside a pause, 0 before
    speech sets in. open : (F,) 0..1, how far the lips part, slowly, over the clip's widest.
    lane : the intervals.
    """

    activity: Float
    closed: Float
    brief: Float
    labiodental: Float
    pause: Float
    open: Float
    lane: tuple[Interval, ...]


def analyse(filmed: Track, lip_gap: Float) -> Speech:
    """Return what the filmed mouth does. Reads the unsmoothed gaps: a /p/ is one frame long.

    lip_gap : (F,), see `core.stages.Evidence`.
    """
    step = float(1 / filmed.times.rate())
    seen = filmed["confidence"][:, 0] > 0
    expression = filmed["expression"]
    closed = closures(lip_gap, seen, step, MARGIN)
    tight = closures(lip_gap, seen, step)
    brief = tight & ~_runs_of(tight, math.floor(BRIEF / step + 1e-6) + 1)
    contact = contacts(lip_gap, seen, step) & ~closed
    activity = speech_activity(expression, seen, step)
    still = _runs_of(activity < 0.15, max(1, round(PAUSE / step)))
    pause = 1 - _nearness(~still, 0.16, step)
    lane = (
        *_intervals(closed, "closed", 1.0),
        *_intervals(contact, "labiodental", 1.0),
        *_intervals(still, "pause", 1.0),
    )
    return Speech(
        activity,
        _eased(_nearness(closed, RELEASE, step)),
        _eased(_nearness(brief, BRIEF_RELEASE, step)),
        _eased(_nearness(contact, RELEASE / 2, step)),
        _eased(pause),
        openness(lip_gap, seen, step),
        tuple(sorted(lane, key=lambda i: i.start)),
    )


def closures(lip_gap: Float, seen: Bools, step: float, margin: float = 1.0) -> Bools:
    """Return (F,) where the filmed lips are closed, by level or as a deep dip between openings.

    lip_gap : (F,) over eye distance. seen : (F,) frames with a face. step : seconds a frame.
    margin : above 1 takes in what is nearly closed.
    """
    if not seen.any():
        return np.zeros(len(lip_gap), np.bool_)
    dip, flank, gap = _dips(lip_gap, seen, step)
    wide = np.quantile(lip_gap[seen], 0.95)
    deep = dip & (gap < 0.5 * margin * flank) & (gap < DEEP_SHARE * margin * wide)
    return seen & ((gap < margin * closure_level(lip_gap, seen)) | deep)


def closure_level(lip_gap: Float, seen: Bools) -> float:
    """Return the gap below which lips count as closed in this clip; trackers rarely say 0."""
    low, wide = np.quantile(lip_gap[seen], [0.01, 0.95])
    return float(max(CLOSED_GAP, min(low + CLOSED_SHARE * (wide - low), 3 * CLOSED_GAP)))


def contacts(lip_gap: Float, seen: Bools, step: float) -> Bools:
    """Return (F,) where the lips come near each other in speech and do not close.

    So look /f/ and /v/ (the lower lip at the upper teeth) from in front: a dip of the gap to
    less than 3/4 of the openings on both sides. Other narrow consonants look the same and
    may be kept as well.
    """
    if not seen.any():
        return np.zeros(len(lip_gap), np.bool_)
    dip, flank, gap = _dips(lip_gap, seen, step)
    return seen & dip & (gap < 0.75 * flank) & (gap < 0.7 * np.quantile(gap[seen], 0.95))


def _dips(lip_gap: Float, seen: Bools, step: float) -> tuple[Bools, Float, Float]:
    """Return (F,) local minima, the smaller of the openings on both sides, and the gap."""
    gap = np.where(seen, lip_gap, np.quantile(lip_gap[seen], 0.95))
    near, wide = max(1, round(0.1 / step)), max(2, round(0.2 / step))
    dip = gap <= minimum_filter1d(gap, 2 * near + 1)
    before = maximum_filter1d(gap, wide + 1, origin=wide // 2)
    after = maximum_filter1d(gap, wide + 1, origin=-((wide + 1) // 2))
    return dip, np.minimum(before, after), gap


def speech_activity(expression: Float, seen: Bools, step: float) -> Float:
    """Return (F,) 0..1: the speed of the speech shapes, relative to the clip's own."""
    if len(expression) < 2:
        return np.zeros(len(expression), np.float32)
    change = np.gradient(expression[:, indices(SPEECH)], step, axis=0)
    speed = np.linalg.norm(change, axis=1) * seen
    speed = gaussian_filter1d(speed, 0.12 / step, mode="nearest")
    # The floor keeps the tremble of a silent face from counting as speech.
    usual = max(float(np.quantile(speed[seen], 0.95)) if seen.any() else 0.0, 0.6)
    return np.clip(speed / usual, 0, 1).astype(np.float32)


def openness(lip_gap: Float, seen: Bools, step: float) -> Float:
    """Return (F,) 0..1: the gap over the clip's widest, without its quick movements."""
    if not seen.any():
        return np.zeros(len(lip_gap), np.float32)
    wide = max(float(np.quantile(lip_gap[seen], 0.95)), 3 * CLOSED_GAP)
    gap = np.clip(np.where(seen, lip_gap, 0) / wide, 0, 1)
    # The least of the neighbours first, so that smoothing does not open a closing mouth.
    gap = minimum_filter1d(gap, 2 * max(1, round(0.04 / step)) + 1)
    return gaussian_filter1d(gap, 0.06 / step, mode="nearest").astype(np.float32)


def _nearness(at: Bools, reach: float, step: float) -> Float:
    """Return (F,) 1 where `at`, falling linearly to 0 at `reach` seconds from it."""
    frames = np.arange(len(at))
    if not at.any():
        return np.zeros(len(at), np.float32)
    last = np.maximum.accumulate(np.where(at, frames, -len(at)))
    following = np.minimum.accumulate(np.where(at, frames, 2 * len(at))[::-1])[::-1]
    distance = np.minimum(frames - last, following - frames) * step
    return np.clip(1 - distance / reach, 0, 1).astype(np.float32)


def _eased(x: Float) -> Float:
    """Return `x` 0..1 leaving 0 and reaching 1 without a corner."""
    return x * x * (3 - 2 * x)


def _edges(at: Bools) -> tuple[Ints, Ints]:
    """Return the first and last frame of every run of True."""
    padded = np.concatenate([[False], at, [False]]).astype(np.int8)
    turn = np.diff(padded)
    return np.flatnonzero(turn == 1), np.flatnonzero(turn == -1) - 1


def _runs_of(at: Bools, least: int) -> Bools:
    """Return `at` without the runs shorter than `least` frames."""
    kept = np.zeros_like(at)
    for start, end in zip(*_edges(at), strict=True):
        if end - start + 1 >= least:
            kept[start : end + 1] = True
    return kept


def _intervals(at: Bools, kind: str, amount: float) -> Iterator[Interval]:
    for start, end in zip(*_edges(at), strict=True):
        yield Interval(int(start), int(end), kind, amount)
