"""Finding faces in one picture: a detector proposes, the landmark network decides."""

from collections.abc import Iterable, Iterator

import numpy as np

from core.arrays import Float, Rgb
from core.landmarks.detector import Detection, Detector
from core.landmarks.landmarker import Landmarker, Landmarks

SURE = 9.0  # presence logit from which something is a face; profiles and hair have 12..16
HOPE = 0.0  # ... from which a second, better placed look is worth while
QUARTERS = (0, 1, 3, 2)  # turns to try, the likely ones first


def box(points: Float) -> Float:
    """Return (4,) x0, y0, x1, y1 px of (478, 2 or 3) points."""
    return np.r_[points[:, :2].min(0), points[:, :2].max(0)]


def size(points: Float) -> float:
    """Return the larger side of the face's box in px."""
    x0, y0, x1, y1 = box(points)
    return float(max(x1 - x0, y1 - y0))


def share(a: Float, b: Float) -> float:
    """Return intersection over union of two boxes (4,)."""
    common = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    both = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common
    return float(common / max(both, 1e-9))


class Finder:
    """Finds faces whichever way they stand; an instance belongs to one thread."""

    def __init__(self, landmarker: Landmarker | None = None) -> None:
        self.landmarker = landmarker if landmarker is not None else Landmarker()
        self._detector = Detector()
        self._turns = 0  # as the last face stood
        self._tile = 0

    def find(self, rgb: Rgb, known: Iterable[Float] = ()) -> list[Landmarks]:
        """Return all faces of the picture, largest first, but those in the `known` boxes.

        Tiles show the small ones; if there is none, the picture is turned by quarters.
        """
        known = list(known)
        quarters = sorted(QUARTERS, key=lambda k: k != self._turns)
        for turns in quarters[:1] if known else quarters:
            found = list(self._faces(rgb, self._detector.detect(rgb, turns), known))
            if found:
                self._turns = _quarter(found[0])
                return sorted(found, key=lambda face: -size(face.points))
        return []

    def glance(self, rgb: Rgb, known: Iterable[Float] = ()) -> list[Landmarks]:
        """Return the faces a cheap look shows: the whole and one tile after the other."""
        known = list(known)
        self._tile += 1
        detections = self._detector.glance(rgb, self._turns)
        detections += self._detector.glance(rgb, self._turns, self._tile)
        return sorted(self._faces(rgb, detections, known), key=lambda face: -size(face.points))

    def _faces(
        self, rgb: Rgb, detections: Iterable[Detection], known: list[Float]
    ) -> Iterator[Landmarks]:
        taken = known.copy()
        for detection in detections:
            if any(_holds(b, detection.box) for b in taken):
                continue
            face = self.landmarker.points(rgb, detection.roi(), twice=False)
            if face.logit >= HOPE:
                face = self.landmarker.points(rgb, face.roi())
            here = box(face.points)
            if face.logit < SURE or any(share(b, here) > 0.3 for b in taken):
                continue
            taken.append(here)
            yield face


def _quarter(face: Landmarks) -> int:
    return round(face.roi().angle / (np.pi / 2)) % 4


def _holds(face: Float, detected: Float) -> bool:
    """Return whether a detection (4,) is the face (4,) that is already known."""
    x, y = (detected[:2] + detected[2:]) / 2
    return bool(face[0] <= x <= face[2] and face[1] <= y <= face[3])
