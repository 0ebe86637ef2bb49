"""The joint fit of one shape and the poses of several frames."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from core.arrays import Float
from core.reconstruction.landmark_head import SURFACE, LandmarkHead
from core.reconstruction.pose import FLOOR, NEAREST
from core.reconstruction.projection import Filmed, Linearised, Pose, huber

# The errors of neighbouring landmarks and of one person's frames are strongly alike, so 24
# frames say little more than a few independent ones; counted as 24 the shape would chase the
# landmark net's habits and swallow expressions.
EFFECTIVE_FRAMES = 4.0
EFFECTIVE_POINTS = 60.0
OFFSET_MM = 1.5  # spread of a person's own landmarks about the identity basis
STEPS = 15
SMALL = 1e-4


@dataclass(frozen=True, eq=False)
class Fit:
    """A joint fit: `shape` (S,), `pose` of the fitted frames, robust `cost`, and the
    posterior spread `shape_sd` (S,): 1 = the clip says nothing about this mode.
    """

    shape: Float
    pose: Pose
    cost: float
    shape_sd: Float


def fit_shape(
    head: LandmarkHead, expression: Float, filmed: Filmed, start: Fit, steps: int = STEPS
) -> Fit:
    """Return the shape and poses that best explain `filmed`, coefficients (F, E) held fixed.

    Levenberg-Marquardt; the poses are eliminated (Schur complement), so that a step costs one
    S x S factorisation.
    """
    fit, damping = start, 1e-3
    moving = head.moved(np.zeros_like(head.neutral), expression)
    weights = head.weights(fit.pose.rotation)
    system = _System.at(head, fit, moving, filmed, weights)
    for step in range(steps):
        trial = system.stepped(fit, damping)
        if trial.pose.translation[:, 2].min() < NEAREST:
            damping *= 5
            continue
        trial_system = _System.at(head, trial, moving, filmed, weights)
        gain = system.cost - trial_system.cost
        if gain < 0:
            damping *= 5
            if damping > 1e3:
                break
            continue
        fit, damping = trial, max(damping / 5, 1e-7)
        system = trial_system
        if gain < SMALL * system.cost:
            break
        if step % 4 == 3:
            weights = head.weights(fit.pose.rotation)
            system = _System.at(head, fit, moving, filmed, weights)
    return replace(fit, cost=system.cost, shape_sd=system.shape_sd())


def _share(filmed: Filmed) -> Float:
    """Return (F,) factors that make the landmarks add up to what the clip really tells."""
    total = max(float(filmed.confidence.sum()), 1e-6)
    frames = min(1.0, EFFECTIVE_FRAMES / total)
    return filmed.confidence * frames * (EFFECTIVE_POINTS / SURFACE)


@dataclass(frozen=True, eq=False)
class _System:
    """The normal equations of the joint fit; poses in blocks, one dense block for the shape."""

    HH: Float  # (F, 6, 6) poses
    HS: Float  # (F, 6, S)
    SS: Float  # (S, S)
    gp: Float  # (F, 6)
    gs: Float  # (S,)
    cost: float

    @classmethod
    def at(
        cls, head: LandmarkHead, fit: Fit, moving: Float, filmed: Filmed, weights: Float
    ) -> "_System":
        lin: Linearised = filmed.linearise(head.person(fit.shape) + moving, fit.pose)
        w, cost = huber(lin.residual, weights)
        share = _share(filmed)
        w *= share[:, None]
        F, S = len(fit.pose), len(fit.shape)
        root = np.sqrt(w)[..., None, None]
        basis = np.ascontiguousarray(np.moveaxis(head.identity, 0, -1))  # (L, 3, S)
        G = ((lin.by_point * root) @ basis).reshape(F, -1, S)
        J = (lin.by_pose * root).reshape(F, -1, 6)
        r = (lin.residual * root[..., 0]).reshape(F, -1)
        JT = np.swapaxes(J, 1, 2)
        flat = G.reshape(-1, S)
        return cls(
            JT @ J,
            JT @ G,
            flat.T @ flat + np.eye(S),
            (JT @ r[..., None])[..., 0],
            flat.T @ r.reshape(-1) + fit.shape,
            float(cost @ share + fit.shape @ fit.shape),
        )

    def stepped(self, fit: Fit, damping: float) -> Fit:
        """Return `fit` after one damped Gauss-Newton step."""
        lifted = self.HH + (damping * self.HH + FLOOR) * np.eye(6)
        solved = np.linalg.solve(lifted, np.concatenate([self.HS, self.gp[..., None]], -1))
        to_shape = np.swapaxes(self.HS, 1, 2)
        reduced = self.SS - (to_shape @ solved[..., :-1]).sum(0)
        reduced += damping * np.diag(np.diag(self.SS))
        right = self.gs - (to_shape @ solved[..., -1:]).sum(0)[:, 0]
        step = -cho_solve(cho_factor(reduced), right)
        poses = -(solved[..., -1] + solved[..., :-1] @ step)
        return replace(fit, shape=fit.shape + step, pose=fit.pose.turned(poses))

    def shape_sd(self) -> Float:
        """Return (S,) posterior spread of the shape."""
        to_shape = np.swapaxes(self.HS, 1, 2)
        reduced = self.SS - (
            to_shape @ np.linalg.solve(self.HH + FLOOR * np.eye(6), self.HS)
        ).sum(0)
        return np.sqrt(np.diag(np.linalg.inv(reduced)))


def own_offset(head: LandmarkHead, points: Float, pose: Pose, filmed: Filmed) -> Float:
    """Return (L, 3) mm: how this person's landmarks sit off the fitted shape, in all frames.

    What neither shape nor coefficients explain, constant in the head; it keeps the poses of a
    turning head from swallowing it. `points` (F, L, 3) without it.
    """
    lin = filmed.linearise(points, pose)
    w = huber(lin.residual, head.weights(pose.rotation))[0] * _share(filmed)[:, None]
    w *= SURFACE / EFFECTIVE_POINTS  # each landmark stands alone here
    A = lin.by_point
    wAT = np.swapaxes(A, -1, -2) * w[..., None, None]
    N = (wAT @ A).sum(0) + np.eye(3) / OFFSET_MM**2
    right = (wAT @ lin.residual[..., None]).sum(0)
    return -np.linalg.solve(N, right)[..., 0]
