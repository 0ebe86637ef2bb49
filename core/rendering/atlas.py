"""What a clip knows that one frame does not: an open mouth, worn glasses, the usual skin.

Made once from a few chosen frames, before rendering; the same frames give the same assets.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.arrays import Bools, Float, Ints, Rgb
from core.face.model import FaceModel
from core.rendering.eyes import eye_slot
from core.rendering.glasses import Glasses, eye_region, worn
from core.rendering.grain import grain_level, grained
from core.rendering.mouth import Plate, dark_of, lip_colour, mouth_slot, tooth_gap
from core.rendering.occlusion import Usual, laid_out, usual_of
from core.rendering.slots import STATIONS, Slot, bounds
from core.rendering.snap import snapped
from core.rendering.teeth import drawn_plate, teeth_shown_mm, with_filmed_teeth
from core.spool import in_pieces
from core.track import Look, Track

WIDEST, SPREAD = 6, 14  # frames taken for their open mouth, and evenly over the clip
LEAST_OPEN_MM = 5.0
FULL_WIDTH_MM = 38.0  # a rounded mouth, narrower than this, hides its teeth
SCLERA = np.array([0.92, 0.89, 0.86], np.float32) * 205


@dataclass(frozen=True, eq=False)
class Assets:
    """What the renderer of one take may use beyond the frame at hand.

    plate : an open mouth, or None to draw only what a frame shows. glasses : None if the
    actor wears none. usual : how the face looks when nothing hides it, None = unknown.
    """

    plate: Plate | None = None
    glasses: Glasses | None = None
    usual: Usual | None = None


NOTHING = Assets()


def chosen_frames(track: Track, landmarks: Float) -> list[int]:
    """Return the frames that `assets_of` wants to see, rising; landmarks (F, 478, 2) px."""
    sure = np.flatnonzero((track["confidence"][:, 0] > 0.6) & in_pieces(_found, landmarks))
    if not sure.size:
        return []
    steps = np.linspace(0, len(sure) - 1, min(SPREAD, len(sure))).astype(int)
    facing = np.abs(track["head_rotation"][sure, 1]) < 0.45
    opening = in_pieces(_open, landmarks)[sure] * (0.3 + 0.7 * facing)
    widest = sure[np.argsort(-opening, kind="stable")[:WIDEST]]
    return sorted({int(i) for i in (*sure[steps], *widest)})


def _found(points: Float) -> Bools:
    """Return (F,) whether there is a face at all."""
    return np.asarray(points.any((1, 2)))


def _open(points: Float) -> Float:
    """Return (F,) inner-lip gap over the distance of the outer eye corners."""
    gap, eyes = (np.hypot(*(points[:, a] - points[:, b]).T) for a, b in ((14, 13), (33, 263)))
    return gap / np.maximum(eyes, 1e-3)


def assets_of(
    face: FaceModel, shape: Float, focal: float, frames: Iterable[tuple[Rgb, Look]]
) -> Assets:
    """Return the assets of a take from some of its frames and what was filmed in them."""
    plates, regions, sclera, charts, grain = [], [], [], [], []
    for rgb, look in frames:
        if look.landmarks is None:
            continue
        points = snapped(rgb, np.asarray(look.landmarks, np.float32))
        regions.append(eye_region(rgb, points))
        sclera.extend(_sclera(rgb, points))
        charts.append(laid_out(rgb, points))
        grain.append(grain_level(rgb, points))
        plates.append(_filmed_plate(rgb, points, focal / float(look.translation[2])))
    if not plates:
        return NOTHING
    open_mouth = max(plates, key=_usable)
    if _usable(open_mouth) > LEAST_OPEN_MM:
        return Assets(open_mouth, worn(regions), usual_of(charts))
    lips = np.median([plate.lips for plate in plates], 0).astype(np.float32)
    white = np.median(sclera, 0).astype(np.float32) if sclera else SCLERA
    drawn = drawn_plate(face, face.person(shape), lips, white)
    # The plate is shrunk when it is drawn, which averages its grain.
    shrunk = drawn.scale / float(np.median([plate.scale for plate in plates]))
    level = float(np.median(grain)) * max(shrunk, 1.0)
    drawn = replace(drawn, picture=grained(drawn.picture, min(level, 12.0)))
    plate = with_filmed_teeth(drawn, max(plates, key=teeth_shown_mm))
    return Assets(plate, worn(regions), usual_of(charts))


def _usable(plate: Plate) -> float:
    """Return mm: the opening of a plate that shows upper teeth and the dark under them."""
    apart = tooth_gap(plate.picture, plate.slot, plate.lips)
    wide = min(plate.slot.length / plate.scale / FULL_WIDTH_MM, 1.0)
    teeth = 0.4 + 0.6 * min(teeth_shown_mm(plate) / 2, 1)
    return plate.slot.opening / plate.scale * apart * wide * teeth


def _filmed_plate(rgb: Rgb, points: Float, scale: float) -> Plate:
    slot = mouth_slot(points)
    x0, y0, x1, y1 = bounds(slot, rgb.shape)
    pad = 4
    x0, y0 = max(x0 - pad, 0), max(y0 - pad, 0)
    picture = rgb[y0 : y1 + pad, x0 : x1 + pad].copy()
    origin = (slot.origin - np.array([x0, y0])).astype(np.float32)
    inside = Slot(origin, slot.axis, slot.length, slot.upper, slot.lower)
    return Plate(picture, inside, scale, lip_colour(rgb, points), dark_of(picture, inside))


def _sclera(rgb: Rgb, points: Float) -> list[Float]:
    """Return the colour of the white of each open eye, between iris and corners."""
    found = []
    for side in ("left", "right"):
        slot = eye_slot(points, side)
        if slot.opening < 0.12 * slot.length or slot.opening < 3:
            continue
        s = np.concatenate([np.linspace(0.12, 0.25, 5), np.linspace(0.75, 0.88, 5)])
        k: Ints = (s * (STATIONS - 1)).astype(int)
        at = slot.frame_of(np.stack([s * slot.length, slot.upper[k] + 0.6 * slot.gap[k]], 1))
        x = np.clip(at[:, 0].astype(int), 0, rgb.shape[1] - 1)
        y = np.clip(at[:, 1].astype(int), 0, rgb.shape[0] - 1)
        colours = rgb[y, x].astype(np.float32)
        found.append(colours[np.argsort(colours.mean(1))[-3]])
    return found
