"""The 3D viewport joined to the desk: the head as filmed and as edited."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from core import engine
from core.arrays import Float
from core.face.model import FaceModel
from core.face.rotation import matrix
from core.project import Take
from core.track import Look
from studio.desk import Desk
from studio.preview import Shown
from widgets.mesh_state import Surface, fading, part_colours
from widgets.viewport import Viewport

if TYPE_CHECKING:
    from studio.shots import Scene

FLIP = np.array([1, -1, -1], np.float32)  # head frame to an unturned camera frame


class HeadWiring(QObject):
    """Shows the head of the face that is edited, while the viewport can be seen."""

    def __init__(self, desk: Desk, view: Viewport) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view
        self._scene: Scene | None = None
        self._model: FaceModel | None = None
        self._person: Float | None = None
        self._take: Take | None = None  # whose head is shown
        self._original: Float | None = None
        self._frame: Shown | None = None
        self._before: tuple[object, int] = (None, -1)
        desk.preview.ready.connect(self._on_preview_ready)
        desk.viewing.frame_changed.connect(self.show)
        desk.viewing.take_changed.connect(self.show)
        desk.clip_changed.connect(self._on_desk_clip_changed)
        view.surface_changed.connect(self.show)
        view.picture_wished.connect(self._on_view_picture_wished)

    @property
    def view(self) -> Viewport:
        """Return the viewport."""
        return self._view

    def show_scene(self, scene: "Scene") -> None:
        """Show the head of another document, or of another version of it."""
        self._scene = scene
        self.show()

    def show(self, *_: object) -> None:
        """Show the head at the playhead."""
        scene, at, frame = self._scene, self._desk.viewing.take, self._desk.viewing.frame
        if scene is None or at >= len(scene.faces) or not self._view.isVisible():
            return
        take = scene.faces[at].take
        model, person = self._begin(take)
        if frame >= len(take.track):
            return
        filmed, edited = take.track.look(frame), scene.edited[at].look(frame)
        if self._before != (take.track, frame) or self._original is None:
            self._before = (take.track, frame)
            self._original = model.deformed(person, filmed.expression, filmed.eyes)
        original = self._original
        same = scene.edited[at] is take.track
        moved = original if same else model.deformed(person, edited.expression, edited.eyes)
        self._view.show_pose(filmed.rotation, filmed.translation, take.camera)
        self._view.show_edit(original, moved)
        self._show_texture(take, filmed)

    def _begin(self, take: Take) -> tuple[FaceModel, Float]:
        """Return model and person of the take; tell the viewport of another head."""
        if self._model is None or self._person is None or self._changed(take):
            self._model = engine.face_model(take.face)
            self._person = self._model.person(take.shape)
            self._original = None
            colours = part_colours(len(self._person), self._model.parts, self._person)
            fade = fading(self._person)
            self._view.show_mesh(self._person, self._model.triangles, colours, fade)
        self._take = take
        return self._model, self._person

    def _changed(self, take: Take) -> bool:
        return self._take is None or self._take.shape is not take.shape

    def _show_texture(self, take: Take, filmed: Look) -> None:
        frame, original = self._frame, self._original
        textured = self._view.stage.state.surface is Surface.TEXTURED
        known = self._view.stage.state.texture is not None
        if frame is None or original is None or (known and not textured):
            return
        if frame.frame == self._desk.viewing.frame:
            turned = (original * FLIP) @ matrix(filmed.rotation).T + filmed.translation
            uv = take.camera.project(turned.astype(np.float32))
            self._view.show_texture(frame.before, uv)

    def _on_preview_ready(self, frame: Shown) -> None:
        if not frame.whole:  # the head is covered with pixels of the clip's own size
            return
        self._frame = frame
        if self._view.stage.state.surface is Surface.TEXTURED:
            self.show()

    def _on_view_picture_wished(self) -> None:
        clip = self._desk.clip
        stem = Path(clip.path).stem if clip else "head"
        place = str(Path.home() / f"{stem}-head-{self._desk.viewing.frame:05d}.png")
        name, _ = QFileDialog.getSaveFileName(
            self._view,
            self.tr("Save a picture of the head"),
            place,
            self.tr("Pictures (*.png)"),
        )
        if name:
            self.keep_picture(Path(name))

    def keep_picture(self, path: Path) -> None:
        """Write the head as it is drawn now to `path`, and tell where it is."""
        path = path if path.suffix else path.with_suffix(".png")
        if self._view.screenshot().save(str(path)):
            self._desk.noted.emit(self.tr("Saved {path}").format(path=path))
        else:
            text = self.tr("The picture cannot be written: {path}")
            self._desk.failed.emit(text.format(path=path))

    def _on_desk_clip_changed(self) -> None:
        self._scene = self._frame = self._original = None
        self._before = (None, -1)
