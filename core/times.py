"""Exact frame times: integer ticks of a rational time base, never float seconds."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.arrays import Ints, check, frozen
from core.errors import ShapeError


@dataclass(frozen=True, eq=False)
class Times:
    """When each frame is shown. Variable rates and odd starts are normal.

    pts  : (F,) int64 ticks, strictly rising (presentation time stamps).
    base : seconds a tick.
    """

    pts: Ints
    base: Fraction

    def __post_init__(self) -> None:
        """Freeze the ticks and refuse those that do not rise."""
        check(self.pts, "F")
        if len(self.pts) > 1 and int(np.diff(self.pts).min()) <= 0:
            raise ShapeError("Frame time stamps must rise strictly.")
        object.__setattr__(self, "pts", frozen(np.asarray(self.pts, np.int64)))

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.pts)

    @classmethod
    def steady(cls, n: int, rate: Fraction) -> "Times":
        """Return `n` frames at a constant `rate` (frames a second), the first at tick 0."""
        return cls(np.arange(n, dtype=np.int64), 1 / Fraction(rate))

    def moment(self, frame: int) -> Fraction:
        """Return the exact time of `frame` in seconds after the first frame."""
        return int(self.pts[frame] - self.pts[0]) * self.base

    def moments(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Return (F,) seconds after the first frame, for curves and labels only."""
        return (self.pts - self.pts[:1]).astype(np.float64) * float(self.base)

    def rate(self) -> Fraction:
        """Return the mean rate in frames a second (25 for a single frame)."""
        if len(self.pts) < 2:
            return Fraction(25)
        return (len(self.pts) - 1) / (int(self.pts[-1] - self.pts[0]) * self.base)

    def sample(self, frame: int, rate: int) -> int:
        """Return the audio sample, counted from the first frame, at which `frame` starts."""
        return math.ceil(self.moment(frame) * rate)

    def frame(self, sample: int, rate: int) -> int:
        """Return the frame shown at audio `sample`; `frame(sample(f)) == f` for every f."""
        tick = Fraction(sample, rate) / self.base + int(self.pts[0])
        return max(0, int(np.searchsorted(self.pts, int(tick // 1), side="right")) - 1)
