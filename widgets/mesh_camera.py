"""Looking at a head: orbit, presets, and the camera the clip was filmed with. numpy only.

Eye frame: x right, y up, z towards the viewer; the head frame of `core.face.model` seen from
the front is the same turned by nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.arrays import Double, Float
from core.camera import Camera
from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix

HALF_VIEW_RAD = np.deg2rad(12.0)  # a long lens: faces look as portraits do
ROOM = 1.12  # around the head when it is fitted
STEEPEST = np.deg2rad(89.0)
NEAREST, FARTHEST = 0.25, 12.0  # zoom

PRESETS = {
    "front": (0.0, 4.0),
    "three-quarter": (35.0, 6.0),
    "profile": (90.0, 0.0),
    "other profile": (-90.0, 0.0),
}  # degrees: how far the viewer stands to the subject's left, and above


@dataclass(frozen=True, eq=False)
class Sight:
    """clip : (4, 4) from head frame mm to clip space; its w is the depth in mm.

    turn : (3, 3) from head frame directions to the eye frame.
    """

    clip: Double
    turn: Double


@dataclass(frozen=True)
class Orbit:
    """A viewer around a head. yaw, pitch : rad. zoom : 1 = fitted. pan : mm in the picture."""

    yaw: float = 0.0
    pitch: float = float(np.deg2rad(4.0))
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def preset(cls, name: str) -> "Orbit":
        """Return one of `PRESETS`."""
        yaw, pitch = PRESETS[name]
        return cls(float(np.deg2rad(yaw)), float(np.deg2rad(pitch)))

    def turned(self, yaw: float, pitch: float) -> "Orbit":
        """Return this viewer gone further round by `yaw` and up by `pitch` rad."""
        around = (self.yaw + yaw + np.pi) % (2 * np.pi) - np.pi
        up = min(max(self.pitch + pitch, -STEEPEST), STEEPEST)
        return replace(self, yaw=float(around), pitch=float(up))

    def zoomed(self, factor: float) -> "Orbit":
        """Return this viewer `factor` times closer."""
        return replace(self, zoom=float(min(max(self.zoom * factor, NEAREST), FARTHEST)))

    def panned(self, dx: float, dy: float) -> "Orbit":
        """Return this viewer with the head moved by `dx`, `dy` mm in the picture."""
        return replace(self, pan=(self.pan[0] + dx, self.pan[1] + dy))


@dataclass(frozen=True, eq=False)
class Pose:
    """Where the filmed head was: as in `core.track.Look`, with the camera of the clip."""

    rotation: Float
    translation: Float
    camera: Camera

    @property
    def head_to_camera(self) -> Double:
        """Return (3, 3) R D."""
        return np.asarray(matrix(self.rotation) @ HEAD_TO_CAMERA_AXES, np.float64)

    @property
    def viewer(self) -> Double:
        """Return (3,) mm where the camera stands, in the head frame."""
        return -self.head_to_camera.T @ np.asarray(self.translation, np.float64)


@dataclass(frozen=True, eq=False)
class Extent:
    """The box of a head in mm: its middle (3,) and half its height and width."""

    centre: Double
    half_height: float
    half_width: float

    @classmethod
    def of(cls, vertices: Float) -> "Extent":
        """Return the box of (V, 3) vertices; the width is that of any view around."""
        low, high = vertices.min(0).astype(np.float64), vertices.max(0).astype(np.float64)
        half = (high - low) / 2
        return cls((high + low) / 2, float(half[1]), float(max(half[0], half[2])))


def distance(orbit: Orbit, extent: Extent, aspect: float) -> float:
    """Return how many mm the viewer is away; `aspect` is width over height."""
    needed = max(extent.half_height, extent.half_width / max(aspect, 1e-3))
    return ROOM * needed / float(np.tan(HALF_VIEW_RAD)) / orbit.zoom


def orbit_sight(orbit: Orbit, extent: Extent, aspect: float) -> Sight:
    """Return what `orbit` sees in a panel of width over height `aspect`."""
    turn = np.asarray(matrix(np.array([orbit.pitch, 0, 0])), np.float64) @ np.asarray(
        matrix(np.array([0, -orbit.yaw, 0])), np.float64
    )
    away = distance(orbit, extent, aspect)
    eye = np.eye(4)
    eye[:3, :3] = turn
    eye[:3, 3] = np.array([*orbit.pan, -away]) - turn @ extent.centre
    reach = 3 * max(extent.half_height, extent.half_width)
    near, far = max(away - reach, away * 0.02), away + reach
    f = 1 / float(np.tan(HALF_VIEW_RAD))
    lens = np.zeros((4, 4))
    lens[0, 0], lens[1, 1] = f / aspect, f
    lens[2, 2], lens[2, 3] = (far + near) / (near - far), 2 * far * near / (near - far)
    lens[3, 2] = -1
    return Sight(lens @ eye, turn)


def clip_sight(pose: Pose, extent: Extent, aspect: float) -> Sight:
    """Return what the camera of the clip sees, its whole frame fitted into the panel."""
    camera = pose.camera
    w, h = camera.width, camera.height
    frame = w / h
    sx, sy = (1.0, aspect / frame) if aspect < frame else (frame / aspect, 1.0)
    reach = 3 * max(extent.half_height, extent.half_width)
    away = float(np.linalg.norm(pose.translation))
    near, far = max(away - reach, away * 0.02), away + reach
    lens = np.zeros((4, 4))  # on camera frame: x right, y down, z forward
    lens[0, 0], lens[0, 2] = sx * 2 * camera.focal / w, sx * (2 * camera.cx / w - 1)
    lens[1, 1], lens[1, 2] = -sy * 2 * camera.focal / h, -sy * (2 * camera.cy / h - 1)
    lens[2, 2], lens[2, 3] = (far + near) / (far - near), -2 * far * near / (far - near)
    lens[3, 2] = 1
    place = np.eye(4)
    place[:3, :3], place[:3, 3] = pose.head_to_camera, pose.translation
    axes = np.asarray(HEAD_TO_CAMERA_AXES, np.float64)
    return Sight(lens @ place, axes @ pose.head_to_camera)
