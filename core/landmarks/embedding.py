"""Landmarks of the embedded head settled by looking: rendered, found by the net, carried back.

Heads of several identities are rendered from the front and a little from the sides with
plain shading and painted brows, lips and irises. Every point the net finds is carried back to
the surface it was seen on. Its median offset from the geometric guess, made symmetric, moves
the guess; the lips, the lid margins and the irises stay where the mesh itself has them,
because a net cannot see where a shut mouth will open.

``python -m core.landmarks.embedding resources/face_model/head.npz`` rewrites the file.
"""

import argparse
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.arrays import Double, Float, Ints, Rgb
from core.camera import Camera
from core.face.construction.build import with_landmarks
from core.face.construction.embedding import BROW_LEFT, BROW_RIGHT, closest
from core.face.mesh import vertex_normals
from core.face.model import Embedding, FaceModel, load, save
from core.face.raster import rasterize
from core.face.rotation import head_to_camera
from core.landmarks import sets
from core.landmarks.landmarker import Landmarker, around
from core.track import ARKIT_INDEX

log = logging.getLogger(__name__)

SIZE = 640
DISTANCE = 700.0  # mm from the camera
PEOPLE, SPREAD, YAWS = 16, 0.7, (-0.2, 0.0, 0.2)  # pictures: heads x turns (rad)
FARTHEST = 8.0  # mm a point may move; more is the net's slip, not the mesh's
LIGHT = np.array([0.25, 0.45, 0.86])
BROW = (70, 50, 40)
PAINT = {
    "skin": (205, 160, 135),
    "scalp": (60, 45, 38),
    "lips": (170, 90, 88),
    "mouth_cavity": (60, 20, 20),
    "tongue": (160, 80, 80),
    "teeth_upper": (225, 220, 205),
    "teeth_lower": (225, 220, 205),
    "eye_left": (235, 232, 228),
    "eye_right": (235, 232, 228),
}


@dataclass(frozen=True, eq=False)
class Picture:
    """A rendered head: rgb (SIZE, SIZE, 3), what lies where, its landmarks' places (478, 2)."""

    rgb: Rgb
    face_id: Ints
    bary: Float
    places: Float


def paint(face: FaceModel) -> Float:
    """Return (V, 3) 0..255 sRGB colours that a landmark net takes for a face."""
    colour = np.full((len(face.neutral), 3), 180, np.float32)
    for part, rgb in PAINT.items():
        colour[face.parts[part]] = rgb
    for side in ("left", "right"):
        ball = face.parts[f"eye_{side}"]
        d = face.neutral[ball] - face.eye_center(side, face.neutral)
        angle = np.arccos(d[:, 2] / np.linalg.norm(d, axis=1))
        colour[ball[angle < np.radians(23)]] = (75, 55, 40)
        colour[ball[angle < np.radians(9)]] = (15, 12, 10)
    return colour


def render(face: FaceModel, vertices: Float, rotation: Float, colour: Float) -> Picture:
    """Return the picture of `vertices` (V, 3) mm turned by `rotation` (3,) rad."""
    camera = Camera.of_frame(SIZE, SIZE, 1.9 * SIZE)
    shift = np.array([0, -15.0, DISTANCE], np.float32)
    X = head_to_camera(vertices, rotation, shift)
    screen = np.c_[camera.project(X), X[:, 2]].astype(np.float32)
    face_id, bary, _ = rasterize(screen, face.triangles, (SIZE, SIZE))
    normals = vertex_normals(vertices, face.triangles)
    shade = 0.42 + 0.62 * np.clip(normals @ LIGHT, 0, 1)
    lit = colour * shade[:, None]
    rgb = np.einsum("hwk,hwkc->hwc", bary, lit[face.triangles[face_id]])
    rgb[face_id < 0] = (120, 130, 140)
    L = head_to_camera(face.embeddings["478"].points(vertices), rotation, shift)
    places = camera.project(L)
    return Picture(_with_brows(np.clip(rgb, 0, 255), places), face_id, bary, places)


def _with_brows(rgb: Float, places: Float) -> Rgb:
    """Return the picture with soft brows drawn inside their outlines (finer than the mesh)."""
    cover = np.zeros(rgb.shape[:2], np.float32)
    for ids in (BROW_LEFT, BROW_RIGHT):
        outline = np.round(places[list(ids)] * 16).astype(np.int32)
        cv2.fillPoly(cover, [outline], 0.85, cv2.LINE_AA, 4)
    cover = cv2.GaussianBlur(cover, (0, 0), 1.2)[..., None]
    return (rgb * (1 - cover) + np.array(BROW) * cover).astype(np.uint8)


def carried_back(face: FaceModel, picture: Picture, found: Float) -> Double:
    """Return (478, 3) mm: where on the neutral head the pixels `found` (478, 2) lie.

    NaN where a pixel does not show skin.
    """
    column, row = np.clip(found, 0, SIZE - 1).astype(int).T
    t, w = picture.face_id[row, column], picture.bary[row, column]
    skin = np.zeros(len(face.neutral), bool)
    skin[face.parts["skin"]] = True
    corners = face.triangles[t]
    at = np.einsum("pk,pkc->pc", w, face.neutral[corners]).astype(np.float64)
    at[(t < 0) | ~skin[corners].all(1)] = np.nan
    return at


def pictures(face: FaceModel, seed: int) -> Iterator[Picture]:
    """Yield pictures of random heads, the mean head first; every third opens the mouth."""
    rng = np.random.default_rng(seed)
    colour = paint(face)
    for k in range(PEOPLE):
        shape = rng.normal(size=len(face.identity)) * (SPREAD if k else 0)
        expression = np.zeros(len(face.expression), np.float32)
        expression[ARKIT_INDEX["jawOpen"]] = 0.25 * (k % 3 == 1)
        vertices = face.deformed(face.person(shape.astype(np.float32)), expression)
        for yaw in YAWS:
            yield render(face, vertices, np.array([0.05, yaw, 0], np.float32), colour)


def kept(face: FaceModel) -> Ints:
    """Return the points that stay: on the lips, the lid margins, the irises."""
    on_lips = np.zeros(len(face.neutral), bool)
    on_lips[face.parts["lips"]] = True
    lips = np.flatnonzero(on_lips[face.embeddings["478"].vertices].all(1))
    lids = [
        sets.UPPER_LID_LEFT,
        sets.LOWER_LID_LEFT,
        sets.UPPER_LID_RIGHT,
        sets.LOWER_LID_RIGHT,
    ]
    return np.unique(np.concatenate([lips, *lids, np.arange(sets.MESH, sets.COUNT)]))


def settle(face: FaceModel, net: Landmarker, seed: int = 1) -> Embedding:
    """Return the 478 embedding of `face` moved to where `net` sees the points."""
    guess = face.embeddings["478"]
    places = guess.points(face.neutral).astype(np.float64)
    seen = []
    for picture in pictures(face, seed):
        first = net.points(picture.rgb, around(picture.places))
        found = net.points(picture.rgb, first.roi()).points[:, :2]
        seen.append(carried_back(face, picture, found))
    offset = np.array(seen) - places
    known = np.isfinite(offset[..., 0]).mean(0) > 0.5
    offset[:, ~known] = 0
    move = np.nanmedian(offset, 0)
    # Only across the line of sight: a pixel beside an outline jumps far in depth.
    move[:, 2] = 0
    move[~known & ~known[sets.MIRROR]] = 0
    move = 0.5 * (move + move[sets.MIRROR] * [-1, 1, 1])
    length = np.linalg.norm(move, axis=1, keepdims=True)
    move *= np.minimum(1, FARTHEST / np.maximum(length, 1e-9))
    stay = kept(face)
    move[stay] = 0
    log.info(
        "moved by %.2f mm in the mean, %.2f at most",
        length.mean(),
        np.linalg.norm(move, axis=1).max(),
    )
    skin = np.zeros(len(face.neutral), bool)
    skin[face.parts["skin"]] = True
    outside = face.triangles[skin[face.triangles].all(1)]
    vertices, weights = closest(places + move, face.neutral.astype(np.float64), outside)
    vertices[stay], weights[stay] = guess.vertices[stay], guess.weights[stay]
    return Embedding(vertices.astype(np.int32), weights.astype(np.float32))


def main() -> None:
    """Settle the landmarks of a head file and write it back."""
    parser = argparse.ArgumentParser(prog="python -m core.landmarks.embedding")
    parser.add_argument("head", type=Path, help="head.npz, rewritten in place")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    face = load(args.head)
    save(with_landmarks(face, settle(face, Landmarker())), args.head)


if __name__ == "__main__":
    main()
