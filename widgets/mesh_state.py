"""What the viewport shows, as plain arrays: two states of a head, its colours, its texture.

Whatever draws (OpenGL or software) reads from here; `stamp` tells it what has changed.
"""

from collections.abc import Mapping
from copy import copy
from enum import StrEnum

import numpy as np
from PySide6.QtGui import QColor

from core.arrays import Float, Ints, Rgb, check
from core.face.mesh import vertex_normals
from widgets import theme
from widgets.mesh_camera import Extent
from widgets.mesh_light import Light
from widgets.video_overlay import edges_of

LEAST_MM = 1.0  # the heat map never stretches less than this over all its colours
ORIGINAL, EDITED = 0, 1
IRIS, PUPIL = float(np.cos(np.deg2rad(29))), float(np.cos(np.deg2rad(11)))


class Surface(StrEnum):
    """How the head is drawn."""

    SOLID = "solid"
    WIRE = "wire"
    TEXTURED = "textured"
    HEAT = "heat"


def rgb_of(name: str) -> Float:
    """Return (3,) float32 0..1 of a colour of the theme."""
    c = QColor(name)
    return np.array([c.redF(), c.greenF(), c.blueF()], np.float32)


def ramp() -> Float:
    """Return (256, 3) float32 0..1: the colours of the heat map from none to most."""
    stops = np.stack([rgb_of(name) for name in theme.HEAT])
    at, where = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    return np.stack([np.interp(at, where, stops[:, k]) for k in range(3)], 1).astype(np.float32)


def part_colours(count: int, parts: Mapping[str, Ints], vertices: Float | None = None) -> Float:
    """Return (V, 3) float32: clay, with eyes, teeth, lips and the inside told apart.

    parts : name -> vertex indices, as in `core.face.model.FaceModel`. vertices : (V, 3) mm
    looking straight on, for iris and pupil.
    """
    colours = np.tile(rgb_of(theme.CLAY), (count, 1))
    for start, name in (
        ("lips", theme.CLAY_LIPS),
        ("mouth_cavity", theme.CLAY_INSIDE),
        ("tongue", theme.CLAY_INSIDE),
        ("teeth", theme.TEETH),
        ("eye_", theme.EYE_WHITE),
    ):
        for part, at in parts.items():
            if part == start or (part.startswith(start) and start in ("teeth", "eye_")):
                colours[at] = rgb_of(name)
    for part in (name for name in parts if name.startswith("eye_") and vertices is not None):
        at = parts[part]
        ball = np.asarray(vertices)[at] - np.asarray(vertices)[at].mean(0)
        front = ball[:, 2] / np.maximum(np.linalg.norm(ball, axis=1), 1e-6)
        for least, name in ((IRIS, theme.IRIS), (PUPIL, theme.PUPIL)):
            colours[at[front > least]] = rgb_of(name)
    return colours


def fading(vertices: Float, share: float = 0.15) -> Float:
    """Return (V,) 0..1: the lowest `share` of a head (V, 3) fades away, so that no cut shows.

    Heads end at a ragged edge below the chin, where nobody looks and nothing is edited.
    """
    low, high = float(vertices[:, 1].min()), float(vertices[:, 1].max())
    t = np.clip((vertices[:, 1] - low) / max(share * (high - low), 1e-6) * 1.6 - 0.6, 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def nice_limit(most: float) -> float:
    """Return a round number of mm not below `most`, for the end of the scale."""
    if most <= LEAST_MM:
        return LEAST_MM
    power = 10 ** np.floor(np.log10(most))
    return float(next(s * power for s in (1, 2, 3, 5, 10) if s * power >= most * 0.999))


class MeshState:
    """Two states of one topology and everything the eye is told about them."""

    def __init__(self) -> None:
        self.triangles: Ints = np.zeros((0, 3), np.uint32)
        self.vertices: list[Float] = [np.zeros((0, 3), np.float32)] * 2
        self.normals: list[Float] = [np.zeros((0, 3), np.float32)] * 2
        self.base: Float = np.zeros((0, 3), np.float32)
        self.texture: Rgb | None = None
        self.uv: Float = np.zeros((0, 2), np.float32)  # 0..1 of the texture, row 0 on top
        self.trust: Float = np.zeros(0, np.float32)  # how well the camera saw a vertex
        self.fade: Float = np.zeros(0, np.float32)  # 0 where the head goes over into nothing
        self.light = Light()
        self.surface = Surface.SOLID
        self.extent: Extent | None = None
        self.stamp: dict[str, int] = {}
        self._shown: list[Float | None] = [None, None]
        self._edges: Ints | None = None
        self._ramp = ramp()

    def copy(self) -> "MeshState":
        """Return this state as it is now, for another thread; its arrays never change."""
        made = copy(self)
        made.vertices, made.normals = list(self.vertices), list(self.normals)
        made.stamp = dict(self.stamp)
        return made

    def _touch(self, *names: str) -> None:
        for name in names:
            self.stamp[name] = self.stamp.get(name, 0) + 1

    @property
    def empty(self) -> bool:
        """Return whether there is no mesh yet."""
        return not len(self.triangles)

    @property
    def edges(self) -> Ints:
        """Return (K, 2) uint32 edges."""
        if self._edges is None:
            self._edges = edges_of(self.triangles).astype(np.uint32)
        return self._edges

    def show_mesh(
        self,
        vertices: Float,
        triangles: Ints,
        colours: Float | None = None,
        fade: Float | None = None,
    ) -> None:
        """Take a new topology; see `Viewport.show_mesh`."""
        check(vertices, "V 3")
        check(triangles, "T 3")
        self.triangles = np.ascontiguousarray(triangles, np.uint32)
        self._edges = None
        V = len(vertices)
        if colours is None:
            colours = np.tile(rgb_of(theme.CLAY), (V, 1))
        self.base = np.ascontiguousarray(colours, np.float32)
        self.fade = np.ones(V, np.float32) if fade is None else np.asarray(fade, np.float32)
        self.extent = Extent.of(vertices[self.fade >= min(0.5, float(self.fade.max()))])
        self._shown = [None, None]
        self.texture, self.uv = None, np.zeros((V, 2), np.float32)
        self.trust = np.zeros(V, np.float32)
        self._touch("topology", "texture", "uv")
        self.show_edit(vertices, vertices)

    def show_edit(self, original: Float, edited: Float) -> None:
        """Take both states, (V, 3) mm; what is the same array as before costs nothing."""
        for side, vertices in ((ORIGINAL, original), (EDITED, edited)):
            if vertices is self._shown[side]:
                continue
            check(vertices, "V 3", V=len(self.base))
            self._shown[side] = vertices
            if side == EDITED and edited is original:
                self.vertices[side] = self.vertices[ORIGINAL]
                self.normals[side] = self.normals[ORIGINAL]
            else:
                self.vertices[side] = np.array(vertices, np.float32)
                self.normals[side] = vertex_normals(self.vertices[side], self.triangles)
            self._touch(f"shape{side}")
        self._touch("colour")

    def show_texture(self, rgb: Rgb | None, uv: Float | None, viewer: Float | None) -> None:
        """Take (H, W, 3) uint8 and (V, 2) its pixels; viewer (3,) mm in the head frame."""
        self._touch("texture", "uv")
        if rgb is None or uv is None:
            self.texture = None
            return
        check(rgb, "H W 3")
        check(uv, "V 2", V=len(self.base))
        h, w = rgb.shape[:2]
        self.texture = rgb
        self.uv = (np.asarray(uv, np.float32) + 0.5) / np.array([w, h], np.float32)
        self.trust = self._seen_by(viewer)

    def show_surface(self, surface: Surface) -> None:
        """Draw the head so."""
        self.surface = surface
        self._touch("colour")

    @property
    def change(self) -> Float:
        """Return (V,) how far the edit moves each vertex, mm."""
        return np.linalg.norm(self.vertices[EDITED] - self.vertices[ORIGINAL], axis=1)

    def limit(self) -> float:
        """Return the mm at the hot end of the scale."""
        return nice_limit(float(self.change.max(initial=0)))

    def colours(self, side: int) -> Float:
        """Return (V, 3) float32 0..1 for the ORIGINAL or EDITED side."""
        if self.surface is Surface.HEAT and side == EDITED:
            change = self.change
            scale = 255 / nice_limit(float(change.max(initial=0)))
            return self._ramp[np.minimum((change * scale).astype(np.int32), 255)]
        return self.base

    def _seen_by(self, viewer: Float | None) -> Float:
        """Return (V,) 0..1: vertices turned away from the camera take none of its pixels."""
        where = np.array([0, 0, 1e4]) if viewer is None else np.asarray(viewer)
        towards = where.astype(np.float32) - self.vertices[ORIGINAL]
        towards /= np.maximum(np.linalg.norm(towards, axis=1, keepdims=True), 1e-6)
        facing = np.einsum("vk,vk->v", self.normals[ORIGINAL], towards)
        t = np.clip((facing - 0.08) / 0.22, 0, 1)
        return (t * t * (3 - 2 * t)).astype(np.float32)
