"""What hides the face: places that look unlike anything the clip usually shows there.

The face of every frame is laid out on one small chart by its landmarks. The chart's median
and spread over some frames say what is usual; a patch far outside of it, of some size and not
where expressions themselves change the skin, is a hand, a microphone, hair. There the frame
stays as filmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from scipy.spatial import Delaunay

from core.arrays import Bools, Double, Float, Ints, Rgb
from core.face.model import built_in
from core.landmarks import sets
from core.rendering.field import Grid

SIDE = 64  # texels of the chart
FRAMES = 6  # fewer say nothing about what is usual
FARTHEST = 2.2  # times the usual spread
LEAST_LEVELS = 26.0  # and at least this many levels off
CORE = 1.7  # a third of a patch must be as strange as this
LEAST_PART = 0.012  # of the chart
WIDEN = 3  # texels
RIM = 4  # texels


@dataclass(frozen=True, eq=False)
class Chart:
    """Where the texels lie between landmarks: corners (SIDE, SIDE, 3), weights the same.

    marks : (L, 2) texel positions of the points. calm : texels in which expressions alone
    change little (no eyes, brows, mouth).
    """

    corners: Ints
    weights: Float
    inside: Bools
    calm: Bools
    marks: Float


@cache
def chart() -> Chart:
    """Return the chart of the built-in head's landmarks."""
    face = built_in()
    flat = face.embeddings["478"].points(face.neutral)[: sets.MESH, :2] * [1, -1]
    low, high = flat.min(0), flat.max(0)
    marks = (flat - low) / (high - low).max() * (SIDE - 1)
    marks[:, 0] += (SIDE - 1 - marks[:, 0].max()) / 2
    mesh = Delaunay(marks)
    y, x = np.mgrid[:SIDE, :SIDE]
    at = np.stack([x, y], -1).reshape(-1, 2).astype(float)
    found = mesh.find_simplex(at)
    turn = mesh.transform[found]
    two = np.einsum("nij,nj->ni", turn[:, :2], at - turn[:, 2])
    weights = np.concatenate([two, 1 - two.sum(1, keepdims=True)], 1)
    inside = (found >= 0).reshape(SIDE, SIDE)
    weights[found < 0] = (1, 0, 0)
    return Chart(
        mesh.simplices[found].reshape(SIDE, SIDE, 3),
        weights.reshape(SIDE, SIDE, 3).astype(np.float32),
        inside,
        _within(inside) & ~_lively(marks),
        marks.astype(np.float32),
    )


def _within(inside: Bools) -> Bools:
    """Return the chart without its rim, where a turned head shows what is behind it."""
    padded = np.pad(inside.astype(np.uint8), 1)
    return cv2.erode(padded, np.ones((2 * RIM + 1,) * 2, np.uint8))[1:-1, 1:-1] > 0


def _lively(marks: Double) -> Bools:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for rings in (
        (sets.UPPER_LID_RIGHT, sets.LOWER_LID_RIGHT, sets.UPPER_BROW_RIGHT),
        (sets.UPPER_LID_LEFT, sets.LOWER_LID_LEFT, sets.UPPER_BROW_LEFT),
        (sets.OUTER_LIPS,),
    ):
        hull = cv2.convexHull(np.round(marks[np.concatenate(rings)]).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, 1)
    return cv2.dilate(mask, np.ones((5, 5), np.uint8)) > 0


def laid_out(rgb: Rgb, points: Float) -> Float:
    """Return (SIDE, SIDE, 3) 0..255, the face of a frame on the chart."""
    c = chart()
    at = np.einsum("yxk,yxkc->yxc", c.weights, points[c.corners])
    low, high = points[: sets.MESH].min(0), points[: sets.MESH].max(0)
    x0, y0 = np.clip(np.floor(low), 0, (rgb.shape[1] - 2, rgb.shape[0] - 2)).astype(int)
    x1, y1 = np.clip(np.ceil(high), (x0 + 2, y0 + 2), (rgb.shape[1], rgb.shape[0])).astype(int)
    zoom = min(1.5 * SIDE / max(x1 - x0, y1 - y0), 1.0)
    size = (max(int((x1 - x0) * zoom), 2), max(int((y1 - y0) * zoom), 2))
    small = cv2.resize(rgb[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    scale = np.array([size[0] / (x1 - x0), size[1] / (y1 - y0)])
    place = ((at - (x0, y0)) * scale - 0.5).astype(np.float32)
    border = cv2.BORDER_REPLICATE
    seen = cv2.remap(small, place[..., 0], place[..., 1], cv2.INTER_LINEAR, borderMode=border)
    return seen.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Usual:
    """What a clip shows at each texel: middle (SIDE, SIDE, 3), reach (SIDE, SIDE) levels."""

    middle: Float
    reach: Float


def usual_of(charts: Sequence[Float]) -> Usual | None:
    """Return the usual look of the charts of several frames, None for too few."""
    if len(charts) < FRAMES:
        return None
    stack = np.stack(charts)
    middle = np.median(stack, 0)
    stack = np.stack([_levelled(x, middle) for x in stack])
    middle = np.median(stack, 0).astype(np.float32)
    off = np.abs(stack - middle).max(-1)
    spread = np.percentile(off, 80, axis=0).astype(np.float32)
    spread = cv2.dilate(spread, np.ones((3, 3), np.uint8))
    return Usual(middle, np.maximum(FARTHEST * spread, LEAST_LEVELS))


def _levelled(seen: Float, middle: Float) -> Float:
    """Return `seen` in the light of `middle`: colour gains, and a slope over the calm skin.

    A head that turns is lit from another side; what hides a face is no slope.
    """
    calm = chart().calm
    gain = np.median(middle[calm], 0) / np.maximum(np.median(seen[calm], 0), 1)
    seen = seen * np.clip(gain, 0.6, 1.6).astype(np.float32)
    y, x = np.nonzero(calm)
    slope = np.stack([np.ones(len(x)), x / SIDE - 0.5, y / SIDE - 0.5], 1)
    ratio = np.log((middle[calm].mean(1) + 8) / (seen[calm].mean(1) + 8))
    weight = np.ones(len(x))
    fit = np.zeros(3)
    for _ in range(3):
        a = slope * weight[:, None]
        fit = np.linalg.solve(a.T @ slope + 1e-6 * np.eye(3), a.T @ ratio)
        weight = 1 / (1 + (np.abs(slope @ fit - ratio) / 0.12) ** 2)
    rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    light = np.exp(np.clip(fit[0] + fit[1] * columns + fit[2] * rows, -0.7, 0.7))
    return seen * light[..., None].astype(np.float32)


def hidden(rgb: Rgb, points: Float, usual: Usual) -> Float | None:
    """Return (SIDE, SIDE) 0..1 of the chart where something hides the face, None if nothing."""
    c = chart()
    seen = _levelled(laid_out(rgb, points), usual.middle)
    off = np.abs(seen - usual.middle).max(-1) / usual.reach
    strange = ((off > 1) & c.calm).astype(np.uint8)
    strange = cv2.morphologyEx(strange, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    found = cv2.connectedComponentsWithStats(strange, connectivity=8)
    count, labels, stats = found[0], np.asarray(found[1], np.int64), np.asarray(found[2])
    large = stats[:, cv2.CC_STAT_AREA] > LEAST_PART * SIDE * SIDE
    core = np.bincount(labels[off > CORE], minlength=count)
    large &= core > 0.35 * stats[:, cv2.CC_STAT_AREA]
    large[0] = False
    if count < 2 or not large.any():
        return None
    # Across eyes and mouth, which are not judged, a patch is closed by what lies around.
    sure = large[labels]
    patch = sure | ((off > 1) & ~c.calm & c.inside)
    patch = cv2.morphologyEx(patch.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _, joined = cv2.connectedComponents(patch, connectivity=8)
    patch = np.isin(joined, np.unique(joined[sure])) & (joined > 0)
    wide = cv2.dilate(patch.astype(np.uint8), np.ones((2 * WIDEN + 1,) * 2, np.uint8))
    return np.asarray(cv2.GaussianBlur(wide.astype(np.float32), (0, 0), 1.5), np.float32)


def free(patch: Float, points: Float, grid: Grid) -> Float:
    """Return (h, w) 0..1 on a grid of the frame: 1 where nothing hides the face."""
    c = chart()
    homogeneous = np.c_[points[: sets.MESH], np.ones(sets.MESH)]
    to_chart = np.linalg.lstsq(homogeneous, c.marks, rcond=None)[0].T  # (2, 3)
    node = np.array(
        [
            [grid.step, 0, grid.x + 0.5 * grid.step],
            [0, grid.step, grid.y + 0.5 * grid.step],
            [0, 0, 1],
        ]
    )
    return 1 - cv2.warpAffine(
        patch,
        to_chart @ node,
        (grid.columns, grid.rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
