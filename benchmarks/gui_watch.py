"""A watchdog over the GUI thread: every stall with its length, its cause and where it stood.

A timer beats on the GUI thread; a thread of its own looks whether the beat is late and takes
the stack then. Linux says for each thread how long it ran and how long it waited for a core,
so a stall is told apart: `ran` is work of the GUI thread, `queued` is other load on the
machine, the rest is waiting for the interpreter's lock, a lock of ours, or the X server.
"""

import faulthandler
import re
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 5  # ms
IDLE = ("threading.py", "queue.py", "_watch", "_where", "thread.py")  # threads that wait
LATE = 0.050  # seconds without a beat that count as a stall


@dataclass(eq=False)
class Stall:
    """One time in which the GUI thread did not answer; all in seconds."""

    at: float
    length: float
    ran: float
    queued: float
    during: str
    stack: list[str] = field(default_factory=list[str])

    def told(self) -> str:
        """Return the stall as text, its stack below."""
        rest = max(0.0, self.length - self.ran - self.queued)
        head = (
            f"{1e3 * self.length:6.0f} ms at {self.at:6.1f} s while {self.during}: "
            f"ran {1e3 * self.ran:.0f}, queued for a core {1e3 * self.queued:.0f}, "
            f"waited {1e3 * rest:.0f}"
        )
        return "\n".join([head, *(f"      {line}" for line in self.stack)])


class Watchdog(QObject):
    """Watches the thread it was made on, from `begin` to `end`."""

    def __init__(self) -> None:
        super().__init__()
        self.stalls: list[Stall] = []
        self.gaps: list[float] = []  # seconds between beats
        self.during = "starting"
        self._main = threading.get_ident()
        self._native = threading.get_native_id()
        self._began = self._beat = time.perf_counter()
        self._used = used(self._native)
        self._seen: list[str] = []
        self._over = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def begin(self) -> None:
        """Watch from now on."""
        self._began = self._beat = time.perf_counter()
        self._used = used(self._native)
        self._timer.start()
        self._thread.start()

    def end(self) -> None:
        """Stop watching."""
        self._timer.stop()
        self._over.set()
        self._thread.join()

    def _on_timer_timeout(self) -> None:
        now, spent = time.perf_counter(), used(self._native)
        gap = now - self._beat
        self.gaps.append(gap)
        if gap > LATE:
            ran, queued = spent[0] - self._used[0], spent[1] - self._used[1]
            at = self._beat - self._began
            self.stalls.append(Stall(at, gap, ran, queued, self.during, self._seen))
        self._beat, self._used, self._seen = now, spent, []

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            beat = self._beat
            if time.perf_counter() - beat > 0.6 * LATE and not self._seen:
                stack = _where(self._main)
                if beat == self._beat:
                    self._seen = stack


def _where(thread: int) -> list[str]:
    """Return the innermost lines of a thread.

    By the fault handler: a frame that Python hands out keeps its painters alive.
    """
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        parts = file.read().split("\n\n")
    name = f"0x{thread:016x}"
    lines = [part.strip().splitlines() for part in parts]
    own = next((rows[1:7] for rows in lines if name in rows[0]), [])
    told = [_short(row) for row in own]
    for rows in lines:
        busy = [_short(row) for row in rows[1:4]]
        if name not in rows[0] and not any(word in busy[0] for word in IDLE):
            told.append("beside: " + " < ".join(busy))
    return told


def _short(row: str) -> str:
    """Return `File "/a/b.py", line 3 in f` as `b.py:3 f`."""
    found = re.search(r'"([^"]+)", line (\d+) in (.+)', row)
    return f"{Path(found[1]).name}:{found[2]} {found[3]}" if found else row.strip()


def used(native: int) -> tuple[float, float]:
    """Return the seconds a thread ran and waited for a core; zeros where nobody says."""
    try:
        text = Path(f"/proc/self/task/{native}/schedstat").read_text()
    except OSError:
        return time.thread_time(), 0.0
    ran, queued, _ = text.split()
    return int(ran) / 1e9, int(queued) / 1e9
