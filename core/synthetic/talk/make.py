"""Make a talking corpus: every actor says every sentence in every emotion."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from core.arrays import Float
from core.corpus.clip import SPLITS, Clip, Entry, Name
from core.corpus.files import Corpus, write_clip, write_list
from core.corpus.mel import RATE
from core.expression.emotions import LABELS
from core.jobs import Ticket
from core.synthetic.speech.visemes import Phoneme
from core.synthetic.speech.voice import Saying, Spoken, say, shifted
from core.synthetic.talk.acting import perform
from core.synthetic.talk.actors import PROSODY, VOICES, Actor, actor
from core.synthetic.talk.sentences import sentences
from core.synthetic.talk.tracker import Tracker, shipped
from core.times import Times

GENERATOR = 3  # changes when the same seed would give other clips
BEFORE_S, AFTER_S = 0.16, 0.24  # of silence around the words
RATE_JITTER, PITCH_JITTER, VOLUME_JITTER = 8, 3, 10


@dataclass(frozen=True)
class Config:
    """What to make. The defaults make the corpus from which what ships was learned.

    voices, sentences : at most so many of each split; 0 = all. emotions : of `LABELS`.
    frame_rate : frames a second. tracker : whether coefficients are as our tracker would read
    them off a film, or exact.
    """

    seed: int = 1
    voices: int = 0
    sentences: int = 0
    emotions: tuple[str, ...] = LABELS
    frame_rate: Fraction = field(default=Fraction(25))
    tracker: bool = True


SMALL = Config(voices=2, sentences=4, emotions=("neutral", "angry", "happy"))


@dataclass(frozen=True)
class _Job:
    """All clips of one actor: one espeak-ng process, whose voice depends on what it said
    before.
    """

    config: Config
    folder: Path
    voice: str
    split: str


def make(folder: Path, config: Config, workers: int, ticket: Ticket) -> Corpus:
    """Write a corpus into `folder` and return its list; the same seed makes the same files."""
    jobs = [
        _Job(config, folder, voice, split)
        for split in SPLITS
        for voice in VOICES[split][: config.voices or None]
    ]
    entries = [
        entry
        for part in ticket.over(_made(jobs, workers), "Speaking", len(jobs))
        for entry in part
    ]
    told = {**asdict(config), "frame_rate": str(config.frame_rate), "generator": GENERATOR}
    corpus = Corpus(folder, tuple(sorted(entries, key=lambda e: e.name)), told)
    write_list(corpus)
    return corpus


def _made(jobs: Sequence[_Job], workers: int) -> Iterator[list[Entry]]:
    if workers < 2:
        yield from map(_actor_clips, jobs)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_actor_clips, jobs)


def _actor_clips(job: _Job) -> list[Entry]:
    """Write the clips of one actor."""
    config = job.config
    who = actor(job.voice, job.split, config.seed)
    texts = sentences(job.split)[: config.sentences or None]
    tracker = shipped() if config.tracker else None
    wishes = [(i, e) for e in config.emotions for i in range(len(texts))]
    sayings = [saying(who, texts[i], i, e, config.seed) for i, e in wishes]
    entries: list[Entry] = []
    for (i, emotion), spoken in zip(wishes, say(sayings), strict=True):
        name = Name(who.name, emotion, f"{job.split}{i + 1:03d}")
        seed = clip_seed(config.seed, who, i, emotion)
        clip = recorded(who, emotion, spoken, seed, config.frame_rate, tracker)
        write_clip(job.folder, name, clip)
        seconds = len(clip.sound) / clip.rate
        entries.append(Entry(name, job.split, len(clip.times), seconds))
    return entries


def clip_seed(seed: int, who: Actor, sentence: int, emotion: str) -> int:
    """Return the seed of what happens by chance in a clip."""
    words = [seed, sentence, LABELS.index(emotion), *who.voice.encode()]
    return int(np.random.SeedSequence(words).generate_state(1)[0])


def recorded(
    who: Actor,
    emotion: str,
    spoken: Spoken,
    seed: int,
    frame_rate: Fraction,
    tracker: Tracker | None,
) -> Clip:
    """Return a clip, its truth beside what a tracker would have read."""
    phonemes = shifted(spoken.phonemes, BEFORE_S)
    sound = _resampled(spoken)
    before, after = (np.zeros(round(s * RATE), np.float32) for s in (BEFORE_S, AFTER_S))
    sound = np.concatenate([before, sound, after])
    count = int(len(sound) / RATE * frame_rate)
    times = Times(np.arange(count, dtype=np.int64), 1 / frame_rate)
    acted = perform(who, emotion, phonemes, times.moments(), seed)
    seen = acted.expression
    if tracker is not None:
        closed = acted.controls[:, 1]
        seen = tracker.read(seen, closed, np.random.default_rng([seed, 1]))
    truth = {
        "expression": acted.expression.astype(np.float16),
        "controls": acted.controls.astype(np.float16),
        "phonemes": np.array([p.name for p in phonemes]),
        "phoneme_times": np.array([(p.start, p.end) for p in phonemes]),
        "seed": np.uint32(seed),
    }
    return Clip(seen, times, sound, RATE, 0.0, truth)


def true_face(who: Actor, clip: Clip, emotion: str) -> Float:
    """Return (F, 52): the face of a clip of this actor, had it been filmed in `emotion`.

    For scores only; no network may ever learn from it.
    """
    truth = clip.truth
    phonemes = [
        Phoneme(str(name), float(start), float(end))
        for name, (start, end) in zip(truth["phonemes"], truth["phoneme_times"], strict=True)
    ]
    return perform(who, emotion, phonemes, clip.times.moments(), int(truth["seed"])).expression


def saying(who: Actor, text: str, sentence: int, emotion: str, seed: int) -> Saying:
    """Return how the actor says `text`, with the chance of this clip."""
    rng = np.random.default_rng([clip_seed(seed, who, sentence, emotion), 2])
    rate, pitch, span = PROSODY[emotion]
    faster, higher = rng.uniform(-1, 1, 2)
    return Saying(
        text,
        who.voice,
        rate=round(rate + RATE_JITTER * faster),
        pitch=round(pitch + PITCH_JITTER * higher),
        range=span,
        volume=round(100 - VOLUME_JITTER * rng.random()),
    )


def _resampled(spoken: Spoken) -> Float:
    """Return the sound at `RATE`."""
    common = int(np.gcd(spoken.rate, RATE))
    made = resample_poly(spoken.sound, RATE // common, spoken.rate // common)
    return np.asarray(made, np.float32)
