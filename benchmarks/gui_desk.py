"""A real window on projects of its own, and how a benchmark waits without blocking it."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from studio.window import Window


@contextmanager
def opened() -> Iterator["Window"]:
    """Show a window whose settings, projects and caches lie in a folder that goes away."""
    from studio.app import application, begin
    from studio.window import Window

    with tempfile.TemporaryDirectory() as home:
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{kind}_HOME"] = home
        application()
        window = Window()
        window.resize(1600, 960)
        window.show()
        begin(window, ())
        rest(0.3)
        try:
            yield window
        finally:
            window.close()
            rest(0.1)


def wait(true: Callable[[], bool], seconds: float = 300.0) -> None:
    """Let events go on until `true()`; raise if that takes too long."""
    end = time.perf_counter() + seconds
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(3)
    timer.timeout.connect(lambda: loop.quit() if _over(true, end) else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not true():
        raise TimeoutError(f"not within {seconds:.0f} s")


def waited(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let events go on until `true()`, which is asked after each of them."""
    end = time.perf_counter() + seconds
    pulse = QTimer()  # wakes the loop, which sleeps between events
    pulse.start(2)
    while not true() and time.perf_counter() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    pulse.stop()


def rest(seconds: float) -> None:
    """Let events go on for a while."""
    end = time.perf_counter() + seconds
    wait(lambda: time.perf_counter() >= end, seconds + 30)


def settled() -> None:
    """Let everything that is due be done and painted."""
    for _ in range(3):
        QApplication.processEvents()


def line(name: str, milliseconds: Sequence[float], budget: float | None = None) -> str:
    """Return p50, p95 and worst of some times, and whether they hold their budget."""
    p50, p95, worst = np.percentile(milliseconds, [50, 95, 100])
    text = f"{name:<58}p50 {p50:7.2f}  p95 {p95:7.2f}  worst {worst:7.2f} ms"
    if budget is not None:
        text += f"   budget p95 {budget:g}: {'holds' if p95 <= budget else 'MISSED'}"
    return text


def load() -> str:
    """Return how busy the machine is with everything on it."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _over(true: Callable[[], bool], end: float) -> bool:
    return true() or time.perf_counter() >= end
