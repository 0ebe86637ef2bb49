"""The edge of the lips as the picture has it: landmarks of an open mouth drawn to it.

The landmark network is a few pixels off where lip meets tooth; teeth taken for lip would move
with the lip. Across every point of the inner contour the picture is read, and the place that
best parts the colour of the lips from what lies inside is where the point goes.
"""

import cv2
import numpy as np

from core.arrays import Float, Rgb
from core.rendering.mouth import LOWER, UPPER, lip_colour, mouth_slot

REACH = 0.09  # of the mouth's width, to either side
SAMPLES = 25  # along the search, odd
WINDOW = 4  # samples compared on either side of an edge
LEAST_OPEN = 0.05  # gap over width: lips closer than this have one line, not two edges
CLEAR = (14.0, 40.0)  # colour contrast of an edge: ignored below, followed above
TAPER = np.sin(np.linspace(0, np.pi, 11))[1:-1].astype(np.float32) ** 0.7  # corners stay
TIE = 0.3  # how strongly an edge far away is disliked


def snapped(rgb: Rgb, points: Float) -> Float:
    """Return (478, 2) points with the inner lips on the lips' edge in the picture."""
    slot = mouth_slot(points)
    opened = slot.opening / slot.length
    if opened < LEAST_OPEN:
        return points
    lips = lip_colour(rgb, points)
    down = np.array([-slot.axis[1], slot.axis[0]], np.float32)
    reach = min(REACH, 0.5 * opened) * slot.length
    out = points.copy()
    ease = min((opened - LEAST_OPEN) / LEAST_OPEN, 1.0)
    for index, inward in ((UPPER[1:-1], down), (LOWER[1:-1], -down)):
        shift = _edge_shift(rgb, points[index], inward, reach, lips)
        out[index] += (ease * TAPER * shift)[:, None] * inward
    return out


def _edge_shift(rgb: Rgb, points: Float, inward: Float, reach: float, lips: Float) -> Float:
    """Return (P,) px inwards from each point to the edge of the lip."""
    offsets = np.linspace(-reach, reach, SAMPLES, dtype=np.float32)
    at = points[:, None] + offsets[:, None] * inward - 0.5
    seen = cv2.remap(
        rgb,
        np.ascontiguousarray(at[..., 0]),
        np.ascontiguousarray(at[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    strange = np.linalg.norm(seen.astype(np.float32) - lips, axis=2)
    total = np.cumsum(np.pad(strange, ((0, 0), (1, 0))), 1)
    mid = np.arange(WINDOW, SAMPLES - WINDOW + 1)
    inside = (total[:, np.minimum(mid + WINDOW, SAMPLES)] - total[:, mid]) / WINDOW
    outside = (total[:, mid] - total[:, mid - WINDOW]) / WINDOW
    contrast = inside - outside
    place = (mid - SAMPLES / 2) * (2 * reach / (SAMPLES - 1))
    liked = contrast * (1 - TIE * (place / reach) ** 2)
    best = liked.argmax(1)
    weight = np.clip((liked.max(1) - CLEAR[0]) / (CLEAR[1] - CLEAR[0]), 0, 1)
    # Neighbours agree: one stray highlight must not notch the lip.
    agreed = np.median(
        np.stack([np.pad(place[best], 1, mode="edge")[k : k + len(best)] for k in range(3)]), 0
    )
    moved = np.pad(agreed * weight, 1, mode="edge")
    return (0.2 * moved[:-2] + 0.6 * moved[1:-1] + 0.2 * moved[2:]).astype(np.float32)
