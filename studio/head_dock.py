"""The dock of the 3D viewport, which loads its libraries when there is a head to show."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QOffscreenSurface, QOpenGLContext
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from studio.desk import Desk

if TYPE_CHECKING:
    from studio.wiring_head import HeadWiring


class HeadDock(QWidget):
    """Holds the viewport once there is one; a sentence until then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wiring: HeadWiring | None = None
        self._surface: QOffscreenSurface | None = None  # to ask for OpenGL on another thread
        if QOpenGLContext.supportsThreadedOpenGL():  # 40 ms, before there is a window to stall
            self._surface = QOffscreenSurface()
            self._surface.create()
        self._asked = -1  # the epoch of the background in which it was asked to load
        self._stack = QStackedLayout(self)
        text = QCoreApplication.translate("Head", "The head appears once a face is followed.")
        label = QLabel(text)
        label.setProperty("quiet", True)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(label)

    def load(self, desk: Desk, then: Callable[[], None]) -> None:
        """Load what the viewport needs beside the window; `then` it is there."""

        def loaded(_: object) -> None:
            if self.wiring is None:
                self.begin(desk)
            then()

        if self._asked != desk.background.epoch:
            self._asked = desk.background.epoch
            surface = self._surface
            desk.background.run(lambda: _loaded(surface), loaded)

    def begin(self, desk: Desk) -> "HeadWiring":
        """Make the viewport, join it to the desk and show it."""
        from studio.wiring_head import HeadWiring
        from widgets.viewport import Viewport

        view = Viewport(self)
        self.wiring = HeadWiring(desk, view)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        return self.wiring


def head(desk: Desk, dock: HeadDock) -> object:
    """Join the dock; return what shows the head in it."""

    def show(*_: object) -> None:
        scene = desk.preview.scene
        if scene is None or not scene.faces or not dock.isVisible():
            return
        if dock.wiring is None:
            dock.load(desk, show)
        else:
            dock.wiring.show_scene(scene)

    desk.preview.scene_changed.connect(show)
    return show


def _loaded(surface: QOffscreenSurface | None) -> None:
    from studio import wiring_head
    from widgets import mesh_display, mesh_software

    del wiring_head
    mesh_software.warm()
    if surface is not None:
        mesh_display.opengl(surface)
