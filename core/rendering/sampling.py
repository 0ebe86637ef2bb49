# ruff: noqa: ANN001, ANN201, PLR0913 - kernels: numba infers their types
"""Picture sampling: one bicubic look, for the few pixels that need a rule of their own.

Pixel centres lie at whole numbers here; positions of `core.camera` are these plus a half.
"""

import numba
import numpy as np

STEPS = 64  # sub-pixel positions of the tabulated kernel


def _table() -> np.ndarray:
    """Return (STEPS + 1, 4) weights of the Catmull-Rom cubic, each row summing to 1."""
    t = np.linspace(0, 1, STEPS + 1)
    rows = [
        -0.5 * t**3 + t**2 - 0.5 * t,
        1.5 * t**3 - 2.5 * t**2 + 1,
        -1.5 * t**3 + 2 * t**2 + 0.5 * t,
        0.5 * t**3 - 0.5 * t**2,
    ]
    return np.stack(rows, 1).astype(np.float32)


CUBIC = _table()


@numba.njit(nogil=True, cache=True, inline="always")
def clamp(value, low, high):
    return low if value < low else (high if value > high else value)


@numba.njit(nogil=True, cache=True)
def look(picture, x, y, table):
    """Return the three bicubic channels of (H, W, 3) at column `x`, row `y`; edges repeat."""
    H, W = picture.shape[0], picture.shape[1]
    x = clamp(x, 0.0, W - 1.0)
    y = clamp(y, 0.0, H - 1.0)
    ix, iy = int(x), int(y)
    wx = table[int((x - ix) * STEPS + 0.5)]
    wy = table[int((y - iy) * STEPS + 0.5)]
    r, g, b = np.float32(0), np.float32(0), np.float32(0)
    for j in range(4):
        yy = clamp(iy + j - 1, 0, H - 1)
        for i in range(4):
            xx = clamp(ix + i - 1, 0, W - 1)
            w = wy[j] * wx[i]
            r += w * picture[yy, xx, 0]
            g += w * picture[yy, xx, 1]
            b += w * picture[yy, xx, 2]
    return r, g, b


@numba.njit(nogil=True, cache=True, inline="always")
def to_byte(value):
    return np.uint8(clamp(value + np.float32(0.5), np.float32(0), np.float32(255)))


@numba.njit(nogil=True, cache=True, inline="always")
def mix(target, y, x, cover, r, g, b) -> None:
    """Lay a colour over one pixel of (H, W, 3) uint8, `cover` 0..1 of it."""
    target[y, x, 0] = to_byte(target[y, x, 0] + cover * (r - target[y, x, 0]))
    target[y, x, 1] = to_byte(target[y, x, 1] + cover * (g - target[y, x, 1]))
    target[y, x, 2] = to_byte(target[y, x, 2] + cover * (b - target[y, x, 2]))
