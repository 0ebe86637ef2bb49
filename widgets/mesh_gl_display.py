# pyright: reportUnknownMemberType=false, reportUntypedBaseClass=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# vispy has no types.
"""Drawing a head with OpenGL. Loads vispy: imported only where it is used."""

from time import perf_counter
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from vispy import app, gloo

from widgets.mesh_display import Panels, in_software
from widgets.mesh_gl import MeshDrawing
from widgets.mesh_state import MeshState


def samples(renderer: str) -> int:
    """Return how many samples a pixel gets: smooth edges cost a processor twice the time."""
    return 0 if in_software(renderer) else 4


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
