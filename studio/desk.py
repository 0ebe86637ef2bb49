"""What the studio can do, without a window: open, follow, edit, look, export."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from core.errors import FaceStudioError, ProjectError
from core.jobs import Ticket
from core.project import Clip, Project, Take
from core.storage import SUFFIX, ProjectFile, duplicate, is_project
from studio import recovery
from studio.background import Background
from studio.jobs import Job, Jobs
from studio.player import Player
from studio.preview import Preview
from studio.proxies import Proxies
from studio.session import Session
from studio.viewing import Viewing

VIDEOS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mts", ".mpg", ".mpeg")


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Desk", text)


class Desk(QObject):
    """Session, viewing, jobs, preview and player of one window, and what joins them."""

    noted = Signal(str)
    failed = Signal(str)
    clip_changed = Signal()  # another clip, or none
    refused = Signal()  # an edit could not be kept: what shows the document shows it again

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = Session(self)
        self.viewing = Viewing(self)
        self.jobs = Jobs(self)
        self.preview = Preview(parent=self)
        self.proxies = Proxies(self.jobs, self.preview, self)
        self.background = Background(self)
        self.player = Player(self.viewing, self)
        self._named: dict[Path, Path] = {}  # what lay there was saved as this
        self.last_export: Path | None = None
        self.export_speed: float | None = None  # frames a second of the last export
        self.session.changed.connect(self._on_session_changed)
        self.session.path_changed.connect(self._on_session_path_changed)
        self.viewing.frame_changed.connect(self.preview.ask)
        self.preview.failed.connect(self.failed)
        self.player.noted.connect(self.noted)
        self.jobs.finished.connect(self._on_jobs_finished)

    # The document.

    @property
    def clip(self) -> Clip | None:
        """Return the clip that is worked on."""
        clips = self.session.project.clips
        return clips[0] if clips else None

    @property
    def take(self) -> Take | None:
        """Return the face that is edited, None if none was followed yet."""
        takes = self.session.project.takes
        return takes[self.viewing.take] if self.viewing.take < len(takes) else None

    @property
    def moment(self) -> Fraction:
        """Return the exact time of the playhead in seconds after the first frame."""
        return self.clip.times.moment(self.viewing.frame) if self.clip else Fraction(0)

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """Return the range in seconds, the out point included."""
        if self.clip is None:
            return Fraction(0), Fraction(0)
        first, last = self.viewing.range
        times = self.clip.times
        return times.moment(first), times.moment(last) + 1 / times.rate()

    def edit(
        self,
        label: str,
        change: Callable[[Project, int], Project],
        gesture: str | None = None,
    ) -> None:
        """Commit `change(project, take)` for the face that is edited."""
        if self.take is not None:
            self._keep(
                lambda: self.session.apply(
                    label, lambda p: change(p, self.viewing.take), gesture
                )
            )

    def undo(self) -> None:
        """Go one step back, if there is one."""
        self._keep(self.session.undo)

    def redo(self) -> None:
        """Go one step forward, if there is one."""
        self._keep(self.session.redo)

    def go_to(self, step: int) -> None:
        """Let the document of a step of the history stand."""
        self._keep(lambda: self.session.move(step))

    def _keep(self, change: Callable[[], object]) -> None:
        """Change the document; tell it where the file cannot take the change."""
        try:
            change()
        except FaceStudioError as e:
            self.failed.emit(str(e))
            self.refused.emit()

    # Files.

    def open(self, path: Path) -> None:
        """Open a project or a video; what cannot be opened is told."""
        try:
            if is_project(path):
                self.session.open(self._workable(path))
            else:
                self._open_video(path)
        except (FaceStudioError, OSError) as e:
            self.failed.emit(str(e))

    def open_demo(self) -> None:
        """Open a new project with the clip that ships."""
        try:
            self.session.open(recovery.demo_project())
        except (FaceStudioError, OSError) as e:
            self.failed.emit(str(e))

    def save_as(self, path: Path) -> None:
        """Give the project a name, or another one; work goes on there."""
        old = self.session.path
        path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
        try:
            self.session.save_as(path)
            if old is not None and old != path:
                self._named.pop(path, None)
                self._named[old] = path
                if recovery.is_unsaved(old):
                    old.unlink(missing_ok=True)
        except (FaceStudioError, OSError) as e:
            self.failed.emit(str(e))

    def relink(self, path: Path) -> None:
        """Say where the clip of the project lies now."""

        def work(ticket: Ticket) -> Project:
            from core import engine

            del ticket
            return engine.relinked(project, path)

        def done(new: Project) -> None:
            if self._goes_to(home) == self.session.path:
                self.session.apply(said("Locate media"), lambda p: replace(p, clips=new.clips))

        project, home = self.session.project, self.session.path
        self.jobs.start(said("Locate {name}").format(name=path.name), work, done)

    def close(self) -> None:
        """Close the project."""
        self.player.pause()
        self.session.close()

    # Long work.

    def follow(self) -> None:
        """Follow the faces of the clip, as a job."""
        clip, home = self.clip, self.session.path
        if clip is None or home is None:
            return
        path = Path(clip.path)

        def work(ticket: Ticket) -> Project:
            from core import engine

            return engine.track_apart(path, ticket)

        def done(found: Project) -> None:
            label = said("Track {name}").format(name=path.name)
            place = self._goes_to(home)
            if place is None or self.session.path == place:
                self.session.apply(
                    label, lambda p: replace(p, clips=found.clips, takes=found.takes)
                )
            else:  # another project was opened meanwhile: the faces go where they belong
                from core import engine

                engine.keep(found, place, label, over=True)

        self.jobs.start(said("Track {name}").format(name=path.name), work, done)

    def start_export(
        self,
        target: Path,
        work: Callable[[Ticket], Any],
        effort: float = 1.0,
        then: Callable[[], object] | None = None,
    ) -> Job:
        """Queue `work`, which writes the film `target` and returns its report.

        effort : of a frame, over that of a plain export. then : called when it is written.
        """

        def done(report: Any) -> None:
            self.last_export = Path(report.target)
            rate = report.frames / max(report.seconds, 1e-9)
            self.export_speed = rate * effort
            text = said("{count} frames, {rate:.1f} frames/s, sound {sound}: {path}")
            for note in report.notes:
                self.noted.emit(f"{note}.")
            self.noted.emit(
                text.format(
                    count=report.frames,
                    rate=rate,
                    sound=report.audio,
                    path=report.target,
                )
            )
            if then is not None:
                then()

        return self.jobs.start(said("Export {name}").format(name=target.name), work, done)

    def export_table(self, target: Path, filmed: bool = False) -> None:
        """Write the coefficients of the face that is edited, as a job."""
        project, face = self.session.project, str(self.viewing.take + 1)

        def work(ticket: Ticket) -> int:
            from core import engine

            del ticket
            return engine.write_coefficients(project, face, target, filmed)

        self.jobs.start(said("Export {name}").format(name=target.name), work)

    def stop(self) -> None:
        """End every thread and close the project; the window closes."""
        self.player.stop()
        self.preview.stop()
        self.jobs.stop()
        self.background.stop()
        self.session.close()

    # What follows from what.

    def _workable(self, path: Path) -> Path:
        """Return a project that can be edited: `path`, or a copy where it may not be written.

        SQLite keeps its journal beside a project, so a folder of other people is no place.
        """
        if not path.is_file() or recovery.may_be_written(path):
            return path
        copy = recovery.new_place(path.name)
        duplicate(path, copy)
        text = said(
            "This place may not be written, so you work on a copy; name it with Save as…"
        )
        self.noted.emit(f"{text} {path}")
        return copy

    def _goes_to(self, home: Path | None) -> Path | None:
        """Return where the project lies now that lay at `home`: it may have been named."""
        while home in self._named:
            home = self._named[home]
        return home

    def _open_video(self, path: Path) -> None:
        if not path.exists():
            self.failed.emit(said("There is no such file: {path}").format(path=path))
            return

        label = said("Open {name}").format(name=path.name)

        def work(ticket: Ticket) -> Path:
            from core import engine

            del ticket
            clip = engine.open_clip(path)
            try:
                place = recovery.new_place(path.name)
            except OSError as e:
                raise ProjectError(str(e)) from e
            ProjectFile.create(place, Project((clip,)), label).close()  # waits for the disk
            return place

        def done(place: Path) -> None:
            try:
                self.session.open(place)
            except (FaceStudioError, OSError) as e:
                self.failed.emit(str(e))
                return
            self.follow()

        self.jobs.start(label, work, done)

    def _on_session_changed(self, old: Project, new: Project) -> None:
        self.preview.show(new)
        before, after = (p.clips[0] if p.clips else None for p in (old, new))
        if before is not after and (
            before is None or after is None or before.digest != after.digest
        ):
            self._begin_clip(after)
        elif self.viewing.take >= max(1, len(new.takes)):
            self.viewing.choose(0)
        self.preview.ask(self.viewing.frame)

    def _begin_clip(self, clip: Clip | None) -> None:
        self.background.forget()
        self.proxies.forget()
        self.player.load(clip.times if clip else None)
        self.viewing.begin(len(clip.times) if clip else 0)
        self.clip_changed.emit()

    def _on_session_path_changed(self, path: Path | None) -> None:
        if path is not None:
            recovery.remember(path)

    def _on_jobs_finished(self, job: Job) -> None:
        if job.state == "failed" and not job.beside:
            self.failed.emit(f"{job.title}: {job.message}")
