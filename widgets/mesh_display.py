"""Drawing a head on the processor, and what else there is to draw it on."""

from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

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


def in_software(renderer: str) -> bool:
    """Return whether what draws OpenGL is the processor.

    Then it is slower than our own drawing, and makes every repaint of the whole window slow.
    """
    return any(name in renderer.lower() for name in SOFTWARE_GL)


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
