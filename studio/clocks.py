"""Where playing takes its time from: the sound device, or the wall clock where none is."""

# sounddevice has no type stubs.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from core.arrays import Float
from core.errors import MediaError

log = logging.getLogger(__name__)


def opened(rate: int, fill: Callable[[Any, int, Any, Any], None]) -> Any:
    """Return a stream to the sound device, one channel; raise `MediaError` without one.

    fill : called as ``fill(out, count, moment, status)`` on a thread of the device.
    """
    try:
        import sounddevice
    except OSError as e:
        raise MediaError("PortAudio is missing on this machine; playing is silent.") from e
    try:
        return sounddevice.OutputStream(
            samplerate=rate, channels=1, dtype="float32", callback=fill
        )
    except sounddevice.PortAudioError as e:
        raise MediaError("There is no sound device; playing is silent.") from e


def look_for_devices() -> None:
    """Let the system list its sound devices, which takes a while, beside the window."""
    try:
        import sounddevice
    except OSError as e:
        log.info("no sound: %s", e)
    else:
        del sounddevice


class Clock(Protocol):
    """Says which second of the clip is heard, or would be."""

    def start(self, at: float) -> None:
        """Run from second `at`."""
        ...

    def go(self, at: float) -> None:
        """Go on from second `at` while running."""
        ...

    def now(self) -> float:
        """Return the second that is heard now."""
        ...

    def stop(self) -> None:
        """Stand still."""
        ...


class WallClock:
    """Time itself, at a speed; negative ones run backwards."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._from = (0.0, 0.0)

    def start(self, at: float) -> None:
        """Run from second `at`."""
        self._from = (at, time.perf_counter())

    def go(self, at: float) -> None:
        """Go on from second `at` while running."""
        self.start(at)

    def now(self) -> float:
        """Return the second reached now."""
        at, began = self._from
        return at + self.speed * (time.perf_counter() - began)

    def stop(self) -> None:
        """Stand still; nothing to let go of."""


class DeviceClock:
    """Plays the sound of a clip; the samples that were heard are the time."""

    def __init__(self, sound: Float, rate: int, start: float, volume: float) -> None:
        """Open the sound device; raise `MediaError` where there is none.

        sound : (N,) float32 mono. start : second of the clip at which sample 0 is heard.
        """
        self.volume = volume
        self._sound, self._rate, self._start = sound, rate, start
        self._next = 0
        self._heard: tuple[float, float] | None = None  # device time, second of the clip
        self._stream = opened(rate, self._fill)
        self._at = start

    def start(self, at: float) -> None:
        """Play from second `at`."""
        self.go(at)
        self._stream.start()

    def go(self, at: float) -> None:
        """Go on from second `at` while running."""
        self._next = round((at - self._start) * self._rate)
        self._at = at
        self._heard = None

    def now(self) -> float:
        """Return the second that leaves the loudspeaker now."""
        if self._heard is None:
            return self._at
        when, second = self._heard
        return max(self._at, second + float(self._stream.time) - when)

    @property
    def lost(self) -> bool:
        """Return whether the device has gone while it was playing."""
        return not self._stream.active

    def stop(self) -> None:
        """Stop and close the device."""
        self._stream.abort()
        self._stream.close()

    def _fill(self, out: Any, count: int, moment: Any, status: Any) -> None:
        del status
        out[:] = 0
        first, last = self._next, self._next + count
        a, b = max(first, 0), min(last, len(self._sound))
        if a < b:
            out[a - first : b - first, 0] = np.multiply(self._sound[a:b], self.volume)
        self._heard = (float(moment.outputBufferDacTime), first / self._rate + self._start)
        self._next = last
