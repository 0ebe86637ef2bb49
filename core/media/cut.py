"""Which part of a clip an export takes, how large it is, and what stands beside it."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.errors import WishError
from core.times import Times

WIDTHS = (16, 8192)  # px of one picture; x264 takes twice the larger one, side by side


@dataclass(frozen=True)
class Cut:
    """What of a clip goes into an export; the default is all of it, as it was filmed.

    first, last : frames, both included; None is the clip's last. A part begins at time zero,
    the whole clip where it was filmed to begin. width : px of one upright picture, 0 = as
    filmed; the height follows. sound : whether the audio packets go along. compare : every
    picture twice as wide, as filmed on the left and edited on the right.
    """

    first: int = 0
    last: int | None = None
    width: int = 0
    sound: bool = True
    compare: bool = False

    def __post_init__(self) -> None:
        """Refuse a part that cannot be and a width that no film has."""
        if self.first < 0 or (self.last is not None and self.last < self.first):
            raise WishError(f"There are no frames from {self.first} to {self.last}.")
        if self.width and not WIDTHS[0] <= self.width <= WIDTHS[1]:
            low, high = WIDTHS
            raise WishError(f"The width goes from {low} to {high} pixels, not {self.width}.")

    def frames(self, count: int) -> range:
        """Return the frames of a clip of `count` that go along."""
        last = count - 1 if self.last is None else self.last
        if last >= count:
            raise WishError(f"The clip has {count} frames; there is none with number {last}.")
        return range(self.first, last + 1)

    def whole(self, count: int) -> bool:
        """Return whether every frame of a clip of `count` goes along."""
        return len(self.frames(count)) == count

    def times(self, times: Times) -> Times:
        """Return when each frame is shown in the export: the same steps, a part from zero."""
        if self.whole(len(times)):
            return times
        part = self.frames(len(times))
        pts = times.pts[part.start : part.stop]
        return Times(pts - pts[0], times.base)

    def size(self, filmed: tuple[int, int]) -> tuple[int, int]:
        """Return (W, H) of one upright picture of a clip of that size.

        Even, so that 4:2:0 can hold it, unless it stays what was filmed.
        """
        W, H = filmed
        if not self.width:
            return (_even(W), _even(H)) if self.compare else filmed
        return filmed if self.width == W else (_even(self.width), _even(H * self.width / W))

    def effort(self, filmed: tuple[int, int]) -> float:
        """Return about how long a frame takes, over that of a plain export.

        Decoding and drawing are always done at full size; coding, about two fifths of the
        work, goes with the pixels.
        """
        w, h = self.size(filmed)
        pixels = (2 if self.compare else 1) * w * h / max(1, filmed[0] * filmed[1])
        return 0.6 + 0.4 * pixels


WHOLE = Cut()


def between(times: Times, start: float | None, end: float | None) -> tuple[int, int | None]:
    """Return the first and last frame shown from `start` to `end`, seconds after the first.

    The first is the one on screen at `start`; the last is the last that appears before `end`.
    None is the clip's own start or end.
    """
    begin, stop = (None if t is None else Fraction(str(t)) for t in (start, end))
    length = times.moment(len(times) - 1)
    if begin is not None and not 0 <= begin <= length:
        raise WishError(
            f"The clip goes from 0 to {float(length):.3f} s; nothing is at {start} s."
        )
    if stop is not None and stop <= (begin or 0):
        raise WishError(f"The part would end at {end} s, before it begins.")
    tick = times.pts - times.pts[0]
    first = 0
    if begin:
        first = int(np.searchsorted(tick, int(begin / times.base // 1), side="right")) - 1
    if stop is None:
        return first, None
    after = int(np.searchsorted(tick, -(-stop / times.base // 1), side="left"))
    return first, max(first, min(after, len(times)) - 1)


def beside(target: Path) -> Path:
    """Return where the film with the filmed pictures beside the edited ones goes."""
    return target.with_name(f"{target.stem}-compare{target.suffix}")


def _even(size: float) -> int:
    return max(2, 2 * round(size / 2))
