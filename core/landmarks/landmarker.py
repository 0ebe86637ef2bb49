"""478 points of one face: where to look, two looks, one answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.arrays import Double, Float, Rgb
from core.landmarks import sets
from core.landmarks.nets import AttentionMesh, Net, TaskMesh
from core.landmarks.patches import patches
from core.paths import data

USER_MODEL = "models/face_landmarker.task"
MARGIN = 1.5  # side of the look over side of the face; tighter breaks the lips
MIRROR_AXIS = 191.5 / 192  # x + mirrored x of a point, over the crop's size; measured 191.6


@dataclass(frozen=True)
class Roi:
    """A turned square of the picture: `center` (x, y) px, `side` px, `angle` rad.

    `angle` is that of the face's level, from the subject's right eye to the left one, in
    the picture (x right, y down); 0 = upright.
    """

    center: tuple[float, float]
    side: float
    angle: float = 0.0

    def to_image(self, size: int) -> Double:
        """Return the (2, 3) map from pixels of a crop of `size` to pixels of the picture."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        A = np.array([(c, -s), (s, c)]) * (self.side / size)
        return np.c_[A, np.array(self.center) - A @ (size / 2, size / 2)]

    def crop(self, rgb: Rgb, size: int) -> Rgb:
        """Return the (size, size, 3) uint8 crop; the border of the picture is repeated."""
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REPLICATE
        return cv2.warpAffine(  # type: ignore[return-value]
            rgb, self.to_image(size), (size, size), flags=flags, borderMode=border
        )


@dataclass(frozen=True, eq=False)
class Landmarks:
    """What one look found.

    points : (478, 3) float32, x and y px of the picture, z px towards the scene (nearer is
    smaller). presence : 0..1 that this is a face. spread : (478,) px, how far the plain and
    the mirrored look disagree, 0 if there was only one. colours : (478, 3) uint8, the
    slightly blurred picture at the points. logit : behind the presence, which saturates.
    look : (K,), what `describe` of the landmarker made of the patches; (0,) without it.
    """

    points: Float
    presence: float
    spread: Float
    colours: Rgb
    logit: float
    look: NDArray[Any]

    def roi(self) -> Roi:
        """Return where to look for this face in the next frame."""
        return around(self.points)


def around(points: Float) -> Roi:
    """Return the look at a face with `points` (478, 2 or 3) px."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    dx, dy = points[263, :2] - points[33, :2]
    x, y = (low + high) / 2
    side = MARGIN * float((high - low).max())
    return Roi((float(x), float(y)), side, float(np.arctan2(dy, dx)))


class Landmarker:
    """Finds 478 points in a look at a face; an instance belongs to one thread.

    describe : makes of the (P,) uint8 `patches.patches` of every look what is kept of them.
    """

    def __init__(
        self, net: Net | None = None, describe: Callable[[Rgb], NDArray[Any]] | None = None
    ) -> None:
        self._net = net if net is not None else chosen()
        self._describe = describe

    def points(self, rgb: Rgb, roi: Roi, *, twice: bool = True) -> Landmarks:
        """Return the landmarks of the face in `roi` of the (H, W, 3) picture.

        `twice` looks again at the mirrored crop and averages: steadier, and it tells how
        sure the network is; once takes half the time.
        """
        size = self._net.size
        picture = roi.crop(rgb, size)
        crop = picture.astype(np.float32) * np.float32(1 / 255)
        found, flag = self._net.run(crop)
        spread = np.zeros(sets.COUNT, np.float32)
        if twice:
            other, other_flag = self._net.run(np.ascontiguousarray(crop[:, ::-1]))
            other = other[sets.MIRROR]
            other[:, 0] = size * MIRROR_AXIS - other[:, 0]
            spread = np.hypot(*(found - other)[:, :2].T) * np.float32(roi.side / size)
            found = (found + other) * np.float32(0.5)
            flag = (flag + other_flag) / 2
        if not np.isfinite(found).all() or not np.isfinite(flag):
            found, flag = np.zeros_like(found), -np.inf  # a net that fails has seen no face
        points = _to_image(found, roi, size)
        look: NDArray[Any] = np.zeros(0, np.float32)
        if self._describe is not None:
            look = self._describe(patches(picture, found))
        colours = _colours(picture, found)
        return Landmarks(points, _sigmoid(flag), spread, colours, flag, look)


def chosen() -> Net:
    """Return the network in use: the user's own ``face_landmarker.task``, or ours."""
    own = data() / USER_MODEL
    return TaskMesh(own) if own.is_file() else AttentionMesh()


def _colours(crop: Rgb, found: Float) -> Rgb:
    """Return (478, 3): the crop at the points, blurred so that a pixel more or less is one."""
    width = round(len(crop) / 38) | 1
    x, y = found[:, :2].astype(np.float32).T
    blurred = cv2.blur(crop, (width, width))
    border = cv2.BORDER_REPLICATE
    return cv2.remap(blurred, x, y, cv2.INTER_LINEAR, borderMode=border)[:, 0]  # type: ignore[return-value]


def _to_image(found: Float, roi: Roi, size: int) -> Float:
    to_image = roi.to_image(size)
    out = np.empty((sets.COUNT, 3), np.float32)
    out[:, :2] = found[:, :2] @ to_image[:, :2].T + to_image[:, 2]
    out[:, 2] = found[:, 2] * (roi.side / size)
    return out


def _sigmoid(logit: float) -> float:
    return 0.0 if logit == -np.inf else float(1 / (1 + np.exp(-np.clip(logit, -60, 60))))
