"""The frame before and after an edit, as pictures that paint fast."""

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from core.arrays import Rgb, check

GAIN = 4  # of the difference, a power of two; 64 levels of change are white

BEFORE, AFTER, DIFFERENCE = "before", "after", "difference"


def image_of(rgb: Rgb) -> QImage:
    """Return (H, W, 3) uint8 as an image of its own memory, in the order screens have."""
    check(rgb, "H W 3")
    rgb = np.ascontiguousarray(rgb, np.uint8)
    h, w = rgb.shape[:2]
    seen = QImage(rgb.data, w, h, 3 * w, QImage.Format.Format_RGB888)
    return seen.convertToFormat(QImage.Format.Format_RGB32)


def difference(before: Rgb, after: Rgb) -> Rgb:
    """Return the amount of change of every sample times `GAIN`, (H, W, 3) uint8."""
    change = np.maximum(before, after)
    change -= np.minimum(before, after)
    np.minimum(change, 255 // GAIN, out=change)
    change *= np.uint8(GAIN)
    return change


class PicturePair:
    """Two frames and what is derived from them; each derived picture is made once, when asked.

    A frame that has not been rendered yet is None, and the other one stands for it.
    """

    def __init__(self) -> None:
        self._rgb: dict[str, Rgb | None] = {BEFORE: None, AFTER: None}
        self._images: dict[str, QImage] = {}
        self._scaled: dict[str, QImage] = {}

    def show(self, before: Rgb | None, after: Rgb | None) -> None:
        """Hold two frames, (H, W, 3) uint8; what was derived from the last ones is dropped."""
        self._rgb = {BEFORE: before, AFTER: after}
        self._images.clear()
        self._scaled.clear()

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to paint."""
        return self._rgb[BEFORE] is None and self._rgb[AFTER] is None

    @property
    def whole(self) -> bool:
        """Return whether both frames are there."""
        return self._rgb[BEFORE] is not None and self._rgb[AFTER] is not None

    @property
    def size(self) -> QSize:
        """Return width and height of the frames."""
        rgb = self._rgb[BEFORE] if self._rgb[BEFORE] is not None else self._rgb[AFTER]
        return QSize() if rgb is None else QSize(rgb.shape[1], rgb.shape[0])

    def image(self, which: str) -> QImage:
        """Return "before", "after" or "difference" at the size of the frame."""
        if which not in self._images:
            self._images[which] = self._made(which)
        return self._images[which]

    def scaled(self, which: str, size: QSize) -> QImage:
        """Return the same, smoothly made smaller to `size`."""
        ready = self._scaled.get(which)
        if ready is None or ready.size() != size:
            ready = self.image(which).scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self._scaled[which] = ready
        return ready

    def _made(self, which: str) -> QImage:
        before, after = self._rgb[BEFORE], self._rgb[AFTER]
        if which == DIFFERENCE and before is not None and after is not None:
            if before.shape == after.shape:
                return image_of(difference(before, after))
            return QImage()
        rgb = before if which == BEFORE else after
        rgb = rgb if rgb is not None else (before if before is not None else after)
        if before is not None and before is after and (AFTER in self._images):
            return self._images[AFTER]
        return QImage() if rgb is None else image_of(rgb)
