"""Least and greatest samples at every zoom: a waveform draws in the time of its pixels."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Double, Float, check

BLOCK = 32  # samples in a block of the finest level: 50 px a frame at 25 frames/s and 48 kHz


@dataclass(frozen=True, eq=False)
class Peaks:
    """A pyramid of the extremes of a sound.

    rate : samples a second. levels : each (B, 2) float32, the least and the greatest sample
    of every block; a block of level k holds ``BLOCK * 2**k`` samples. start : seconds of
    sample 0 after the first frame of the picture.
    """

    rate: int
    levels: tuple[Float, ...]
    start: float = 0.0

    def between(self, edges: Double) -> Float:
        """Return (W, 2) least and greatest sample between neighbouring `edges`.

        edges : (W + 1,) rising seconds after the first frame. Where there is no sound, 0.
        """
        extremes = np.zeros((len(edges) - 1, 2), np.float32)
        if not self.levels or len(edges) < 2:
            return extremes
        samples = (edges - self.start) * self.rate
        wide = max(float(samples[-1] - samples[0]) / len(extremes), 1.0)
        k = int(np.clip(np.floor(np.log2(wide / BLOCK)), 0, len(self.levels) - 1))
        level, size = self.levels[k], BLOCK * 2.0**k
        first = np.floor(samples[:-1] / size).astype(np.int64)
        last = np.maximum(np.ceil(samples[1:] / size).astype(np.int64), first + 1)
        inside = (last > 0) & (first < len(level))
        first = np.clip(first, 0, len(level) - 1)
        last = np.clip(last, 1, len(level))
        # A column covers three blocks at most: the level was chosen for its width.
        for step in range(min(int((last - first).max()), 4)):
            block = level[np.minimum(first + step, last - 1)]
            if step == 0:
                extremes[:] = block
            np.minimum(extremes[:, 0], block[:, 0], out=extremes[:, 0])
            np.maximum(extremes[:, 1], block[:, 1], out=extremes[:, 1])
        extremes[~inside] = 0
        return extremes


def peaks(samples: Float, rate: int, start: float = 0.0) -> Peaks:
    """Return the pyramid of `samples` (N,), -1..1 at `rate`; an empty one for silence.

    A minute at 48 kHz takes some 10 ms: call it away from the interface thread all the same.
    """
    check(samples, "N")
    if not len(samples):
        return Peaks(rate, (), start)
    short = -len(samples) % BLOCK
    blocks = np.pad(samples.astype(np.float32), (0, short), mode="edge").reshape(-1, BLOCK)
    level = np.stack([blocks.min(axis=1), blocks.max(axis=1)], axis=1)
    levels = [level]
    while len(level) > 1:
        level = np.concatenate([level, level[-1:]]) if len(level) % 2 else level
        level = np.stack(
            [
                np.minimum(level[::2, 0], level[1::2, 0]),
                np.maximum(level[::2, 1], level[1::2, 1]),
            ],
            axis=1,
        )
        levels.append(level)
    for one in levels:
        one.flags.writeable = False
    return Peaks(rate, tuple(levels), start)
