# pyright: reportUnknownMemberType=false, reportUntypedBaseClass=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# vispy has no types.
"""The two surfaces a head is drawn on: OpenGL, and software where there is none."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget
from vispy import app, gloo

from widgets.mesh_gl import MeshDrawing
from widgets.mesh_panel import Panel
from widgets.mesh_software import draw
from widgets.mesh_state import MeshState
from widgets.picture_pair import image_of

Panels = Callable[[int, int], Sequence[Panel]]  # what to draw in (width, height) px
RENDERER = 0x1F01  # GL_RENDERER
SOFTWARE_GL = ("llvmpipe", "softpipe", "swrast", "gdi generic", "software")
GL_PLATFORMS = ("xcb", "wayland", "windows", "cocoa")


def opengl() -> str:
    """Return "" where this screen shows no OpenGL, else the name of what draws it.

    Offscreen platforms may make a context, but show what it draws blank.
    """
    if QGuiApplication.platformName() not in GL_PLATFORMS:
        return ""
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return ""
    name = context.functions().glGetString(RENDERER) or "OpenGL"
    context.doneCurrent()
    return str(name)


def samples(renderer: str) -> int:
    """Return how many samples a pixel gets: smooth edges cost a processor twice the time."""
    return 0 if any(name in renderer.lower() for name in SOFTWARE_GL) else 4


class GlDisplay(QWidget):
    """Draws with OpenGL; `failed` says that the driver refused."""

    failed = Signal()

    def __init__(
        self, state: MeshState, panels: Panels, parent: QWidget, renderer: str = ""
    ) -> None:
        super().__init__(parent)
        self.state, self.panels = state, panels
        self.seconds: list[float] = []  # of the last drawings, for whoever measures
        gloo.gl.use_gl("gl2")
        self._canvas: Any = app.Canvas(
            app="pyside6",
            keys=None,
            parent=self,
            config={"depth_size": 24, "samples": samples(renderer)},
        )
        self._drawing: MeshDrawing | None = None
        self._canvas.events.draw.connect(self._on_canvas_draw)
        native: QWidget = self._canvas.native
        native.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        native.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(native)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def refresh(self) -> None:
        """Draw again, when the screen is next painted."""
        self._canvas.native.update()

    def picture(self) -> QImage:
        """Return what is drawn."""
        return self._canvas.native.grabFramebuffer()

    def _on_canvas_draw(self, _event: object) -> None:
        start = perf_counter()
        w, h = self._canvas.physical_size
        try:
            self._drawing = self._drawing or MeshDrawing()
            self._drawing.draw(self.state, (w, h), self.panels(w, h))
            self._canvas.context.flush_commands()
        except RuntimeError:  # a shader was refused, or the context is lost
            self._canvas.events.draw.disconnect(self._on_canvas_draw)
            self.failed.emit()
        self.seconds = [*self.seconds[-199:], perf_counter() - start]


class SoftDisplay(QWidget):
    """Draws on the processor, with the z-buffer that renders the film."""

    def __init__(self, state: MeshState, panels: Panels, parent: QWidget) -> None:
        super().__init__(parent)
        self.state, self.panels = state, panels
        self.seconds: list[float] = []
        self._image = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def refresh(self) -> None:
        """Draw again, when the screen is next painted."""
        self._image = QImage()
        self.update()

    def picture(self) -> QImage:
        """Return what is drawn."""
        ratio = self.devicePixelRatioF()
        w, h = max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)
        if self._image.width() != w or self._image.height() != h:
            start = perf_counter()
            self._image = image_of(draw(self.state, (w, h), self.panels(w, h)))
            self._image.setDevicePixelRatio(ratio)
            self.seconds = [*self.seconds[-199:], perf_counter() - start]
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        QPainter(self).drawImage(0, 0, self.picture())
