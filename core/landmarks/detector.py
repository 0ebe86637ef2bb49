"""Where the faces are: a single-shot detector over the picture, and over its tiles."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from core.arrays import Bools, Double, Float, Ints, Rgb
from core.landmarks.landmarker import MARGIN, Roi
from core.landmarks.nets import interpreter
from core.weights import verified

TILE = 480  # px: a face of 40 px in it is 16 px for the far-range network
SAME = 0.3  # intersection over union above which two boxes are one face
INSIDE = 0.6  # share of the smaller box inside a larger one that makes it a part of it


Square = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Detection:
    """A face. box : (4,) x0, y0, x1, y1 px of the picture.

    keypoints : (6, 2) px: right eye, left eye, nose tip, mouth, right ear, left ear
    (the subject's). score : 0..1.
    """

    box: Float
    keypoints: Float
    score: float

    def roi(self) -> Roi:
        """Return where to look for the landmarks of this face."""
        x0, y0, x1, y1 = map(float, self.box)
        dx, dy = self.keypoints[1] - self.keypoints[0]
        side = MARGIN * max(x1 - x0, y1 - y0)
        return Roi(((x0 + x1) / 2, (y0 + y1) / 2), side, float(np.arctan2(dy, dx)))


class _Ssd:
    """One detector network and its anchors; a square picture in, boxes out."""

    def __init__(self, name: str, grids: tuple[tuple[int, int], ...]) -> None:
        self._net = interpreter(verified(f"models/{name}.tflite"))
        entry = self._net.get_input_details()[0]
        self.size, self._input = int(entry["shape"][1]), entry["index"]
        outputs = self._net.get_output_details()
        self._boxes, self._scores = (
            next(d["index"] for d in outputs if d["shape"][2] == width) for width in (16, 1)
        )
        self._anchors = np.concatenate([_anchors(n, k) for n, k in grids])  # (A, 2), 0..1

    def run(self, square: Rgb, least: float) -> tuple[Float, Float]:
        """Return (n, 8, 2) corners and keypoints over the square's side, (n,) scores."""
        x = square.astype(np.float32) * np.float32(2 / 255) - np.float32(1)
        self._net.set_tensor(self._input, x[None])
        self._net.invoke()
        logits = self._net.get_tensor(self._scores)[0, :, 0]
        good = np.flatnonzero(logits >= np.log(least / (1 - least)))
        raw = self._net.get_tensor(self._boxes)[0, good].reshape(-1, 8, 2) / self.size
        center = raw[:, 0] + self._anchors[good]
        half = raw[:, 1] / 2
        points = raw[:, 2:] + self._anchors[good, None]
        out = np.concatenate([(center - half)[:, None], (center + half)[:, None], points], 1)
        return out.astype(np.float32), 1 / (1 + np.exp(-np.clip(logits[good], -60, 60)))


def _anchors(n: int, k: int) -> Double:
    """Return (n * n * k, 2) x, y of cell centres, each `k` times, row by row."""
    steps = (np.arange(n) + 0.5) / n
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    return np.repeat(grid, k, 0)


class Detector:
    """Finds faces; an instance belongs to one thread.

    The whole picture shows large faces, its tiles show faces down to about 40 px.
    """

    def __init__(self, least: float = 0.5) -> None:
        self._least = least
        self._near = _Ssd("face_detection_short_range", ((16, 2), (8, 6)))
        self._far = _Ssd("face_detection_full_range_sparse", ((48, 1),))

    def detect(self, rgb: Rgb, turns: int = 0) -> list[Detection]:
        """Return the faces of the (H, W, 3) picture, best first: the whole and all tiles.

        `turns` : quarters by which the picture is turned counter-clockwise before looking.
        """
        return self._look(rgb, turns, lambda tiles: tiles)

    def glance(self, rgb: Rgb, turns: int = 0, tile: int | None = None) -> list[Detection]:
        """Return the faces seen in one cheap look: the whole, or tile number `tile`."""
        if tile is None:
            return self._look(rgb, turns, lambda tiles: tiles[:1])
        return self._look(rgb, turns, lambda tiles: [tiles[1:][tile % len(tiles[1:])]])

    def _look(
        self, rgb: Rgb, turns: int, choose: Callable[[list[Square]], list[Square]]
    ) -> list[Detection]:
        turned = np.ascontiguousarray(np.rot90(rgb, turns))
        boxes, scores = self._collect(turned, choose(squares(turned)))
        return merge(_unturned(boxes, turns, rgb.shape), scores)

    def _collect(self, rgb: Rgb, places: list[Square]) -> tuple[Float, Float]:
        H, W = rgb.shape[:2]
        boxes: list[Float] = [np.zeros((0, 8, 2), np.float32)]
        scores: list[Float] = [np.zeros(0, np.float32)]
        for x, y, side in places:
            for net in (self._near, self._far):
                found, score = net.run(_square(rgb, x, y, side, net.size), self._least)
                found = found * np.float32(side) + np.array((x, y), np.float32)
                keep = _uncut(found, (x, y, side), (W, H))
                boxes.append(found[keep])
                scores.append(score[keep])
        return np.concatenate(boxes), np.concatenate(scores)


def squares(rgb: Rgb) -> list[Square]:
    """Return the whole picture, then the tiles that cover it: x, y, side px."""
    H, W = rgb.shape[:2]
    side = min(TILE, max(H, W))
    tiles = [(int(x), int(y), side) for y in _starts(H, side) for x in _starts(W, side)]
    return [(0, 0, max(H, W)), *tiles]


def _starts(length: int, side: int) -> Ints:
    n = 1 + max(0, -(-(length - side) // max(1, side * 2 // 3)))
    return np.linspace(0, max(0, length - side), n).astype(np.int64)


def _square(rgb: Rgb, x: int, y: int, side: int, size: int) -> Rgb:
    """Return a (size, size, 3) reduction of a square of the picture, black where it ends."""
    part = rgb[y : y + side, x : x + side]
    h, w = (max(1, round(n * size / side)) for n in part.shape[:2])
    out = np.zeros((size, size, 3), np.uint8)
    smaller = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    out[:h, :w] = cv2.resize(part, (w, h), interpolation=smaller)
    return out


def _uncut(found: Float, square: Square, size: tuple[int, int]) -> Bools:
    """Return which of (n, 8, 2) faces do not reach over an edge the tile has in the picture."""
    x, y, side = square
    start = np.array([x, y])
    low = np.where(start > 0, start, -np.inf)
    high = np.where(start + side < np.array(size), start + side, np.inf)
    return np.all((found[:, 0] >= low) & (found[:, 1] <= high), axis=1)


def _unturned(found: Float, quarter: int, shape: tuple[int, ...]) -> Float:
    """Return (n, 8, 2) of a picture turned by `quarter` in pixels of the picture itself."""
    H, W = shape[:2]
    out = found.copy()
    for k in range(quarter % 4):
        width = W if (quarter - k) % 2 else H
        out = np.stack([width - out[..., 1], out[..., 0]], -1)
    corners = out[:, :2]
    out[:, 0], out[:, 1] = corners.min(1), corners.max(1)
    return out


def merge(found: Float, scores: Float) -> list[Detection]:
    """Return one detection for each heap of (n, 8, 2) boxes, weighted by score, best first."""
    faces: list[Detection] = []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        best = left[0]
        iou, inside = overlap(found[best, :2].reshape(4), found[left, :2].reshape(-1, 4))
        heap = left[iou > SAME]
        weights = scores[heap] / scores[heap].sum()
        mean = np.tensordot(weights, found[heap], 1).astype(np.float32)
        faces.append(Detection(mean[:2].reshape(4), mean[2:], float(scores[best])))
        left = left[(iou <= SAME) & (inside <= INSIDE)]
    return faces


def overlap(box: Float, boxes: Float) -> tuple[Double, Double]:
    """Return (n,) intersection over union, (n,) intersection over the smaller of the two."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), 1)
    one, other = np.prod(box[2:] - box[:2]), np.prod(boxes[:, 2:] - boxes[:, :2], 1)
    tiny = 1e-9
    return common / (one + other - common + tiny), common / (np.minimum(one, other) + tiny)
