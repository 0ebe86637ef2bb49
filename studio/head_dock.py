"""The dock of the 3D viewport, which loads its libraries when there is a head to show."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from studio.desk import Desk

if TYPE_CHECKING:
    from studio.wiring_head import HeadWiring


class HeadDock(QWidget):
    """Holds the viewport once there is one; a sentence until then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wiring: HeadWiring | None = None
        self._stack = QStackedLayout(self)
        text = QCoreApplication.translate("Head", "The head appears once a face is followed.")
        label = QLabel(text)
        label.setProperty("quiet", True)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(label)

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
        (dock.wiring or dock.begin(desk)).show_scene(scene)

    desk.preview.scene_changed.connect(show)
    return show
