"""Trying an edit: it shows in the video and on the head, and nothing is committed."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from core.errors import FaceStudioError
from core.project import Project
from studio.desk import Desk

REST_MS = 90  # a pointer that only passes asks for nothing
Change = Callable[[Project, int], Project]


class Trial(QObject):
    """Shows what a change would do until it ends; the newest one wins."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._change: Change | None = None
        self._ahead = True
        self.shown: Project | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._show)
        desk.session.changed.connect(self._forget)  # the desk shows the new document
        desk.player.playing_changed.connect(self._on_player_playing_changed)

    def show(self, change: Change | None) -> None:
        """Show what `change(project, take)` would do, soon; None ends the trial."""
        self._change = change
        if change is None:
            self._rest.stop()
            self.end()
        elif self._desk.take is not None and not self._desk.player.playing:
            self._rest.start()

    def end(self) -> None:
        """Show the document as it stands."""
        if self.shown is not None:
            self._forget()
            self._desk.preview.show(self._desk.session.project)
            self._desk.preview.ask(self._desk.viewing.frame)

    def _show(self) -> None:
        desk, change = self._desk, self._change
        if change is None or desk.take is None:
            return
        try:
            new = change(desk.session.project, desk.viewing.take)
        except FaceStudioError:  # the click will tell why
            return
        if new is self.shown or (new is desk.session.project and self.shown is None):
            return
        if self.shown is None:  # what nobody keeps is not looked ahead at
            self._ahead, desk.preview.look_ahead = desk.preview.look_ahead, False
        self.shown = new
        desk.preview.show(new)
        desk.preview.ask(desk.viewing.frame)

    def _forget(self, *_: object) -> None:
        self._rest.stop()
        if self.shown is not None:
            self.shown = None
            self._desk.preview.look_ahead = self._ahead

    def _on_player_playing_changed(self, playing: bool) -> None:
        if playing:
            self.show(None)
