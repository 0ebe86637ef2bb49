"""Which part of the clip is in view: seconds to pixels, pixels to frames."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np

from core.arrays import Double, Ints, T
from core.times import Times

FRAME_PX = 64.0  # a frame is never drawn wider
MARGIN_PX = 12.0  # left and right of the fitted clip, so that its ends can be grabbed


@dataclass(frozen=True, eq=False)
class Axis:
    """The visible stretch of a clip.

    times : of its frames. left : seconds at pixel 0. scale : pixels a second; 0 = fit.
    width : pixels. Float seconds here are places on the screen, never addresses.
    """

    times: Times
    left: float = 0.0
    scale: float = 0.0
    width: int = 1

    @cached_property
    def moments(self) -> Double:
        """Return (F,) seconds of the frames."""
        return self.times.moments()

    @cached_property
    def end(self) -> float:
        """Return the second at which the last frame ends."""
        if not len(self.times):
            return 1.0
        return float(self.moments[-1]) + 1 / float(self.times.rate())

    @property
    def frame_px(self) -> float:
        """Return how many pixels a frame takes on average."""
        return self.scale * self.end / max(len(self.times), 1)

    def x(self, seconds: float) -> float:
        """Return the pixel of a moment."""
        return (seconds - self.left) * self.scale

    def seconds(self, x: float) -> float:
        """Return the moment of a pixel."""
        return self.left + x / self.scale if self.scale else self.left

    def frame(self, x: float) -> int:
        """Return the frame drawn at pixel `x`, the nearest one outside the clip."""
        found = int(np.searchsorted(self.moments, self.seconds(x) + 1e-9, side="right")) - 1
        return min(max(found, 0), max(len(self.times) - 1, 0))

    def frame_x(self, frame: int) -> float:
        """Return the pixel at which `frame` starts; F gives the end of the clip."""
        if 0 <= frame < len(self.times):
            return self.x(float(self.moments[frame]))
        return self.x(0.0 if frame < 0 else self.end)

    def edges(self, density: float = 1.0) -> Double:
        """Return (W + 1,) seconds at the edges of the pixel columns, `density` a pixel."""
        count = max(round(self.width * density), 1)
        return self.left + np.arange(count + 1) / (self.scale * density or 1.0)

    def columns(self, density: float = 1.0) -> tuple[Ints, slice]:
        """Return the first frame of each pixel column within the clip, and those columns."""
        if not len(self.times):
            return np.zeros(0, np.int64), slice(0, 0)
        edges = self.edges(density)[:-1]
        a, b = (int(v) for v in np.searchsorted(edges, [-1e-9, self.end - 1e-9]))
        frames = np.searchsorted(self.moments, edges[a:b] + 1e-9, side="right") - 1
        return np.maximum(frames, 0), slice(a, b)

    def fitted(self, start: float = 0.0, end: float | None = None) -> "Axis":
        """Return the axis on which the seconds from `start` to `end` fill the width."""
        end = self.end if end is None else end
        room = max(self.width - 2 * MARGIN_PX, 1.0)
        scale = room / max(end - start, 1e-6)
        return replace(self, left=start - MARGIN_PX / scale, scale=scale).held()

    def zoomed(self, factor: float, x: float) -> "Axis":
        """Return the axis `factor` times as large; what is at pixel `x` stays there."""
        anchor = self.seconds(x)
        sized = replace(self, scale=self.scale * factor).held()
        return replace(sized, left=anchor - x / sized.scale).held()

    def scrolled(self, px: float) -> "Axis":
        """Return the axis moved by `px` pixels to later times."""
        return replace(self, left=self.left + px / self.scale).held()

    def resized(self, width: int) -> "Axis":
        """Return the axis for another width; a fitted one stays fitted."""
        fitted = self.scale <= self._least * 1.0001
        axis = replace(self, width=max(width, 1))
        return axis.fitted() if fitted else axis.held()

    def held(self) -> "Axis":
        """Return the axis within its limits: never smaller than the whole clip."""
        rate = len(self.times) / self.end
        scale = min(max(self.scale, self._least), max(FRAME_PX * rate, self._least))
        margin = MARGIN_PX / scale
        latest = max(self.end + margin - self.width / scale, -margin)
        return replace(self, scale=scale, left=min(max(self.left, -margin), latest))

    @property
    def _least(self) -> float:
        return max(self.width - 2 * MARGIN_PX, 1.0) / self.end


def least(values: T, frames: Ints) -> T:
    """Return (W,) the least of `values` (F,) in each column of `Axis.columns`."""
    return cast(T, np.minimum.reduceat(values[: frames[-1] + 1], frames))


def greatest(values: T, frames: Ints) -> T:
    """Return (W,) the greatest of `values` (F,) in each column of `Axis.columns`."""
    return cast(T, np.maximum.reduceat(values[: frames[-1] + 1], frames))
