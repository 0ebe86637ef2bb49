"""Where the head of a known person is in every frame of a clip."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.arrays import Float, Ints
from core.jobs import Ticket
from core.reconstruction.identity import Identity, Seen
from core.reconstruction.landmark_head import SURFACE, LandmarkHead
from core.reconstruction.pose import first_pose, normal_equations, observe, solve_poses
from core.reconstruction.projection import Pose
from core.reconstruction.smoothing import smoothed
from core.spool import PIECE, let_go

BATCH = 64  # frames solved at once: the derivatives stay in the cache, memory stays flat
CUT = 0.5  # face sizes: a face does not move further from frame to frame

# Share of the landmarks' weight within their usual spread: .79 to .98 in the middle of eleven
# real clips; .35 for a fist that the landmark net took for a face.
USUAL_FIT = 0.8


@dataclass(frozen=True, eq=False)
class Motion:
    """Which frames of the clip those of a face are: (F,) rising `numbers`, the number of the
    shot of each in `shots`, and the frame `rate` a second.
    """

    numbers: Ints
    shots: Ints
    rate: float


def head_poses(
    head: LandmarkHead,
    identity: Identity,
    seen: Seen,
    motion: Motion,
    ticket: Ticket | None = None,
) -> tuple[Pose, Float]:
    """Return the poses of all frames of `seen`, and (F,) 0..1 how well the face fits,
    1 = as well as faces usually do.

    The temporal prior joins neighbouring frames only, never over a gap or a cut.
    """
    starts = range(0, len(motion.numbers), BATCH)
    solved: list[_Solved] = []
    for start in (ticket or Ticket()).over(starts, "Posing the head"):
        solved.append(_solve_batch(head, identity, seen[start : start + BATCH]))
        let_go(seen.pixels)
    pose = Pose(
        np.concatenate([s.pose.rotation for s in solved]),
        np.concatenate([s.pose.translation for s in solved]),
    )
    H = np.concatenate([s.hessian for s in solved])
    g = np.concatenate([s.gradient for s in solved])
    fits = np.concatenate([s.fits for s in solved])
    fits = np.minimum(fits / USUAL_FIT, 1.0)
    smooth = pose
    for run in runs(seen.pixels, motion):
        at = np.arange(run.start, run.stop)
        smooth = smooth.replaced(at, smoothed(pose[run], H[run], g[run], motion.rate))
    return smooth, fits


@dataclass(frozen=True, eq=False)
class _Solved:
    """Poses, their `hessian` (F, 6, 6) and `gradient` (F, 6), goodness of `fits` (F,)."""

    pose: Pose
    hessian: Float
    gradient: Float
    fits: Float


def _solve_batch(head: LandmarkHead, identity: Identity, seen: Seen) -> _Solved:
    points = head.moved(head.person(identity.shape) + identity.offset, seen.expression)
    start = first_pose(head, seen.pixels, identity.camera)
    filmed = observe(seen.pixels, start, seen.confidence, identity.camera)
    pose = solve_poses(head, points, start, filmed)
    filmed = observe(seen.pixels, pose, seen.confidence, identity.camera)
    weights = head.weights(pose.rotation)
    H, g, _ = normal_equations(points, pose, filmed, weights)
    size = np.sqrt((filmed.residuals(points, pose) ** 2).sum(2) * weights)
    fits = (weights / np.maximum(size, 1.0)).sum(1) / weights.sum(1).clip(1e-9)
    trust = seen.confidence
    return _Solved(pose, H * trust[:, None, None], g * trust[:, None], fits)


def runs(pixels: Float, motion: Motion) -> list[slice]:
    """Return the stretches of neighbouring frames without a gap or a cut."""
    parts: list[tuple[Float, Float]] = []
    for start in range(0, len(pixels), PIECE):
        face = pixels[start : start + PIECE, :SURFACE]
        parts.append((np.linalg.norm(np.ptp(face, axis=1), axis=1), face.mean(1)))
        let_go(pixels)
    size, middle = (np.concatenate(x) for x in zip(*parts, strict=True))
    moved = np.linalg.norm(np.diff(middle, axis=0), axis=1)
    grown = np.abs(np.diff(np.log(size.clip(1e-6))))
    breaks = (np.diff(motion.numbers) > 1) | (np.diff(motion.shots) != 0)
    breaks |= (moved > CUT * size[1:]) | (grown > CUT)
    ends = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(motion.numbers)]
    return [slice(a, b) for a, b in pairwise(ends)]
