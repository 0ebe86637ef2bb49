"""Live on this machine: pictures a second, how old what is shown is, what a picture costs.

    xvfb-run -a -s "-screen 0 1600x1000x24" python -m benchmarks.live [CLIP] [SECONDS]

A clip stands in for the camera and is played at its own rate. First camera and tracker alone,
then with the window that draws the head, then while recording.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.run import header

SETTLE = 6.0  # seconds until the head is the person's own


def main() -> None:
    from core.paths import resource

    clip = Path(sys.argv[1]) if len(sys.argv) > 1 else resource("demo/actor.mp4")
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    print(header("live"), end="")
    print(f"{clip.name} in place of a camera, {seconds:.0f} s each\n", flush=True)
    alone(clip, seconds)
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
        window(clip, seconds, Path(home))


def alone(clip: Path, seconds: float) -> None:
    from core.live.camera import Standin
    from core.live.feed import Feed, Moment
    from core.live.tracker import LiveTracker
    from core.media.probe import probe
    from core.media.video import frames

    info = probe(clip)
    tracker, cost = LiveTracker(info.size), []
    for picture in frames(clip, info):
        rgb = picture.rgb
        began = time.thread_time()
        tracker.step(rgb, float(info.times.moment(picture.index)))
        cost.append(1e3 * (time.thread_time() - began))
    p50, p95 = np.quantile(cost[5:], [0.5, 0.95])
    print(f"tracking a picture: p50 {p50:.1f}, p95 {p95:.1f}, most {max(cost):.0f} ms of CPU")
    ages: list[float] = []

    def on_moment(moment: Moment) -> None:
        ages.append((time.monotonic_ns() - moment.at) / 1e6)

    feed = Feed(lambda: Standin(clip), on_moment, lambda sentence: None)
    feed.start()
    time.sleep(SETTLE)
    ages.clear()
    before, began, cpu = feed.dropped, time.monotonic(), time.process_time()
    time.sleep(seconds)
    tell("no window", feed, ages, before, time.process_time() - cpu, time.monotonic() - began)
    feed.stop()


def window(clip: Path, seconds: float, home: Path) -> None:
    from studio.app import application
    from studio.desk import Desk
    from studio.live import Live

    application()
    desk = Desk()
    live = Live(desk, lambda: home)
    live.open()
    live.start_file(clip)
    feed = live.feed
    assert feed is not None
    ages: list[float] = []
    work: list[float] = []
    watch(live, feed, ages, work)
    for name in ("with the window", "recording too"):
        rest(SETTLE if name == "with the window" else 1.0)
        ages.clear()
        work.clear()
        before, began, cpu = feed.dropped, time.monotonic(), time.process_time()
        rest(seconds)
        wall = time.monotonic() - began
        tell(name, feed, ages, before, time.process_time() - cpu, wall)
        p50, p95 = np.quantile(work, [0.5, 0.95])
        print(
            f"  window: {len(work) / wall:.1f} heads/s, "
            f"p50 {p50:.1f} ms, p95 {p95:.1f} ms of its thread"
        )
        if name == "with the window":
            live.record()
    made = feed.recording
    assert made is not None
    print(f"  recorded {len(made.pts)} pictures, {made.left_out} left out")
    live.close()
    desk.stop()


def watch(live: object, feed: object, ages: list[float], work: list[float]) -> None:
    """Note how old each moment is when it is ready, and what it costs the window."""
    shown, on_moment = live._on_news, feed._on_moment

    def timed() -> None:
        began = time.perf_counter()
        shown()
        work.append(1e3 * (time.perf_counter() - began))

    def moment(m: object) -> None:
        on_moment(m)
        ages.append((time.monotonic_ns() - m.at) / 1e6)

    live._news.disconnect()
    live._news.connect(timed)
    feed._on_moment = moment


def rest(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def tell(
    name: str, feed: object, ages: list[float], before: int, cpu: float, wall: float
) -> None:
    age, old = np.quantile(ages, [0.5, 0.95])
    print(
        f"{name}: camera {feed.caught.value():.1f}/s, tracked {len(ages) / wall:.1f}/s, "
        f"overtaken {feed.dropped - before}, age p50 {age:.0f} ms, p95 {old:.0f} ms, "
        f"{cpu / wall:.2f} cores"
    )


if __name__ == "__main__":
    main()
