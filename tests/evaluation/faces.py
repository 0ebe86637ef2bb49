"""Small corpora of made faces with no voice: quick to write, with a truth that is known."""

from fractions import Fraction

import numpy as np

from core.corpus.clip import Clip, Entry, Name
from core.corpus.files import Corpus, write_clip
from core.corpus.mel import RATE
from core.synthetic.speech.visemes import Phoneme
from core.synthetic.talk.acting import perform
from core.synthetic.talk.actors import everybody
from core.times import Times

STEP = 0.04
SOUNDS = ("", "b", "ˈaː", "t", "u", "m", "ɪ", "s", "p", "oʊ", "f", "a", "")


def spoken(seed, sounds=SOUNDS):
    """Return phonemes of 0.09 to 0.15 s one after the other, a pause on both ends."""
    ends = np.cumsum(np.random.default_rng(seed).uniform(0.09, 0.15, len(sounds)))
    return tuple(
        Phoneme(n, float(a), float(b))
        for n, a, b in zip(sounds, [0, *ends[:-1]], ends, strict=True)
    )


def clip_of(who, emotion, seed):
    """Return what an actor's face does, as the generator writes it."""
    phonemes = spoken(seed)
    count = int(phonemes[-1].end / STEP)
    times = Times.steady(count, Fraction(25))
    acted = perform(who, emotion, phonemes, times.moments(), seed)
    truth = {
        "phonemes": np.array([p.name for p in phonemes]),
        "phoneme_times": np.array([(p.start, p.end) for p in phonemes]),
        "seed": np.uint32(seed),
    }
    return Clip(acted.expression, times, np.zeros(1600, np.float32), RATE, 0.0, truth)


def corpus_in(folder, emotions, sentences=3, voices=2):
    """Write a corpus of some voices of every split and return it."""
    entries = []
    for split in ("train", "validation", "test"):
        for a, who in enumerate(everybody(1, split)[:voices]):
            for emotion in emotions:
                for i in range(sentences):
                    name = Name(who.name, emotion, f"{split}{i}")
                    clip = clip_of(who, emotion, 100 * a + i)
                    write_clip(folder, name, clip)
                    entries.append(Entry(name, split, len(clip.times), 2.0))
    return Corpus(folder, tuple(entries), {"seed": 1, "generator": 2, "frame_rate": "25"})
