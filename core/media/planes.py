"""Writing an edit into the planes of a decoded frame, and leaving every other sample alone.

Not the new colour is written but the *difference* between new and old colour is added to the
filmed samples. So a pixel that was not changed keeps its samples bit for bit, and one that was
keeps what 8-bit RGB could not show of it (10-bit detail, colours outside of RGB).
"""

from typing import cast

import numba
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from core.arrays import Double, Rgb
from core.media.colour import Coding

Plane = NDArray[np.uint8] | NDArray[np.uint16]

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
    return int(
        _add(old, new, (y, u, v), step, _weights(coding), float((1 << coding.depth) - 1))
    )


def planes(frame: VideoFrame, depth: int = 8) -> list[Plane]:
    """Return views of the planes of a planar frame, padding left out."""
    return [_plane(frame, k, depth) for k in range(len(frame.planes))]


def _plane(frame: VideoFrame, k: int, depth: int) -> Plane:
    plane = frame.planes[k]
    dtype = np.uint8 if depth <= 8 else np.uint16
    rows = np.frombuffer(cast("memoryview", plane), dtype).reshape(plane.height, -1)
    return cast("Plane", rows[:, : plane.width])


def _weights(coding: Coding) -> Double:
    """Return (3, 3) float64: sample differences Y, U, V for one step of 8-bit R, G, B."""
    kr, kb = coding.luma_weights()
    luma = np.array([kr, 1 - kr - kb, kb])
    blue = (np.array([0, 0, 1.0]) - luma) / (2 * (1 - kb))
    red = (np.array([1.0, 0, 0]) - luma) / (2 * (1 - kr))
    peak = 2.0**coding.depth - 1
    unit = 2.0**coding.depth / 256
    y_range, c_range = (peak, peak) if coding.full_range else (219 * unit, 224 * unit)
    return np.stack([luma * y_range, blue * c_range, red * c_range]) / 255


@numba.njit(nogil=True, cache=True)
def _add(
    old: Rgb,
    new: Rgb,
    yuv: tuple[Plane, Plane, Plane],
    step: tuple[int, int],
    m: Double,
    peak: float,
) -> int:
    y, u, v = yuv
    sy, sx = step
    H, W = y.shape
    changed = 0
    for i in range(0, H, sy):
        for j in range(0, W, sx):
            r = g = b = 0.0
            found = 0
            for p in range(i, min(i + sy, H)):
                for q in range(j, min(j + sx, W)):
                    dr = float(new[p, q, 0]) - float(old[p, q, 0])
                    dg = float(new[p, q, 1]) - float(old[p, q, 1])
                    db = float(new[p, q, 2]) - float(old[p, q, 2])
                    if dr != 0.0 or dg != 0.0 or db != 0.0:
                        found += 1
                        d = m[0, 0] * dr + m[0, 1] * dg + m[0, 2] * db
                        y[p, q] = int(min(max(y[p, q] + np.rint(d), 0.0), peak))
                        r += dr
                        g += dg
                        b += db
            if found:
                changed += found
                k = 1.0 / (min(sy, H - i) * min(sx, W - j))
                du = k * (m[1, 0] * r + m[1, 1] * g + m[1, 2] * b)
                dv = k * (m[2, 0] * r + m[2, 1] * g + m[2, 2] * b)
                a, c = i // sy, j // sx
                u[a, c] = int(min(max(u[a, c] + np.rint(du), 0.0), peak))
                v[a, c] = int(min(max(v[a, c] + np.rint(dv), 0.0), peak))
    return changed
