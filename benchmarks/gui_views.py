"""What the views cost the GUI thread: a slider's way to the head, and the painting of frames.

Each line is p50 and p95 of wall and of processor time (all threads: OpenGL in software has its
own) over some repetitions after three that do not count. "update" is what a moved slider
costs before anything is drawn; drawing is timed apart and with the picture read back, since a
software OpenGL pays there and a graphics card does not. On a machine that is busy with other
work the processor time is the one to read.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.camera import Camera
from core.face.model import built_in
from core.track import ARKIT_INDEX
from widgets import theme
from widgets.mesh_state import Surface, part_colours
from widgets.video_canvas import Mode
from widgets.video_view import VideoView
from widgets.viewport import Viewport

HEAD_SIZE, VIDEO_SIZE = (900, 720), (1280, 720)
WARM = 3
HEADING = f"{'ms':<52}{'wall p50':>9}{'p95':>9}{'CPU p50':>9}{'p95':>9}   budget"


class Table:
    """Collects timed repetitions and prints a line for each."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.lines: list[str] = []

    def time(
        self, name: str, work: Callable[[int], object], budget: float | None = None
    ) -> None:
        """Time `work`, which is given the number of the repetition; `budget` in ms."""
        for i in range(WARM):
            work(i)
        wall, cpu = [], []
        for i in range(self.rounds):
            start, busy = time.perf_counter(), time.process_time()
            work(i)
            wall.append(time.perf_counter() - start)
            cpu.append(time.process_time() - busy)
        figures = [*np.percentile(wall, [50, 95]), *np.percentile(cpu, [50, 95])]
        row = "".join(f"{1e3 * x:>9.2f}" for x in figures)
        self.lines.append(f"{name:<52}{row}" + (f"   {budget:g} ms" if budget else ""))


@contextmanager
def shown(view: Any, stage: Any, size: tuple[int, int]) -> Iterator[None]:
    """Show `view` so large that its `stage` has `size`."""
    view.resize(*size)
    view.show()
    settle()
    view.resize(2 * size[0] - stage.width(), 2 * size[1] - stage.height())
    settle()
    yield
    view.hide()
    settle()


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def heads(count: int = 16) -> list[np.ndarray]:
    """Return `count` states of the head that ships, as a drag of a smile makes them."""
    model = built_in()
    made = []
    for amount in np.linspace(0, 1, count):
        weights = np.zeros(52, np.float32)
        weights[[ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = amount
        made.append(model.deformed(model.neutral, weights))
    return made


def head(table: Table, software: bool) -> None:
    """Time the way from a slider to the drawn head."""
    model, states = built_in(), heads()
    view = Viewport(software=software)
    stage = view.stage
    view.show_mesh(states[0], model.triangles, part_colours(len(states[0]), model.parts))
    rgb = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    camera = Camera.of_frame(1280, 720)
    uv = camera.project(states[0] * np.float32([1, -1, -1]) + np.float32([0, 0, 900]))
    view.show_texture(rgb, uv)
    with shown(view, stage, HEAD_SIZE):
        kind = "software" if view.software else "OpenGL"
        size = f"{stage.width()}x{stage.height()}"
        table.lines.append(f"-- head, {kind}, {size}, {len(states[0])} vertices")
        for surface in Surface:
            view.show_surface(surface)

            def update(i: int) -> None:
                view.show_edit(states[0], states[1 + i % (len(states) - 1)])

            def drawn(i: int) -> None:
                update(i)
                stage.picture()  # reads back, so that the drawing is over

            budget = 3 if surface is Surface.SOLID else None
            table.time(f"{kind}: slider -> mesh update, {surface}", update, budget)
            table.time(f"{kind}: update and drawing, {surface}", drawn)
        table.time(
            f"{kind}: shape from 52 coefficients",
            lambda i: model.deformed(model.neutral, np.full(52, i / 100, np.float32)) is None,
        )


def video(table: Table) -> None:
    """Time the painting of two new frames in every mode, and of the overlays."""
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 255, (720, 1280, 3), np.uint8) for _ in range(4)]
    view = VideoView()
    points = built_in().embeddings["478"].points(built_in().neutral)[:, :2] * 2 + 400
    triangles = rng.integers(0, 478, (900, 3))
    for zoom, size in ((1.0, VIDEO_SIZE), (None, (900, 506))):
        with shown(view, view.canvas, size):
            view.show_zoom(zoom)
            how = f"{view.canvas.width()}x{view.canvas.height()}"

            def paint(i: int) -> None:
                view.show_frames(noise[i % 4], noise[(i + 1) % 4])
                view.canvas.repaint()

            for mode in Mode:
                view.show_mode(mode)
                table.time(f"video: frames of 1280x720 in {how}, {mode}", paint, 8)
            view.show_mode("edited")
            view.show_overlay(points, triangles, 0.9)
            view.show_overlays(["landmarks", "wire", "confidence"])
            table.time(f"video: the same with all overlays in {how}", paint, 8)
            view.show_overlays([])


def measured(rounds: int) -> list[str]:
    """Return the lines of every view."""
    app = QApplication.instance() or QApplication([])
    theme.dress(app)  # type: ignore[arg-type]
    table = Table(rounds)
    head(table, software=False)
    head(table, software=True)
    video(table)
    return [f"each view by itself, {QGuiApplication.platformName()}", HEADING, *table.lines]
