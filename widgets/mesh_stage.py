"""The stage on which the head stands: what is drawn where, and the hand that turns it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets import theme
from widgets.mesh_camera import Extent, Orbit, Pose, Sight, clip_sight, distance, orbit_sight
from widgets.mesh_display import SoftDisplay, in_software, opengl
from widgets.mesh_legend import HeatLegend
from widgets.mesh_panel import Panel
from widgets.mesh_state import EDITED, ORIGINAL, MeshState, Surface

if TYPE_CHECKING:
    from widgets.mesh_gl_display import GlDisplay

TURN_RAD = 0.008  # for each unit the mouse moves
STEP_RAD = 0.1  # for each key
_CONTROL = Qt.KeyboardModifier.ControlModifier
LEGEND_FROM = 240  # width of a stage that has room for it
TURNTABLE_MS, TURNTABLE_RAD = 40, 0.025


class MeshStage(QWidget):
    """Draws a `MeshState`; `camera_changed` when the user moved the camera."""

    camera_changed = Signal()

    def __init__(self, parent: QWidget | None = None, software: bool | None = None) -> None:
        super().__init__(parent)
        self.state = MeshState()
        self.orbit = Orbit()
        self.pose: Pose | None = None
        self.through = False  # looks through the camera of the clip
        self.beside = False
        self._last = QPointF()
        self._captions = [self._caption(self.tr("Original")), self._caption(self.tr("Edited"))]
        self._empty = self._caption(self.tr("No head yet: follow a face first"))
        self.note = self._caption(self.tr("Drawn without OpenGL"))
        self.note.setStyleSheet(f"background: transparent; color: {theme.FAINT};")
        self.note.setToolTip(
            self.tr("No graphics card offers OpenGL here, so the processor draws the head.")
        )
        self.legend = HeatLegend(self)
        self.display: GlDisplay | SoftDisplay = self._display(_renderer(software))
        self.turntable = QTimer(self, interval=TURNTABLE_MS)
        self.turntable.timeout.connect(self._on_turntable_timeout)
        self.turning = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("3D view of the head"))
        self.refresh()

    def refresh(self) -> None:
        """Draw again soon, and put the captions where they belong."""
        self.display.refresh()
        heat = self.state.surface is Surface.HEAT and not self.state.empty
        if heat:
            self.legend.show_limit(self.state.limit())
        for caption in self._captions:
            caption.setVisible(self.beside and not self.state.empty)
        self._empty.setVisible(self.state.empty)
        self.note.setVisible(isinstance(self.display, SoftDisplay))
        self._arrange()

    def picture(self) -> QImage:
        """Return the drawing, without captions."""
        return self.display.picture()

    def panels(self, width: int, height: int) -> Sequence[Panel]:
        """Return what is drawn in a picture of `width` x `height` px."""
        extent = self.state.extent
        if extent is None:
            return []
        if not self.beside:
            return [Panel(EDITED, (0, 0, width, height), self._sight(extent, width, height))]
        half = max(width // 2, 1)
        sight = self._sight(extent, half, height)
        return [
            Panel(ORIGINAL, (0, 0, half, height), sight),
            Panel(EDITED, (width - half, 0, half, height), sight),
        ]

    def _sight(self, extent: Extent, width: int, height: int) -> Sight:
        aspect = max(width, 1) / max(height, 1)
        if self.through and self.pose is not None:
            return clip_sight(self.pose, extent, aspect)
        return orbit_sight(self.orbit, extent, aspect)

    def _display(self, renderer: str) -> "GlDisplay | SoftDisplay":
        made = self._with_opengl(renderer) if renderer else self._without_opengl()
        made.lower()
        made.setGeometry(self.rect())
        return made

    def _without_opengl(self) -> SoftDisplay:
        return SoftDisplay(self.state, self.panels, self)

    def _with_opengl(self, renderer: str) -> "GlDisplay":
        from widgets.mesh_gl_display import GlDisplay

        made = GlDisplay(self.state, self.panels, self, renderer)
        # Not at once: the widget that fails is in the middle of being painted.
        made.failed.connect(self._on_display_failed, Qt.ConnectionType.QueuedConnection)
        return made

    def _on_display_failed(self) -> None:
        old, self.display = self.display, self._display("")
        old.hide()
        old.deleteLater()
        self.display.show()
        self.refresh()

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setStyleSheet(
            f"background: {theme.DEEP}; color: {theme.TEXT}; padding: 2px 8px;"
            f" border-radius: {theme.RADIUS}px;"
        )
        label.setFont(theme.small_font(label.font()))
        label.adjustSize()
        return label

    def _arrange(self) -> None:
        w, h = self.width(), self.height()
        self.display.setGeometry(self.rect())
        heat = self.state.surface is Surface.HEAT and not self.state.empty
        self.legend.setVisible(heat and w > LEGEND_FROM and h > self.legend.height())
        for caption, x in zip(self._captions, (0, w // 2), strict=True):
            caption.move(x + theme.GAP, theme.GAP)
        self.legend.move(
            w - self.legend.width() - theme.GAP, h - self.legend.height() - theme.GAP
        )
        self.note.adjustSize()
        self.note.move(theme.GAP, h - self.note.height() - theme.SMALL)
        self._empty.move((w - self._empty.width()) // 2, (h - self._empty.height()) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._arrange()
        self.display.refresh()

    # The hand

    def move_camera(self, orbit: Orbit, through: bool = False) -> None:
        """Look from `orbit`, or through the camera of the clip, as the user wished."""
        self.orbit, self.through = orbit, through and self.pose is not None
        self.display.refresh()
        self.camera_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        by, self._last = event.position() - self._last, event.position()
        buttons, button = event.buttons(), Qt.MouseButton
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        extent = self.state.extent
        if not buttons or extent is None:
            return
        if buttons & button.LeftButton and event.modifiers() & _CONTROL:
            light = self.state.light
            self.state.light = light.turned(by.x() * TURN_RAD, -by.y() * TURN_RAD)
            self.display.refresh()
        elif buttons & button.LeftButton and not shifted:
            self.move_camera(self.orbit.turned(-by.x() * TURN_RAD, by.y() * TURN_RAD))
        elif buttons & (button.LeftButton | button.MiddleButton):
            mm = self._mm_per_unit(extent)
            self.move_camera(self.orbit.panned(by.x() * mm, -by.y() * mm))
        else:
            self.move_camera(self.orbit.zoomed(1.01 ** -by.y()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self.move_camera(self.orbit.zoomed(1.15 ** (event.angleDelta().y() / 120)))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.move_camera(Orbit.preset("front"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key
        turns = {
            key.Key_Left: (STEP_RAD, 0.0),
            key.Key_Right: (-STEP_RAD, 0.0),
            key.Key_Up: (0.0, STEP_RAD),
            key.Key_Down: (0.0, -STEP_RAD),
        }
        zooms = {key.Key_Plus: 1.15, key.Key_Equal: 1.15, key.Key_Minus: 1 / 1.15}
        pressed = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and pressed in turns:
            self.move_camera(self.orbit.turned(*turns[pressed]))
        elif pressed in zooms:
            self.move_camera(self.orbit.zoomed(zooms[pressed]))
        else:
            super().keyPressEvent(event)

    def _mm_per_unit(self, extent: Extent) -> float:
        width = self.width() / (2 if self.beside else 1)
        away = distance(self.orbit, extent, width / max(self.height(), 1))
        return 2 * away * 0.2126 / max(self.height(), 1)  # 0.2126 = tan of half the view

    # The turntable

    def turn(self, on: bool) -> None:
        """Let the head turn by itself, or stand."""
        self.turning = on
        self._keep_time()

    def _on_turntable_timeout(self) -> None:
        self.orbit, self.through = self.orbit.turned(TURNTABLE_RAD, 0), False
        self.display.refresh()

    def _keep_time(self) -> None:
        if self.turning and self.isVisible():
            self.turntable.start()
        else:
            self.turntable.stop()

    def showEvent(self, event: object) -> None:  # noqa: N802
        self._keep_time()

    def hideEvent(self, event: object) -> None:  # noqa: N802
        self._keep_time()


def _renderer(software: bool | None) -> str:
    """Return what draws with OpenGL, "" to draw on the processor."""
    if software:
        return ""
    found = opengl()
    return "" if software is None and in_software(found) else found
