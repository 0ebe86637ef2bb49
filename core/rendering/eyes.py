# ruff: noqa: ANN001, PLR0913 - kernels: numba infers their types
"""Eyes of the edited face: the eyeball stays where it was filmed, the lids move over it.

A lid that covers more simply hides; a lid that opens draws the rim of the eyeball out with
it, falling to nothing before the pupil, so that reflections stay single and irises round.
"""

import numba
import numpy as np

from core.arrays import Float, Rgb
from core.camera import Camera
from core.face.model import FaceModel
from core.face.rotation import head_to_camera
from core.landmarks import sets
from core.rendering.sampling import CUBIC, clamp, look, mix
from core.rendering.slots import STATIONS, Slot, bounds, edge_distance, slot_of
from core.track import Look

LIDS = {
    "right": (sets.UPPER_LID_RIGHT, sets.LOWER_LID_RIGHT),
    "left": (sets.UPPER_LID_LEFT[::-1], sets.LOWER_LID_LEFT[::-1]),
}
INSET = 0.02  # of the eye's length: lashes belong to the lid
EYES = 2  # id of this layer in a report
RIM = 0.24  # of the filmed opening
STILL = 0.006  # of the eye's length: lids that move less leave the eye alone


def eye_slot(points: Float, side: str) -> Slot:
    """Return the lid opening of the "left" or "right" eye in (478, 2) points."""
    upper, lower = LIDS[side]
    return slot_of(points[upper], points[lower])


def eye_moves(filmed: Float, edited: Float, side: str) -> bool:
    """Return whether the lids of one eye move enough to be seen."""
    index = np.concatenate(LIDS[side])
    span = np.hypot(*(filmed[index[0]] - filmed[index[8]]))
    return bool(np.abs(edited[index] - filmed[index]).max() > max(STILL * span, 0.15))


@numba.njit(nogil=True, cache=True)
def _paint(target, source, slot, drawn, gaze, inset, box, layers, layer, table) -> int:
    """Draw one eye over `target`; `drawn` (2, STATIONS) px the lids opened by (>= 0)."""
    ox, oy, ax, ay, length = slot[0], slot[1], slot[2], slot[3], slot[4]
    count = 0
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            px, py = x + 0.5 - ox, y + 0.5 - oy
            along, down = px * ax + py * ay, py * ax - px * ay
            s = along / length
            if s <= 0.0 or s >= 1.0:
                continue
            t = s * (STATIONS - 1)
            k = min(int(t), STATIONS - 2)
            f = t - k
            upper = slot[5 + k] * (1 - f) + slot[6 + k] * f + inset
            lower = slot[5 + STATIONS + k] * (1 - f) + slot[6 + STATIONS + k] * f - 0.5 * inset
            cover = clamp(
                edge_distance(slot, s, down - upper, lower - down) * 0.7 + 0.5, 0.0, 1.0
            )
            if cover <= 0:
                continue
            rise = drawn[0, k] * (1 - f) + drawn[0, k + 1] * f
            fall = drawn[1, k] * (1 - f) + drawn[1, k + 1] * f
            # Only the rim is drawn out: reflections and pupil lie deeper and stay as they are.
            seen = max(lower - upper - rise - fall, 1.0)
            above = clamp(1 - (down - upper) / (rise + max(RIM * seen, 0.6 * rise)), 0.0, 1.0)
            below = clamp(1 - (lower - down) / (fall + max(RIM * seen, 0.6 * fall)), 0.0, 1.0)
            shift = rise * above - fall * below
            window = 1 - (2 * s - 1) ** 4
            # A lid that opened shows what lies deeper in the filmed eye, near the rim only.
            sx = x - ay * shift - gaze[0] * window
            sy = y + ax * shift - gaze[1] * window
            r, g, b = look(source, sx, sy, table)
            mix(target, y, x, cover, r, g, b)
            if cover > 0.5 or layers[y, x] == 0:
                layers[y, x] = layer
            count += 1
    return count


def drawn_out(filmed: Slot, edited: Slot) -> Float:
    """Return (2, STATIONS) px, both >= 0: how far the upper and the lower lid opened."""
    at = edited.local(filmed.frame_of(_edge(filmed, filmed.upper)))
    below = edited.local(filmed.frame_of(_edge(filmed, filmed.lower)))
    x = np.linspace(0, edited.length, STATIONS)
    rise = np.interp(x, at[:, 0], at[:, 1]) - edited.upper
    fall = edited.lower - np.interp(x, below[:, 0], below[:, 1])
    return np.maximum(np.stack([rise, fall]), 0).astype(np.float32)


def _edge(slot: Slot, heights: Float) -> Float:
    return np.stack([np.linspace(0, slot.length, STATIONS), heights], 1)


def paint_eye(
    target: Rgb, source: Rgb, slots: tuple[Slot, Slot], gaze: Float, layers: Rgb
) -> None:
    """Draw an eye into `target` from `source` (the filmed frame); slots = (filmed, edited).

    gaze : (2,) px the iris moves. layers : (H, W) uint8, marked with `EYES` where drawn.
    """
    filmed, edited = slots
    box = bounds(edited, target.shape)
    inset = INSET * filmed.length * min(1.0, 4 * max(edited.opening, 0) / filmed.length)
    drawn = drawn_out(filmed, edited)
    _paint(target, source, edited.packed(), drawn, gaze, inset, box, layers, EYES, CUBIC)


def gaze_shift(
    face: FaceModel, person: Float, camera: Camera, filmed: Look, edited: Look, side: str
) -> Float:
    """Return (2,) px: how far gaze and head pose move the iris of one eye in the picture."""
    center = face.eye_center(side, person)
    radius = float(np.linalg.norm(person[face.parts[f"eye_{side}"]] - center, axis=1).max())
    i = 0 if side == "left" else 2
    seen = []
    for moment in (filmed, edited):
        yaw, pitch = moment.eyes[i], moment.eyes[i + 1]
        out = np.array(
            [np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)]
        )
        point = (center + radius * out)[None].astype(np.float32)
        seen.append(
            camera.project(head_to_camera(point, moment.rotation, moment.translation))[0]
        )
    return (seen[1] - seen[0]).astype(np.float32)
