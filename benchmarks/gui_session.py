"""A scripted session in the real window, watched: open, track, edit, scrub, undo, export.

The rounds go on until the time is over; every stall of the GUI thread is told with its stack.
"""

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.gui_desk import line, load, rest, wait
from benchmarks.gui_watch import LATE, Stall, Watchdog
from core.paths import resource

if TYPE_CHECKING:
    from studio.window import Window

EDITS = ("happy", "sad", "angry", "surprised", "fear", "disgusted")


def watched(window: "Window", seconds: float) -> list[str]:
    """Return the lines of a session of so many seconds: the stalls, and what there was."""
    dog = Watchdog()
    dog.begin()
    end = time.perf_counter() + seconds
    dog.during = "nothing yet"
    rest(2.0)  # somebody looks for a clip
    with tempfile.TemporaryDirectory() as folder:
        rounds = 0
        while time.perf_counter() < end:
            _round(window, dog, Path(folder), rounds)
            rounds += 1
    dog.end()
    return told(dog, rounds, seconds)


def told(dog: Watchdog, rounds: int, seconds: float) -> list[str]:
    """Return the lines about what the watchdog saw."""
    free = [s for s in dog.stalls if s.length - s.queued > LATE]
    own = [s for s in dog.stalls if s.ran > LATE]
    lines = [
        f"session of {seconds:.0f} s, {rounds} rounds of open, track, edit, scrub, play, undo, "
        f"redo, export, {load()}",
        line("  GUI thread: time between two beats of 5 ms", [1e3 * g for g in dog.gaps]),
        f"  stalls above 50 ms: {len(dog.stalls)}; {len(free)} of them without the time in "
        f"which other programs had the core; {len(own)} of them by work of the window itself",
        f"  most work of the GUI thread in one stall: "
        f"{1e3 * max([s.ran for s in dog.stalls], default=0):.0f} ms",
    ]
    for name, group in _grouped(dog.stalls).items():
        longest = max(s.length for s in group)
        lines.append(f"  {len(group):4d} x while {name}, worst {1e3 * longest:.0f} ms")
    worst = sorted(dog.stalls, key=lambda s: -s.ran)[:4]
    worst += sorted(dog.stalls, key=lambda s: s.queued - s.length)[:4]
    lines += ["  " + s.told() for s in dict.fromkeys(worst)]
    return lines


def _grouped(stalls: list[Stall]) -> dict[str, list[Stall]]:
    groups: dict[str, list[Stall]] = {}
    for stall in stalls:
        groups.setdefault(stall.during, []).append(stall)
    return groups


def _round(window: "Window", dog: Watchdog, folder: Path, number: int) -> None:
    desk = window.desk
    clip = folder / f"actor{number}.mp4"
    shutil.copy(resource("demo/actor.mp4"), clip)
    dog.during = "opening and tracking"
    desk.open(clip)
    wait(lambda: desk.clip is not None and Path(desk.clip.path) == clip)
    wait(lambda: desk.take is not None)
    dog.during = "first picture"
    wait(lambda: desk.preview.scene is not None and bool(desk.preview.scene.faces))
    rest(1.0)
    dog.during = "dragging an emotion"
    _drag(window, EDITS[number % len(EDITS)])
    dog.during = "dragging a shape"
    _drag_shape(window)
    dog.during = "scrubbing"
    _scrub(window)
    dog.during = "playing"
    desk.player.play()
    rest(4.0)
    desk.player.pause()
    dog.during = "undo and redo"
    for step in (desk.session.undo, desk.session.undo, desk.session.redo, desk.session.redo):
        step()
        rest(0.3)
    dog.during = "exporting and scrubbing"
    _export(window, folder / f"film{number}.mp4")
    dog.during = "closing"
    desk.close()
    rest(0.3)


def _drag(window: "Window", label: str) -> None:
    panel: Any = window.docks["emotion"].widget()
    for amount in np.linspace(0.05, 0.95, 60):
        panel.emotion_wished.emit(label, float(amount), "drag")
        rest(0.02)
    panel.emotion_wished.emit(label, 0.95, "")
    rest(0.3)


def _drag_shape(window: "Window") -> None:
    panel: Any = window.docks["shapes"].widget()
    for amount in np.linspace(0, 0.5, 40):
        panel.offset_wished.emit("browInnerUp", float(amount), "drag shape")
        rest(0.02)
    panel.offset_wished.emit("browInnerUp", 0.5, "")


def _scrub(window: "Window") -> None:
    view = window.desk.viewing
    path = 0.5 + 0.5 * np.sin(np.linspace(0, 9, 150)) * np.linspace(1, 0.2, 150)
    for at in path:
        view.go(round(float(at) * (view.count - 1)))
        rest(0.02)


def _export(window: "Window", target: Path) -> None:
    from studio import exporting
    from widgets.export_wish import Coding, ExportWish

    desk = window.desk
    coding = Coding(crf=26, speed="veryfast")
    job = exporting.export(desk, ExportWish(target, coding, 0, desk.viewing.count - 1))
    while not job.over:
        desk.viewing.step(1)
        rest(0.05)
    if job.state != "done":
        raise RuntimeError(f"The export failed: {job.message}")
