"""The open document: the one place where it is changed, undone and committed to its file."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import ProjectError
from core.project import Project
from core.storage import ProjectFile

log = logging.getLogger(__name__)
IDLE_MS = 4000  # without an edit, then the journal is moved into the file


class Session(QObject):
    """Holds the document that stands; every change of it is on disk when the call returns."""

    changed = Signal(object, object)  # old, new Project
    path_changed = Signal(object)  # Path, or None when the project was closed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: ProjectFile | None = None
        self._shown = Project()
        self._gesture = ""
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._on_idle_timeout)

    @property
    def project(self) -> Project:
        """Return the document that stands; an empty one if no file is open."""
        return self._shown

    @property
    def path(self) -> Path | None:
        """Return the file of the document, None if none is open."""
        return self._file.path if self._file else None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what was done at each step, the oldest first."""
        return self._file.labels if self._file else ()

    @property
    def step(self) -> int:
        """Return which of the steps stands."""
        return self._file.history.head if self._file else 0

    @property
    def can_undo(self) -> bool:
        """Return whether there is an earlier document."""
        return self.step > 0

    @property
    def can_redo(self) -> bool:
        """Return whether a step was taken back."""
        return self.step < len(self.labels) - 1

    def open(self, path: Path) -> None:
        """Open the project file at `path`; what was open stays open if that fails."""
        if self.path is not None and Path(path).resolve() == self.path.resolve():
            return
        self._adopt(ProjectFile(Path(path)))

    def new_from(self, project: Project, path: Path, label: str = "New project") -> None:
        """Make a project file that holds `project` and open it."""
        self._adopt(ProjectFile.create(Path(path), project, label))

    def save_as(self, path: Path) -> None:
        """Write the project with its history to `path` and go on working there."""
        if self._file is None or Path(path) == self._file.path:
            return
        self._file.save_as(Path(path))
        self._adopt(ProjectFile(Path(path)))

    def close(self) -> None:
        """Close the file; the document is empty then."""
        if self._file is not None:
            file, self._file = self._file, None
            self._let_go(file)
            self._gesture = ""
            self._show(Project())
            self.path_changed.emit(None)

    def apply(
        self, label: str, change: Callable[[Project], Project], gesture: str | None = None
    ) -> None:
        """Replace the document by `change` of it, as one step that is on disk afterwards.

        gesture : the drag this belongs to, which stays one step; "" ends the running drag;
        None is an edit of its own.
        """
        if self._file is None:
            return
        new = change(self.project)
        running = gesture or (self._gesture if gesture == "" else None) or None
        self._gesture = gesture or ""
        if new is not self.project:
            self._file.push(label, new, running)
            self._idle.start()
            self._show(new)

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self.can_undo:
            self.move(self.step - 1)

    def redo(self) -> None:
        """Go one step forward, if there is one."""
        if self.can_redo:
            self.move(self.step + 1)

    def move(self, step: int) -> None:
        """Let the document of `step` stand."""
        if self._file is not None and step != self.step:
            self._gesture = ""
            self._show(self._file.move(step))

    def _adopt(self, file: ProjectFile) -> None:
        if self._file is not None:
            self._let_go(self._file)
        self._file = file
        self._gesture = ""
        self._show(file.project)
        self.path_changed.emit(file.path)

    def _let_go(self, file: ProjectFile) -> None:
        """Close a file; one that fails now holds every edit in its journal already."""
        self._idle.stop()
        try:
            file.close()
        except ProjectError as e:
            log.warning("closing a project: %s", e)

    def _on_idle_timeout(self) -> None:
        if self._file is not None:
            try:
                self._file.checkpoint()
            except ProjectError as e:  # the journal keeps the edits; the next idle tries again
                log.warning("moving the journal into a project: %s", e)

    def _show(self, project: Project) -> None:
        old, self._shown = self._shown, project
        self.changed.emit(old, project)
