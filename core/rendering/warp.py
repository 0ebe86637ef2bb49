"""The `warp` renderer: the actor's own pixels, moved to where the edited face has them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.arrays import Bools, Float, Rgb, check
from core.camera import Camera
from core.face.model import FaceModel
from core.face.rotation import matrix
from core.rendering.atlas import NOTHING, Assets
from core.rendering.composite import move_skin
from core.rendering.detail import let_go, without_folds
from core.rendering.eyes import eye_moves, eye_slot, gaze_shift, paint_eye
from core.rendering.field import (
    NODES,
    Grid,
    grid_around,
    quietened,
    sampled,
    skin_field,
    unfolded,
)
from core.rendering.glasses import held
from core.rendering.mouth import mouth_slot, paint_mouth
from core.rendering.occlusion import free, hidden
from core.rendering.rig import Shift, rig_of, shift_of
from core.rendering.shading import softened, turned
from core.rendering.snap import snapped
from core.track import Look

SKIN = 1  # id of the moved skin in a report
FACE_MM = 150.0  # width of a face, the unit of all sizes in the picture
UNSURE, SURE = 0.35, 0.55  # confidence: below the first the frame is left alone
SMALLEST_PX = 24.0
TURNING, TURNED_AWAY = 45.0, 60.0  # degrees out of the camera's view: an edit fades between


@dataclass(frozen=True, eq=False)
class Report:
    """What a frame became, for tests and panels.

    mask : (H, W) pixels that were written. layers : (H, W) uint8, 0 filmed, 1 moved skin, 2
    eyes, 3 own mouth interior, 4 interior of a plate. numbers : what was eased or invented.
    """

    mask: Bools
    layers: Rgb
    numbers: Mapping[str, float]


class WarpRenderer:
    """Renders one person of one clip; holds what never changes from frame to frame."""

    def __init__(
        self,
        face: FaceModel,
        shape: Float,
        camera: Camera,
        assets: Assets = NOTHING,
        nodes: int = NODES,
    ) -> None:
        """Make the renderer; fewer `nodes` across the face are quicker and coarser."""
        self._face, self._camera, self._nodes = face, camera, nodes
        self._person = face.person(shape).astype(np.float32)
        self._rig = rig_of(face, shape)
        self._assets = assets

    def frame(self, rgb: Rgb, filmed: Look, edited: Look) -> Rgb:
        """Return the (H, W, 3) frame of the edited face; `rgb` itself if nothing changes."""
        return self._rendered(rgb, filmed, edited)[0]

    def examine(self, rgb: Rgb, filmed: Look, edited: Look) -> tuple[Rgb, Report]:
        """Return the frame and how each of its pixels came about."""
        out, layers, numbers = self._rendered(rgb, filmed, edited)
        return out, Report(layers > 0, layers, numbers)

    def _rendered(
        self, rgb: Rgb, filmed: Look, edited: Look
    ) -> tuple[Rgb, Rgb, dict[str, float]]:
        check(rgb, "H W 3", H=self._camera.height, W=self._camera.width)
        strength = _strength(filmed)
        if strength == 0 or _same(filmed, edited):
            return rgb, np.zeros(rgb.shape[:2], np.uint8), {"strength": 0.0}
        return self._edited(rgb, filmed, _eased(filmed, edited, strength), strength)

    def _edited(
        self, rgb: Rgb, filmed: Look, edited: Look, strength: float
    ) -> tuple[Rgb, Rgb, dict[str, float]]:
        points = snapped(rgb, np.asarray(filmed.landmarks, np.float32))
        shift = shift_of(self._rig, self._camera, replace(filmed, landmarks=points), edited)
        layers = np.zeros(rgb.shape[:2], np.uint8)
        face_px = FACE_MM * shift.scale
        if face_px < SMALLEST_PX:
            return rgb, layers, {"strength": 0.0}
        size = rgb.shape[1], rgb.shape[0]
        grid = grid_around(shift.target[:, :2], face_px, size, self._nodes)
        keep = self._free(rgb, points, grid)
        change, keep = self._change(shift, grid, face_px, keep)
        moved = shift.moved - points
        moved = points + moved * sampled(keep, shift.moved, grid)[:, None]
        source = without_folds(rgb, points, face_px, let_go(filmed, edited))
        target = rgb.copy()
        move_skin(target, source, change, grid, layers)
        for side in ("left", "right"):
            gaze = gaze_shift(self._face, self._person, self._camera, filmed, edited, side)
            if eye_moves(points, moved, side) or np.abs(gaze).max() > 0.1:
                slots = eye_slot(points, side), eye_slot(moved, side)
                paint_eye(target, rgb, slots, gaze, layers)
        plate = paint_mouth(
            target, rgb, (points, moved), shift.scale, self._assets.plate, layers
        )
        return target, layers, {"strength": strength, "kept": float(keep.min()), "plate": plate}

    def _free(self, rgb: Rgb, points: Float, grid: Grid) -> Float:
        """Return (h, w) 0..1: where the skin may move, not under glasses nor behind a hand."""
        keep = np.ones((grid.rows, grid.columns), np.float32)
        if self._assets.glasses is not None:
            keep = 1 - held(self._assets.glasses, points, grid)
        if self._assets.usual is not None:
            patch = hidden(rgb, points, self._assets.usual)
            if patch is not None:
                keep = keep * free(patch, points, grid)
        return keep

    def _change(
        self, shift: Shift, grid: Grid, face_px: float, keep: Float
    ) -> tuple[Float, Float]:
        """Return (h, w, 3) displacement px and brightness change, and (h, w) what was kept."""
        moved = shift.target[:, :2] - shift.source[:, :2]
        values = np.concatenate([moved, turned(shift.body, self._rig.triangles)[:, None]], 1)
        change = skin_field(shift.target, values, self._rig.triangles, grid, face_px)
        change[..., 2] = softened(change[..., 2], face_px, grid.step)
        change *= keep[..., None]
        unfold = unfolded(change, grid, _openings(shift, grid))
        quietened(change, unfold)
        return change, keep * unfold


def _openings(shift: Shift, grid: Grid) -> Bools:
    """Return (h, w) the nodes in the edited mouth and eyes, a little widened."""
    mask = np.zeros((grid.rows, grid.columns), np.uint8)
    slots = (
        mouth_slot(shift.moved),
        eye_slot(shift.moved, "left"),
        eye_slot(shift.moved, "right"),
    )
    for slot in slots:
        x = np.linspace(0, slot.length, len(slot.upper))
        ring = np.concatenate(
            [np.stack([x, slot.upper], 1), np.stack([x, slot.lower], 1)[::-1]]
        )
        cv2.fillPoly(
            mask, [np.round(grid.nodes(slot.frame_of(ring)) - 0.5).astype(np.int32)], 1
        )
    return cv2.dilate(mask, np.ones((5, 5), np.uint8)) > 0


def _same(filmed: Look, edited: Look) -> bool:
    pairs = (
        (getattr(filmed, k), getattr(edited, k))
        for k in ("expression", "rotation", "translation", "eyes")
    )
    return all(np.array_equal(a, b) for a, b in pairs)


def _strength(filmed: Look) -> float:
    """Return 0..1, how much of an edit this frame takes."""
    points = filmed.landmarks
    if points is None or not points.any() or not np.isfinite(points).all():
        return 0.0
    sure = (filmed.confidence - UNSURE) / (SURE - UNSURE)
    turned_by = np.degrees(np.arccos(np.clip(matrix(filmed.rotation)[2, 2], -1, 1)))
    facing = (TURNED_AWAY - turned_by) / (TURNED_AWAY - TURNING)
    return float(np.clip(sure, 0, 1) * np.clip(facing, 0, 1))


def _eased(filmed: Look, edited: Look, strength: float) -> Look:
    if strength == 1:
        return edited
    blend = {
        k: getattr(filmed, k) + strength * (getattr(edited, k) - getattr(filmed, k))
        for k in ("expression", "rotation", "translation", "eyes")
    }
    return replace(edited, **blend)
