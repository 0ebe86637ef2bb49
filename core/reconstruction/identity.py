"""One identity for a clip and person, the focal length, and how sure both are."""

import math
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from core.arrays import Float, Ints
from core.camera import Camera
from core.jobs import Ticket
from core.reconstruction.frames import candidates, pick_frames, speed
from core.reconstruction.landmark_head import LandmarkHead
from core.reconstruction.pose import first_pose, observe, solve_poses
from core.reconstruction.projection import Pose
from core.reconstruction.shape import Fit, fit_shape, own_offset
from core.spool import let_go, rows

FRAMES = 24
FOCAL_FRAMES = 10
FOCAL_RANGE = (0.7, 3.5)  # of the long side of the frame
FOCAL_SPREAD = 0.3  # of ln focal about 1.2 x the long side
FOCAL_STEPS = 9
GOLDEN = (math.sqrt(5) - 1) / 2
DOING = "Fitting the head"


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of a face where it was seen: landmarks, coefficients, trust.

    pixels : (F, 478, 2). expression : (F, E). confidence : (F,) above 0.
    """

    pixels: Float
    expression: Float
    confidence: Float

    def __getitem__(self, frames: slice | Ints) -> "Seen":
        """Return some of the frames."""
        one = isinstance(frames, slice)
        pixels = self.pixels[frames] if one else rows(self.pixels, frames)
        return Seen(pixels, self.expression[frames], self.confidence[frames])


@dataclass(frozen=True, eq=False)
class Identity:
    """Who the person is, and through which camera they were filmed; the same in all frames.

    shape : (S,), spread `shape_sd` (S,), 1 = the clip says nothing about that mode.
    offset : (L, 3) mm, this person's landmarks off the shape. frames : those it was fitted to.
    flatness : cost at half and at twice the focal length over that at the best one; near 1 =
    the clip does not tell the focal length.
    """

    shape: Float
    shape_sd: Float
    camera: Camera
    offset: Float
    frames: Ints
    flatness: tuple[float, float]


def identify(
    head: LandmarkHead,
    seen: Seen,
    camera: Camera,
    *,
    locked: bool,
    ticket: Ticket | None = None,
) -> Identity:
    """Return the one identity that explains `seen`; `locked` keeps the focal length."""
    ticket = ticket or Ticket()
    at = candidates(len(seen.confidence))
    some = seen[at]
    start = first_pose(head, some.pixels, camera)
    let_go(seen.pixels)
    moving = speed(seen.pixels, at)
    let_go(seen.pixels)
    frames = at[pick_frames(some.pixels, start, some.confidence, moving, FRAMES)]
    flatness = (math.nan, math.nan)
    if not locked:
        some = seen[frames[:: max(1, len(frames) // FOCAL_FRAMES)]]
        camera, flatness = _find_focal(head, some, camera, ticket)
    ticket.report(0.8, DOING)
    picked = seen[frames]
    fit = _fit(head, picked, camera)
    filmed = observe(picked.pixels, fit.pose, picked.confidence, camera)
    points = head.moved(head.person(fit.shape), picked.expression)
    offset = own_offset(head, points, fit.pose, filmed)
    pose = solve_poses(head, points + offset, fit.pose, filmed)
    offset = own_offset(head, points, pose, filmed)
    return Identity(fit.shape, fit.shape_sd, camera, offset, frames, flatness)


def _fit(head: LandmarkHead, seen: Seen, camera: Camera, steps: int = 15) -> Fit:
    """Return the joint fit of `seen` from scratch."""
    S = len(head.identity)
    pose: Pose = first_pose(head, seen.pixels, camera)
    filmed = observe(seen.pixels, pose, seen.confidence, camera)
    pose = solve_poses(head, head.moved(head.neutral, seen.expression), pose, filmed)
    filmed = observe(seen.pixels, pose, seen.confidence, camera)
    start = Fit(np.zeros(S), pose, math.inf, np.ones(S))
    return fit_shape(head, seen.expression, filmed, start, steps)


def _find_focal(
    head: LandmarkHead, seen: Seen, camera: Camera, ticket: Ticket
) -> tuple[Camera, tuple[float, float]]:
    """Return the camera with the likeliest focal length (golden section), and its flatness.

    Focal length and distance trade off almost freely in near-frontal clips; a log-normal
    prior about the ordinary lens decides there.
    """
    long_side = max(camera.width, camera.height)
    usual = math.log(1.2 * long_side)
    tries = count()

    def cost(log_focal: float) -> float:
        ticket.report(0.8 * next(tries) / (FOCAL_STEPS + 5), DOING)
        fit = _fit(head, seen, replace(camera, focal=math.exp(log_focal)), steps=5)
        return fit.cost

    def posterior(log_focal: float) -> float:
        return cost(log_focal) + ((log_focal - usual) / FOCAL_SPREAD) ** 2

    low, high = (math.log(k * long_side) for k in FOCAL_RANGE)
    a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_a, at_b = posterior(a), posterior(b)
    for _ in range(FOCAL_STEPS):
        if at_a < at_b:
            high, b, at_b = b, a, at_a
            a = high - GOLDEN * (high - low)
            at_a = posterior(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + GOLDEN * (high - low)
            at_b = posterior(b)
    best = (low + high) / 2
    here = cost(best)
    flatness = (cost(best - math.log(2)) / here, cost(best + math.log(2)) / here)
    return replace(camera, focal=math.exp(best)), flatness
