"""The page of pictures: all 52 shapes, and 16 random identities, in clay.

``python -m core.face.construction.pictures resources/face_model`` draws both beside head.npz.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from core.arrays import Float, Rgb
from core.camera import Camera
from core.face.mesh import vertex_normals
from core.face.model import FaceModel, load
from core.face.raster import rasterize
from core.face.rotation import head_to_camera
from core.track import ARKIT_INDEX

SIZE, OVER = 168, 3  # px of a picture; samples a side before averaging
DISTANCE = 900.0  # mm from the camera
BACKGROUND = (44, 45, 48)
KEY, FILL = np.array([0.45, 0.55, 0.70]), np.array([-0.7, 0.1, 0.7])
CLAY = {
    "skin": (200, 188, 178),
    "lips": (188, 158, 150),
    "mouth_cavity": (110, 62, 60),
    "tongue": (190, 112, 110),
    "teeth_upper": (238, 235, 226),
    "teeth_lower": (238, 235, 226),
    "eye_left": (240, 240, 238),
    "eye_right": (240, 240, 238),
}
IRIS, PUPIL = (92, 110, 122), (26, 28, 32)
# Shapes that say little alone: shown on an open jaw (mouthClose needs it) or turned.
WITH_JAW = {"mouthClose": 1.0, "tongueOut": 0.5, "mouthRollLower": 0.2, "mouthRollUpper": 0.2}
SEED = 4


def clay(face: FaceModel) -> Float:
    """Return (V, 3) 0..255 colours by part."""
    colour = np.full((len(face.neutral), 3), 150, np.float32)
    for part, rgb in CLAY.items():
        colour[face.parts[part]] = rgb
    return colour


def _irises(face: FaceModel, vertices: Float, lit: Float, points: Float) -> Float:
    """Return (N, 3) colours `lit`, with iris and pupil where `points` (N, 3) lie on a ball."""
    for side in ("left", "right"):
        ball = vertices[face.parts[f"eye_{side}"]]
        center = ball.mean(0)
        radius = np.linalg.norm(ball[0] - center)
        axis, d = (ball[0] - center) / radius, points - center
        angle = np.arccos(np.clip(d @ axis / radius, -1, 1))
        on_ball = abs(np.linalg.norm(d, axis=1) - radius) < 0.03 * radius
        lit = np.where((on_ball & (angle < 0.39))[:, None], IRIS, lit)
        lit = np.where((on_ball & (angle < 0.15))[:, None], PUPIL, lit)
    return lit


def draw(
    face: FaceModel, vertices: Float, size: int = SIZE, yaw: float = 0.0, zoom: float = 1.0
) -> Rgb:
    """Return the (size, size, 3) picture of `vertices` (V, 3) mm turned by `yaw` rad."""
    side = size * OVER
    camera = Camera.of_frame(side, side, 5.6 * zoom * side)
    turn = np.array([0, yaw, 0], np.float32)
    X = head_to_camera(
        vertices, turn, np.array([0, -30.0 + 40 * (1 - zoom), DISTANCE], np.float32)
    )
    screen = np.c_[camera.project(X), X[:, 2]].astype(np.float32)
    face_id, bary, _ = rasterize(screen, face.triangles, (side, side))
    hit = face_id >= 0
    corners, w = face.triangles[face_id[hit]], bary[hit][..., None]
    normals = (vertex_normals(vertices, face.triangles)[corners] * w).sum(1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    colour = (clay(face)[corners] * w).sum(1)
    colour = _irises(face, vertices, colour, (vertices[corners] * w).sum(1))
    light = 0.22 + 0.72 * np.clip(normals @ KEY, 0, 1) + 0.16 * np.clip(normals @ FILL, 0, 1)
    picture = np.broadcast_to(np.array(BACKGROUND, np.float32), (side, side, 3)).copy()
    picture[hit] = np.clip(colour * light[:, None], 0, 255)
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _labelled(picture: Rgb, text: str) -> Rgb:
    out, font = picture.copy(), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(out, text, (5, len(out) - 7), font, 0.36, (225, 225, 225), 1, cv2.LINE_AA)
    return out


def _page(pictures: list[Rgb], columns: int) -> Rgb:
    blank = np.full_like(pictures[0], BACKGROUND)
    full = pictures + [blank] * (-len(pictures) % columns)
    return np.vstack([np.hstack(full[i : i + columns]) for i in range(0, len(full), columns)])


def shapes(face: FaceModel) -> Rgb:
    """Return the page of the neutral head and every shape at 1."""
    pictures = [_labelled(draw(face, face.neutral), "neutral")]
    for name, k in ARKIT_INDEX.items():
        c = np.zeros(len(face.expression), np.float32)
        c[ARKIT_INDEX["jawOpen"]] = WITH_JAW.get(name, 0.0)
        c[k] = 1
        yaw = 0.7 if name == "jawForward" else 0.0
        text = f"{name} + jaw {WITH_JAW[name]:g}" if name in WITH_JAW else name
        pictures.append(_labelled(draw(face, face.deformed(face.neutral, c), yaw=yaw), text))
    return _page(pictures, 9)


def identities(face: FaceModel, count: int = 16) -> Rgb:
    """Return the page of random identities, weights N(0, 1), from ahead and from the side."""
    rng = np.random.default_rng(SEED)
    pictures: list[Rgb] = []
    for _ in range(count):
        person = face.person(rng.normal(size=len(face.identity)).astype(np.float32))
        pictures += [draw(face, person, 184, yaw, 0.68) for yaw in (0.0, 0.75)]
    return _page(pictures, 8)


def main() -> None:
    """Draw shapes.png and identities.png beside the head."""
    parser = argparse.ArgumentParser(prog="python -m core.face.construction.pictures")
    parser.add_argument("folder", type=Path, help="the folder of head.npz")
    folder: Path = parser.parse_args().folder
    face = load(folder / "head.npz")
    for name, page in (("shapes", shapes(face)), ("identities", identities(face))):
        cv2.imwrite(
            str(folder / f"{name}.png"), page[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9]
        )


if __name__ == "__main__":
    main()
