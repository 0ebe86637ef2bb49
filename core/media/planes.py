"""Writing an edit into the planes of a decoded frame, and leaving every other sample alone.

A small change is written as a *difference* that is added to the filmed samples, so that what
8-bit RGB could not show of them (10-bit detail, fine colour edges, colours outside of RGB)
stays. Where a pixel becomes quite another one, that remainder would be a ghost of the old
picture: it fades as the change grows, and the new colour is written. A pixel that was not
changed keeps its samples bit for bit.
"""

from typing import cast

import numba
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from core.arrays import Double, Rgb
from core.media.colour import Coding

Plane = NDArray[np.uint8] | NDArray[np.uint16]
Rows = NDArray[np.uint8] | NDArray[np.uint64]

_REPLACED = 24.0  # 8-bit levels of change from which on nothing of the old sample stays
# FFmpeg's planar YUV formats, by their subsampling (rows, columns)
_SUBSAMPLING = {"420p": (2, 2), "422p": (1, 2), "444p": (1, 1)}


def subsampling(pixel_format: str) -> tuple[int, int] | None:
    """Return how many luma (rows, columns) share a chroma sample; None if not planar YUV."""
    for head in ("yuva", "yuvj", "yuv"):
        if pixel_format.startswith(head):
            return _SUBSAMPLING.get(pixel_format.removeprefix(head)[:4])
    return None


def add_edit(frame: VideoFrame, old: Rgb, new: Rgb, coding: Coding) -> int:
    """Add the difference of two pictures to a frame of `coding`; return the pixels changed.

    old, new : (H, W, 3) uint8 in coded orientation. The frame's planes are written to, so the
    frame must be writable (`VideoFrame.make_writable`) and of a planar YUV format.
    """
    step = subsampling(coding.pixel_format)
    assert step is not None, coding.pixel_format
    y, u, v = (_plane(frame, k, coding.depth) for k in range(3))
    box = _changed_box(old, new)
    if box is None:
        return 0
    peak = float((1 << coding.depth) - 1)
    return int(_add((old, new), (y, u, v), step, _weights(coding), peak, box))


def _changed_box(old: Rgb, new: Rgb) -> tuple[int, int, int, int] | None:
    """Return (top, bottom, left, right) around all pixels that differ, None if none does."""
    H, W = old.shape[:2]
    a, b = (np.ascontiguousarray(x).reshape(H, W * 3) for x in (old, new))
    word = 8 if W * 3 % 8 == 0 else 1  # eight bytes at a time, where rows allow it
    if word == 8:
        a, b = a.view(np.uint64), b.view(np.uint64)
    top, bottom, left, right = _box(a, b)
    if top == bottom:
        return None
    return top, bottom, left * word // 3, min(W, -(-right * word // 3))


@numba.njit(nogil=True, cache=True)
def _box(a: Rows, b: Rows) -> tuple[int, int, int, int]:
    """Return (top, bottom, left, right) around all elements that differ."""
    H, n = a.shape
    top, bottom, left, right = H, 0, n, 0
    for i in range(H):
        first = 0
        while first < n and a[i, first] == b[i, first]:
            first += 1
        if first == n:
            continue
        last = n - 1
        while a[i, last] == b[i, last]:
            last -= 1
        top, bottom = min(top, i), i + 1
        left, right = min(left, first), max(right, last + 1)
    return min(top, bottom), bottom, left, right


def planes(frame: VideoFrame, depth: int = 8) -> list[Plane]:
    """Return views of the planes of a planar frame, padding left out."""
    return [_plane(frame, k, depth) for k in range(len(frame.planes))]


def _plane(frame: VideoFrame, k: int, depth: int) -> Plane:
    plane = frame.planes[k]
    dtype = np.uint8 if depth <= 8 else np.uint16
    rows = np.frombuffer(cast("memoryview", plane), dtype).reshape(plane.height, -1)
    return cast("Plane", rows[:, : plane.width])


def _weights(coding: Coding) -> Double:
    """Return (3, 4) float64: rows Y, U, V; columns one step of 8-bit R, G, B, and the zero."""
    kr, kb = coding.luma_weights()
    luma = np.array([kr, 1 - kr - kb, kb])
    blue = (np.array([0, 0, 1.0]) - luma) / (2 * (1 - kb))
    red = (np.array([1.0, 0, 0]) - luma) / (2 * (1 - kr))
    peak = 2.0**coding.depth - 1
    unit = 2.0**coding.depth / 256
    y_range, c_range = (peak, peak) if coding.full_range else (219 * unit, 224 * unit)
    slopes = np.stack([luma * y_range, blue * c_range, red * c_range]) / 255
    zeros = [0.0 if coding.full_range else 16 * unit, 128 * unit, 128 * unit]
    return np.column_stack([slopes, zeros])


@numba.njit(nogil=True, cache=True)
def _steps(
    rgb: tuple[float, float, float],
    change: tuple[float, float, float],
    yuv: tuple[float, float, float],
    m: Double,
) -> tuple[float, float, float]:
    """Return how far Y, U and V of one pixel go, given its new colour and its change."""
    r, g, b = rgb
    dr, dg, db = change
    y, u, v = yuv
    t = min(1.0, max(abs(dr), abs(dg), abs(db)) / _REPLACED)
    dy = m[0, 0] * dr + m[0, 1] * dg + m[0, 2] * db
    du = m[1, 0] * dr + m[1, 1] * dg + m[1, 2] * db
    dv = m[2, 0] * dr + m[2, 1] * dg + m[2, 2] * db
    dy += t * (m[0, 0] * r + m[0, 1] * g + m[0, 2] * b + m[0, 3] - y - dy)
    du += t * (m[1, 0] * r + m[1, 1] * g + m[1, 2] * b + m[1, 3] - u - du)
    dv += t * (m[2, 0] * r + m[2, 1] * g + m[2, 2] * b + m[2, 3] - v - dv)
    return dy, du, dv


@numba.njit(nogil=True, cache=True)
def _add(
    pictures: tuple[Rgb, Rgb],
    yuv: tuple[Plane, Plane, Plane],
    step: tuple[int, int],
    m: Double,
    peak: float,
    box: tuple[int, int, int, int],
) -> int:
    old, new = pictures
    y, u, v = yuv
    sy, sx = step
    H, W = y.shape
    changed = 0
    top, bottom, left, right = box
    for i in range(top // sy * sy, bottom, sy):
        for j in range(left // sx * sx, right, sx):
            found = 0
            a, c = i // sy, j // sx
            du = dv = 0.0
            for p in range(i, min(i + sy, H)):
                for q in range(j, min(j + sx, W)):
                    r, g, b = float(new[p, q, 0]), float(new[p, q, 1]), float(new[p, q, 2])
                    dr, dg, db = r - old[p, q, 0], g - old[p, q, 1], b - old[p, q, 2]
                    if dr == 0.0 and dg == 0.0 and db == 0.0:
                        continue
                    found += 1
                    now = (float(y[p, q]), float(u[a, c]), float(v[a, c]))
                    step_y, step_u, step_v = _steps((r, g, b), (dr, dg, db), now, m)
                    y[p, q] = int(min(max(np.rint(now[0] + step_y), 0.0), peak))
                    du += step_u
                    dv += step_v
            if found:
                changed += found
                n = min(sy, H - i) * min(sx, W - j)
                u[a, c] = int(min(max(u[a, c] + np.rint(du / n), 0.0), peak))
                v[a, c] = int(min(max(v[a, c] + np.rint(dv / n), 0.0), peak))
    return changed
