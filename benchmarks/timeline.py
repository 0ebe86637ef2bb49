"""What the timeline costs the interface thread: 15,000 frames, six lanes of curves, 1600 px.

    xvfb-run -a -s "-screen 0 1920x1000x24" python -m benchmarks.timeline

Prints p50, p95 and worst of processor and wall time in ms for a playhead that moves, a
repaint of rows that are kept, zooming and scrolling (every row anew), and a key dragged.
"""

import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks.run import header
from core.expression.keyframes import INTERPOLATIONS, Envelope, Key
from core.expression.layers import Emotion, Layer, Offset, Scale
from core.expression.speech import Interval
from core.times import Times
from widgets import theme
from widgets.audio_peaks import peaks
from widgets.timeline import TimelineView

FRAMES, WIDTH, HEIGHT, SEED = 15000, 1600, 760, 5


def filled() -> tuple[TimelineView, tuple[Layer, ...]]:
    """Return a timeline of ten minutes with everything there is to show."""
    rng, times = np.random.default_rng(SEED), Times.steady(FRAMES, Fraction(25))
    view = TimelineView()
    view.show_times(times)
    view.show_confidence(rng.uniform(0.3, 1, FRAMES).astype(np.float32))
    view.show_cached(rng.random(FRAMES) < 0.9)
    view.show_speech(
        [Interval(int(f), int(f) + 3, "closed", 1.0) for f in range(0, FRAMES - 9, 11)]
    )
    view.show_peaks(peaks(rng.normal(0, 0.2, FRAMES * 640).astype(np.float32), 16000))
    picture = rng.integers(0, 255, (72, 128, 3)).astype(np.uint8)
    view.show_thumbnails([(f, picture) for f in range(0, FRAMES, FRAMES // 48)])
    keys = tuple(
        Key(times.moment(f), float(rng.uniform(0, 1)), INTERPOLATIONS[f % 3])  # type: ignore[arg-type]
        for f in range(0, FRAMES, 250)
    )
    curve = Envelope(keys)
    layers: tuple[Layer, ...] = (
        Emotion("happy", curve), Emotion("sad", curve.scaled(0.5)), Emotion("angry"),
        Offset("browInnerUp", curve), Offset("jawOpen", curve), Scale("mouthSmile", curve),
    )  # fmt: skip
    view.show_layers(layers)
    for lane in view.canvas.rows.curves:
        view.canvas.rows.fold(lane, False)
    view.show_range(1000, 12000)
    return view, layers


def told(name: str, count: int, once: Callable[[int], object]) -> None:
    """Do `once` `count` times and print what it took."""
    took = []
    for i in range(count):
        cpu, wall = time.thread_time(), time.perf_counter()
        once(i)
        took.append((time.thread_time() - cpu, time.perf_counter() - wall))
    for kind, column in zip(("cpu", "wall"), 1000 * np.array(took).T, strict=True):
        p50, p95, worst = (float(np.percentile(column, q)) for q in (50, 95, 100))
        print(f"{name:28s} {kind:5s} p50 {p50:6.2f}  p95 {p95:6.2f}  worst {worst:6.2f} ms")


def main() -> None:
    """Measure and print."""
    app = QApplication([])
    theme.dress(app)
    view, layers = filled()
    canvas, line = view.canvas, list(layers)
    view.show()
    view.resize(view.width() - canvas.width() + WIDTH, HEIGHT)
    app.processEvents()
    print(header(f"timeline, {FRAMES} frames, {canvas.width()}x{canvas.height()}", str(SEED)))

    def answered(index: int, layer: Layer, _gesture: str) -> None:
        line[index] = layer
        view.show_layers(tuple(line))

    def hand(kind: QEvent.Type, at: QPointF) -> None:
        left = Qt.MouseButton.LeftButton
        app.sendEvent(canvas, QMouseEvent(kind, at, at, left, left, Qt.KeyboardModifier(0)))

    def zoomed(i: int) -> None:
        canvas.show_axis(canvas.axis.zoomed(1.03 if i % 120 < 60 else 1 / 1.03, 700))
        canvas.repaint()

    def dragged(i: int) -> None:
        hand(QEvent.Type.MouseMove, start + QPointF(4 + i % 60, i % 30))
        app.processEvents()

    view.layer_wished.connect(answered)
    told("playhead", 300, lambda i: (view.show_frame(2000 + 7 * i), app.processEvents()))
    told("repaint, rows kept", 200, lambda _: canvas.repaint())
    told("zoom, every row anew", 240, zoomed)
    view.zoom_fit()
    lane = canvas.rows.curves[0]
    start = lane.spot(canvas.axis, layers[0].amount.keys[9]) + QPointF(0, canvas.top(lane))  # type: ignore[attr-defined]
    hand(QEvent.Type.MouseButtonPress, start)
    told("key dragged and granted", 200, dragged)
    hand(QEvent.Type.MouseButtonRelease, start)


if __name__ == "__main__":
    main()
