"""A filmed head made of exact geometry: its landmarks, its pixels, and their truth."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from core.camera import Camera
from core.face.model import FaceModel, built_in
from core.face.raster import rasterize
from core.face.rotation import head_to_camera
from core.track import ARKIT_INDEX, Look

SIZE = (400, 360)


@dataclass(frozen=True)
class Set:
    """A person in front of a camera."""

    face: FaceModel
    shape: np.ndarray
    camera: Camera

    def look(self, yaw=0.0, confidence=1.0, eyes=(0, 0, 0, 0), **shapes):
        """Return the look with the coefficients named; a name without a side means both."""
        expression = np.zeros(52, np.float32)
        for name, value in shapes.items():
            for side in ("", "Left", "Right"):
                if name + side in ARKIT_INDEX:
                    expression[ARKIT_INDEX[name + side]] = value
        bare = Look(
            expression,
            np.array([0, yaw, 0], np.float32),
            np.array([0, 0, 620], np.float32),
            np.array(eyes, np.float32),
            confidence,
        )
        return replace(bare, landmarks=self._points(bare))

    def _surface(self, look):
        person = self.face.person(self.shape)
        return self.face.deformed(person, look.expression, look.eyes)

    def _points(self, look):
        marks = self.face.embeddings["478"].points(self._surface(look))
        x = head_to_camera(marks, look.rotation, look.translation)
        return self.camera.project(x).astype(np.float32)

    def picture(self, look, noise=0.0):
        """Return the frame: skin painted by where it lies on the relaxed face."""
        person = self.face.person(self.shape)
        seen = head_to_camera(self._surface(look), look.rotation, look.translation)
        at = np.concatenate([self.camera.project(seen), seen[:, 2:]], 1)
        H, W = self.camera.height, self.camera.width
        ids, bary, _ = rasterize(at, self.face.triangles, (H, W))
        corners = self.face.triangles[np.maximum(ids, 0)]
        place = np.einsum("hwk,hwkc->hwc", bary, person[corners])
        tone = self._tones()[corners]
        colour = np.einsum("hwk,hwkc->hwc", bary, tone)
        grain = (
            10
            * np.sin(place[..., :1] / 2.3)
            * np.sin(place[..., 1:2] / 1.9 + place[..., :1] / 6)
        )
        backdrop = np.linspace(60, 150, W)[None, :, None] * [0.6, 0.8, 1.0]
        rgb = np.where((ids >= 0)[..., None], colour + grain, backdrop)
        rgb = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), 0.6)
        if noise:
            rgb += np.random.default_rng(0).normal(0, noise, rgb.shape)
        out = np.clip(rgb, 0, 255).astype(np.uint8)
        out.flags.writeable = False
        return out

    def _tones(self):
        tone = np.tile(np.array([205.0, 160, 135]), (len(self.face.neutral), 1))
        parts = {
            "lips": (165, 90, 85), "brow_left": (70, 50, 40), "brow_right": (70, 50, 40),
            "mouth_cavity": (50, 20, 20), "tongue": (150, 80, 80),
            "teeth_upper": (230, 225, 210),
            "teeth_lower": (220, 215, 200),
            "eye_left": (225, 225, 225), "eye_right": (225, 225, 225),
        }  # fmt: skip
        for name, colour in parts.items():
            tone[self.face.parts[name]] = colour
        return tone


@pytest.fixture(scope="session")
def studio():
    face = built_in()
    rng = np.random.default_rng(7)
    shape = rng.normal(0, 0.5, len(face.identity)).astype(np.float32)
    return Set(face, shape, Camera.of_frame(SIZE[0], SIZE[1], 950.0))


@pytest.fixture(scope="session")
def psnr():
    """Return the function that compares two pictures, dB, over a mask."""

    def compare(a, b, where=None):
        d = (a.astype(np.float64) - b.astype(np.float64)) ** 2
        d = d[where] if where is not None else d
        return 10 * np.log10(255**2 / max(d.mean(), 1e-12))

    return compare
