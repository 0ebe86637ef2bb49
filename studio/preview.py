"""The preview lane: one thread that makes the frame the user looks at; the latest wish wins."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from core.arrays import Bools, Rgb
from core.errors import FaceStudioError
from core.project import Project
from studio.cache import PictureCache

if TYPE_CHECKING:  # the renderer is imported by the lane, not before the window is there
    from core.media.video import FrameReader
    from studio.shots import Scene

log = logging.getLogger(__name__)
_FULL = 0.85  # of the cache: looking ahead stops here, so that it never evicts its own work


@dataclass(frozen=True, eq=False)
class Shown:
    """A frame as filmed and as it will be exported; one array where nothing changes."""

    frame: int
    before: Rgb
    after: Rgb
    serial: int


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
        self._stop = False
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._told = 0.0
        queued = Qt.ConnectionType.QueuedConnection
        self._made.connect(self._on_made, queued)
        self._derived.connect(self._on_derived, queued)
        self._broke.connect(self._on_broke, queued)

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
        self._serial += 1
        held = self._held(frame)
        with self._turn:
            self._near = frame
            self._wish = None if held else (frame, self._serial)
            self._turn.notify()
        if held:
            self._on_made(self._epoch, held)

    def held(self) -> Bools:
        """Return (F,) which frames of the document are in the cache."""
        scene = self.scene
        if scene is None:
            return np.zeros(0, bool)
        return np.array([key in self.cache for key in scene.keys], bool)

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
        before = self.cache.get(_filmed(scene, frame))
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
        lane = _Lane(self.cache)
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

    def _next(self, lane: "_Lane") -> tuple[int, Project, tuple[int, int] | None] | None:
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
        self, lane: "_Lane", epoch: int, project: Project, wish: tuple[int, int] | None
    ) -> None:
        if lane.scene is None or lane.scene.project is not project:
            scene = lane.derive(project)
            self.scene = scene if epoch == self._epoch else self.scene
            self._tell(self._derived, epoch, scene)
            lane.begin_ahead(self._near)
        if wish is not None:
            before, after = lane.make(wish[0])
            self._tell(self._made, epoch, Shown(wish[0], before, after, wish[1]))
            lane.begin_ahead(wish[0])
        elif self._wish is None:
            lane.ahead()
        now = time.monotonic()
        if now - self._told > 0.25 or not lane.more():
            self._told = now
            with contextlib.suppress(RuntimeError):
                self.cache_changed.emit()

    def _tell(self, signal: object, epoch: int, payload: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window has gone
            signal.emit(epoch, payload)  # type: ignore[attr-defined]  # pyright: ignore


class _Lane:
    """What the thread keeps: the open clip, the scene, and where it looks ahead."""

    def __init__(self, cache: PictureCache) -> None:
        self.scene: Scene | None = None
        self.broken: Project | None = None
        self._cache = cache
        self._reader: FrameReader | None = None
        self._ahead: Iterator[int] | None = None
        self._warm = False

    def derive(self, project: Project) -> "Scene":
        """Return the scene of the document, opening its clip if need be."""
        from core import engine
        from core.media.video import FrameReader
        from studio.shots import scene_of

        scene = self.scene
        if scene is None or scene.project.clips[0] is not project.clips[0]:
            self.close()
            scene = None
            info = engine.source(project.clips[0])
            self._reader = FrameReader(info.path, info, threads="SLICE")
        else:
            info = scene.info
        self.scene = scene_of(project, info, scene)
        self._warm = not self.scene.faces or all(f.renderer for f in self.scene.faces)
        return self.scene

    def make(self, frame: int) -> tuple[Rgb, Rgb]:
        """Return the frame as filmed and as edited."""
        scene, reader = self.scene, self._reader
        assert scene is not None
        assert reader is not None
        before = self._cache.get(_filmed(scene, frame))
        if before is None:
            before = reader.at(frame).rgb
            self._cache.put(_filmed(scene, frame), before)
        after = self._cache.get(scene.keys[frame])
        if after is None:
            after = scene.picture(frame, before)
            self._cache.put(scene.keys[frame], after)
        return before, after

    def begin_ahead(self, frame: int) -> None:
        """Look ahead from `frame` on, round to it."""
        count = len(self.scene.keys) if self.scene else 0
        self._ahead = iter([*range(frame, count), *range(min(frame, count))])

    def more(self) -> bool:
        """Return whether there is anything to look ahead at."""
        return self.scene is not None and (not self._warm or self._ahead is not None)

    def ahead(self) -> None:
        """Make one frame, or what a first edit will need, before it is asked for."""
        from studio.shots import warmed

        scene = self.scene
        if scene is None:
            return
        if not self._warm:
            self._warm = True
            self.scene = warmed(scene)
            return
        for frame in self._ahead or ():
            if self._cache.used > _FULL * self._cache.limit:
                break
            if _filmed(scene, frame) not in self._cache or scene.keys[frame] not in self._cache:
                self.make(frame)
                return
        self._ahead = None

    def close(self) -> None:
        """Let go of the clip."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
            self._reader = None
        self.scene = self._ahead = None
        self._warm = False


def _filmed(scene: "Scene", frame: int) -> tuple[str, int, str]:
    return scene.info.digest, frame, "filmed"


def _budget() -> int:
    """Return an eighth of the memory of this machine, between 256 MB and 2 GB."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = 4 << 30
    return max(256 << 20, min(2 << 30, total // 8))
