"""Live in the studio: a camera tracked onto the head, and its recording opened as a project."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from core.arrays import Float, Rgb
from core.errors import FaceStudioError
from core.jobs import Ticket
from core.paths import APP, data
from core.project import Project
from studio import recovery
from studio.desk import VIDEOS, Desk
from widgets.live_panel import LiveFigures, LivePanel

if TYPE_CHECKING:  # what tracks is loaded when a camera is started
    from core.live.camera import Device, Source
    from core.live.feed import Feed, Moment
    from core.live.tracker import LiveFace
    from widgets.viewport import Viewport

SMALL = 320  # px across the picture beside the head
MIRROR = np.array([-1, 1, 1], np.float32)  # the head moves as in a mirror, like the picture


@dataclass(frozen=True, eq=False)
class Shown:
    """What the window shows of a moment; made on the thread that tracks.

    points : (478, 2) px of `small`. surface : (V, 3) mm, turned as the head is, mirrored.
    """

    small: Rgb
    points: Float | None = None
    surface: Float | None = None
    face: "LiveFace | None" = None


def recordings() -> Path:
    """Return the folder of recordings, which exists afterwards: in the user's videos."""
    for folder in (Path(platformdirs.user_videos_dir()) / APP, data() / "recordings"):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            return folder
    return data()


class Live(QObject):
    """The window of live work and the camera behind it; ends with the main window."""

    started = Signal()
    ended = Signal()
    opened = Signal(object)  # Project: the recording, after it was opened
    _news = Signal()
    _over = Signal(object, str)  # Feed, sentence
    _found = Signal(object)  # list of Device

    def __init__(self, desk: Desk, folder: Callable[[], Path] = recordings) -> None:
        super().__init__(desk)
        self._desk, self._folder = desk, folder
        self.panel: LivePanel | None = None
        self.feed: Feed | None = None
        self._devices: list[Device] = []
        self._view: Viewport | None = None
        self._person: Float | None = None
        self._latest: Shown | None = None
        self._told = False
        self._threads: list[threading.Thread] = []
        self._beat = QTimer(self, interval=250)
        self._beat.timeout.connect(self._on_beat_timeout)
        queued = Qt.ConnectionType.QueuedConnection
        self._news.connect(self._on_news, queued)
        self._over.connect(self._on_over, queued)
        self._found.connect(self._on_found, queued)

    def open(self) -> LivePanel:
        """Show the window and look for cameras."""
        if self.panel is None:
            self.panel = panel = LivePanel()
            panel.start_wished.connect(self._on_panel_start_wished)
            panel.file_wished.connect(self._on_panel_file_wished)
            panel.stop_wished.connect(self.stop)
            panel.record_wished.connect(self._on_panel_record_wished)
            panel.look_wished.connect(self.look)
            panel.installEventFilter(self)
        self.panel.show()
        self.panel.raise_()
        if self.feed is None:
            self.look()
        return self.panel

    def look(self) -> None:
        """Look for cameras; opening them may take seconds, so another thread does."""
        if self.panel is not None:
            self.panel.show_devices([], looking=True)

        def work() -> None:
            from core.live.camera import devices

            found = devices()
            with contextlib.suppress(RuntimeError):  # the window has gone
                self._found.emit(found)

        self._aside(work)

    def start(self, source: "Callable[[], Source]", title: str) -> None:
        """Run a camera; `source` opens it."""
        from core.live.feed import Feed

        if self.feed is not None or self.panel is None:
            return
        self.feed = feed = Feed(source, self._on_moment, lambda said: self._end(feed, said))
        self._latest, self._told, self._person = None, False, None
        self.panel.show_running(True, title)
        self.panel.show_state(self.tr("Opening {camera}…").format(camera=title))
        feed.start()
        self._beat.start()
        self.started.emit()

    def start_file(self, path: Path) -> None:
        """Let a video file stand in for a camera."""

        def opened() -> "Source":
            from core.live.camera import Standin

            return Standin(path)

        self.start(opened, path.name)

    def stop(self) -> None:
        """Stop the camera; what was recorded is opened."""
        feed = self.feed
        if feed is None:
            return
        self._rest()
        if feed.recording is not None:
            self._keep(feed)
        else:
            self._aside(feed.stop)

    def record(self) -> None:
        """Write what the camera sees from now on."""
        if self.feed is not None and self.panel is not None:
            self.feed.record(_free(self._folder()))
            self.panel.show_recording(True)

    def close(self) -> None:
        """End the camera and every thread, keep what was recorded, close the window."""
        feed = self.feed
        self._rest()
        if feed is not None:
            feed.stop()
        for thread in self._threads:
            thread.join(10)
        self._threads.clear()
        if self.panel is not None:
            self.panel.removeEventFilter(self)
            self.panel.close()
            self.panel.deleteLater()
            self.panel = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stop the camera when its window is closed."""
        if watched is self.panel and event.type() == QEvent.Type.Close:
            self.stop()
        return super().eventFilter(watched, event)

    # On the threads of the feed.

    def _on_moment(self, moment: "Moment") -> None:
        shown = _shown(moment)
        self._latest = shown
        if not self._told:  # one message at a time: the window takes the newest
            self._told = True
            with contextlib.suppress(RuntimeError):
                self._news.emit()

    def _end(self, feed: "Feed", sentence: str) -> None:
        with contextlib.suppress(RuntimeError):
            self._over.emit(feed, sentence)

    # On the window's thread.

    def _on_news(self) -> None:
        self._told = False
        shown, panel = self._latest, self.panel
        if shown is None or panel is None or self.feed is None:
            return
        panel.mirror.show_picture(shown.small, shown.points)
        face = shown.face
        if face is None or shown.surface is None:
            panel.show_state(
                self.tr("Nobody is seen"), self.tr("Sit in the light, facing the camera.")
            )
            return
        self._show_head(face, shown.surface)
        if face.own:
            panel.show_state(
                self.tr("This is your head"), self.tr("It was measured in the first seconds.")
            )
        else:
            text = self.tr("Measuring your head, {share:.0f} %").format(share=100 * face.learnt)
            panel.show_state(text, self.tr("Turn a little to both sides, and speak."))

    def _show_head(self, face: "LiveFace", surface: Float) -> None:
        from core.face.model import built_in
        from widgets.mesh_state import fading, part_colours
        from widgets.view_bar import ViewBar
        from widgets.viewport import Viewport

        if self.panel is None:
            return
        if self._view is None:
            self._view = Viewport(self.panel)
            for bar in self._view.findChildren(ViewBar):  # of edits, and here is none
                bar.hide()
            self.panel.hold(self._view)
        if face.person is not self._person:
            self._person, model = face.person, built_in()
            colours = part_colours(len(face.person), model.parts, face.person)
            # A mirror turns the winding of the triangles too.
            triangles = np.ascontiguousarray(model.triangles[:, ::-1])
            self._view.show_mesh(face.person * MIRROR, triangles, colours, fading(face.person))
        self._view.show_edit(surface, surface)

    def _on_over(self, feed: "Feed", sentence: str) -> None:
        if feed is not self.feed:
            return
        self.stop()
        if self.panel is not None and sentence:
            self.panel.show_state(self.tr("The camera has stopped"), sentence, bad=True)
            self._desk.failed.emit(sentence)

    def _on_found(self, found: "list[Device]") -> None:
        self._devices = found
        if self.panel is not None and self.feed is None:
            self.panel.show_devices([device.title for device in found])

    def _on_panel_start_wished(self, index: int) -> None:
        if not 0 <= index < len(self._devices):
            return
        device = self._devices[index]

        def opened() -> "Source":
            from core.live.camera import Webcam

            return Webcam(device)

        self.start(opened, device.title)

    def _on_panel_file_wished(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in VIDEOS)
        dialog = QFileDialog(
            self.panel,
            self.tr("A video in place of a camera"),
            str(Path.home()),
            self.tr("Videos ({kinds})").format(kinds=kinds),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def _on_dialog_file_selected(self, name: str) -> None:
        self.start_file(Path(name))

    def _on_panel_record_wished(self, on: bool) -> None:
        if on:
            self.record()
        else:
            self.stop()

    def _on_beat_timeout(self) -> None:
        feed, panel = self.feed, self.panel
        if feed is None or panel is None:
            return
        made = feed.recording
        panel.show_figures(
            LiveFigures(
                feed.caught.value(),
                feed.tracked.value(),
                feed.dropped,
                None if made is None else made.seconds,
                0 if made is None else made.left_out,
            )
        )
        if made is not None and made.failure:
            self.stop()

    def _rest(self) -> None:
        self._beat.stop()
        was, self.feed = self.feed, None
        if was is not None and self.panel is not None:
            self.panel.show_running(False)
            self.panel.show_state(self.tr("Ready"))
            self.ended.emit()

    def _keep(self, feed: "Feed") -> None:
        """Finish the recording and open it as a project, as a job."""
        name = self.tr("recording")
        made = feed.recording
        if made is not None:
            name = made.path.name

        whole = threading.Event()

        def finish() -> None:  # at once, whatever other jobs are waited for
            feed.stop()
            whole.set()

        def work(ticket: Ticket) -> Project:
            from core.live.recorder import project_of

            while not whole.wait(0.1):
                ticket.report(0.0)
            assert made is not None
            return project_of(made, ticket)

        def done(project: Project) -> None:
            place = recovery.new_place(name)
            label = self.tr("Record {name}").format(name=name)
            try:
                self._desk.session.new_from(project, place, label)
            except (FaceStudioError, OSError) as e:
                self._desk.failed.emit(str(e))
                return
            text = self.tr("The recording is {path}")
            self._desk.noted.emit(text.format(path=project.clips[0].path))
            self.opened.emit(project)

        self._aside(finish)
        self._desk.jobs.start(self.tr("Open {name}").format(name=name), work, done)

    def _aside(self, work: Callable[[], object]) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, name="live aside", daemon=True)
        self._threads.append(thread)
        thread.start()


def _shown(moment: "Moment") -> Shown:
    """Return the moment small, with the head as it is turned."""
    import cv2

    from core.face.model import built_in
    from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix

    H, W = moment.rgb.shape[:2]
    scale = SMALL / W
    size = (SMALL, max(1, round(H * scale)))
    small = np.asarray(cv2.resize(moment.rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    face = moment.face
    if face is None:
        return Shown(small)
    look = face.look
    surface = built_in().deformed(face.person, look.expression, look.eyes)
    turn = HEAD_TO_CAMERA_AXES @ matrix(look.rotation) @ HEAD_TO_CAMERA_AXES
    centre = surface.mean(0)
    turned = ((surface - centre) @ turn.T + centre) * MIRROR
    points = face.seen.points[:, :2] * np.float32(scale)
    return Shown(small, points, turned.astype(np.float32), face)


def _free(folder: Path) -> Path:
    """Return a name for a new recording."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    place, number = folder / f"live-{stamp}.mp4", 1
    while place.exists():
        number += 1
        place = folder / f"live-{stamp}-{number}.mp4"
    return place
