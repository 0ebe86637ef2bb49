"""What a drag costs in the real window, on the demo clip of 1280x720: slider and scrub.

A step of a drag is made as soon as the one before is on screen, as a hand would that never
rests. Work of the GUI thread is its own processor time; the rest is wall time.
"""

import threading
import time
from typing import TYPE_CHECKING, Any

from benchmarks.gui_desk import line, load, rest, settled, wait, waited
from benchmarks.gui_watch import used

if TYPE_CHECKING:
    from studio.window import Window

OTHERS = "    less the time in which others had the core"


def demo(window: "Window", look_ahead: bool) -> None:
    """Open the demo with an edit and wait until its picture and its head are there."""
    desk = window.desk
    desk.preview.look_ahead = look_ahead
    got: list[Any] = []
    desk.preview.ready.connect(got.append)
    desk.open_demo()
    wait(lambda: bool(got))
    window.choose_emotion("happy")
    wait(lambda: got[-1].before is not got[-1].after)
    desk.preview.ready.disconnect(got.append)
    rest(1.0)


def slider(window: "Window", rounds: int) -> list[str]:
    """Return the lines of a drag of the emotion slider."""
    desk = window.desk
    panel: Any = window.docks["emotion"].widget()
    head: Any = window.docks["head"].widget()
    stage = head.wiring._view.stage
    told: list[Any] = []
    desk.preview.ready.connect(told.append)
    desk.viewing.go(60)
    rest(0.5)
    began = time.perf_counter()
    work, every, mesh, picture, free = [], [], [], [], []
    for i in range(rounds):
        told.clear()
        drawn = stage.display.seconds  # another list after every drawing
        cpu, wall, all_cpu = time.thread_time(), time.perf_counter(), time.process_time()
        queue = _queued(window)
        panel.emotion_wished.emit("happy", 0.2 + 0.7 * (i % 50) / 50, "drag")
        serial = desk.preview.serial
        waited(lambda: stage.display.seconds is not drawn)  # noqa: B023
        mesh.append(1e3 * (time.perf_counter() - wall))
        waited(lambda: bool(told) and told[-1].serial >= serial)  # noqa: B023
        picture.append(1e3 * (time.perf_counter() - wall))  # it is painted when told
        free.append(_freed(window, picture[-1], queue))
        settled()
        work.append(1e3 * (time.thread_time() - cpu))
        every.append(1e3 * (time.process_time() - all_cpu))
    rate = rounds / (time.perf_counter() - began)
    panel.emotion_wished.emit("happy", 0.9, "")
    desk.preview.ready.disconnect(told.append)
    return [
        f"slider drag, {rounds} steps, {load()}",
        line("  GUI-thread work of a step, head and picture drawn", work, 16.7),
        line("  processor time of a step, all threads together", every),
        line("  slider -> head repainted", mesh),
        line("  slider -> composed 1280x720 frame painted", picture, 80),
        line(OTHERS, free, 80),
        f"  {rate:.1f} steps/s with head and picture drawn (wanted 24)",
    ]


def scrub(window: "Window", rounds: int, cached: bool) -> list[str]:
    """Return the lines of a scrub over cached frames, or over frames only proxies know."""
    desk = window.desk
    if cached:
        desk.preview.look_ahead = True
        desk.preview.ask(desk.viewing.frame)
        wait(lambda: bool(desk.preview.held().all()))
    else:
        desk.preview.look_ahead = False
        wait(lambda: not desk.jobs.active)  # the proxy is made
    told: list[Any] = []
    came: list[float] = []  # when the picture was painted, which is before `ready` returns
    desk.preview.ready.connect(told.append)
    desk.preview.ready.connect(lambda _: came.append(time.perf_counter()))
    count = desk.viewing.count
    times, work, every, free = [], [], [], []
    for i in range(rounds):
        if not cached:
            desk.preview.cache.clear()
        settled()
        told.clear()
        frame = (desk.viewing.frame + 1 + (37 * i) % (count - 2)) % count
        cpu, wall, all_cpu = time.thread_time(), time.perf_counter(), time.process_time()
        queue = _queued(window)
        desk.viewing.go(frame)
        waited(lambda: bool(told) and told[-1].frame == frame)  # noqa: B023
        times.append(1e3 * (came[-1] - wall))
        free.append(_freed(window, times[-1], queue))
        every.append(1e3 * (time.process_time() - all_cpu))
        settled()
        work.append(1e3 * (time.thread_time() - cpu))
    desk.preview.ready.disconnect(told.append)
    name, budget = ("cached", 8) if cached else ("proxy", 25)
    return [
        f"scrub, {name}, {rounds} frames, {load()}",
        line(f"  playhead -> {name} frame painted", times, budget),
        line(OTHERS, free, budget),
        line("  processor time until then, all threads together", every),
        line("  GUI-thread work of it, the rest of the window included", work),
    ]


def _queued(window: "Window") -> list[float]:
    """Return the seconds that window and preview have each waited for a core so far."""
    lane = window.desk.preview._thread
    threads = [threading.get_native_id(), *([lane.native_id] if lane else [])]
    return [used(native)[1] for native in threads if native]


def _freed(window: "Window", took: float, queue: list[float]) -> float:
    """Return `took` ms less the longer of the waits of both threads, which may overlap."""
    waits = [b - a for a, b in zip(queue, _queued(window), strict=True)]
    return max(0.0, took - 1e3 * max(waits))
