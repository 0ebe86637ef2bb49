"""A mouth interior drawn from the face model, for clips in which none was filmed."""

from dataclasses import replace

import cv2
import numpy as np

from core.arrays import Bools, Float, Ints, Rgb
from core.face.model import FaceModel
from core.face.raster import rasterize
from core.landmarks import sets
from core.rendering.mouth import LOWER, UPPER, Plate
from core.rendering.slots import STATIONS, slot_of
from core.track import ARKIT_INDEX

SCALE = 5.0  # px a mm
OPEN_JAW = 0.45
PARTS = ("mouth_cavity", "tongue", "teeth_lower", "teeth_upper")
# Of the colour of the lips (gums, tongue, cavity) or of the sclera (teeth).
CAVITY, TONGUE, TOOTH = (0.28, 0.17, 0.16), (0.86, 0.72, 0.72), (1.0, 0.96, 0.88)
TOOTH_EDGES_MM = {
    "teeth_upper": np.array([0, 8.6, 15.2, 21.6, 26.5]),
    "teeth_lower": np.array([0, 5.4, 11.2, 17.6, 23.2]),
}
DARK = 0.13  # between the teeth, of the colour of the lips
DIM_MM = 24.0  # depth behind the incisors at which light has fallen to 1/e
# The head's rows of teeth hide behind its lips: they are hung where most people show them.
UPPER_SHOWN_MM, LOWER_SHOWN_MM = 6.5, 1.5
TOOTH_BRIGHT = 1.12  # of the lips' green and blue
CLENCHED = 0.6
LEAST_TEETH_MM = 3.2
TONGUE_SHOWN_MM = 7.0


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
    return Plate(
        np.clip(picture, 0, 255).astype(np.uint8),
        slot,
        SCALE,
        lips,
        np.multiply(DARK, lips),
        invented=True,
    )


def _hung(face: FaceModel, body: Float, marks: Float) -> Float:
    """Return `body` with both rows of teeth, and the tongue, moved to where they are seen."""
    body = body.copy()
    upper, lower = face.parts["teeth_upper"], face.parts["teeth_lower"]
    middle = [part[np.abs(body[part, 0]) < 6] for part in (upper, lower)]
    edge_up, edge_low = body[middle[0], 1].min(), body[middle[1], 1].max()
    body[upper, 1] += marks[13, 1] - UPPER_SHOWN_MM - edge_up
    drop = marks[14, 1] + LOWER_SHOWN_MM - edge_low
    body[lower, 1] += drop
    tongue = face.parts["tongue"]
    tip = tongue[body[tongue, 2] > body[tongue, 2].max() - 12]
    body[tongue, 1] += marks[14, 1] + TONGUE_SHOWN_MM - body[tip, 1].max()
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


def teeth_shown_mm(plate: Plate) -> float:
    """Return mm: how far the upper teeth hang below the upper lip in a filmed mouth."""
    return float(_tooth_edge(plate)[STATIONS // 2]) / plate.scale


def _tooth_edge(plate: Plate) -> Float:
    """Return (STATIONS,) px below the upper lip of the edge of the teeth, 0 where none show.

    Measured in the middle, where teeth are, and drawn on as the arch that teeth form.
    """
    slot = plate.slot
    s = np.linspace(0, 1, STATIONS)
    v = (np.arange(24) + 0.5) / 24
    down = slot.upper[:, None] + v * slot.gap[:, None]
    at = slot.frame_of(
        np.stack([np.broadcast_to(s[:, None] * slot.length, down.shape), down], -1)
    )
    x = np.clip(at[..., 0].astype(int), 0, plate.picture.shape[1] - 1)
    y = np.clip(at[..., 1].astype(int), 0, plate.picture.shape[0] - 1)
    tooth = _is_tooth(plate.picture[y, x].astype(np.float32), plate.lips)[
        STATIONS // 4 : -STATIONS // 4
    ]
    start = tooth[:, :8].argmax(1)
    after = ~tooth & (np.arange(24) >= start[:, None])
    end = np.where(after.any(1), after.argmax(1), 24)
    rows = slot.gap[STATIONS // 4 : -STATIONS // 4] / 24
    height = np.where(tooth[:, :8].any(1), end, 0) * rows
    # Both rows meet in a clenched smile: the upper one is the larger part of what shows.
    middle = min(float(np.percentile(height, 25)), CLENCHED * slot.opening)
    arch = np.clip((1 - np.abs(2 * s - 1) ** 3) * 1.1, 0, 1)
    return (middle * arch).astype(np.float32)


def _is_tooth(colour: Float, lips: Float) -> Bools:
    """Return where (..., 3) colours are brighter than the lips and clearly paler."""
    pale = np.ptp(colour, axis=-1) / np.maximum(colour.max(-1), 1)
    red = float(np.ptp(lips)) / max(float(lips.max()), 1)
    bright = colour[..., 1:].mean(-1) > TOOTH_BRIGHT * lips[1:].mean()
    return bright & (pale < 0.75 * red)


def with_filmed_teeth(drawn: Plate, filmed: Plate) -> Plate:
    """Return a `drawn` plate whose upper teeth are those that another frame shows, if any."""
    if teeth_shown_mm(filmed) < LEAST_TEETH_MM:
        return drawn
    h, w = drawn.picture.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32) + 0.5
    local = drawn.slot.local(np.stack([x, y], -1))
    s = np.clip(local[..., 0] / drawn.slot.length, 0, 1) * (STATIONS - 1)
    upper = np.interp(s, np.arange(STATIONS), drawn.slot.upper)
    zoom = filmed.scale / drawn.scale
    below = (local[..., 1] - upper) * zoom
    limit = np.interp(s, np.arange(STATIONS), _tooth_edge(filmed))
    their_upper = np.interp(s, np.arange(STATIONS), filmed.slot.upper)
    along = s / (STATIONS - 1) * filmed.slot.length
    at = (
        filmed.slot.frame_of(np.stack([along, their_upper + below], -1)).astype(np.float32)
        - 0.5
    )
    seen = cv2.remap(
        filmed.picture, at[..., 0], at[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    seen *= np.clip(drawn.lips / np.maximum(filmed.lips, 1), 0.7, 1.4)
    soft = 0.7 * filmed.scale
    weight = np.clip((limit - below) / soft + 0.5, 0, 1) * np.clip(below / soft + 1.5, 0, 1)
    weight *= np.clip(limit / soft - 0.5, 0, 1)
    # Under filmed teeth the drawn ones go dark, or there would be two rows.
    gone = np.clip((max(9 * filmed.scale, limit.max()) - below) / (3 * soft), 0, 1)[..., None]
    under = drawn.picture * (1 - gone) + gone * np.minimum(drawn.picture, 0.13 * drawn.lips)
    picture = under + weight[..., None] * (seen - under)
    return replace(drawn, picture=np.clip(picture, 0, 255).astype(np.uint8))
