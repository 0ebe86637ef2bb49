# ruff: noqa: ANN001, ANN202, PLR0913 - kernels: numba infers their types
"""The inside of the edited mouth: the actor's own, and where it was never seen, a plate's.

The interior is what lies between the inner lips, never triangles of a mesh. The filmed
interior hangs between the edited lips; where the edit opens the mouth much further than it
was filmed, the teeth of a plate (another frame of the clip) hang from both lips instead.
"""

from dataclasses import dataclass

import numba
import numpy as np

from core.arrays import Float, Rgb
from core.rendering.sampling import CUBIC, clamp, look, mix
from core.rendering.slots import STATIONS, Slot, bounds, edge_distance, slot_of

UPPER = np.array([78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308])
LIP_RED = np.array([73, 72, 11, 302, 303, 180, 85, 16, 315, 404])
LOWER = np.array([78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308])
MOUTH = 3  # id of the filmed interior in a report; one more is a plate's
TEETH_FOLLOW = 0.6  # teeth move sideways this part of what the lips do
STILL_PX = 0.1
LEAST_PX = 0.35  # an opening thinner than this is the line between the lips: skin draws it
# Edited over filmed opening: own pixels until the first, a plate's from the second; for a mouth
# filmed with closed teeth, which must not grow, and for one filmed with the dark between them.
SHUT_TEETH, OPEN_TEETH = (1.12, 1.4), (1.8, 3.0)
WIDE_MM = (9.0, 13.0)  # filmed openings that need no plate, whatever fills them
TEETH_MM = (2.0, 4.5)  # filmed openings that show the teeth
UPPER_ROW, LOWER_ROW = 0.57, 0.36  # of a filmed gap go with their lips when it opens further
DARK = (0.30, 0.55)  # brightness of the middle over that of the lips: a gap until, teeth from


@dataclass(frozen=True, eq=False)
class Plate:
    """The interior of an open mouth, kept for frames that lack one.

    picture : (h, w, 3) uint8 around the mouth. slot : inner lips, px of `picture`.
    scale : px a mm. lips : (3,) mean colour of the lips around it. dark : (3,) colour
    between the teeth. invented : drawn from the face model, not filmed.
    """

    picture: Rgb
    slot: Slot
    scale: float
    lips: Float
    dark: Float
    invented: bool = False


def mouth_slot(points: Float) -> Slot:
    """Return the opening between the inner lips of (478, 2) points."""
    return slot_of(points[UPPER], points[LOWER])


def lip_colour(rgb: Rgb, points: Float) -> Float:
    """Return (3,) the mean colour of the red of the lips in the frame."""
    H, W = rgb.shape[:2]
    x = np.clip(points[LIP_RED, 0].astype(int), 1, W - 2)
    y = np.clip(points[LIP_RED, 1].astype(int), 1, H - 2)
    return np.median(rgb[y, x].astype(np.float32), 0)


def dark_of(picture: Rgb, slot: Slot) -> Float:
    """Return (3,) the colour of the darkest part of a mouth's interior."""
    along, v = np.meshgrid(np.linspace(0.25, 0.75, 12), np.linspace(0.2, 0.8, 9))
    k = (along * (STATIONS - 1)).astype(int)
    at = slot.frame_of(np.stack([along * slot.length, slot.upper[k] + v * slot.gap[k]], -1))
    x = np.clip(at[..., 0].astype(int), 0, picture.shape[1] - 1)
    y = np.clip(at[..., 1].astype(int), 0, picture.shape[0] - 1)
    seen = picture[y, x].astype(np.float32).reshape(-1, 3)
    darkest = np.argsort(seen.mean(1), kind="stable")[: len(seen) // 6]
    return seen[darkest].mean(0)


def _ramp(x: float, edges: tuple[float, float]) -> float:
    t = float(np.clip((x - edges[0]) / (edges[1] - edges[0]), 0, 1))
    return t * t * (3 - 2 * t)


def tooth_gap(rgb: Rgb, slot: Slot, lips: Float) -> float:
    """Return 0..1: whether the middle of a filmed mouth is dark, the teeth apart."""
    along = np.linspace(0.35, 0.65, 7)
    k = (along * (STATIONS - 1)).astype(int)
    places = []
    for v in (0.42, 0.5, 0.58):
        down = slot.upper[k] + v * slot.gap[k]
        places.append(slot.frame_of(np.stack([along * slot.length, down], 1)))
    at = np.concatenate(places)
    x = np.clip(at[:, 0].astype(int), 0, rgb.shape[1] - 1)
    y = np.clip(at[:, 1].astype(int), 0, rgb.shape[0] - 1)
    middle = float(np.median(rgb[y, x].astype(np.float32).mean(1)))
    return 1 - _ramp(middle / max(float(lips.mean()), 1.0), DARK)


def plate_share(filmed: Slot, edited: Slot, apart: float) -> float:
    """Return 0..1, how much of the interior a plate must give; `apart` as `tooth_gap`."""
    floor = 0.025 * filmed.length  # of a nearly closed mouth only the line is known
    ratio = max(edited.opening, 0.0) / max(filmed.opening, floor)
    edges = [a + apart * (b - a) for a, b in zip(SHUT_TEETH, OPEN_TEETH, strict=True)]
    # What opens by less than a line needs no teeth.
    seen = _ramp(edited.opening / filmed.length, (0.02, 0.06))
    return _ramp(ratio, (edges[0], edges[1])) * seen


@numba.njit(nogil=True, cache=True, inline="always")
def _heights(slot, s):
    t = clamp(s, 0.0, 1.0) * (STATIONS - 1)
    k = min(int(t), STATIONS - 2)
    f = t - k
    upper = slot[5 + k] * (1 - f) + slot[6 + k] * f
    lower = slot[5 + STATIONS + k] * (1 - f) + slot[6 + STATIONS + k] * f
    return upper, lower


@numba.njit(nogil=True, cache=True, inline="always")
def _at(picture, slot, s, down, table):
    x = slot[0] + s * slot[4] * slot[2] - down * slot[3] - 0.5
    y = slot[1] + s * slot[4] * slot[3] + down * slot[2] - 0.5
    return look(picture, x, y, table)


@numba.njit(nogil=True, cache=True, inline="always")
def _hung(v, own, apart):
    """Return where in a filmed gap, `own` times as high, to look: teeth keep their height."""
    if own >= 1.0 or apart <= 0:
        return v
    edge = 0.4 * own
    if v < edge:
        hung = v / own
    elif v > 1 - edge:
        hung = 1 - (1 - v) / own
    else:
        hung = 0.4 + 0.2 * (v - edge) / (1 - 2 * edge)
    return v + apart * (hung - v)


@numba.njit(nogil=True, cache=True)
def _of_plate(hung, plate, s, rows, numbers, table):
    """Return the colour of the plate at station `s`; rows = px below the upper edge, above the
    lower edge, and of the filmed gap.
    """
    from_top, from_low, own = rows
    zoom = numbers[1]
    gap = from_top + from_low
    over, under = _heights(plate, s)
    depth = under - over
    a, c = from_top * zoom, from_low * zoom
    v = from_top / gap
    if depth < gap * zoom:
        a, c = v * depth, (1 - v) * depth
    a, c = min(a, depth), min(c, depth)
    w = clamp((v - 0.35) / 0.3, 0.0, 1.0)
    r1, g1, b1 = _at(hung, plate, s, over + a, table)
    r2, g2, b2 = _at(hung, plate, s, under - c, table)
    r1, g1, b1 = r1 + w * (r2 - r1), g1 + w * (g2 - g1), b1 + w * (b2 - b1)
    # A filmed mouth that shows its teeth wants only the dark of the plate, between the rows.
    in_sight = numbers[3]
    v = clamp((from_top - UPPER_ROW * own) / max(gap - own, 1.0), 0.0, 1.0)
    tone = (0.75 + 0.6 * v * v) * (1 - 0.35 * (2 * s - 1) ** 2)
    r1 += in_sight * (numbers[4] * tone - r1)
    g1 += in_sight * (numbers[5] * tone - g1)
    b1 += in_sight * (numbers[6] * tone - b1)
    return r1, g1, b1


@numba.njit(nogil=True, cache=True)
def _paint(
    target, source, filmed, edited, along, plate, hung, gain, numbers, box, layers, table
) -> int:
    """Draw the interior; numbers = (plate's share, its px a px here, teeth apart,
    filmed teeth in sight, and the three channels of the plate's dark).
    """
    share, apart = numbers[0], numbers[2]
    ox, oy, ax, ay, length = edited[0], edited[1], edited[2], edited[3], edited[4]
    count = 0
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            px, py = x + 0.5 - ox, y + 0.5 - oy
            s = (px * ax + py * ay) / length
            if s <= 0.0 or s >= 1.0:
                continue
            down = py * ax - px * ay
            upper, lower = _heights(edited, s)
            gap = lower - upper
            cover = clamp(
                edge_distance(edited, s, down - upper, lower - down) * 0.8 + 0.5, 0.0, 1.0
            )
            cover *= clamp((gap - 0.35) * 1.5, 0.0, 1.0)
            if cover <= 0:
                continue
            v = clamp((down - upper) / gap, 0.0, 1.0)
            t = s * (STATIONS - 1)
            k = min(int(t), STATIONS - 2)
            own_s = along[k] * (1 - (t - k)) + along[k + 1] * (t - k)
            own_upper, own_lower = _heights(filmed, own_s)
            own_v = _hung(v, (own_lower - own_upper) / gap, apart)
            r, g, b = _at(
                source, filmed, own_s, own_upper + own_v * (own_lower - own_upper), table
            )
            if share > 0:
                own = own_lower - own_upper
                rows = down - upper, lower - down, own
                r1, g1, b1 = _of_plate(hung, plate, s, rows, numbers, table)
                r1, g1, b1 = r1 * gain[0], g1 * gain[1], b1 * gain[2]
                # Both rows of filmed teeth go with their lips; the plate shows between them.
                soft = 1.0 + 0.04 * gap
                w = clamp((LOWER_ROW * own - rows[1]) / soft + 0.5, 0.0, 1.0)
                r2, g2, b2 = _at(source, filmed, own_s, own_lower - min(rows[1], own), table)
                r1, g1, b1 = r1 + w * (r2 - r1), g1 + w * (g2 - g1), b1 + w * (b2 - b1)
                w = clamp((UPPER_ROW * own - rows[0]) / soft + 0.5, 0.0, 1.0)
                r2, g2, b2 = _at(source, filmed, own_s, own_upper + min(rows[0], own), table)
                r1, g1, b1 = r1 + w * (r2 - r1), g1 + w * (g2 - g1), b1 + w * (b2 - b1)
                r, g, b = r + share * (r1 - r), g + share * (g1 - g), b + share * (b1 - b)
            mix(target, y, x, cover, r, g, b)
            if cover > 0.5 or layers[y, x] == 0:
                layers[y, x] = 4 if share > 0.5 else 3
            count += 1
    return count


def _stations(filmed: Slot, edited: Slot) -> Float:
    """Return (STATIONS,) where along the filmed slot each station of the edited one looks.

    Corners look at corners; between them teeth follow the lips only in part.
    """
    s = np.linspace(0, 1, STATIONS)
    x = filmed.local(edited.frame_of(np.stack([s * edited.length, 0 * s], 1)))[:, 0]
    fixed = x / filmed.length  # as if the interior did not move at all
    follow = TEETH_FOLLOW + (1 - TEETH_FOLLOW) * (2 * s - 1) ** 2
    mapped = np.clip(fixed + follow * (s - fixed), 0, 1)
    return np.maximum.accumulate(mapped).astype(np.float32)


def paint_mouth(
    target: Rgb,
    source: Rgb,
    points: tuple[Float, Float],
    scale: float,
    plate: Plate | None,
    layers: Rgb,
) -> float:
    """Draw the interior into `target` from `source`, as filmed; return the plate's share.

    points : (478, 2) filmed and edited. scale : px a mm.
    """
    filmed, edited = mouth_slot(points[0]), mouth_slot(points[1])
    index = np.concatenate([UPPER, LOWER])
    still = np.abs(points[1][index] - points[0][index]).max() < STILL_PX
    if still or edited.gap.max() < LEAST_PX:
        return 0.0
    lips = lip_colour(source, points[0])
    filmed_mm = filmed.opening / scale
    apart = max(tooth_gap(source, filmed, lips), _ramp(filmed_mm, WIDE_MM))
    share = plate_share(filmed, edited, apart) if plate is not None else 0.0
    used = plate or Plate(source[:4, :4], filmed, scale, lips, lips)
    gain = np.clip(lips / np.maximum(used.lips, 1), 0.5, 1.7).astype(np.float32)
    zoom, in_sight = used.scale / scale, _ramp(filmed_mm, TEETH_MM)
    numbers = np.array([share, zoom, apart, in_sight, *used.dark], np.float32)
    _paint(
        target, source, filmed.packed(), edited.packed(), _stations(filmed, edited),
        used.slot.packed(), used.picture, gain, numbers, bounds(edited, target.shape),
        layers, CUBIC,
    )  # fmt: skip
    return share
