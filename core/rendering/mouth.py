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
from core.rendering.slots import STATIONS, Slot, bounds, slot_of

UPPER = np.array([78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308])
LOWER = np.array([78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308])
MOUTH = 3  # id of the filmed interior in a report; one more is a plate's
TEETH_FOLLOW = 0.6  # teeth move sideways this part of what the lips do
LEAST_PX = 0.35  # an opening thinner than this is the line between the lips: skin draws it
OWN_UNTIL, PLATE_FROM = 1.45, 2.3  # edited over filmed opening: own pixels until, plate from


@dataclass(frozen=True, eq=False)
class Plate:
    """The interior of an open mouth, kept for frames that lack one.

    picture : (h, w, 3) uint8 around the mouth. slot : inner lips, px of `picture`.
    scale : px a mm. lips : (3,) mean colour of the lips around it. invented : drawn from the
    face model, not filmed.
    """

    picture: Rgb
    slot: Slot
    scale: float
    lips: Float
    invented: bool = False


def mouth_slot(points: Float) -> Slot:
    """Return the opening between the inner lips of (478, 2) points."""
    return slot_of(points[UPPER], points[LOWER])


def plate_share(filmed: Slot, edited: Slot) -> float:
    """Return 0..1, how much of the interior a plate must give."""
    floor = 0.025 * filmed.length  # of a nearly closed mouth only the line is known
    ratio = max(edited.opening, 0.0) / max(filmed.opening, floor)
    t = np.clip((ratio - OWN_UNTIL) / (PLATE_FROM - OWN_UNTIL), 0, 1)
    return float(t * t * (3 - 2 * t))


@numba.njit(nogil=True, cache=True, fastmath=True, inline="always")
def _heights(slot, s):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    t = clamp(s, 0.0, 1.0) * (STATIONS - 1)
    k = min(int(t), STATIONS - 2)
    f = t - k
    upper = slot[5 + k] * (1 - f) + slot[6 + k] * f
    lower = slot[5 + STATIONS + k] * (1 - f) + slot[6 + STATIONS + k] * f
    return upper, lower


@numba.njit(nogil=True, cache=True, fastmath=True, inline="always")
def _at(picture, slot, s, down, table):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    x = slot[0] + s * slot[4] * slot[2] - down * slot[3] - 0.5
    y = slot[1] + s * slot[4] * slot[3] + down * slot[2] - 0.5
    return look(picture, x, y, table)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _paint(
    target, source, filmed, edited, along, plate, hung, gain, numbers, box, layers, table
) -> int:  # type: ignore[no-untyped-def] # noqa: ANN001, PLR0913, C901
    """Draw the interior; numbers = (share of the plate, px of the plate a px here)."""
    share, zoom = numbers[0], numbers[1]
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
            cover = clamp(min(down - upper, lower - down) * 0.8 + 0.5, 0.0, 1.0)
            cover *= clamp((gap - 0.35) * 1.5, 0.0, 1.0)
            if cover <= 0:
                continue
            v = clamp((down - upper) / gap, 0.0, 1.0)
            t = s * (STATIONS - 1)
            k = min(int(t), STATIONS - 2)
            own_s = along[k] * (1 - (t - k)) + along[k + 1] * (t - k)
            own_upper, own_lower = _heights(filmed, own_s)
            r, g, b = _at(source, filmed, own_s, own_upper + v * (own_lower - own_upper), table)
            if share > 0:
                over, under = _heights(plate, s)
                a = min((down - upper) * zoom, under - over)
                c = min((lower - down) * zoom, under - over)
                if (under - over) < gap * zoom:
                    a = v * (under - over)
                    c = (1 - v) * (under - over)
                w = clamp((v - 0.35) / 0.3, 0.0, 1.0)
                r1, g1, b1 = _at(hung, plate, s, over + a, table)
                r2, g2, b2 = _at(hung, plate, s, under - c, table)
                r += share * ((r1 + w * (r2 - r1)) * gain[0] - r)
                g += share * ((g1 + w * (g2 - g1)) * gain[1] - g)
                b += share * ((b1 + w * (b2 - b1)) * gain[2] - b)
            mix(target, y, x, cover, r, g, b)
            if cover > 0.5:
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
    slots: tuple[Slot, Slot],
    plate: Plate | None,
    look_of: Float,
    layers: Rgb,
) -> float:
    """Draw the interior into `target` from `source` (the filmed frame); return the plate's share.

    slots : (filmed, edited). look_of : (4,) px a mm and the colour of the lips in `source`.
    """
    filmed, edited = slots
    if edited.gap.max() < LEAST_PX:
        return 0.0
    share = plate_share(filmed, edited) if plate is not None else 0.0
    used = plate or Plate(source[:4, :4], filmed, 1.0, np.ones(3, np.float32))
    gain = np.clip(look_of[1:] / np.maximum(used.lips, 1), 0.5, 1.7).astype(np.float32)
    numbers = np.array([share, used.scale / look_of[0]], np.float32)
    _paint(
        target, source, filmed.packed(), edited.packed(), _stations(filmed, edited),
        used.slot.packed(), used.picture, gain, numbers, bounds(edited, target.shape), layers, CUBIC,
    )  # fmt: skip
    return share
