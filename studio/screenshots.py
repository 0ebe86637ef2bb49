"""``facestudio screenshots FOLDER``: a picture of every view, made on the clip that ships."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from studio import edits
from studio.app import application
from studio.window import Window

SIZES = ((1600, 960), (1280, 720), (2560, 1440))


def main(words: Sequence[str]) -> int:
    """Write the pictures into the folder named; return the exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("Usage: facestudio screenshots FOLDER\n")
        return 2
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:  # not the user's projects and settings
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
        application()
        window = Window()
        window.show()
        try:
            _take(window, folder)
        finally:
            window.close()
    return 0


def _take(window: Window, folder: Path) -> None:
    desk = window.desk
    window.resize(*SIZES[0])
    _wait(lambda: window.isVisible(), 2)
    _rest(0.3)
    _save(window, folder, "welcome")
    desk.open_demo()
    _wait(lambda: bool(desk.preview.scene), 30)
    desk.viewing.go(46)
    window.choose_emotion("happy")
    desk.edit("Offset", lambda p, i: edits.with_offset(p, i, "browInnerUp", 0.4, desk.moment))
    desk.viewing.set_range(20, 100)
    span = desk.span
    desk.edit("Emotion", lambda p, i: edits.with_emotion(p, i, "surprised", 0.3, span))
    _wait(lambda: bool(desk.preview.held().sum() > 100), 20)
    _rest(0.5)
    for size in SIZES:
        window.resize(*size)
        _rest(0.2)
        window.reset_layout()
        _rest(0.4)
        _save(window, folder, f"editing-{size[0]}x{size[1]}")
    window.resize(*SIZES[0])
    for mode in ("wipe", "side by side", "difference"):
        window.show_mode(mode)
        _rest(0.3)
        _save(window, folder, f"video-{mode.replace(' ', '-')}")
    window.show_mode("edited")
    for name, dock in window.docks.items():
        dock.show()
        dock.raise_()
        _rest(0.3)
        _save(dock, folder, f"dock-{name}")
    desk.failed.emit("The clip of this project has moved; say where with File, Locate media…")
    _rest(0.2)
    _save(window.status, folder, "status-failure")


def _save(widget: QWidget, folder: Path, name: str) -> None:
    widget.grab().save(str(folder / f"{name}.png"))


def _rest(seconds: float) -> None:
    """Let the window live for a while; its threads run meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def _wait(there: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not there() and time.monotonic() < end:
        _rest(0.05)
