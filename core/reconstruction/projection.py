"""Pinhole projection of posed landmarks and its exact derivatives, many frames at once."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Bools, Float, Ints
from core.camera import Camera
from core.face.rotation import matrix
from core.reconstruction.landmark_head import AXES

HUBER = 2.5  # in units of a point's spread


@dataclass(frozen=True, eq=False)
class Pose:
    """Head poses: ``X = rotation (D x) + translation``; (F, 3, 3) and (F, 3) mm, float64."""

    rotation: Float
    translation: Float

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.translation)

    def __getitem__(self, frames: slice | Ints | Bools) -> "Pose":
        """Return the poses of some frames."""
        return Pose(self.rotation[frames], self.translation[frames])

    def replaced(self, frames: Ints, by: "Pose") -> "Pose":
        """Return a copy in which `frames` have the poses of `by`."""
        rotation, translation = self.rotation.copy(), self.translation.copy()
        rotation[frames], translation[frames] = by.rotation, by.translation
        return Pose(rotation, translation)

    def turned(self, step: Float) -> "Pose":
        """Return the poses after `step` (F, 6): turn about the left (rad), move (mm)."""
        turn = matrix(step[:, :3]).astype(np.float64)
        return Pose(turn @ self.rotation, self.translation + step[:, 3:])


def project(points: Float, pose: Pose, camera: Camera) -> Float:
    """Return (F, L, 2) pixels of head-frame mm `points` (F, L, 3) or (L, 3)."""
    X = (points * AXES) @ np.swapaxes(pose.rotation, 1, 2) + pose.translation[:, None]
    return X[..., :2] / X[..., 2:] * camera.focal + np.array([camera.cx, camera.cy])


@dataclass(frozen=True, eq=False)
class Filmed:
    """Landmarks of F frames, and what a pixel of each frame is worth.

    pixels : (F, L, 2) of the full frame. mm : (F,) millimetres a pixel at the depth of the
    head, fixed while a pose is solved (errors then mean the same at every face size).
    confidence : (F,) 0..1. camera : through which they were seen.
    """

    pixels: Float
    mm: Float
    confidence: Float
    camera: Camera

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.mm)

    def __getitem__(self, frames: slice | Ints | Bools) -> "Filmed":
        """Return some of the frames."""
        return Filmed(
            self.pixels[frames], self.mm[frames], self.confidence[frames], self.camera
        )

    def residuals(self, points: Float, pose: Pose) -> Float:
        """Return (F, L, 2) mm, projected - filmed, of head-frame `points` (F, L, 3)."""
        return (project(points, pose, self.camera) - self.pixels) * self.mm[:, None, None]

    def linearise(self, points: Float, pose: Pose) -> "Linearised":
        """Return the residuals of `points` (F, L, 3) and their exact derivatives."""
        camera = self.camera
        turned = (points * AXES) @ np.swapaxes(pose.rotation, 1, 2)  # (F, L, 3)
        X = turned + pose.translation[:, None]
        gain = camera.focal * self.mm[:, None] / X[..., 2]  # (F, L)
        rows = np.zeros((*gain.shape, 2, 3))  # by camera-frame mm
        rows[..., 0, 0] = rows[..., 1, 1] = gain
        rows[..., 2] = -gain[..., None] * X[..., :2] / X[..., 2:]
        centre = np.array([camera.cx, camera.cy])
        residual = X[..., :2] * gain[..., None]
        residual -= (self.pixels - centre) * self.mm[:, None, None]
        # rows . (w x y) = w . (y x rows)
        by_pose = np.concatenate([np.cross(turned[:, :, None], rows), rows], -1)
        by_point = rows @ (pose.rotation * AXES)[:, None]
        return Linearised(residual, by_point, by_pose)


@dataclass(frozen=True, eq=False)
class Linearised:
    """Residuals (F, L, 2) mm; `by_point` (F, L, 2, 3) their change a mm in the head frame;
    `by_pose` (F, L, 2, 6) a step of `Pose.turned`.
    """

    residual: Float
    by_point: Float
    by_pose: Float


def huber(residual: Float, weights: Float) -> tuple[Float, Float]:
    """Return (F, L) re-weighted `weights` and the (F,) robust cost of `residual` (F, L, 2)."""
    squared = (residual**2).sum(-1) * weights
    size = np.sqrt(squared)
    inside = size <= HUBER
    cost = np.where(inside, squared, HUBER * (2 * size - HUBER)).sum(-1)
    return np.where(inside, weights, weights * HUBER / np.maximum(size, HUBER)), cost
