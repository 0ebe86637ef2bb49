"""Drawing a `MeshState` without OpenGL: the z-buffer of the renderer, and light by vertex."""

from collections.abc import Sequence

import numpy as np

from core.arrays import Float, Ints, Rgb
from core.face.raster import rasterize
from widgets import theme
from widgets.mesh_camera import Sight
from widgets.mesh_light import lit
from widgets.mesh_panel import Panel
from widgets.mesh_state import MeshState, Surface, rgb_of

WIRE_WIDTH = 0.9  # pixels, measured across the nearest edge


def draw(state: MeshState, size: tuple[int, int], panels: Sequence[Panel]) -> Rgb:
    """Return (height, width, 3) uint8: every panel drawn; `size` is (width, height) px."""
    picture = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = (rgb_of(theme.BASE) * 255).round()
    if not state.empty:
        for panel in panels:
            x, y, w, h = panel.box
            _draw_panel(state, panel, picture[y : y + h, x : x + w])
    return picture


def _draw_panel(state: MeshState, panel: Panel, target: Rgb) -> None:
    h, w = target.shape[:2]
    points = on_screen(state.vertices[panel.side], panel.sight, (w, h))
    triangles = state.triangles.view(np.int32)
    face, bary, _ = rasterize(points, triangles, (h, w))
    rows, columns = np.nonzero(face >= 0)
    corners = triangles[face[rows, columns]]  # (P, 3)
    weights = bary[rows, columns]
    if state.surface is Surface.WIRE:
        name = theme.EDITED if panel.side else theme.FILMED
        share = _wire_share(points, corners, weights)[:, None]
        colour = rgb_of(theme.BASE) * (1 - share) + rgb_of(name) * share
    else:
        shaded = lit(state.colours(panel.side), state.normals[panel.side], panel.sight.turn)
        colour = _mixed(shaded, corners, weights)
        if state.surface is Surface.TEXTURED and state.texture is not None:
            colour = _textured(state, state.texture, colour, corners, weights)
    target[rows, columns] = np.clip(colour * 255, 0, 255)


def on_screen(vertices: Float, sight: Sight, size: tuple[int, int]) -> Float:
    """Return (V, 3) column, row in px of `size` (width, height), and depth mm."""
    clip = sight.clip.astype(np.float32)
    seen = vertices @ clip[[0, 1, 3], :3].T + clip[[0, 1, 3], 3]
    depth = np.maximum(seen[:, 2:], 1e-3)
    place = seen[:, :2] / depth * np.array([0.5, -0.5], np.float32) + 0.5
    return np.concatenate([place * np.array(size, np.float32), seen[:, 2:]], 1)


def _mixed(values: Float, corners: Ints, weights: Float) -> Float:
    """Return (P, k): `values` (V, k) of three corners (P, 3) mixed by weights (P, 3)."""
    mixed = values[corners[:, 0]] * weights[:, :1]
    mixed += values[corners[:, 1]] * weights[:, 1:2]
    mixed += values[corners[:, 2]] * weights[:, 2:]
    return mixed


def _textured(
    state: MeshState, texture: Rgb, colour: Float, corners: Ints, weights: Float
) -> Float:
    h, w = texture.shape[:2]
    both = _mixed(np.column_stack([state.uv, state.trust]), corners, weights)
    columns = np.clip((both[:, 0] * w).astype(np.int32), 0, w - 1)
    rows = np.clip((both[:, 1] * h).astype(np.int32), 0, h - 1)
    filmed = texture[rows, columns].astype(np.float32) / 255
    return colour + (filmed - colour) * both[:, 2:]


def _wire_share(points: Float, corners: Ints, weights: Float) -> Float:
    """Return (P,) 0..1: how much of each pixel the nearest edge of its triangle covers."""
    p = points[:, :2][corners]  # (P, 3, 2)
    a, b = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    twice = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    sides = np.stack([p[:, 2] - p[:, 1], p[:, 0] - p[:, 2], p[:, 1] - p[:, 0]], 1)
    heights = twice[:, None] / np.maximum(np.linalg.norm(sides, axis=2), 1e-6)
    away = (weights * heights).min(1)  # px to the nearest edge
    return np.clip(WIRE_WIDTH - away, 0, 1) * 0.75
