"""What is asked of an editor: a clip of a corpus, another emotion, and the true answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import Float
from core.corpus.clip import Clip, Name
from core.corpus.files import Corpus
from core.errors import WishError
from core.synthetic.speech.visemes import Phoneme
from core.synthetic.talk.actors import everybody
from core.synthetic.talk.make import true_face


@dataclass(frozen=True, eq=False)
class Trial:
    """source : (F, 52) as the tracker read it. truth : (F, 52), exactly, in `target`.

    phonemes : what is said. step : seconds a frame.
    """

    name: Name
    target: str
    source: Float
    truth: Float
    phonemes: tuple[Phoneme, ...]
    step: float


def trials(corpus: Corpus, split: str, limit: int = 0, seed: int = 0) -> tuple[Trial, ...]:
    """Return every clip of a split with every other emotion, or `limit` of them by chance.

    Raises
    ------
    WishError
        if the corpus is not made of faces whose truth is known.
    """
    if "seed" not in corpus.made or "generator" not in corpus.made:
        raise WishError(
            f"The true faces of this corpus are not known; make one with 'facestudio corpus': "
            f"{corpus.folder}"
        )
    actors = {who.name: who for who in everybody(int(corpus.made["seed"]), split)}
    names = [e.name for e in corpus.chosen(split)]
    spoken = {(n.actor, n.emotion): True for n in names}
    asked = [(n, t) for n in names for a, t in spoken if a == n.actor and t != n.emotion]
    if limit and limit < len(asked):
        drawn = np.random.default_rng(seed).choice(len(asked), limit, replace=False)
        asked = [asked[i] for i in sorted(drawn)]
    found: list[Trial] = []
    clips: dict[Name, Clip] = {}
    for name, target in asked:
        if name not in clips:
            clips = {name: corpus.clip(name)}  # they come clip by clip
        clip = clips[name]
        truth = true_face(actors[name.actor], clip, target)
        step = float(1 / clip.times.rate())
        found.append(Trial(name, target, clip.expression, truth, phonemes_of(clip), step))
    return tuple(found)


def phonemes_of(clip: Clip) -> tuple[Phoneme, ...]:
    """Return what is said in a clip of a made corpus, seconds after the first frame."""
    times: Sequence[tuple[float, float]] = clip.truth["phoneme_times"].tolist()
    names: Sequence[str] = clip.truth["phonemes"].tolist()
    return tuple(Phoneme(n, a, b) for n, (a, b) in zip(names, times, strict=True))
