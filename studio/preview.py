"""The preview lane: one thread that makes the frame the user looks at; the latest wish wins.

A frame that would take long is shown small first, and whole once the playhead rests. What is
on screen only ever gets newer, and the last word is the newest wish, at full size.
"""

import contextlib
import logging
import os
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from core.arrays import Bools, Rgb
from core.errors import FaceStudioError
from core.project import Project
from studio.cache import PictureCache
from studio.lane import Lane, filmed
from studio.turns import NEAR, step_back

if TYPE_CHECKING:  # the renderer is imported by the lane, not before the window is there
    from studio.shots import Scene

log = logging.getLogger(__name__)
REST = 0.06  # seconds without another wish after which the playhead rests


@dataclass(frozen=True, eq=False)
class Shown:
    """A frame as filmed and as it will be exported; one array where nothing changes.

    serial : of the wish it answers. whole : at the size of the clip; else a smaller likeness,
    which the whole frame follows if no other wish does.
    """

    frame: int
    before: Rgb
    after: Rgb
    serial: int
    whole: bool = True


class Preview(QObject):
    """Answers "what does frame i of this document look like", never with something older."""

    ready = Signal(object)  # Shown
    scene_changed = Signal(object)  # Scene
    cache_changed = Signal()
    failed = Signal(str)
    _made = Signal(int, object)  # epoch, Shown
    _derived = Signal(int, object)  # epoch, Scene
    _broke = Signal(int, str)

    def __init__(self, limit: int | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cache = PictureCache(limit or _budget())
        self.scene: Scene | None = None  # the newest one the lane has derived
        self.look_ahead = True
        self._project: Project | None = None
        self._epoch = self._serial = self._shown = 0
        self._wish: tuple[int, int] | None = None  # frame, serial
        self._near = 0
        self._picture = ""
        self._proxies = 0  # how often there was news of one
        self._stop = False
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._told = 0.0
        queued = Qt.ConnectionType.QueuedConnection
        self._made.connect(self._on_made, queued)
        self._derived.connect(self._on_derived, queued)
        self._broke.connect(self._on_broke, queued)

    @property
    def serial(self) -> int:
        """Return the number of the newest wish; a picture of that number is its answer."""
        return self._serial

    def show(self, project: Project | None) -> None:
        """Look at another document; None or one without a clip looks at nothing."""
        project = project if project and project.clips else None
        with self._turn:
            old = self._project
            if old is None or project is None or old.clips[0] is not project.clips[0]:
                self._epoch += 1
                self._wish = None
                self.scene = None
            self._project = project
            self._turn.notify()
        if project is not None and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="preview", daemon=True)
            self._thread.start()

    def ask(self, frame: int) -> None:
        """Ask for a frame; a held one is answered at once, others when they are made."""
        if self._project is None:
            return
        with self._turn:
            self._serial += 1
            self._near = frame
            held = self._held(frame)
            self._wish = None if held else (frame, self._serial)
            self._turn.notify()
        if held:
            self._on_made(self._epoch, held)

    def show_picture(self, name: str) -> None:
        """Let the renderer of a plug-in draw the frames, "" is ours."""
        with self._turn:
            self._picture = name
            if self._project is not None:  # the same document, to be looked at anew
                self._project = replace(self._project)
            self._turn.notify()
        self.ask(self._near)

    def use_proxy(self) -> None:
        """Look for a proxy of the clip: one was made."""
        self._proxies += 1

    def held(self) -> Bools:
        """Return (F,) which frames of the document are in the cache."""
        scene = self.scene
        if scene is None:
            return np.zeros(0, bool)
        held = np.zeros(len(scene.keys), bool)
        for name in self.cache.names():  # fewer than the frames of a long clip
            if isinstance(name, tuple) and name[0] == scene.info.digest:
                held[name[1]] |= scene.keys[name[1]] == name
        return held

    def stop(self) -> None:
        """End the lane and wait for it."""
        with self._turn:
            self._stop = True
            self._turn.notify()
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None

    def _held(self, frame: int) -> Shown | None:
        scene = self.scene
        if scene is None or scene.project is not self._project:
            return None
        before = self.cache.get(filmed(scene, frame))
        after = self.cache.get(scene.keys[frame])
        if before is None or after is None:
            return None
        return Shown(frame, before, after, self._serial)

    # On the window's thread.

    def _on_made(self, epoch: int, shown: Shown) -> None:
        if epoch == self._epoch and shown.serial >= self._shown:
            self._shown = shown.serial
            self.ready.emit(shown)

    def _on_derived(self, epoch: int, scene: "Scene") -> None:
        if epoch == self._epoch and scene.project is self._project:
            self.scene_changed.emit(scene)
            self.cache_changed.emit()

    def _on_broke(self, epoch: int, message: str) -> None:
        if epoch == self._epoch:
            self.failed.emit(message)

    # On the lane.

    def _run(self) -> None:
        step_back(NEAR)
        lane = Lane(self.cache)
        with contextlib.closing(lane):
            while (task := self._next(lane)) is not None:
                epoch, project, wish = task
                try:
                    self._do(lane, epoch, project, wish)
                except FaceStudioError as e:
                    lane.broken = project
                    self._tell(self._broke, epoch, str(e))
                except Exception as e:
                    lane.broken = project
                    log.exception("the preview failed")
                    self._tell(self._broke, epoch, f"{type(e).__name__}: {e}")

    def _next(self, lane: Lane) -> tuple[int, Project, tuple[int, int] | None] | None:
        """Return what to do next: derive, make the wish, or look ahead; None is the end."""
        with self._turn:
            while not self._stop:
                project = self._project
                if project is None:
                    lane.close()
                if project is not None and project is not lane.broken:
                    stale = lane.scene is None or lane.scene.project is not project
                    if stale or self._wish is not None or (self.look_ahead and lane.more()):
                        wish, self._wish = self._wish, None
                        return self._epoch, project, wish
                self._turn.wait()
            return None

    def _do(
        self, lane: Lane, epoch: int, project: Project, wish: tuple[int, int] | None
    ) -> None:
        if lane.scene is None or lane.scene.project is not project:
            scene = lane.derive(project, self._picture)
            with self._turn:
                self.scene = scene if epoch == self._epoch else self.scene
            self._tell(self._derived, epoch, scene)
            lane.begin_ahead(self._near)
        if wish is not None:
            self._answer(lane, epoch, *wish)
        elif self._wish is None:
            lane.ahead()
        now = time.monotonic()
        if now - self._told > 0.25 or not lane.more():
            self._told = now
            with contextlib.suppress(RuntimeError):
                self.cache_changed.emit()

    def _answer(self, lane: Lane, epoch: int, frame: int, serial: int) -> None:
        """Make the frame that is wished; one that takes long is shown small meanwhile."""
        if lane.slow(frame):
            small = lane.small(frame, self._proxies)
            if small is not None:
                self._tell(self._made, epoch, Shown(frame, *small, serial, whole=False))
                if not self._rests(serial):
                    return
        self._tell(self._made, epoch, Shown(frame, *lane.make(frame), serial))
        lane.begin_ahead(frame)

    def _rests(self, serial: int) -> bool:
        """Return whether for a moment nothing else is wished."""
        with self._turn:
            return not self._turn.wait_for(
                lambda: self._stop or self._serial != serial, timeout=REST
            )

    def _tell(self, signal: object, epoch: int, payload: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window has gone
            signal.emit(epoch, payload)  # type: ignore[attr-defined]  # pyright: ignore


def _budget() -> int:
    """Return an eighth of the memory of this machine, between 256 MB and 2 GB."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = 4 << 30
    return max(256 << 20, min(2 << 30, total // 8))
