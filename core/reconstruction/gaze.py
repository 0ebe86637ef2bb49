"""Where the eyes look: eyeball rotations from the irises, and the lids that follow."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Bools, Float
from core.face.model import FaceModel
from core.face.rotation import matrix
from core.landmarks import sets
from core.reconstruction.identity import Identity, Seen
from core.reconstruction.landmark_head import AXES, LandmarkHead
from core.reconstruction.projection import Pose
from core.spool import columns
from core.track import ARKIT_INDEX

SIDES = ("left", "right")
IRIS = {"left": int(sets.IRIS_LEFT[0]), "right": int(sets.IRIS_RIGHT[0])}
CORNERS = {"left": sets.EYE_CORNERS_LEFT, "right": sets.EYE_CORNERS_RIGHT}
LIDS = {"left": sets.LID_PAIRS_LEFT, "right": sets.LID_PAIRS_RIGHT}
BLINK = 0.6  # above this coefficient, or below this share of the usual opening, the
OPENING = 0.4  # iris is a guess of the net
VERGENCE = 0.3  # of the measured difference in yaw is believed: it is mostly noise
NOISE_PX = 0.35  # of an iris centre
WINDOW = 3  # frames to each side


@dataclass(frozen=True, eq=False)
class Eyes:
    """The eyeballs of a person: `centers` (2, 3) mm, `radius` (2,) mm from there to the iris,
    `rest` (2, 3) unit direction of the iris at rest; head frame, left then right.
    """

    centers: Float
    radius: Float
    rest: Float

    @classmethod
    def of(cls, model: FaceModel, head: LandmarkHead, identity: Identity) -> "Eyes":
        """Return the eyeballs, moved with this person's own eye corners."""
        centers = head.eye_centers + np.tensordot(identity.shape, head.eye_identity, 1)
        points = model.embeddings["478"].points(model.neutral)
        out = points[[IRIS[side] for side in SIDES]] - head.eye_centers
        radius = np.linalg.norm(out, axis=1)
        corners = np.stack([identity.offset[CORNERS[side]].mean(0) for side in SIDES])
        return cls(centers + corners, radius, out / radius[:, None])


def look(eyes: Eyes, seen: Seen, pose: Pose, identity: Identity) -> Float:
    """Return (F, 4) rad as in `core.track.Look.eyes`; held through blinks, zero-phase."""
    angles = np.stack(
        [_angles(eyes, i, seen, pose, identity) for i in range(2)], 1
    )  # (F, 2, 2)
    shut = np.stack([_shut(seen, side) for side in SIDES], 1)
    # An eye turned away from the camera is seen worse; both eyes share their pitch.
    trust = np.clip(
        np.stack([-(eyes.rest[i] * AXES) @ pose.rotation[:, 2].T for i in range(2)], 1), 0.05, 1
    )
    trust = trust**2 * np.where(shut, 1e-6, 1.0)
    share = trust / trust.sum(1, keepdims=True)
    common = (angles * share[..., None]).sum(1)
    noise = NOISE_PX * pose.translation[:, 2] / identity.camera.focal / eyes.radius.mean()
    common = _steadied(_held(common, shut[:, 0] & shut[:, 1]), noise)
    apart = np.where(shut.any(1), 0.0, angles[:, 0, 0] - angles[:, 1, 0])
    half = 0.5 * VERGENCE * _mean_of_neighbours(apart)
    return np.stack([common[:, 0] + half, common[:, 1], common[:, 0] - half, common[:, 1]], 1)


def _angles(eyes: Eyes, i: int, seen: Seen, pose: Pose, identity: Identity) -> Float:
    """Return (F, 2) yaw and pitch that bring the resting iris of one eye to the seen one."""
    camera = identity.camera
    center = (eyes.centers[i] * AXES) @ np.swapaxes(pose.rotation, 1, 2) + pose.translation
    iris = columns(seen.pixels, np.array([IRIS[SIDES[i]]]))[:, 0]
    pixel = iris - np.array([camera.cx, camera.cy])
    ray = np.concatenate([pixel, np.full((len(pixel), 1), camera.focal)], 1)
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    along = (ray * center).sum(1)
    inside = eyes.radius[i] ** 2 - ((center**2).sum(1) - along**2)
    hit = ray * (along - np.sqrt(np.maximum(inside, 0)))[:, None]
    out = ((hit - center)[:, None] @ pose.rotation)[:, 0] * AXES  # head frame
    rest = eyes.rest[i]
    wanted = _direction_angles(out)
    turn = wanted - _direction_angles(rest)
    for _ in range(3):  # exact for an iris that does not rest at +z: correct by what is missing
        turn = turn + wanted - _direction_angles(_turned(turn, rest))
    return turn


def _direction_angles(d: Float) -> Float:
    """Return (..., 2) yaw (+ to the left) and pitch (+ up) of directions (..., 3)."""
    return np.stack(
        [
            np.arctan2(d[..., 0], d[..., 2]),
            np.arctan2(d[..., 1], np.hypot(d[..., 0], d[..., 2])),
        ],
        -1,
    )


def _turned(angles: Float, direction: Float) -> Float:
    """Return (F, 3): `direction` turned as `FaceModel.deformed` turns an eyeball."""
    zero = np.zeros(len(angles))
    yaw = matrix(np.stack([zero, angles[:, 0], zero], -1))
    pitch = matrix(np.stack([-angles[:, 1], zero, zero], -1))
    return yaw @ pitch @ direction


def _shut(seen: Seen, side: str) -> Bools:
    """Return (F,) whether the lids hide the iris."""
    outer, inner = CORNERS[side]
    upper, lower = LIDS[side].T
    p = columns(seen.pixels, np.array([inner, outer, *upper, *lower]))
    width = np.linalg.norm(p[:, 0] - p[:, 1], axis=1).clip(1e-6)
    above, below = np.split(p[:, 2:], 2, axis=1)
    gap = np.linalg.norm(above - below, axis=2).mean(1) / width
    blink = seen.expression[:, ARKIT_INDEX[f"eyeBlink{side.title()}"]]
    return (blink > BLINK) | (gap < OPENING * np.quantile(gap, 0.8))


def _held(angles: Float, shut: Bools) -> Float:
    """Return `angles` (F, A) carried over the frames in which the eyes are shut."""
    if shut.all():
        return np.zeros_like(angles)
    open_frames, frames = np.flatnonzero(~shut), np.arange(len(shut))
    return np.stack([np.interp(frames, open_frames, a[open_frames]) for a in angles.T], 1)


def _windows(x: Float) -> Float:
    """Return (F, 2 WINDOW + 1, ...) neighbours of each frame; the ends are repeated."""
    at = np.arange(len(x))[:, None] + np.arange(-WINDOW, WINDOW + 1)
    return x[at.clip(0, len(x) - 1)]


def _steadied(angles: Float, noise: Float) -> Float:
    """Return `angles` (F, 2) freed of `noise` (F,) rad; jumps of the eyes stay sharp.

    Bilateral: a frame is averaged only with neighbours that look the same way.
    """
    near = _windows(angles)
    away = ((near - angles[:, None]) ** 2).sum(-1) / (3 * noise[:, None]) ** 2
    when = np.arange(-WINDOW, WINDOW + 1) / 1.5
    weight = np.exp(-0.5 * (away + when**2))
    return (near * weight[..., None]).sum(1) / weight.sum(1, keepdims=True)


def _mean_of_neighbours(x: Float) -> Float:
    return np.median(_windows(x), axis=1)


def full_turns(model: FaceModel) -> Float:
    """Return (4,) rad: how far eyeLookIn, Out, Up, Down turn the irises at 1."""
    points = model.embeddings["478"].points
    turns: list[float] = []
    for name in ("In", "Out", "Up", "Down"):
        for side in SIDES:
            iris = points(model.neutral)[IRIS[side]] - model.eye_center(side, model.neutral)
            move = points(model.expression[ARKIT_INDEX[f"eyeLook{name}{side.title()}"]])
            moved = iris + move[IRIS[side]]
            # By the direction only: the shapes also squeeze the eyeball a little.
            cosine = iris @ moved / np.linalg.norm(iris) / np.linalg.norm(moved)
            turns.append(float(np.arccos(np.clip(cosine, -1, 1))))
    return np.array(turns).reshape(4, 2).mean(1)


def lids(eyes: Float, turns: Float) -> Float:
    """Return (F, 8) eyeLookDown, In, Out, Up (left, right each) that go with `eyes` (F, 4)."""
    toward, away, up, down = turns
    out = np.stack([eyes[:, 0] / away, -eyes[:, 2] / away], 1)
    into = np.stack([-eyes[:, 0] / toward, eyes[:, 2] / toward], 1)
    pitch = eyes[:, [1, 3]]
    return np.concatenate([-pitch / down, into, out, pitch / up], 1).clip(0, 1)
