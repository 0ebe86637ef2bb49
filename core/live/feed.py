"""Camera, tracker and recorder at work: the newest picture wins, nobody waits for another."""

import importlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from core.arrays import Rgb
from core.errors import FaceStudioError

if TYPE_CHECKING:  # the networks are loaded by the thread that needs them
    from core.live.camera import Caught, Source
    from core.live.recorder import Recorder, Recording
    from core.live.tracker import LiveFace, LiveTracker

log = logging.getLogger(__name__)
OVER = 2.0  # seconds over which rates are counted


@dataclass(frozen=True, eq=False)
class Moment:
    """One picture that was tracked; `face` is None where nobody was seen."""

    rgb: Rgb
    at: int
    face: "LiveFace | None"


class Rate:
    """Counts events a second."""

    def __init__(self) -> None:
        self._when: deque[float] = deque()

    def tick(self) -> None:
        """Count one."""
        now = time.monotonic()
        self._when.append(now)
        while self._when and now - self._when[0] > OVER:
            self._when.popleft()

    def value(self) -> float:
        """Return events a second of late."""
        when = list(self._when)
        if len(when) < 2 or time.monotonic() - when[-1] > OVER:
            return 0.0
        return (len(when) - 1) / max(when[-1] - when[0], 1e-6)


class Feed:
    """Runs one camera. Callbacks come on its threads and must be quick.

    open : opens the camera; called on the feed's thread, since that may take seconds.
    on_moment(Moment) for every tracked picture; on_end(sentence) once, "" after `stop`.
    """

    def __init__(
        self,
        open: "Callable[[], Source]",
        on_moment: Callable[[Moment], None],
        on_end: Callable[[str], None],
    ) -> None:
        self._open, self._on_moment, self._on_end = open, on_moment, on_end
        self._source: Source | None = None
        self._newest: Caught | None = None
        self._recorder: Recorder | None = None
        self._turn = threading.Condition()
        self._stop = False
        self.caught, self.tracked = Rate(), Rate()
        self.dropped = 0
        self._threads = [
            threading.Thread(target=self._catch, name="live camera", daemon=True),
            threading.Thread(target=self._track, name="live tracker", daemon=True),
        ]

    def start(self) -> None:
        """Open the camera and begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> "Recording | None":
        """End both threads, wait for them, and return what was being recorded."""
        with self._turn:
            self._stop = True
            self._turn.notify_all()
            if self._source is not None:
                self._source.wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        return self.finish()

    def record(self, path: Path) -> None:
        """Write what is filmed from now on to `path`."""
        from core.live.recorder import Recorder

        with self._turn:
            if self._recorder is None:
                self._recorder = Recorder(path)

    def finish(self) -> "Recording | None":
        """End the recording and return it; None if there is none."""
        with self._turn:
            recorder, self._recorder = self._recorder, None
        return None if recorder is None else recorder.stop()

    @property
    def recording(self) -> "Recording | None":
        """Return what is being recorded, None if nothing is."""
        recorder = self._recorder
        return None if recorder is None else recorder.recording

    def _catch(self) -> None:
        sentence = ""
        try:
            source = self._open()
            with self._turn:
                self._source = source
            try:
                sentence = self._pump(source)
            finally:
                source.close()
        except FaceStudioError as e:
            sentence = str(e)
        except Exception as e:
            log.exception("the camera failed")
            sentence = f"The camera failed ({type(e).__name__}: {e})."
        self._end(sentence)

    def _pump(self, source: "Source") -> str:
        while not self._stop:
            caught = source.read()
            if caught is None:
                return (
                    "" if self._stop else f"The camera gives no more pictures: {source.title}"
                )
            self.caught.tick()
            with self._turn:
                if self._newest is not None:
                    self.dropped += 1
                self._newest = caught
                if self._recorder is not None:
                    self._recorder.put(caught)
                self._turn.notify_all()
        return ""

    def _track(self) -> None:
        tracker: LiveTracker | None = None
        try:
            room = importlib.import_module("core.live.tracker")
            importlib.import_module("core.live.recorder")  # ready when it is wanted
            while (caught := self._next()) is not None:
                H, W = caught.rgb.shape[:2]
                tracker = tracker or cast("LiveTracker", room.LiveTracker((W, H)))
                face = tracker.step(caught.rgb, caught.at / 1e9)
                recorder = self._recorder
                if face is not None and recorder is not None:
                    recorder.saw(caught.at, face.seen)
                self.tracked.tick()
                self._on_moment(Moment(caught.rgb, caught.at, face))
        except FaceStudioError as e:
            self._end(str(e))
        except Exception as e:
            log.exception("live tracking failed")
            self._end(f"Tracking failed ({type(e).__name__}: {e}).")

    def _next(self) -> "Caught | None":
        with self._turn:
            while not self._stop:
                caught, self._newest = self._newest, None
                if caught is not None:
                    return caught
                self._turn.wait()
        return None

    def _end(self, sentence: str) -> None:
        with self._turn:
            first, self._stop = not self._stop, True
            self._turn.notify_all()
            if self._source is not None:
                self._source.wake()
        self._on_end(sentence if first else "")
