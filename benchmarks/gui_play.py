"""Playing the demo clip, 1280x720 at 25 frames/s with an edit, from a warm cache."""

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from benchmarks.gui_desk import load, rest, wait

if TYPE_CHECKING:
    from studio.window import Window


class Eye(QObject):
    """Notes which frame was painted when, and what the clock said."""

    def __init__(self, window: "Window") -> None:
        super().__init__()
        self.seen: list[tuple[float, int, float]] = []  # when, frame, seconds of the clock
        self._frame = -1
        self._player = window.desk.player
        window.desk.preview.ready.connect(self._on_ready)

    def _on_ready(self, shown: Any) -> None:
        # `ready` paints the picture before it gets here.
        clock = self._player._clock
        if clock is not None and shown.frame != self._frame:
            self._frame = shown.frame
            self.seen.append((time.perf_counter(), shown.frame, clock.now()))


def played(window: "Window", seconds: float) -> list[str]:
    """Return the lines about playing for so many seconds, round and round."""
    desk = window.desk
    desk.preview.look_ahead = True
    desk.preview.ask(desk.viewing.frame)
    wait(lambda: bool(desk.preview.held().all()))
    desk.player.load_voice(None)
    desk.player.set_scrub(False)
    desk.viewing.go(0)
    rest(0.5)
    eye = Eye(window)
    cpu, began = time.thread_time(), time.perf_counter()
    desk.player.play()
    rest(seconds)
    work = (time.thread_time() - cpu) / (time.perf_counter() - began)
    player = desk.player
    due, dropped, shown = player.due, player.dropped, len(eye.seen)
    player.pause()
    assert desk.clip is not None
    moments = desk.clip.times.moments()
    offsets = np.array([1e3 * (clock - moments[frame]) for _, frame, clock in eye.seen])
    late = offsets[-250:]  # of the last ten seconds
    share = 100 * dropped / max(due, 1)
    return [
        f"playing {seconds:.0f} s from the warm cache, silent clock, {load()}",
        f"  {due} frames due, {dropped} dropped: {share:.2f} %   wanted 1 %: "
        f"{'holds' if share <= 1 else 'MISSED'}; {shown} painted; "
        f"GUI thread busy {100 * work:.0f} % of the time",
        f"  sound against picture when a frame is painted: p50 {np.median(offsets):.1f}, "
        f"p95 {np.percentile(offsets, 95):.1f}, worst {offsets.max():.1f} ms; in the last ten "
        f"seconds p95 {np.percentile(late, 95):.1f} ms   wanted 40: "
        f"{'holds' if np.percentile(late, 95) <= 40 else 'MISSED'}",
    ]
