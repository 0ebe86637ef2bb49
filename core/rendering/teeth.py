"""A mouth interior drawn from the face model, for clips in which none was filmed."""

import cv2
import numpy as np

from core.arrays import Float, Ints, Rgb
from core.face.model import FaceModel
from core.face.raster import rasterize
from core.landmarks import sets
from core.rendering.mouth import LOWER, UPPER, Plate
from core.rendering.slots import slot_of
from core.track import ARKIT_INDEX

SCALE = 5.0  # px a mm
OPEN_JAW = 0.45
PARTS = ("mouth_cavity", "tongue", "teeth_lower", "teeth_upper")
# Of the colour of the lips (gums, tongue, cavity) or of the sclera (teeth).
CAVITY, TONGUE, TOOTH = (0.28, 0.17, 0.16), (0.86, 0.72, 0.72), (0.86, 0.82, 0.74)
TOOTH_EDGES_MM = {
    "teeth_upper": np.array([0, 8.6, 15.2, 21.6, 26.5]),
    "teeth_lower": np.array([0, 5.4, 11.2, 17.6, 23.2]),
}
DIM_MM = 13.0  # depth behind the incisors at which light has fallen to 1/e
# The head's rows of teeth hide behind its lips: they are hung where most people show them.
UPPER_SHOWN_MM, LOWER_SHOWN_MM = 5.0, 1.5


def drawn_plate(face: FaceModel, person: Float, lips: Float, sclera: Float) -> Plate:
    """Return the open mouth of `person` (V, 3) in the colours given, (3,) sRGB 0..255 each."""
    body = person + OPEN_JAW * face.expression[ARKIT_INDEX["jawOpen"]]
    marks = face.embeddings["478"].points(body)
    ring = marks[sets.INNER_LIPS]
    low, high = ring.min(0) - 4, ring.max(0) + 4
    size = np.ceil((high - low)[:2] * SCALE).astype(int)
    body = _hung(face, body, marks)
    front = float(body[face.parts["teeth_upper"], 2].max())

    def flat(points: Float) -> Float:
        x = (points[:, 0] - low[0]) * SCALE
        y = (high[1] - points[:, 1]) * SCALE
        return np.stack([x, y, 200 + front - points[:, 2]], 1).astype(np.float32)

    triangles, part = _inner(face)
    ids, bary, depth = rasterize(flat(body), triangles, (int(size[1]), int(size[0])))
    colours = np.array(
        [
            np.multiply(CAVITY, lips),
            np.multiply(TONGUE, lips),
            *[np.multiply(TOOTH, sclera)] * 2,
        ]
    )
    picture = _lit(body, triangles, part, (ids, bary), colours)
    behind = np.where(ids >= 0, np.maximum(depth - 200, 0), 60)
    picture *= np.exp(-behind / DIM_MM)[..., None]
    across = (np.arange(size[0]) + 0.5) / SCALE + low[0]
    for name, edges in TOOTH_EDGES_MM.items():
        rows = (ids >= 0) & (part[np.maximum(ids, 0)] == PARTS.index(name))
        near = np.abs(np.abs(across)[:, None] - edges).min(1)
        picture *= np.where(rows, 1 - 0.3 * np.exp(-((near / 0.4) ** 2)), 1)[..., None]
    picture = np.where((ids >= 0)[..., None], picture, 0.06 * lips)
    flat_marks = flat(marks)[:, :2]
    picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.35 * SCALE)
    slot = slot_of(flat_marks[UPPER], flat_marks[LOWER])
    return Plate(np.clip(picture, 0, 255).astype(np.uint8), slot, SCALE, lips, invented=True)


def _hung(face: FaceModel, body: Float, marks: Float) -> Float:
    """Return `body` with both rows of teeth, and the tongue, moved to where they are seen."""
    body = body.copy()
    upper, lower = face.parts["teeth_upper"], face.parts["teeth_lower"]
    middle = [part[np.abs(body[part, 0]) < 6] for part in (upper, lower)]
    edge_up, edge_low = body[middle[0], 1].min(), body[middle[1], 1].max()
    body[upper, 1] += marks[13, 1] - UPPER_SHOWN_MM - edge_up
    drop = marks[14, 1] + LOWER_SHOWN_MM - edge_low
    body[lower, 1] += drop
    body[face.parts["tongue"], 1] += drop - 1.0
    return body


def _inner(face: FaceModel) -> tuple[Ints, Ints]:
    """Return the triangles of the interior and the index in `PARTS` of each."""
    triangles, part = [], []
    for i, name in enumerate(PARTS):
        inside = np.zeros(len(face.neutral), bool)
        inside[face.parts[name]] = True
        chosen = face.triangles[inside[face.triangles].all(1)]
        triangles.append(chosen)
        part.append(np.full(len(chosen), i))
    return np.concatenate(triangles).astype(np.int32), np.concatenate(part)


def _lit(
    body: Float, triangles: Ints, part: Ints, seen: tuple[Ints, Float], colours: Float
) -> Rgb:
    """Return (h, w, 3) float colours, softly lit from the front and above."""
    corners = body[triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    at_vertex = np.zeros_like(body)
    for k in range(3):
        np.add.at(at_vertex, triangles[:, k], normal)
    at_vertex /= np.linalg.norm(at_vertex, axis=1, keepdims=True) + 1e-9
    ids, bary = seen
    hit = np.maximum(ids, 0)
    n = np.einsum("hwk,hwkc->hwc", bary, at_vertex[triangles[hit]])
    light = np.abs(n @ np.array([0.0, 0.35, 0.94], np.float32))
    return colours[part[hit]] * (0.45 + 0.55 * light)[..., None]
