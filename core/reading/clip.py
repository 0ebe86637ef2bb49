"""One video of an actor becomes a clip of the corpus, or a sentence that says why not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import Bools, Float
from core.corpus.clip import Clip, Entry
from core.corpus.files import read_clip, write_clip
from core.corpus.layouts import Found
from core.corpus.mel import RATE
from core.errors import ExchangeError, MediaError, NoFaceError
from core.jobs import Ticket
from core.media.probe import VideoInfo, probe
from core.media.sound import samples
from core.media.source import content_digest
from core.reading.rest import Rest, load, source_of
from core.reconstruction.reconstruct import reconstruct
from core.times import Times

APART = 0.5  # seconds by which sound and pictures may differ in length
UNSEEN = 0.1  # share of the frames that may be without a face


@dataclass(frozen=True)
class ClipWork:
    """A clip to be read. silent : whether one without sound is as it should be."""

    found: Found
    rest: Rest
    folder: Path
    split: str
    silent: bool = False


@dataclass(frozen=True)
class Done:
    """The line of a clip in the list; kept : whether it lay there from an earlier run."""

    entry: Entry
    kept: bool = False


def read_one(work: ClipWork, ticket: Ticket) -> Done:
    """Return the line of a clip that now lies in the corpus, whole.

    A clip that was read before from the same files is left as it is; a damaged one is read
    again. What cannot be read is a problem of the line; what cannot be written is raised.
    """
    found = work.found
    try:
        source = _source(work)
        clip = _stored(work, source)
        kept = clip is not None
        if clip is None:
            clip = _read(work, source, ticket)
    except (MediaError, NoFaceError, ExchangeError) as e:
        return Done(Entry(found.name, work.split, 0, 0.0, (str(e),)))
    if not kept:
        write_clip(work.folder, found.name, clip)
    problems = [str(problem) for problem in clip.truth["problems"]]
    if not len(clip.sound) and not work.silent:
        problems.append(
            f"There is no sound, in it or beside it (--silent lets that be): {found.video}"
        )
    seconds = len(clip.sound) / clip.rate
    return Done(Entry(found.name, work.split, len(clip.times), seconds, tuple(problems)), kept)


@dataclass(frozen=True, eq=False)
class Cut:
    """Pictures and sound of the same time: the first `frames` frames, (N,) `sound`.

    apart : seconds by which they differed, at the start or at the end.
    """

    frames: int
    sound: Float
    apart: float


def cut(times: Times, tail: int, sound: Float, start: float) -> Cut:
    """Return frames and sound up to where the shorter of the two ends.

    tail : ticks the last frame is shown. sound : (N,) at `RATE`, its first sample `start`
    seconds after the first frame. Without sound all frames stay.
    """
    if not len(sound):
        return Cut(len(times), sound, 0.0)
    moments = times.moments()
    shown, heard = moments[-1] + tail * float(times.base), start + len(sound) / RATE
    end = min(shown, heard)
    frames = int(np.searchsorted(moments, end - 0.5 / RATE))
    kept = sound[: max(0, round((end - start) * RATE))]
    return Cut(frames, kept, max(abs(shown - heard), abs(start)))


def bridged(expression: Float, seen: Bools) -> Float:
    """Return (F, 52) with straight lines through the frames where (F,) `seen` is False."""
    if seen.all() or not seen.any():
        return expression
    frames, known = np.arange(len(expression)), np.flatnonzero(seen)
    lines = [np.interp(frames, known, column[known]) for column in expression.T]
    return np.stack(lines, 1).astype(np.float32)


def _source(work: ClipWork) -> str:
    audio = content_digest(work.found.audio) if work.found.audio else ""
    return source_of(content_digest(work.found.video), audio, work.rest.source)


def _stored(work: ClipWork, source: str) -> Clip | None:
    """Return the clip if it was read from `source` and is whole."""
    try:
        clip = read_clip(work.folder, work.found.name)
    except (ExchangeError, MediaError):
        return None
    same = str(clip.truth.get("source", "")) == source and "problems" in clip.truth
    return clip if same else None


def _read(work: ClipWork, source: str, ticket: Ticket) -> Clip:
    """Return what the tracker reads, with the sound of the same time."""
    video = work.found.video
    info = probe(video)
    sound, start = _sound(work.found, info)
    both = cut(info.times, info.tail, sound, start)
    if not both.frames or (len(sound) and not len(both.sound)):
        raise ExchangeError(f"The sound has ended before the pictures begin: {video}")
    neutral = load(work.rest.file) if work.rest.file else None
    take = reconstruct(video, ticket=ticket, neutral=neutral)[1][0]
    sure = take.track["confidence"][:, 0]
    read = take.track["expression"]
    if not np.isfinite(read).all():
        raise ExchangeError(f"What the tracker read holds numbers that are none: {video}")
    seen = sure > 0
    problems: list[str] = []
    if (share := 1 - float(seen.mean())) > UNSEEN:
        problems.append(f"In {share:.0%} of the frames no face is seen: {video}")
    if both.apart > APART:
        which = work.found.audio or video
        problems.append(
            f"Sound and pictures differ by {both.apart:.2f} s, more than {APART} s: {which}"
        )
    truth: dict[str, Any] = {
        "source": np.array(source),
        "problems": np.array(problems, np.str_),
        "confidence": sure[: both.frames].astype(np.float16),
    }
    times = Times(info.times.pts[: both.frames], info.times.base)
    return Clip(bridged(read, seen)[: both.frames], times, both.sound, RATE, start, truth)


def _sound(found: Found, info: VideoInfo) -> tuple[Float, float]:
    """Return the (N,) sound and when it starts, in seconds after the first frame."""
    if found.audio is not None:
        return samples(found.audio, RATE), 0.0
    if info.audio is None:
        return np.zeros(0, np.float32), 0.0
    first = float(int(info.times.pts[0]) * info.times.base)
    return samples(found.video, RATE), info.audio.start - first
