"""``facestudio screenshots FOLDER``: a picture of every view, made on the clip that ships."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from core.paths import resource
from core.storage import SUFFIX, ProjectFile
from studio import edits, presets, recents, recovery
from studio.app import application
from studio.window import Window

SIZES = ((1600, 960), (1280, 720), (2560, 1440))
FRAME = 62  # eyes open, lips closed
NAMES = ("Interview, second take", "Spring campaign", "Screen test")
DAYS = (1_772_000_000, 1_771_200_000, 1_769_500_000)  # fixed, or no two pictures were equal
SURFACES = ("solid", "wire", "textured", "heat")


def main(words: Sequence[str]) -> int:
    """Write the pictures into the folder named; return the exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("Usage: facestudio screenshots FOLDER\n")
        return 2
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    with _home() as home:
        application()
        studio = Studio(folder.resolve(), home)
        try:
            studio.take()
        finally:
            studio.window.close()
    return 0


@contextlib.contextmanager
def _home() -> Generator[Path]:
    """Yield a home that is nobody's: the user's projects and settings stay out of sight."""
    home = Path(tempfile.gettempdir(), "facestudio-pictures")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    kept = dict(os.environ)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / f".{name.lower()}")
    os.environ["HOME"] = str(home)
    try:
        yield home
    finally:
        os.environ.clear()
        os.environ.update(kept)
        shutil.rmtree(home, ignore_errors=True)


class Studio:
    """A window whose views are shown one after the other and photographed."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        self.clip = home / "Films" / "actor.mp4"
        self.clip.parent.mkdir()
        shutil.copy(resource("demo/actor.mp4"), self.clip)
        self.window = Window()
        self.window.resize(*SIZES[0])
        self.window.show()
        wait(self.window.isVisible, 5)

    def take(self) -> None:
        """Take all pictures."""
        self.save(self.window, "welcome-empty")
        self.edit()
        self.sizes()
        self.video()
        self.docks()
        self.head()
        self.dialogs()
        self.tour()
        self.live()
        self.welcome()
        self.faults()

    # The views.

    def edit(self) -> None:
        """Open a project and edit it."""
        window, desk = self.window, self.window.desk
        window.trigger("view.reset")
        desk.open(self.project(NAMES[0]))
        wait(lambda: desk.preview.scene is not None, 60)
        desk.viewing.go(FRAME)
        presets.save("Doubtful", {"browInnerUp": 0.4})
        window.choose_emotion("happy")
        moment = desk.moment
        desk.edit("Offset", lambda p, i: edits.with_offset(p, i, "browInnerUp", 0.4, moment))
        desk.viewing.set_range(20, 100)
        span = desk.span
        desk.edit("Emotion", lambda p, i: edits.with_emotion(p, i, "surprised", 0.3, span))
        wait(lambda: bool(desk.preview.held().all()), 60)
        rest(0.5)

    def sizes(self) -> None:
        """Photograph the window small, usual and large, and as one first sees it."""
        for size in SIZES:
            self.window.resize(*size)
            rest(0.2)
            self.window.reset_layout()
            rest(0.6)
            self.save(self.window, f"editing-{size[0]}x{size[1]}")
        self.window.resize(*SIZES[0])
        rest(0.2)
        self.window.reset_layout()
        rest(0.4)

    def video(self) -> None:
        """Photograph each way to compare, and the overlays."""
        window = self.window
        for mode in window.video.mode_actions:
            if mode.value != "flicker":  # one of two pictures that are here already
                window.show_mode(mode.value)
                self.save(window.video, f"video-{mode.value.replace(' ', '-')}", 0.3)
        window.show_mode("edited")
        window.video.show_overlays(["landmarks", "wire", "confidence"])
        self.save(window.video, "video-overlays", 0.4)
        window.video.show_overlays([])
        window.show_zoom(2.0)
        self.save(window.video, "video-zoom-200", 0.3)
        window.show_zoom(None)

    def docks(self) -> None:
        """Photograph every dock by itself."""
        for name, dock in self.window.docks.items():
            dock.show()
            dock.raise_()
            self.save(dock, f"dock-{name}", 0.4)

    def head(self) -> None:
        """Photograph the head in every way it can be drawn."""
        from studio.head_dock import HeadDock

        dock = self.window.docks["head"]
        dock.show()
        dock.raise_()
        dock.setFloating(True)
        dock.resize(760, 560)
        rest(0.4)
        holder = dock.widget()
        if not isinstance(holder, HeadDock) or holder.wiring is None:
            return
        view = holder.wiring.view
        for surface in SURFACES:
            view.show_surface(surface)
            view.surface_changed.emit(surface)
            view.screenshot()  # drawn now, not when there is time
            self.save(dock, f"head-{surface}", 0.5)
        view.show_beside(True)
        view.screenshot()
        self.save(dock, "head-beside", 0.4)
        view.show_beside(False)
        view.show_surface("solid")
        view.show_camera("profile")
        view.screenshot()
        self.save(dock, "head-profile", 0.4)
        view.show_camera("three-quarter")
        view.show_light("left")
        view.screenshot()
        self.save(dock, "head-light", 0.4)
        view.show_light("front")
        view.show_camera("front")
        dock.setFloating(False)
        self.window.reset_layout()
        rest(0.4)

    def dialogs(self) -> None:
        """Photograph what opens above the window."""
        for id_, name in (
            ("file.export", "export"),
            ("help.shortcuts", "shortcuts"),
            ("help.about", "about"),
        ):
            self.window.trigger(id_)
            wait(lambda: self.dialog() is not None, 5)
            dialog = self.dialog()
            if dialog is not None:
                self.save(dialog, f"dialog-{name}", 1.2)
                dialog.reject()
                rest(0.1)
        self.window.trigger("help.palette")
        rest(0.2)
        for widget in self.window.findChildren(QWidget, "palette"):
            self.save(self.window, "palette", 0.2)
            widget.close()

    def live(self) -> None:
        """Photograph live work, in which the synthetic actor stands in for a camera."""
        live = self.window.live
        panel = live.open()
        live.start_file(self.clip)
        self.save(panel, "live", 6.0)
        panel.close()
        rest(0.2)

    def tour(self) -> None:
        """Photograph the steps of the tour."""
        self.window.trigger("help.tour")
        walk = self.window.help.tour
        number = 0
        while walk is not None and walk.step >= 0:
            number += 1
            self.save(self.window, f"tour-{number}", 0.3)
            walk.go(walk.step + 1)
        rest(0.1)

    def faults(self) -> None:
        """Photograph what is told when something is not as it should be."""
        desk = self.window.desk
        self.window.resize(*SIZES[0])
        there: list[object] = []
        desk.preview.ready.connect(there.append)
        desk.open(self.home / "Projects" / f"{NAMES[0]}{SUFFIX}")
        wait(lambda: bool(there), 30)
        rest(2.0)
        broken = self.home / "Films" / "broken.mp4"
        broken.write_bytes(self.clip.read_bytes()[:3000])
        desk.open(broken)
        wait(lambda: not desk.jobs.active, 20)
        self.window.docks["jobs"].raise_()
        self.save(self.window, "fault-job", 0.5)
        gone = self.project("Moved away")
        other = self.clip.with_name("moved.mp4")
        shutil.copy(self.clip, other)
        with ProjectFile(gone) as file:
            moved = replace(file.project.clips[0], path=other)
            file.push("Move", replace(file.project, clips=(moved,)))
        other.unlink()
        desk.close()
        rest(0.3)
        told: list[str] = []
        desk.preview.failed.connect(told.append)
        desk.open(gone)
        wait(lambda: bool(told), 20)
        self.save(self.window, "fault-media", 0.5)

    def welcome(self) -> None:
        """Photograph the first page with projects to go on with."""
        desk = self.window.desk
        desk.close()
        for name in NAMES[1:]:
            path = self.project(name)
            shutil.copy(
                recents.picture_of(self.home / "Projects" / f"{NAMES[0]}{SUFFIX}"),
                recents.picture_of(path),
            )
        for name, day in zip(reversed(NAMES), reversed(DAYS), strict=True):
            path = self.home / "Projects" / f"{name}{SUFFIX}"
            os.utime(path, (day, day))
            recovery.remember(path)
        self.window.welcome.show_recent([recents.shown(p) for p in recovery.recent()[:3]])
        for size in SIZES[:2]:
            self.window.resize(*size)
            self.save(self.window, f"welcome-recent-{size[0]}x{size[1]}", 0.4)

    # The tools.

    def project(self, name: str) -> Path:
        """Return a project of the clip under a name of its own."""
        made = recovery.demo_project()
        place = self.home / "Projects" / f"{name}{SUFFIX}"
        place.parent.mkdir(exist_ok=True)
        with ProjectFile(made) as file:
            project = file.project
        clips = (replace(project.clips[0], path=self.clip),)
        ProjectFile.create(place, replace(project, clips=clips), "Track actor.mp4").close()
        made.unlink()
        return place

    def dialog(self) -> QDialog | None:
        """Return the dialog that is open, if any."""
        found = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog))
        return next((dialog for dialog in found if dialog.isVisible()), None)

    def save(self, widget: QWidget, name: str, after: float = 0.3) -> None:
        """Write a picture of a widget once it has come to rest."""
        rest(after)
        widget.grab().save(str(self.folder / f"{name}.png"))


def rest(seconds: float) -> None:
    """Let the window live for a while; its threads run meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait(there: Callable[[], bool], seconds: float) -> None:
    """Let the window live until something is there, but no longer than `seconds`."""
    end = time.monotonic() + seconds
    while not there() and time.monotonic() < end:
        rest(0.05)
