# ruff: noqa: ANN001, ANN201 - kernels: numba infers their types
"""Openings of the skin: the mouth and the eyes, as the gap between two curves.

A slot has an axis from its image-left to its image-right corner; above every station of the
axis stand the heights of its upper and its lower edge. Inside, pixels follow rules of their
own: eyeballs and teeth do not stretch with the skin around them.
"""

from dataclasses import dataclass

import numba
import numpy as np

from core.arrays import Float, Ints

STATIONS = 96


def _spline(count: int) -> Float:
    """Return (STATIONS, count) Catmull-Rom weights over `count` evenly numbered points."""
    t = np.linspace(0, count - 1, STATIONS)
    k = np.clip(t.astype(int), 0, count - 2)
    f = t - k
    rows = np.arange(STATIONS)
    parts = (
        (-1, -0.5 * f**3 + f**2 - 0.5 * f),
        (0, 1.5 * f**3 - 2.5 * f**2 + 1),
        (1, -1.5 * f**3 + 2 * f**2 + 0.5 * f),
        (2, 0.5 * f**3 - 0.5 * f**2),
    )
    weights = np.zeros((STATIONS, count))
    for offset, share in parts:
        np.add.at(weights, (rows, np.clip(k + offset, 0, count - 1)), share)
    return weights.astype(np.float32)


_SPLINES = {9: _spline(9), 11: _spline(11)}


@numba.njit(nogil=True, cache=True)
def edge_distance(slot, s, below, above):
    """Return px to the nearer edge of a packed slot at station 0..1, measured across it."""
    k = min(int(s * (STATIONS - 1)), STATIONS - 2)
    width = slot[4] / (STATIONS - 1)
    up = (slot[6 + k] - slot[5 + k]) / width
    low = (slot[6 + STATIONS + k] - slot[5 + STATIONS + k]) / width
    return min(below / np.sqrt(1 + up * up), above / np.sqrt(1 + low * low))


@dataclass(frozen=True, eq=False)
class Slot:
    """An opening in the picture.

    origin : (2,) its image-left corner. axis : (2,) unit vector to the other corner; "down" is
    the axis turned a quarter, (-axis[1], axis[0]). length : px. upper, lower : (STATIONS,) px
    down from the axis at stations evenly spaced along it; upper <= lower.
    """

    origin: Float
    axis: Float
    length: float
    upper: Float
    lower: Float

    @property
    def gap(self) -> Float:
        """Return (STATIONS,) px: how far it is open."""
        return self.lower - self.upper

    @property
    def opening(self) -> float:
        """Return px: the mean gap of the middle half."""
        return float(self.gap[STATIONS // 4 : -STATIONS // 4].mean())

    def packed(self) -> Float:
        """Return (2 STATIONS + 5,) float32 for the kernels."""
        head = np.array([*self.origin, *self.axis, self.length], np.float32)
        return np.concatenate([head, self.upper, self.lower]).astype(np.float32)

    def local(self, positions: Float) -> Float:
        """Return (..., 2) px along and down from the axis."""
        d = positions - self.origin
        ax, ay = self.axis
        return np.stack([d[..., 0] * ax + d[..., 1] * ay, d[..., 1] * ax - d[..., 0] * ay], -1)

    def frame_of(self, local: Float) -> Float:
        """Return (..., 2) frame positions of local ones."""
        down = np.array([-self.axis[1], self.axis[0]], np.float32)
        return self.origin + local[..., :1] * self.axis + local[..., 1:] * down


def slot_of(upper: Float, lower: Float) -> Slot:
    """Return the slot between (P, 2) points of two edges, both from image-left to -right.

    P is 9 (lids) or 11 (lips); both edges share their end points. Where the edges cross, the
    slot is closed on the line half way between them.
    """
    origin = (upper[0] + lower[0]) / 2
    end = (upper[-1] + lower[-1]) / 2
    length = float(np.hypot(*(end - origin))) or 1e-3
    frame = Slot(origin, (end - origin) / length, length, np.zeros(1), np.zeros(1))
    spline = _SPLINES[len(upper)]
    x = np.linspace(0, length, STATIONS)
    edges = []
    for points in (upper, lower):
        local = spline @ frame.local(points)
        edges.append(np.interp(x, np.maximum.accumulate(local[:, 0]), local[:, 1]))
    middle = (edges[0] + edges[1]) / 2
    top, bottom = np.minimum(edges[0], middle), np.maximum(edges[1], middle)
    return Slot(origin, frame.axis, length, top.astype(np.float32), bottom.astype(np.float32))


def bounds(slot: Slot, shape: tuple[int, ...]) -> Ints:
    """Return (4,) whole pixels x0, y0, x1, y1 around a slot, inside an (H, W, ...) picture."""
    x = np.linspace(0, slot.length, STATIONS)
    edges = [slot.frame_of(np.stack([x, h], 1)) for h in (slot.upper, slot.lower)]
    points = np.concatenate(edges)
    low = np.clip(np.floor(points.min(0)) - 2, 0, [shape[1], shape[0]])
    high = np.clip(np.ceil(points.max(0)) + 2, 0, [shape[1], shape[0]])
    return np.concatenate([low, high]).astype(np.int64)
