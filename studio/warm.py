"""What the first clip would make the window wait for, done while nobody waits.

Libraries that hold the interpreter's lock while they are loaded, the search for garbage among
all that they make, panels that lay themselves out for the first time: each costs 10 to 100 ms
once. They are done one by one after the first picture of the window, between its events.
"""

import ctypes
import gc
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer
from PySide6.QtGui import QImage

from studio.head_dock import HeadDock

if TYPE_CHECKING:
    from studio.shots import Scene
    from studio.window import Window

REST = 700  # ms after the first picture of a face
PAUSE = 20  # ms between two steps, for the events of the window
LIBRARIES = {  # what is slow to load: packages, and where their libraries lie in them
    "llvmlite": "binding/*.so",
    "cv2": "*.so",
    "av": "**/*.so",
    "scipy": "linalg/*.so",
}
ENGINE = ("core.engine", "core.reconstruction.reconstruct", "studio.lane", "studio.wiring_head")


class WarmUp(QObject):
    """Prepares a window for its first clip; ends early when there is one.

    What the first clip loads besides is put aside from the search for garbage after it.
    """

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._steps = self._all()
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(gc.freeze)
        self._first = window.desk.preview.scene_changed.connect(self._on_scene_changed)

    def begin(self) -> None:
        """Begin once the window has been painted."""
        self._timer.start()

    def _on_timer_timeout(self) -> None:
        step = None if self._window.desk.clip is not None else next(self._steps, None)
        if step is None:
            self._timer.stop()
        else:
            step()

    def _on_scene_changed(self, scene: "Scene") -> None:
        if scene.faces:
            self._rest.start()
            self.disconnect(self._first)

    def _all(self) -> Iterator[Callable[[], object]]:
        docks = [dock.widget() for dock in self._window.docks.values()]
        for panel in docks:
            yield panel.grab  # lays it out and paints it: fonts and icons are ready then
        background = self._window.desk.background
        yield lambda: background.run(_load, _nothing)
        for panel in docks:
            if isinstance(panel, HeadDock):
                yield lambda p=panel: p.load(self._window.desk, lambda: None)


def _load() -> None:
    _write_picture()
    if sys.platform == "linux":
        _map_libraries()
    # A look through all that the libraries make for garbage holds the lock for 100 ms. They
    # make none, so it is put off, and what they made is not looked through again.
    gc.disable()
    try:
        for name in ENGINE:
            importlib.import_module(name)
        gc.freeze()
    finally:
        gc.enable()


def _write_picture() -> None:
    """Let Qt load its writer of JPEG (40 ms): a project that is closed leaves a picture."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    image.save(buffer, "JPG")  # pyright: ignore[reportArgumentType, reportCallIssue]


def _map_libraries() -> None:
    """Let the loader read the large libraries before Python asks for them.

    Python holds its lock while it loads one, and nothing of the window runs meanwhile; a call
    through ctypes does not hold it. What is loaded already, Python finds at once.
    """
    load = ctypes.CDLL(None).dlopen
    load.restype = ctypes.c_void_p
    for package, pattern in LIBRARIES.items():
        found = importlib.util.find_spec(package)
        for folder in found.submodule_search_locations or () if found else ():
            for library in sorted(Path(folder).glob(pattern)):
                load(os.fsencode(library), os.RTLD_NOW | os.RTLD_LOCAL)


def _nothing(_: object) -> None:
    """Nobody waits for the libraries."""
