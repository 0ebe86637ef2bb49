"""One clip of a corpus: somebody says something once, in one emotion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from core.arrays import Float, check, frozen
from core.errors import WishError
from core.times import Times
from core.track import ARKIT_NAMES

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, order=True)
class Name:
    """What tells a clip from every other one.

    actor : who speaks. emotion : a label of `core.expression.emotions`. level : 1..3, how
    strongly (MEAD). sentence : what is said; equal names of one actor are the same words.
    take : 1.. repetition.
    """

    actor: str
    emotion: str
    sentence: str
    level: int = 3
    take: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be a name of a file."""
        for part in (self.actor, self.emotion, self.sentence):
            if not part or part.startswith(".") or any(c in '/\\:*?"<>|\0' for c in part):
                raise WishError(f"This cannot be the name of a clip in a corpus: '{part}'.")

    @property
    def path(self) -> PurePosixPath:
        """Return the place of the clip below its corpus, without an ending."""
        take = "" if self.take == 1 else f"_take{self.take}"
        return PurePosixPath(
            self.actor, self.emotion, f"level_{self.level}", f"{self.sentence}{take}"
        )


@dataclass(frozen=True)
class Entry:
    """A line of the list of a corpus: a clip, and what one wants to know before opening it.

    split : one of `SPLITS`. frames : F. seconds : length of the sound. problems : sentences
    about what is not as it should be; a clip with problems is listed and not learned from.
    """

    name: Name
    split: str
    frames: int
    seconds: float
    problems: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Return whether one may learn from it."""
        return not self.problems and self.frames > 0


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip itself.

    expression : (F, 52) coefficients, 0..1. times : of the frames; the sound's sample 0 is
    heard `sound_start` seconds after the first frame. sound : (N,) float32 mono, -1..1, at
    `rate` samples a second. truth : arrays that only a maker of faces can know.
    """

    expression: Float
    times: Times
    sound: Float
    rate: int
    sound_start: float = 0.0
    truth: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        """Freeze the arrays and refuse a shape that does not fit."""
        check(self.expression, "F E", F=len(self.times), E=len(ARKIT_NAMES))
        check(self.sound, "N")
        object.__setattr__(self, "expression", frozen(self.expression))
        object.__setattr__(self, "sound", frozen(self.sound))
