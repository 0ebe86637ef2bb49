"""Where one shot ends and the next begins."""

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from core.arrays import Rgb


class Shots:
    """Watches for cuts: a change of the small picture far beyond what this clip does.

    The limits were raised until none of 25 clips (fast head turns, singing, hand-held
    cameras) reports a cut inside a take. Those clips hold only two hard cuts; the first frames
    of unlike clips differ by 31 and more, of two people in one studio by 6 to 16. Fades are
    not cuts.
    """

    WIDTH = 64  # of the small picture
    MEMORY = 24  # frames whose changes tell what is usual
    LIMITS = ((16.0, 5.0), (6.0, 9.0))  # (least change of 255, least multiple of the usual)

    def __init__(self) -> None:
        self._last: NDArray[np.int16] | None = None
        self._usual: deque[float] = deque(maxlen=self.MEMORY)

    def cut(self, rgb: Rgb) -> bool:
        """Return whether a new shot begins with this frame (the first frame is no cut)."""
        step = max(1, max(rgb.shape[:2]) // self.WIDTH)
        small = cv2.blur(np.ascontiguousarray(rgb[::step, ::step]), (3, 3)).astype(np.int16)
        last, self._last = self._last, small
        if last is None:
            return False
        if last.shape != small.shape:
            return True
        change = float(np.abs(small - last).mean())
        usual = float(np.median(self._usual)) if self._usual else 1.0
        self._usual.append(change)
        return any(change > least and change > much * usual for least, much in self.LIMITS)
