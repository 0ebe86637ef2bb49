"""MediaPipe's own 52 scores, from the user-supplied ``face_landmarker.task`` (Apache-2.0)."""

import zipfile
from pathlib import Path

import numpy as np

from core.landmarks.landmarker import Landmarker, Roi
from core.landmarks.nets import TaskMesh, interpreter
from core.track import ARKIT_NAMES

# The 146 of its 478 points that the score network reads (face_blendshapes_graph.cc).
READ = [
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65,
    66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136,
    144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168,
    172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276,
    282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318,
    321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380,
    381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466,
    *range(468, 478),
]  # fmt: skip
NAMES = ("_neutral", *(name for name in ARKIT_NAMES if name != "tongueOut"))


class MediaPipe:
    """The peer: its landmark network, followed from frame to frame, and its score network."""

    def __init__(self, task: Path) -> None:
        self._landmarker = Landmarker(TaskMesh(task))
        with zipfile.ZipFile(task) as archive:
            self._net = interpreter(archive.read("face_blendshapes.tflite"))
        self._input = self._net.get_input_details()[0]["index"]
        self._output = self._net.get_output_details()[0]["index"]
        self._roi: Roi | None = None

    def start(self, roi: Roi) -> None:
        """Begin a clip with a look at `roi`."""
        self._roi = roi

    def scores(self, rgb: np.ndarray) -> np.ndarray:
        """Return (52,) coefficients in ARKit order; tongueOut is 0, which it does not know."""
        assert self._roi is not None
        found = self._landmarker.points(rgb, self._roi, twice=False)
        self._roi = found.roi()
        read = np.ascontiguousarray(found.points[READ, :2][None], np.float32)
        self._net.set_tensor(self._input, read)
        self._net.invoke()
        by_name = dict(zip(NAMES, self._net.get_tensor(self._output).ravel(), strict=True))
        return np.array([by_name.get(name, 0.0) for name in ARKIT_NAMES], np.float32)
