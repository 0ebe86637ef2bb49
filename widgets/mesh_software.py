# ruff: noqa: ANN001 - kernels: numba infers their types
"""Drawing a `MeshState` without OpenGL: the z-buffer of the renderer, and light by vertex."""

from collections.abc import Sequence

import numba
import numpy as np

from core.arrays import Float, Rgb
from core.face.raster import rasterize
from widgets import theme
from widgets.mesh_camera import Orbit, Sight, orbit_sight
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
    if state.surface is Surface.WIRE:
        name = theme.EDITED if panel.side else theme.FILMED
        inks = rgb_of(theme.BASE), rgb_of(name)
        _wire(face, bary, triangles, points, state.fade, *inks, target)
        return
    normals, turn = state.normals[panel.side], panel.sight.turn
    shaded = lit(state.colours(panel.side), normals, turn, state.light)
    faded = rgb_of(theme.BASE) + (shaded - rgb_of(theme.BASE)) * state.fade[:, None]
    _fill(face, bary, triangles, faded.astype(np.float32), target)
    if state.surface is Surface.TEXTURED and state.texture is not None:
        trust = state.trust * state.fade
        _film(face, bary, triangles, state.uv, trust, state.texture, target)


def warm() -> None:
    """Load what drawing needs, so that the first head does not wait for it; on any thread."""
    state = MeshState()
    corners = np.array([[-9, -9, 0], [9, -9, 0], [0, 9, 0]], np.float32)
    state.show_mesh(corners, np.array([[0, 1, 2]], np.uint32))
    state.show_texture(np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2), np.float32), corners[0])
    assert state.extent is not None
    panel = Panel(1, (0, 0, 8, 8), orbit_sight(Orbit(), state.extent, 1.0))
    for surface in Surface:
        state.surface = surface
        draw(state, (8, 8), [panel])


def on_screen(vertices: Float, sight: Sight, size: tuple[int, int]) -> Float:
    """Return (V, 3) column, row in px of `size` (width, height), and depth mm."""
    clip = sight.clip.astype(np.float32)
    seen = vertices @ clip[[0, 1, 3], :3].T + clip[[0, 1, 3], 3]
    depth = np.maximum(seen[:, 2:], 1e-3)
    place = seen[:, :2] / depth * np.array([0.5, -0.5], np.float32) + 0.5
    return np.concatenate([place * np.array(size, np.float32), seen[:, 2:]], 1)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _fill(face, bary, triangles, colours, target) -> None:
    """Mix the colours (V, 3) of the corners into every pixel of `target` that is covered."""
    H, W = face.shape
    for y in range(H):
        for x in range(W):
            t = face[y, x]
            if t >= 0:
                for k in range(3):
                    mixed = 0.0
                    for c in range(3):
                        mixed += bary[y, x, c] * colours[triangles[t, c], k]
                    target[y, x, k] = np.uint8(min(max(mixed * 255.0, 0.0), 255.0))


@numba.njit(nogil=True, cache=True, fastmath=True)
def _film(face, bary, triangles, uv, trust, texture, target) -> None:  # noqa: PLR0913
    """Lay the pixels of `texture` over `target` as far as they are trusted."""
    H, W = face.shape
    h, w = texture.shape[:2]
    for y in range(H):
        for x in range(W):
            t = face[y, x]
            if t >= 0:
                u = v = share = 0.0
                for c in range(3):
                    weight, at = bary[y, x, c], triangles[t, c]
                    u += weight * uv[at, 0]
                    v += weight * uv[at, 1]
                    share += weight * trust[at]
                column = min(max(int(u * w), 0), w - 1)
                row = min(max(int(v * h), 0), h - 1)
                for k in range(3):
                    below = float(target[y, x, k])  # a difference of uint8 has no sign
                    above = float(texture[row, column, k])
                    target[y, x, k] = np.uint8(below + (above - below) * share)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _wire(face, bary, triangles, points, fade, ground, ink, target) -> None:  # noqa: PLR0913
    """Draw the edges: each pixel takes ink by its distance to the nearest of its triangle."""
    H, W = face.shape
    for y in range(H):
        for x in range(W):
            t = face[y, x]
            if t >= 0:
                a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
                abx, aby = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
                acx, acy = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1]
                twice = abs(abx * acy - aby * acx)
                away = bary[y, x, 0] * twice / max(np.hypot(acx - abx, acy - aby), 1e-6)
                away = min(away, bary[y, x, 1] * twice / max(np.hypot(acx, acy), 1e-6))
                away = min(away, bary[y, x, 2] * twice / max(np.hypot(abx, aby), 1e-6))
                share = min(max(WIRE_WIDTH - away, 0.0), 1.0) * 0.75 * fade[a]
                for k in range(3):
                    mixed = ground[k] + (ink[k] - ground[k]) * share
                    target[y, x, k] = np.uint8(mixed * 255.0)
