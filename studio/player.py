"""Playing: a clock says the second, its frame is shown; late frames are dropped."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.arrays import Double, Float
from core.errors import MediaError
from core.times import Times
from studio.clocks import Clock, DeviceClock, WallClock
from studio.grains import Grains
from studio.viewing import Viewing

FASTEST = 8.0


@dataclass(frozen=True, eq=False)
class Voice:
    """The sound of a clip: (N,) float32 mono, heard from second `start` of the clip on."""

    samples: Float
    rate: int
    start: float = 0.0


class Player(QObject):
    """Moves the playhead of `viewing` in time with the sound."""

    playing_changed = Signal(bool)
    scrub_changed = Signal(bool)  # whether the sound is heard while the playhead is moved
    noted = Signal(str)  # a sentence for the status bar
    silenced = Signal(str)  # why no sound will be heard of this clip

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._moments: Double = np.zeros(0)
        self._end = 0.0
        self._voice: Voice | None = None
        self._clock: Clock | None = None
        self._speed = 1.0
        self.volume, self.muted = 1.0, False
        self._scrub = True
        self._grains: Grains | None = None
        self._quiet = QTimer(self)  # the device is let go of when the hand rests
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(700)
        self._quiet.timeout.connect(self._end_grains)
        self._moving = False
        self.dropped = self.due = 0  # frames of this run
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(8)
        self._timer.timeout.connect(self._on_timer_timeout)
        viewing.frame_changed.connect(self._on_viewing_frame_changed)

    @property
    def playing(self) -> bool:
        """Return whether the playhead moves."""
        return self._clock is not None

    @property
    def speed(self) -> float:
        """Return the speed, negative backwards."""
        return self._speed

    @property
    def scrub(self) -> bool:
        """Return whether the sound is heard while the playhead is moved by hand."""
        return self._scrub

    def set_scrub(self, on: bool) -> None:
        """Let the sound be heard while the playhead is moved by hand, or not."""
        if on != self._scrub:
            self._scrub = on
            self._end_grains()
            self.scrub_changed.emit(on)

    def load(self, times: Times | None) -> None:
        """Stop, and be ready to play a clip with these frame times."""
        self.pause()
        self._end_grains()
        self._voice = None
        self._moments = times.moments() if times else np.zeros(0)
        self._end = float(self._moments[-1] + 1 / times.rate()) if times else 0.0

    def load_voice(self, voice: Voice | None) -> None:
        """Play this sound from the next start on."""
        self._end_grains()
        self._voice = voice if voice is not None and len(voice.samples) else None

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0..1."""
        self.volume = volume
        self._loudness()

    def set_muted(self, muted: bool) -> None:
        """Silence the sound, or let it be heard again."""
        self.muted = muted
        self._loudness()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self, speed: float = 1.0) -> None:
        """Play from the playhead, at the start again if it stands at the end."""
        if not len(self._moments):
            return
        self._halt()
        self._end_grains()
        first, last = self._viewing.range
        at = self._viewing.frame
        if speed > 0 and at >= last:
            self._viewing.go(first)
        elif speed < 0 and at <= first:
            self._viewing.go(last)
        self._speed = speed
        self._clock = self._new_clock()
        self._clock.start(self._second(self._viewing.frame))
        self.dropped = self.due = 0
        self._timer.start()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stand still and let go of the sound device."""
        self.pause()
        self._end_grains()

    def pause(self) -> None:
        """Stand still."""
        if self.playing:
            self._halt()
            self.playing_changed.emit(False)

    def faster(self) -> None:
        """Play forwards, twice as fast each time."""
        self.play(min(FASTEST, 2 * self._speed) if self.playing and self._speed > 0 else 1.0)

    def backwards(self) -> None:
        """Play backwards, twice as fast each time."""
        self.play(max(-FASTEST, 2 * self._speed) if self.playing and self._speed < 0 else -1.0)

    def _new_clock(self) -> Clock:
        if self._speed == 1.0 and self._voice is not None:
            voice = self._voice
            loud = 0.0 if self.muted else self.volume
            try:
                return DeviceClock(voice.samples, voice.rate, voice.start, loud)
            except MediaError as e:
                self._silence(e)
        return WallClock(self._speed)

    def _second(self, frame: int) -> float:
        """Return the second at which the frame begins; backwards, that at which it ends."""
        if self._speed > 0:
            return float(self._moments[frame])
        end = self._moments[frame + 1] if frame + 1 < len(self._moments) else self._end
        return float(end) - 1e-6

    def _go_on(self) -> None:
        if self._clock is not None:
            self._clock.go(self._second(self._viewing.frame))

    def _halt(self) -> None:
        self._timer.stop()
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _loudness(self) -> None:
        if isinstance(self._clock, DeviceClock):
            self._clock.volume = 0.0 if self.muted else self.volume

    def _on_timer_timeout(self) -> None:
        if self._clock is None:
            return
        if isinstance(self._clock, DeviceClock) and self._clock.lost:
            self._go_on_silently()
        first, last = self._viewing.range
        now = self._clock.now()
        frame = int(np.searchsorted(self._moments, now + 1e-9, side="right")) - 1
        end = self._moments[last + 1] if last + 1 < len(self._moments) else self._end
        over = now >= end if self._speed > 0 else frame < first
        if over:
            self._turn_around(first, last)
        elif frame != self._viewing.frame:
            missed = abs(frame - self._viewing.frame)
            self.due += missed
            self.dropped += missed - 1
            self._move(frame)

    def _turn_around(self, first: int, last: int) -> None:
        if not self._viewing.loop:
            self._move(last if self._speed > 0 else first)
            self.pause()
            return
        frame = first if self._speed > 0 else last
        if self._clock is not None:  # first: who is shown the frame may ask for the time
            self._clock.go(self._second(frame))
        self._move(frame)

    def _move(self, frame: int) -> None:
        self._moving = True
        self._viewing.go(frame)
        self._moving = False

    def _on_viewing_frame_changed(self, frame: int) -> None:
        if self.playing and not self._moving:  # the user went elsewhere: play on from there
            self._go_on()
        elif not self.playing:
            self._sound_grain(frame)

    def _sound_grain(self, frame: int) -> None:
        voice = self._voice
        if not self._scrub or voice is None or self.muted or frame >= len(self._moments):
            return
        if self._grains is None:
            try:
                self._grains = Grains(voice.samples, voice.rate, voice.start)
            except MediaError as e:
                self._silence(e)
                return
        self._grains.play(float(self._moments[frame]), self.volume)
        self._quiet.start()

    def _end_grains(self) -> None:
        self._quiet.stop()
        if self._grains is not None:
            self._grains.stop()
            self._grains = None

    def _silence(self, why: MediaError) -> None:
        """Go on without sound, and say so once."""
        self._voice = None
        self.noted.emit(str(why))
        self.silenced.emit(str(why))

    def _go_on_silently(self) -> None:
        assert self._clock is not None
        at = self._clock.now()
        self._clock.stop()
        self._clock = WallClock(self._speed)
        self._clock.start(at)
        self._silence(MediaError("The sound device has gone; playing is silent."))
