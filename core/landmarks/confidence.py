"""How far the landmarks of a frame can be believed; above all, whether the mouth is covered.

Three witnesses, none of which is the network's own presence (it stays at 1 behind a hand):
the plain and the mirrored look disagree about lips they have to guess; the presence logit
falls; and the colours at the points of the lower face are no longer those of the clip.
They are joined by logistic regression, fitted on 28 real clips of 24 people (4102 frames
clean, 835 with drawn hands, photographed fingers, boards and microphones pasted before the
mouth). Each person judged by weights fitted on the others: 98.6 % of the clean frames are
above .55; below .35 are 98.6 % of those behind a hand, all behind a board, 84 % behind a
microphone, which leaves the corners free. The features were chosen on the same clips, so
expect a little less elsewhere. Frames blurred by motion fall below .35 in 7 %. A mouth far
wider open than in the rest of the clip, on a turning head, can pass for a covered one.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from core.arrays import Bools, Double, Float, Ints, Rgb
from core.landmarks import sets
from core.landmarks.appearance import few_logs
from core.spool import let_go

LOWER = len(sets.UPPER_FACE)  # the first point of the lower face, of both
SAMPLED = 600  # trusted frames of a long shot that tell what is usual
CHUNK = 512  # frames worked on at once: memory does not grow with the shot
ENOUGH = 8  # frames of one shot that tell what this face looks like
STEADY = 5  # frames over which a single odd one is outvoted
QUIET = 0.06  # change of log colour that is no change
LOUD = 12.0
MARKS = (1, 10, 13, 14, 61, 152, 234, 291, 454)  # the points that tell pose and mouth

ODD = 4.0  # times the usual change: this point shows something else

# Weights of logit and lip spread; and where a shot tells what is usual: of lip spread, logit
# and lip spread against the shot's own, change of colour, share of odd points.
ALONE = (0.183, -3.2176, -4.3729)
IN_SHOT = (0.172, 0.0692, -1.816, -1.2046, -1.8478, -4.1641)


def lip_spread(points: Float, spread: Float) -> float:
    """Return how far the two looks disagree about the lips, log of % of the face's size."""
    across = np.hypot(*(points[454] - points[234])[:2])
    down = np.hypot(*(points[10] - points[152])[:2])
    size = max(float(across), float(down), 1e-6)
    return float(np.log(max(float(spread[sets.LIPS_HEAD].mean()) / size * 100, 1e-3)))


def confidence(pose: Float, logits: Float, lips: Float, colours: Rgb, shots: Ints) -> Float:
    """Return (F,) float32, 0..1, for the F frames in which one face was seen, in order.

    pose : (F, 4) of `pose_of`. logits : (F,) of presence. lips : (F,) of `lip_spread`.
    colours : (F, 478, 3) uint8 at the points. shots : (F,) number of the shot.
    """
    out = np.empty(len(logits), np.float32)
    for shot in np.unique(shots):
        rows = np.flatnonzero(shots == shot)
        score = _scores(pose[rows], logits[rows], lips[rows], colours, rows)
        out[rows] = _sigmoid(median_filter(score, STEADY, mode="nearest"))
    return out * _sigmoid(logits).astype(np.float32)


def _scores(pose: Float, logits: Float, lips: Float, colours: Rgb, rows: Ints) -> Double:
    """Return (F,) of the frames of one shot, `rows` of `colours`."""
    alone = _linear(ALONE, logits, lips)
    if len(logits) < ENOUGH:
        return alone
    # What covers the mouth must not become the model; at least half of the frames are in it.
    trusted = alone >= min(float(np.median(alone)), 0.0)
    usual = [float(np.median(x[trusted])) for x in (logits, lips)]
    change, odd = colour_change(pose, colours, trusted, rows)
    return _linear(IN_SHOT, lips, logits - usual[0], lips - usual[1], change, odd)


def colour_change(
    pose: Float, colours: Rgb, trusted: Bools, rows: Ints
) -> tuple[Double, Double]:
    """Return (F,) log change of the lower face against `trusted` frames, (F,) log odd share.

    Light is taken out frame by frame with the colours of the upper face, the shading that
    turns with the head and opens with the mouth by regression on the trusted frames, of a long
    shot on some of them. pose : (F, 4) of `pose_of`. colours : (N, 478, 3) uint8, of which
    `rows` (F,) are meant.
    """
    known = np.flatnonzero(trusted)
    known = known[np.linspace(0, len(known) - 1, min(SAMPLED, len(known))).round().astype(int)]
    usual = _Usual.of(pose, _levelled(colours[rows[known]]), trusted, known)
    parts: list[Double] = []
    for at in range(0, len(rows), CHUNK):
        chunk = slice(at, at + CHUNK)
        parts.append(usual.change(pose[chunk], _levelled(colours[rows[chunk]])))
        let_go(colours)
    mean, odd = np.concatenate(parts, 1)
    return np.log(mean), np.log(odd + 0.01)


def _levelled(colours: Rgb) -> Float:
    """Return (F, K, 3) logarithms of upper and lower face, freed of the light of the frame."""
    x = few_logs(colours[:, np.r_[sets.UPPER_FACE, sets.LOWER_FACE]])
    return x - np.median(x[:, :LOWER], 1, keepdims=True)


@dataclass(frozen=True, eq=False)
class _Usual:
    """How a face looks in a shot. centre, spread : (4,) of the pose. weights : (5, K * 3) of
    what it explains of the colours about `first` (K, 3). middle, apart : (K, 3) of the rest.
    """

    centre: Float
    spread: Float
    first: Float
    weights: Float
    middle: Float
    apart: Float

    @classmethod
    def of(cls, pose: Float, x: Float, trusted: Bools, known: Ints) -> "_Usual":
        """Return it from the `known` of the `trusted` frames, whose colours `x` are."""
        centre, spread = np.median(pose[trusted], 0), pose[trusted].std(0) + 1e-6
        first = np.median(x, 0)
        x = x - first
        basis = _basis(pose[known], centre, spread)
        ridge = np.diag([1e-3] + [max(3.0, 0.05 * len(known))] * pose.shape[1])
        flat = np.clip(x.reshape(len(x), -1), -0.5, 0.5)
        weights = np.linalg.solve(basis.T @ basis + ridge, basis.T @ flat)
        x -= (basis @ weights).astype(np.float32).reshape(x.shape)
        middle = np.median(x, 0)
        apart = 1.48 * np.median(np.abs(x - middle), 0)
        return cls(centre, spread, first, weights, middle, apart)

    def change(self, pose: Float, x: Float) -> Double:
        """Return (2, F): mean change of the lower face, and the share of odd points."""
        x = x - self.first
        basis = _basis(pose, self.centre, self.spread)
        x -= (basis @ self.weights).astype(np.float32).reshape(x.shape)
        x -= self.middle
        x -= np.median(x[:, :LOWER], 1, keepdims=True)
        usual = np.maximum(self.apart[LOWER:], QUIET)
        times = np.minimum(np.abs(x[:, LOWER:]) / usual, LOUD)
        mean = np.maximum(times.mean((1, 2), dtype=np.float64), 1e-3)
        return np.stack([mean, (times > ODD).mean((1, 2))])


def _basis(pose: Float, centre: Float, spread: Float) -> Float:
    z = np.clip((pose - centre) / spread, -3, 3)
    return np.c_[np.ones(len(z)), z].astype(np.float32)


def pose_of(points: Float, frames: Ints) -> Double:
    """Return (F, 4): yaw and pitch as the nose shows them, mouth opening and width.

    points : (N, 478, 2 or 3) px, of which the `frames` (F,) are meant.
    """
    if not len(frames):
        return np.zeros((0, 4))
    parts: list[Double] = []
    for at in range(0, len(frames), CHUNK):
        parts.append(_pose_of(points[frames[at : at + CHUNK]]))
        let_go(points)
    return np.concatenate(parts)


def _pose_of(points: Float) -> Double:
    p = {i: points[:, i, :2].astype(np.float64) for i in MARKS}
    across, up = p[454] - p[234], p[10] - p[152]
    width, height = (np.maximum(np.linalg.norm(v, axis=1), 1e-6) for v in (across, up))
    nose = p[1] - (p[234] + p[454]) / 2
    along = [np.sum(nose * v, 1) / n for v, n in ((across, width), (up, height))]
    mouth = [np.linalg.norm(p[i] - p[j], axis=1) for i, j in ((13, 14), (61, 291))]
    return np.stack([*along, *mouth], 1) / np.maximum(width, height)[:, None]


def _linear(weights: tuple[float, ...], *features: Float) -> Double:
    parts = (w * np.asarray(x, np.float64) for w, x in zip(weights, features, strict=False))
    return sum(parts, np.full(len(features[0]), weights[-1]))


def _sigmoid(x: Float) -> Double:
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))
