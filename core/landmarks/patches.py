"""What eyes, lips and the skin between them look like where the landmarks say they are.

Points tell where a lip ends, not whether it is rolled in; where an iris is to half a pixel,
not what the lids leave of it. So every look keeps small pictures of eyes, mouth, brows and
middle face, each laid straight by two landmarks of its own: 3 kB.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.arrays import Float, Rgb

GREY = np.array([0.3, 0.59, 0.11], np.float32)
MIDDLE = 128  # where red is as bright as green


@dataclass(frozen=True)
class Patch:
    """A grid of `columns` x `rows` samples between two landmarks, which lie at x = 0 and 1.

    y runs down the face, in the same unit. red : whether the lips' colour is kept as well.
    """

    name: str
    ends: tuple[int, int]
    columns: int
    rows: int
    x: tuple[float, float]
    y: tuple[float, float]
    red: bool = False

    def grid(self) -> Float:
        """Return (columns * rows, 2) places of the samples, row by row."""
        across, down = np.linspace(*self.x, self.columns), np.linspace(*self.y, self.rows)
        return np.stack(np.meshgrid(across, down), -1).reshape(-1, 2).astype(np.float32)


PATCHES = (
    Patch("right eye", (33, 133), 22, 12, (-0.2, 1.2), (-0.45, 0.45)),
    Patch("left eye", (362, 263), 22, 12, (-0.2, 1.2), (-0.45, 0.45)),
    Patch("mouth", (61, 291), 32, 24, (-0.15, 1.15), (-0.5, 0.6), red=True),
    Patch("brows", (133, 362), 20, 12, (-0.8, 1.8), (-1.3, -0.2)),
    Patch("middle", (33, 263), 28, 24, (-0.1, 1.1), (0.1, 1.0)),
)
_GRIDS = tuple(patch.grid() for patch in PATCHES)
_ENDS = np.array([patch.ends for patch in PATCHES])


def _slices() -> dict[str, slice]:
    found, start = {}, 0
    for patch, grid in zip(PATCHES, _GRIDS, strict=True):
        for name in (patch.name, *(["red of the lips"] if patch.red else [])):
            found[name] = slice(start, start + len(grid))
            start += len(grid)
    return found


SLICES = _slices()  # of each patch in what `patches` returns
COUNT = max(part.stop for part in SLICES.values())


def patches(crop: Rgb, points: Float) -> NDArray[np.uint8]:
    """Return (COUNT,) samples of a (S, S, 3) crop by the (478, 2 or 3) `points` found in it.

    Grey, 0..255; for the lips also red over green, 128 where both are equal.
    """
    ends = points[_ENDS, :2].astype(np.float32)  # (patch, 2, xy)
    places: list[Float] = []
    for (start, end), grid in zip(ends, _GRIDS, strict=True):
        along = end - start
        down = np.array([-along[1], along[0]])
        places.append(start + grid[:, :1] * along + grid[:, 1:] * down)
    x, y = np.concatenate(places).astype(np.float32).T
    soft = cv2.blur(crop, (3, 3))
    border = cv2.BORDER_REPLICATE
    seen = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderMode=border)[:, 0].astype(np.float32)
    grey, red = seen @ GREY, MIDDLE + seen[:, 0] - seen[:, 1]
    parts, start = [], 0
    for patch, grid in zip(PATCHES, _GRIDS, strict=True):
        part = slice(start, start + len(grid))
        parts += [grey[part], red[part]] if patch.red else [grey[part]]
        start += len(grid)
    return np.clip(np.concatenate(parts), 0, 255).astype(np.uint8)
