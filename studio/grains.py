"""Sound while the playhead is moved by hand: a short grain of it at every frame."""

# sounddevice has no type stubs.
# pyright: reportUnknownMemberType=false
from typing import Any

import numpy as np

from core.arrays import Float
from studio.clocks import opened

GRAIN = 0.08  # seconds
FADE = 0.012  # seconds in which a grain comes and goes, so that none clicks


class Grains:
    """An open sound device that plays the newest grain asked for, and nothing between."""

    def __init__(self, sound: Float, rate: int, start: float) -> None:
        """Open the device; raise `MediaError` where there is none.

        sound : (N,) float32 mono. start : second of the clip at which sample 0 is heard.
        """
        self._sound, self._rate, self._start = sound, rate, start
        count = round(GRAIN * rate)
        ramp = np.minimum(np.arange(count), np.arange(count)[::-1]) / (FADE * rate)
        self._shape = np.minimum(ramp, 1).astype(np.float32)
        self._wish: Float | None = None
        self._playing: Float = np.zeros(0, np.float32)
        self._stream = opened(rate, self._fill)
        self._stream.start()

    def play(self, second: float, volume: float) -> None:
        """Let the grain be heard that begins at this second of the clip."""
        count = len(self._shape)
        first = round((second - self._start) * self._rate)
        grain = np.zeros(count, np.float32)
        a, b = max(first, 0), min(first + count, len(self._sound))
        if a < b:
            grain[a - first : b - first] = self._sound[a:b]
        self._wish = grain * self._shape * np.float32(volume)

    def stop(self) -> None:
        """Close the device."""
        self._stream.abort()
        self._stream.close()

    def _fill(self, out: Any, count: int, moment: Any, status: Any) -> None:
        del moment, status
        out[:] = 0
        rest = self._playing[:count]
        out[: len(rest), 0] = rest
        self._playing = self._playing[count:]
        if self._wish is not None and not len(self._playing):
            wish, self._wish = self._wish, None
            room = count - len(rest)
            out[len(rest) :, 0] = np.pad(wish[:room], (0, max(0, room - len(wish))))
            self._playing = wish[room:]
