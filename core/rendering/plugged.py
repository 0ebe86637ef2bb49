"""Pictures drawn by a plug-in: what it is given of a face, and its place among renderers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.arrays import Float, Ints, Rgb
from core.builtin import kinds
from core.camera import Camera
from core.errors import PluginError
from core.face.model import FaceModel
from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix
from core.loader import guarded
from core.registry import Entry
from core.track import Look

HIDDEN = ("scalp", "neck", "ears")  # hair and collar lie over these in most films


@dataclass(frozen=True, eq=False)
class Shot:
    """One face in one frame, for a renderer.

    filmed, edited : what the face did and what it shall do. head : the face model. person :
    (V, 3) mm, this person at rest. camera : in pixels of the full frame. size : (H, W) of the
    picture to be made, which may be smaller than the frame.
    """

    filmed: Look
    edited: Look
    head: FaceModel
    person: Float
    camera: Camera
    size: tuple[int, int]

    @cached_property
    def vertices(self) -> Float:
        """Return (V, 3) mm of the edited face in the camera frame: x right, y down, z away."""
        face = self.head.deformed(self.person, self.edited.expression, self.edited.eyes)
        turn = matrix(self.edited.rotation) @ HEAD_TO_CAMERA_AXES
        return face @ turn.T + self.edited.translation

    @cached_property
    def pixels(self) -> Float:
        """Return (V, 3): column and row in the picture to be made, and depth in mm."""
        scale = self.size[1] / self.camera.width
        at = self.camera.project(self.vertices) * np.float32(scale)
        return np.concatenate([at, self.vertices[:, 2:]], 1).astype(np.float32)

    @cached_property
    def normals(self) -> Float:
        """Return (V, 3) unit normals in the camera frame; z is negative towards the camera."""
        from core.face.mesh import vertex_normals

        return vertex_normals(self.vertices, self.head.triangles)

    @cached_property
    def covered(self) -> tuple[Ints, Ints, Ints, Float]:
        """Return row, column, triangle and (N, 3) barycentrics of the N pixels of the face."""
        from core.face.raster import rasterize

        face, bary, _ = rasterize(self.pixels, self._skin, self.size)
        row, column = np.nonzero(face >= 0)
        return row, column, face[row, column], bary[row, column]

    def drawn(self, values: Float) -> Float:
        """Return (N, K) `values` (V, K) of the vertices, carried to the covered pixels."""
        _, _, triangle, bary = self.covered
        return np.einsum("nk,nkc->nc", bary, values[self._skin[triangle]])

    def laid(self, rgb: Rgb, colours: Float, opacity: float = 1.0) -> Rgb:
        """Return a copy of the picture with `colours` (N, 3) 0..1 on the covered pixels."""
        row, column, _, _ = self.covered
        out = rgb.copy()
        there = out[row, column]
        new = there + opacity * (255 * np.clip(colours, 0, 1) - there)
        out[row, column] = np.rint(new).astype(np.uint8)
        return out

    @cached_property
    def _skin(self) -> Ints:
        hidden = np.zeros(len(self.person), bool)
        for name in HIDDEN:
            hidden[self.head.parts.get(name, np.zeros(0, int))] = True
        return self.head.triangles[~hidden[self.head.triangles].any(1)]


class PluggedRenderer:
    """A `core.stages.Renderer` whose pictures a plug-in draws."""

    def __init__(self, entry: Entry, head: FaceModel, shape: Float, camera: Camera) -> None:
        self._entry, self._head, self._camera = entry, head, camera
        self._person = head.person(shape)

    def frame(self, rgb: Rgb, filmed: Look, edited: Look) -> Rgb:
        """Return the picture of the plug-in; the frame itself where no face was seen."""
        if filmed.confidence <= 0:
            return rgb
        size = (rgb.shape[0], rgb.shape[1])
        shot = Shot(filmed, edited, self._head, self._person, self._camera, size)
        return guarded(kinds(), self._entry, self._picture, rgb, shot)

    def _picture(self, rgb: Rgb, shot: Shot) -> Rgb:
        draw: Callable[[Rgb, Shot], Rgb] = self._entry.load()
        made = draw(rgb, shot)
        fits = isinstance(made, np.ndarray) and made.shape == rgb.shape  # pyright: ignore
        if not fits or made.dtype != np.uint8:
            raise PluginError(f"{self._entry.title} gives back no picture of the same size")
        return made
