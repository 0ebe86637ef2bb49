"""Glasses: found once in a clip as thin dark lines that stay on the face, then held still.

The eye region of several frames is laid on one another by the points that do not move with
expressions. Lines that survive the median and cross the bridge of the nose, where bare skin
has none, are a frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.arrays import Bools, Double, Float, Rgb
from core.landmarks import sets
from core.rendering.field import Grid

WIDTH, HEIGHT = 240, 150  # the region's raster
EYES_APART = 120.0  # px of the raster between the outer eye corners (about 0.75 mm a px)
CENTER = (120.0, 62.0)  # of the outer eye corners' middle
LINE = 11  # px: wider than a frame's line
SURE = 12.0  # grey levels the bridge must be darker than the skin around it
PART_OF_FRAME = 10.0
ANCHORS = np.array([33, 133, 263, 362, 168, 6, 197, 127, 356])


@dataclass(frozen=True, eq=False)
class Glasses:
    """hold : (HEIGHT, WIDTH) 0..1 of the region, 1 on the frame. anchors : (9, 2) px there."""

    hold: Float
    anchors: Float


def similarity(source: Float, target: Float) -> Double:
    """Return the (2, 3) turn, scale and shift that best takes (P, 2) points to others."""
    mean_s, mean_t = source.mean(0), target.mean(0)
    a = (source - mean_s) @ np.array([1, 1j])
    b = (target - mean_t) @ np.array([1, 1j])
    z = (np.conj(a) @ b) / max(float((np.abs(a) ** 2).sum()), 1e-9)
    turn = np.array([[z.real, -z.imag], [z.imag, z.real]])
    return np.c_[turn, mean_t - turn @ mean_s]


def region_anchors(points: Float) -> Float:
    """Return (9, 2) where the anchors of (478, 2) points lie in the region's raster."""
    level = np.stack([points[33], points[263]])
    goal = np.array([CENTER, CENTER]) + np.array([[-EYES_APART / 2, 0], [EYES_APART / 2, 0]])
    m = similarity(level, goal)
    return (points[ANCHORS] @ m[:, :2].T + m[:, 2]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Region:
    """The eyes of one frame, level and of one size: grey (HEIGHT, WIDTH), points (478, 2)."""

    grey: Float
    points: Float


def eye_region(rgb: Rgb, points: Float) -> Region:
    """Return the region around the eyes of (478, 2) points."""
    m = similarity(points[ANCHORS], region_anchors(points))
    grey = (
        cv2.warpAffine(rgb, m, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
        .astype(np.float32)
        .mean(2)
    )
    return Region(grey, (points @ m[:, :2].T + m[:, 2]).astype(np.float32))


def worn(regions: Sequence[Region]) -> Glasses | None:
    """Return the glasses seen in the regions of several frames, None without any."""
    if len(regions) < 3:
        return None
    at = np.median([r.points for r in regions], 0).astype(np.float32)
    aligned = []
    for r in regions:
        m = similarity(r.points[ANCHORS], at[ANCHORS])
        aligned.append(
            cv2.warpAffine(r.grey, m, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        )
    usual = np.median(aligned, 0).astype(np.float32)
    anchors = at[ANCHORS]
    lines = _lines(usual)
    if contrast(lines, at) < SURE:
        return None
    frame = _joined((lines > PART_OF_FRAME) & _possible(at), at)
    hold = cv2.dilate(frame.astype(np.float32), np.ones((7, 7)))
    hold = np.minimum(1, 1.3 * cv2.GaussianBlur(hold, (0, 0), 4))
    return Glasses(hold.astype(np.float32), anchors)


def _lines(grey: Float) -> Float:
    """Return how much darker each place is than what surrounds a line through it."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (LINE, LINE))
    return np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, kernel), np.float32)


def contrast(lines: Float, at: Float) -> float:
    """Return how dark the faintest stretch of a frame is: over the nose and under both eyes."""
    right, left = at[133], at[362]
    span = left[0] - right[0]
    zones = [
        (
            right[0] + 0.3 * span,
            left[0] - 0.3 * span,
            at[168, 1] - 0.2 * span,
            at[6, 1] + 0.5 * span,
        )
    ]
    for outer, inner, lid in ((33, 133, 145), (263, 362, 374)):
        x = sorted((at[outer, 0], at[inner, 0]))
        width = x[1] - x[0]
        lower = at[lid, 1]
        zones.append(
            (x[0] + 0.3 * width, x[1] - 0.3 * width, lower + 0.25 * width, lower + 1.1 * width)
        )
    return min(_faintest(lines, zone) for zone in zones)


def _faintest(lines: Float, zone: tuple[float, float, float, float]) -> float:
    x0, x1, y0, y1 = (max(int(v), 0) for v in zone)
    part = lines[y0:y1, x0:x1]
    return float(np.percentile(part.max(0), 20)) if part.size else 0.0


def _possible(at: Float) -> Bools:
    """Return where a frame may be: not in the eyes, nor on the wings of the nose and below."""
    mask = np.ones((HEIGHT, WIDTH), np.uint8)
    for upper, lower in (
        (sets.UPPER_LID_RIGHT, sets.LOWER_LID_RIGHT),
        (sets.UPPER_LID_LEFT, sets.LOWER_LID_LEFT),
    ):
        ring = np.concatenate([at[upper], at[lower][::-1]])
        hull = cv2.convexHull(np.round(ring).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, 0)
        cv2.polylines(mask, [hull], True, 0, 7)
    mask[int(at[5, 1]) :, int(at[129, 0]) - 6 : int(at[358, 0]) + 6] = 0
    mask[int(at[2, 1]) :] = 0
    return mask > 0


def _joined(mask: Bools, at: Float) -> Bools:
    """Return the lines of `mask` that hang together with the bridge or are as long as a rim."""
    grown = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    left, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    inside = (left > at[127, 0] - 12) & (left + width < at[356, 0] + 12)
    keep = (width > WIDTH * 0.12) & inside
    keep[np.unique(labels[int(at[168, 1]) - 6 : int(at[6, 1]) + 10, int(at[168, 0])])] = True
    keep[0] = False
    return keep[labels] & mask


def held(glasses: Glasses, points: Float, grid: Grid) -> Float:
    """Return (h, w) 0..1 on a grid: how much of a displacement the glasses take away."""
    m = similarity(points[ANCHORS], glasses.anchors)
    node = np.array(
        [
            [grid.step, 0, grid.x + 0.5 * grid.step],
            [0, grid.step, grid.y + 0.5 * grid.step],
            [0, 0, 1],
        ]
    )
    to_region = np.vstack([m, [0, 0, 1]]) @ node
    hold = cv2.warpAffine(
        glasses.hold,
        to_region[:2],
        (grid.columns, grid.rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    return np.asarray(hold, np.float32)
