"""Drawing a head on the processor, and what else there is to draw it on."""

import contextlib
from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import QPoint, QRect, Qt, QThreadPool, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.mesh_panel import Panel
from widgets.mesh_software import draw
from widgets.mesh_state import MeshState
from widgets.picture_pair import image_of

Panels = Callable[[int, int], Sequence[Panel]]  # what to draw in (width, height) px
RENDERER = 0x1F01  # GL_RENDERER
SOFTWARE_GL = ("llvmpipe", "softpipe", "swrast", "gdi generic", "software")
GL_PLATFORMS = ("xcb", "wayland", "windows", "cocoa")
_known: list[str] = []  # what `opengl` found


def opengl(surface: QOffscreenSurface | None = None) -> str:
    """Return "" where this screen shows no OpenGL, else the name of what draws it.

    surface : an offscreen one, with which another thread than the window's may ask first; the
    answer takes a while and is kept.
    """
    if not _known:
        _known.append(_opengl(surface))
    return _known[0]


def _opengl(surface: QOffscreenSurface | None) -> str:
    # Offscreen platforms may make a context, but show what it draws blank.
    if QGuiApplication.platformName() not in GL_PLATFORMS:
        return ""
    context = QOpenGLContext()
    if surface is None:
        surface = QOffscreenSurface()
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
    """Draws on the processor, with the z-buffer that renders the film, beside the window.

    A drawing that is wished while another is made waits, and only the newest one does.
    """

    _drawn = Signal(int, object, float)  # number, QImage, seconds

    def __init__(self, state: MeshState, panels: Panels, parent: QWidget) -> None:
        super().__init__(parent)
        self.state, self.panels = state, panels
        self.seconds: list[float] = []
        self._image = QImage()
        self._busy = False
        self._wanted, self._begun, self._shown = 1, 0, 0  # numbers of drawings
        self._drawn.connect(self._on_drawn, Qt.ConnectionType.QueuedConnection)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def refresh(self) -> None:
        """Draw again soon; until then the last drawing stands."""
        self._wanted += 1
        if self._image.isNull() or not self.isVisible():
            self.update()
        elif not self._busy:
            self._begin()

    def picture(self) -> QImage:
        """Return what is drawn, as the state is now."""
        w, h, ratio = self._size()
        old = self._shown != self._wanted
        if old or self._image.width() != w or self._image.height() != h:
            start = perf_counter()
            image = image_of(draw(self.state, (w, h), self.panels(w, h)))
            image.setDevicePixelRatio(ratio)
            self._show(self._wanted, image, perf_counter() - start)
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        image = self.picture() if self._image.isNull() else self._image
        if QRect(QPoint(), image.deviceIndependentSize().toSize()) != self.rect():
            painter.fillRect(self.rect(), theme.colour(theme.BASE))
        painter.drawImage(0, 0, image)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        if self._shown != self._wanted:
            self.refresh()

    def _size(self) -> tuple[int, int, float]:
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1), ratio

    def _begin(self) -> None:
        w, h, ratio = self._size()
        state, panels = self.state.copy(), self.panels(w, h)
        self._busy, self._begun = True, self._wanted
        number = self._begun

        def work() -> None:
            start = perf_counter()
            image = image_of(draw(state, (w, h), panels))
            image.setDevicePixelRatio(ratio)
            with contextlib.suppress(RuntimeError):  # the widget has gone
                self._drawn.emit(number, image, perf_counter() - start)

        QThreadPool.globalInstance().start(work)

    def _on_drawn(self, number: int, image: QImage, seconds: float) -> None:
        self._busy = False
        self._show(number, image, seconds)
        self.update()
        if self._begun != self._wanted and self._shown != self._wanted:
            self._begin()

    def _show(self, number: int, image: QImage, seconds: float) -> None:
        if number >= self._shown:
            self._shown, self._image = number, image
        self.seconds = [*self.seconds[-199:], seconds]
