# ruff: noqa: ANN001 - kernels: numba infers their types
"""The moved skin laid into the frame, at full resolution and nowhere else."""

import cv2
import numba
import numpy as np

from core.arrays import Float, Rgb
from core.rendering.field import Grid
from core.rendering.sampling import to_byte


@numba.njit(nogil=True, cache=True)
def _lay(target, warped, change, layers) -> None:
    """Write `warped` with its brightness changed, where anything moves or changes at all."""
    for y in range(warped.shape[0]):
        for x in range(warped.shape[1]):
            if change[y, x, 0] == 0 and change[y, x, 1] == 0 and change[y, x, 2] == 0:
                continue
            gain = np.float32(1) + change[y, x, 2]
            for k in range(3):
                target[y, x, k] = to_byte(warped[y, x, k] * gain)
            layers[y, x] = 1


def move_skin(target: Rgb, source: Rgb, change: Float, grid: Grid, layers: Rgb) -> None:
    """Draw the moved skin of `source` into `target`."""
    active = np.flatnonzero((change != 0).any(2))
    if active.size == 0:
        return
    rows, columns = np.divmod(active, change.shape[1])
    top, bottom = max(rows.min() - 1, 0), min(rows.max() + 2, change.shape[0])
    left, right = max(columns.min() - 1, 0), min(columns.max() + 2, change.shape[1])
    part = np.ascontiguousarray(change[top:bottom, left:right])
    size = ((right - left) * grid.step, (bottom - top) * grid.step)
    full = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
    x0, y0 = grid.x + left * grid.step, grid.y + top * grid.step
    full = full[: target.shape[0] - y0, : target.shape[1] - x0]
    h, w = full.shape[:2]
    columns_of = np.arange(x0, x0 + w, dtype=np.float32) - full[..., 0]
    rows_of = np.arange(y0, y0 + h, dtype=np.float32)[:, None] - full[..., 1]
    warped = cv2.remap(
        source, columns_of, rows_of, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    window = np.s_[y0 : y0 + h, x0 : x0 + w]
    _lay(target[window], warped, full, layers[window])
