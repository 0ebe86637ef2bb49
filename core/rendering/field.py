# ruff: noqa: ANN001, ANN201 - kernels: numba infers their types
"""The displacement of every pixel: the moving skin rasterised, and carried on outside it.

The field lives on a coarse grid (about `NODES` nodes across a face), because it is smooth;
the picture is sampled at full resolution. Node (row i, column j) of a grid stands at the
position corner + (j + .5, i + .5) step of the frame.
"""

from dataclasses import dataclass

import cv2
import numba
import numpy as np

from core.arrays import Bools, Float, Ints

NODES = 150
FALL_OFF = 0.14  # of the face's width: how far the background follows the outline
NECK_FALL_OFF = 0.34  # the same below the chin: the neck follows the jaw
STILL_PX, MOVING_PX = 0.08, 0.3  # below the first nothing moves, above the second all of it
STEEPEST = 0.15  # least area ratio of the backward map


@dataclass(frozen=True)
class Grid:
    """A rectangle of the frame, whole pixels, and the spacing of its nodes."""

    x: int
    y: int
    columns: int
    rows: int
    step: int

    @property
    def size(self) -> tuple[int, int]:
        """Return the (width, height) in pixels."""
        return self.columns * self.step, self.rows * self.step

    def nodes(self, positions: Float) -> Float:
        """Return (..., 2) frame positions in node units (node centres at + .5)."""
        return ((positions - np.array([self.x, self.y], np.float32)) / self.step).astype(
            np.float32
        )


def grid_around(
    positions: Float, face_px: float, frame: tuple[int, int], nodes: int = NODES
) -> Grid:
    """Return the grid over (N, 2) `positions` and the fall-off around them.

    frame : (W, H). nodes : about so many across a face.
    """
    step = max(1, round(face_px / nodes))
    margin = FALL_OFF * face_px * 1.1 + step
    last = np.array(frame) - 4
    low = np.clip(np.floor(positions.min(0) - margin), 0, last).astype(int)
    below = np.array([margin, (NECK_FALL_OFF * face_px) * 1.1 + step])
    high = np.minimum(positions.max(0) + below, frame)
    count = np.maximum(np.ceil((high - low) / step), 4).astype(int)
    return Grid(int(low[0]), int(low[1]), int(count[0]), int(count[1]), step)


@numba.njit(nogil=True, cache=True)
def _draw(points, values, triangles, out, depth) -> None:
    """Rasterise `values` (A, K) over the front faces; out (h, w, K + 1), last = covered."""
    h, w = depth.shape
    K = values.shape[1]
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        xa, ya, xb, yb, xc, yc = (
            points[a, 0], points[a, 1], points[b, 0], points[b, 1], points[c, 0], points[c, 1]
        )  # fmt: skip
        area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa)
        if area > -1e-9:  # outward faces turn against the clock, rows pointing down
            continue
        x0 = max(0, int(np.ceil(min(xa, xb, xc) - 0.5)))
        x1 = min(w - 1, int(np.floor(max(xa, xb, xc) - 0.5)))
        y0 = max(0, int(np.ceil(min(ya, yb, yc) - 0.5)))
        y1 = min(h - 1, int(np.floor(max(ya, yb, yc) - 0.5)))
        inverse = 1.0 / area
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                px, py = x + 0.5, y + 0.5
                wb = ((px - xa) * (yc - ya) - (py - ya) * (xc - xa)) * inverse
                wc = ((xb - xa) * (py - ya) - (yb - ya) * (px - xa)) * inverse
                wa = 1.0 - wb - wc
                if wa < -1e-4 or wb < -1e-4 or wc < -1e-4:
                    continue
                z = wa * points[a, 2] + wb * points[b, 2] + wc * points[c, 2]
                if z < depth[y, x]:
                    depth[y, x] = z
                    for k in range(K):
                        out[y, x, k] = wa * values[a, k] + wb * values[b, k] + wc * values[c, k]
                    out[y, x, K] = 1.0


@numba.njit(nogil=True, cache=True)
def _fill(field, covered, nodes) -> None:
    """Give each of (n, 2) nodes (row, column) the mean of its covered neighbours."""
    h, w, K = field.shape
    for node in range(nodes.shape[0]):
        y, x = nodes[node, 0], nodes[node, 1]
        n = np.float32(0)
        for j in range(max(0, y - 1), min(h, y + 2)):
            for i in range(max(0, x - 1), min(w, x + 2)):
                if covered[j, i] > 0:
                    n += 1
                    for k in range(K - 1):
                        field[y, x, k] += (field[j, i, k] - field[y, x, k]) / n
        field[y, x, K - 1] = 1


def _grow(field: Float, turns: int) -> None:
    """Let covered nodes spread to their empty neighbours, `turns` nodes far."""
    covered = (field[..., -1] > 0).astype(np.uint8)
    for _ in range(turns):
        wider = cv2.dilate(covered, np.ones((3, 3), np.uint8))
        _fill(field, covered, np.argwhere(wider > covered))
        covered = np.asarray(wider, np.uint8)


def _carried_on(field: Float) -> Float:
    """Return `field` (h, w, K + 1), empty nodes filled smoothly from all around (pull-push).

    Empty nodes are 0 throughout, so a smaller level is a plain mean of values and coverage.
    """
    K = field.shape[2] - 1
    levels: list[Float] = [field]
    while min(levels[-1].shape[:2]) > 2:
        even = _even(levels[-1])
        half = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.float32))
    coarse = levels[-1] / np.maximum(levels[-1][..., K:], 1e-6)
    for level in reversed(levels[:-1]):
        h, w = level.shape[:2]
        size = (w + w % 2, h + h % 2)
        up = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), np.float32)
        coarse = np.empty_like(level)
        _join(level, up, coarse)
    return coarse[..., :K]


@numba.njit(nogil=True, cache=True)
def _join(level, up, out) -> None:
    """Write `level` where it is covered, `up` where it is not, a mean between."""
    h, w, n = level.shape
    K = n - 1
    for y in range(h):
        for x in range(w):
            cover = level[y, x, K]
            weight = min(cover * np.float32(4), np.float32(1))
            scale = weight / max(cover, np.float32(1e-6))
            for k in range(K):
                out[y, x, k] = up[y, x, k] * (1 - weight) + level[y, x, k] * scale
            out[y, x, K] = 1


def _even(x: Float) -> Float:
    """Return `x` with both sides even, an empty row or column added where needed."""
    h, w = x.shape[:2]
    return np.pad(x, ((0, h % 2), (0, w % 2), (0, 0)))


@numba.njit(nogil=True, cache=True)
def _faded(values, fade) -> Float:
    """Return `values` (h, w, K) times `fade` (h, w) 0..1 eased at both ends."""
    out = np.empty(values.shape, np.float32)
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            t = fade[y, x]
            t = t * t * (3 - 2 * t)
            for k in range(values.shape[2]):
                out[y, x, k] = values[y, x, k] * t
    return out


def skin_field(
    points: Float, values: Float, triangles: Ints, grid: Grid, face_px: float
) -> Float:
    """Return (h, w, K) `values` (A, K) of the edited skin at every node, fading outside it.

    points : (A, 3) column, row in pixels of the frame, depth.
    """
    h, w = grid.rows, grid.columns
    out = np.zeros((h, w, values.shape[1] + 1), np.float32)
    depth = np.full((h, w), np.inf, np.float32)
    at = np.concatenate([grid.nodes(points[:, :2]), points[:, 2:]], 1).astype(np.float32)
    _draw(at, np.ascontiguousarray(values, np.float32), triangles, out, depth)
    covered = out[..., -1] > 0
    if not covered.any():
        return np.zeros((h, w, values.shape[1]), np.float32)
    _grow(out, 3)
    filled = _carried_on(out)
    away = cv2.distanceTransform((~covered).astype(np.uint8), cv2.DIST_L2, 3) * grid.step
    chin = np.flatnonzero(covered.any(1))[-1]
    ramp = 0.12 * face_px / grid.step
    under = np.clip((np.arange(h) - chin) / ramp + 1, 0, 1)[:, None]
    reach = (FALL_OFF + under * (NECK_FALL_OFF - FALL_OFF)) * face_px
    fade = np.clip(1 - away / reach, 0, 1)
    return _faded(filled, fade.astype(np.float32))


@numba.njit(nogil=True, cache=True)
def quietened(field, keep):
    """Scale `field` (h, w, 3) by `keep` (h, w) in place; what is too small to see becomes 0."""
    for y in range(field.shape[0]):
        for x in range(field.shape[1]):
            dx, dy = field[y, x, 0] * keep[y, x], field[y, x, 1] * keep[y, x]
            t = (np.sqrt(dx * dx + dy * dy) - STILL_PX) / (MOVING_PX - STILL_PX)
            t = min(max(t, 0.0), 1.0)
            t = t * t * (3 - 2 * t)
            field[y, x, 0], field[y, x, 1] = dx * t, dy * t
            gain = field[y, x, 2] * keep[y, x]
            field[y, x, 2] = gain if abs(gain) >= 0.004 else 0.0


@numba.njit(nogil=True, cache=True)
def _steepness(field, step) -> tuple:
    """Return the area ratios of the backward map between nodes, and the smallest."""
    h, w = field.shape[0], field.shape[1]
    out = np.ones((h, w), np.float32)
    least = np.float32(1)
    inverse = np.float32(0.5 / step)
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            xx = 1 - (field[y, x + 1, 0] - field[y, x - 1, 0]) * inverse
            xy = -(field[y + 1, x, 0] - field[y - 1, x, 0]) * inverse
            yx = -(field[y, x + 1, 1] - field[y, x - 1, 1]) * inverse
            yy = 1 - (field[y + 1, x, 1] - field[y - 1, x, 1]) * inverse
            out[y, x] = xx * yy - xy * yx
            least = min(least, out[y, x])
    return out, least


def unfolded(field: Float, grid: Grid, excused: Bools) -> Float:
    """Return (h, w) 0..1: what of `field` to keep, so that the backward map does not fold.

    excused : (h, w) nodes inside the mouth and the eyes, drawn by rules of their own.
    """
    kept = np.ones(field.shape[:2], np.float32)
    for _ in range(4):
        ratio, least = _steepness(field, grid.step)
        if least >= STEEPEST:
            break
        bad = (ratio < STEEPEST) & ~excused
        if not bad.any():
            break
        soft = cv2.GaussianBlur(bad.astype(np.float32), (0, 0), 3)
        ease = 1 - 0.35 * np.clip(soft * 4, 0, 1)
        field = field * ease[..., None]
        kept *= ease
    return kept


def sampled(values: Float, positions: Float, grid: Grid) -> Float:
    """Return (P,) bilinear values of an (h, w) grid at (P, 2) positions of the frame."""
    at = grid.nodes(positions) - 0.5
    return cv2.remap(
        values,
        np.ascontiguousarray(at[None, :, 0]),
        np.ascontiguousarray(at[None, :, 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )[0]
