"""A small talking corpus of synthetic tones: what training is tried on, without any voice.

Every phoneme is a buzz with two formants of its own, spoken at a pitch and a pace; the faces
are those of `core.synthetic.talk`. So it is of the format of a real one, and exactly known.
"""

from dataclasses import asdict
from fractions import Fraction
from functools import cache

import numpy as np

from core.corpus.clip import SPLITS, Entry, Name
from core.corpus.files import Corpus, write_clip, write_list
from core.synthetic.speech.visemes import Phoneme
from core.synthetic.speech.voice import Spoken
from core.synthetic.talk.actors import VOICES, actor
from core.synthetic.talk.make import Config, clip_seed, recorded

EMOTIONS = ("neutral", "angry", "happy")
SENTENCES = 3
RATE = 16000
MANNER = {"neutral": (118, 1.0), "angry": (131, 0.9), "happy": (126, 1.1)}  # Hz, pace
CONSONANTS, VOWELS = ("p", "f", "b", "s", "m", "v"), ("ɑ", "iː", "u", "æ", "oʊ", "ɛ")
CLOSED = 1  # of the controls of a clip's truth


def words(number):
    """Return the phonemes of a sentence and how long each lasts, seconds."""
    rng = np.random.default_rng([4, number])
    pairs = zip(rng.permutation(CONSONANTS), rng.permutation(VOWELS), strict=True)
    names = [str(name) for pair in pairs for name in pair]
    return names, rng.uniform(0.08, 0.15, len(names))


@cache
def formants(name):
    """Return two frequencies, Hz, that tell a phoneme from the others."""
    rng = np.random.default_rng([5, *name.encode()])
    return rng.uniform(200, 900), rng.uniform(1000, 3000)


def spoken(number, pitch=118.0, pace=1.0):
    """Return a sentence as tones with its phonemes."""
    names, lengths = words(number)
    ends = np.cumsum(lengths / pace)
    starts = np.concatenate([[0], ends[:-1]])
    t = np.arange(round(ends[-1] * RATE)) / RATE
    harmonics = pitch * np.arange(1, 30)
    waves = np.sin(2 * np.pi * harmonics * t[:, None])
    which = np.minimum(np.searchsorted(ends, t, "right"), len(names) - 1)
    gains = np.stack(
        [
            sum(np.exp(-(((harmonics - f) / 150) ** 2)) for f in formants(name))
            * (0.2 if name in CONSONANTS else 1)
            for name in names
        ]
    )
    sound = 0.15 * (waves * gains[which]).sum(1)
    phonemes = [
        Phoneme(name, float(start), float(end))
        for name, start, end in zip(names, starts, ends, strict=True)
    ]
    return Spoken(np.clip(sound, -1, 1).astype(np.float32), RATE, tuple(phonemes))


def write_corpus(folder, sentences=SENTENCES, emotions=EMOTIONS, say=spoken):
    """Write a corpus of a voice in each split and return its list.

    say : number, pitch, pace -> `Spoken`; other words or other sounds for single tests.
    """
    entries = []
    for split in SPLITS:
        who = actor(VOICES[split][0], split, 1)
        for i in range(sentences):
            for emotion in emotions:
                seed = clip_seed(1, who, i, emotion)
                said = say(i, *MANNER[emotion])
                clip = recorded(who, emotion, said, seed, Fraction(25), None)
                name = Name(who.name, emotion, f"{split}{i + 1:03d}")
                write_clip(folder, name, clip)
                seconds = len(clip.sound) / clip.rate
                entries.append(Entry(name, split, len(clip.times), seconds))
    made = {**asdict(Config(tracker=False)), "frame_rate": "25"}
    corpus = Corpus(folder, tuple(sorted(entries, key=lambda e: e.name)), made)
    write_list(corpus)
    return corpus
