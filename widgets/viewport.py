"""The head in three dimensions: as filmed and as edited, from any side."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QImage
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from core.arrays import Float, Ints, Rgb
from core.camera import Camera
from widgets import theme
from widgets.focus_ring import FocusRing
from widgets.mesh_camera import Orbit, Pose
from widgets.mesh_display import SoftDisplay
from widgets.mesh_light import Light
from widgets.mesh_stage import MeshStage
from widgets.mesh_state import Surface
from widgets.view_bar import ROOM, ViewBar

THROUGH = "through the camera"


class Viewport(QWidget):
    """Shows the head; `camera_changed` says that the user moved the camera.

    `picture_wished` asks for the picture of the head (`screenshot`) to be kept.
    `surface_changed` carries the surface the user chose: "textured" wants `show_texture`.

    software : True draws on the processor, False with OpenGL where there is any; None with
    OpenGL where a graphics card offers it.
    """

    camera_changed = Signal()
    surface_changed = Signal(str)
    picture_wished = Signal()

    def __init__(self, parent: QWidget | None = None, software: bool | None = None) -> None:
        super().__init__(parent)
        self.stage = MeshStage(self, software)
        self.stage.camera_changed.connect(self._on_stage_camera_changed)
        self.surface_actions: dict[Surface, QAction] = {}
        self.camera_actions: dict[str, QAction] = {}
        self.light_actions: dict[str, QAction] = {}
        self.beside_action = QAction(self.tr("Beside"), self, checkable=True)
        self.turntable_action = QAction(self.tr("Turntable"), self, checkable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addWidget(self.stage, 1)
        self.setFocusProxy(self.stage)
        FocusRing(self.stage)

    # What is shown

    def show_mesh(
        self,
        vertices: Float,
        triangles: Ints,
        colours: Float | None = None,
        fade: Float | None = None,
    ) -> None:
        """Show a head, (V, 3) mm in the head frame with (T, 3) triangles, not edited yet.

        colours : (V, 3) 0..1 of its materials; see `widgets.mesh_state.part_colours`.
        fade : (V,) 0..1, where the head goes over into nothing; see `mesh_state.fading`.
        """
        self.stage.state.show_mesh(vertices, triangles, colours, fade)
        self._let_texture(False)
        self.stage.refresh()

    def show_edit(self, original: Float, edited: Float) -> None:
        """Show the filmed and the edited surface, both (V, 3) mm, of the mesh shown before.

        An array that is the same object as last time is not looked at again.
        """
        self.stage.state.show_edit(original, edited)
        self.stage.refresh()

    def show_pose(self, rotation: Float, translation: Float, camera: Camera) -> None:
        """Say where the filmed head is (rotation (3,) rad, translation (3,) mm of `Look`)."""
        self.stage.pose = Pose(rotation, translation, camera)
        self.camera_actions[THROUGH].setEnabled(True)
        if self.stage.through:
            self.stage.display.refresh()

    def show_texture(self, rgb: Rgb | None, uv: Float | None = None) -> None:
        """Show the pixels of a frame (H, W, 3) uint8 on the head; None takes them away.

        uv : (V, 2) column and row px of every vertex of the original in that frame. Where
        the head is turned away from the camera (`show_pose`, else from the front) it stays
        clay.
        """
        pose = self.stage.pose
        self.stage.state.show_texture(rgb, uv, None if pose is None else pose.viewer)
        self._let_texture(rgb is not None and uv is not None)
        self.stage.refresh()

    def show_surface(self, name: str) -> None:
        """Draw the head "solid", as "wire", "textured" or as "heat" (the edit in mm)."""
        self.stage.state.show_surface(Surface(name))
        self.surface_actions[Surface(name)].setChecked(True)
        self.stage.refresh()

    def show_beside(self, on: bool) -> None:
        """Show the original beside the edited head, or the edited one alone."""
        self.stage.beside = on
        self.beside_action.setChecked(on)
        self.stage.refresh()

    def show_camera(self, name: str) -> None:
        """Look from a preset: "front", "three-quarter", "profile", "other profile", or
        "through the camera" of the clip, once `show_pose` has said where it stands.
        """
        self.stage.through = name == THROUGH and self.stage.pose is not None
        if name != THROUGH:
            self.stage.orbit = Orbit.preset(name)
        self.stage.refresh()

    def show_light(self, name: str) -> None:
        """Light the head from one of `widgets.mesh_light.LIGHTS`."""
        self.stage.state.light = Light.preset(name)
        self.light_actions[name].setChecked(True)
        self.stage.refresh()

    def show_turntable(self, on: bool) -> None:
        """Let the head turn by itself, or stand."""
        self.turntable_action.setChecked(on)
        self.stage.turn(on)

    def screenshot(self) -> QImage:
        """Return the head as drawn now, in screen pixels, without captions."""
        return self.stage.picture()

    @property
    def software(self) -> bool:
        """Return whether the processor draws, for want of OpenGL."""
        return isinstance(self.stage.display, SoftDisplay)

    # The bar above

    def _bar(self) -> ViewBar:
        titles = {
            Surface.SOLID: (self.tr("Solid"), self.tr("The head in clay")),
            Surface.WIRE: (self.tr("Wire"), self.tr("The edges of the mesh")),
            Surface.TEXTURED: (
                self.tr("Video"),
                self.tr("The pixels of the video on the head"),
            ),
            Surface.HEAT: (self.tr("Change"), self.tr("How far the edit moves the skin")),
        }
        group = QActionGroup(self)
        for surface, (title, tip) in titles.items():
            action = QAction(title, self, checkable=True, checked=surface is Surface.SOLID)
            action.setToolTip(tip)
            action.setData(surface)
            group.addAction(action)
            self.surface_actions[surface] = action
        self._let_texture(False)
        group.triggered.connect(self._on_surface_triggered)
        self.beside_action.setToolTip(self.tr("Original and edited next to each other"))
        self.beside_action.triggered.connect(self.show_beside)
        self.turntable_action.setToolTip(self.tr("Let the head turn by itself"))
        self.turntable_action.triggered.connect(self.show_turntable)
        choices = list(self.surface_actions.values())
        tools = [self.beside_action, self.turntable_action, self._camera_button()]
        return ViewBar(self.tr("How the head is drawn"), choices, tools)

    def _camera_button(self) -> QToolButton:
        titles = {
            "front": self.tr("Front"),
            "three-quarter": self.tr("Three-quarter"),
            "profile": self.tr("Left profile"),
            "other profile": self.tr("Right profile"),
            THROUGH: self.tr("Through the camera"),
        }
        button = QToolButton()
        button.setText(self.tr("Camera") + ROOM)
        button.setAccessibleName(self.tr("Camera and light"))
        button.setMinimumHeight(theme.ROW)
        button.setToolTip(
            self.tr(
                "Where to look from. Drag: turn, Shift + drag: move, Ctrl + drag: turn the"
                " light, wheel: zoom"
            )
        )
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for name, title in titles.items():
            action = QAction(title, self)
            action.setData(name)
            menu.addAction(action)
            self.camera_actions[name] = action
        self.camera_actions[THROUGH].setEnabled(False)
        menu.triggered.connect(self._on_camera_triggered)
        menu.addSeparator()
        menu.addMenu(self._light_menu(menu))
        menu.addSeparator()
        menu.addAction(self.tr("Save a picture…"), self.picture_wished.emit)
        button.setMenu(menu)
        return button

    def _light_menu(self, parent: QMenu) -> QMenu:
        titles = {
            "front": self.tr("From the front"),
            "left": self.tr("From the left"),
            "right": self.tr("From the right"),
            "above": self.tr("From above"),
        }
        menu, group = QMenu(self.tr("Light"), parent), QActionGroup(self)
        for name, title in titles.items():
            action = QAction(title, self, checkable=True, checked=name == "front")
            action.triggered.connect(partial(self.show_light, name))
            group.addAction(action)
            menu.addAction(action)
            self.light_actions[name] = action
        return menu

    def _let_texture(self, there: bool) -> None:
        self.surface_actions[Surface.TEXTURED].setEnabled(there)
        if not there and self.stage.state.surface is Surface.TEXTURED:
            self.show_surface(Surface.SOLID)

    def _on_surface_triggered(self, action: QAction) -> None:
        self.show_surface(str(action.data()))
        self.surface_changed.emit(str(action.data()))

    def _on_camera_triggered(self, action: QAction) -> None:
        if action not in self.camera_actions.values():
            return
        self.show_turntable(False)
        self.show_camera(str(action.data()))
        self.camera_changed.emit()

    def _on_stage_camera_changed(self) -> None:
        if self.stage.turning:
            self.show_turntable(False)
        self.camera_changed.emit()
