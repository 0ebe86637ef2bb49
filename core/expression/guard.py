"""The speech guard: an edited mouth which still says the same.

The mouth is a linear function of the coefficients (`core.stages.Articulation`), so what a
wish does to it is known in millimetres, and the smallest change of the wish that keeps the
lips where speech needs them has a closed form (expression.md 2.5).
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.arrays import Float
from core.expression.groups import MOUTH, SHARED, indices
from core.expression.speech import Speech
from core.stages import Articulation
from core.track import ARKIT_INDEX, ARKIT_NAMES

# The teeth are fixed to the skull, so a lip on teeth stays there if the lower lip keeps its
# height: that is linear, unlike the distance from lip to teeth.
ROWS = ("aperture", "protrusion", "chin", "lower_lip")
OVERCLOSE_MM = 1.0  # closed lips overlap a little after an edit: they collapse, never part
CONTACT_MM = 0.3  # the most a lip may leave the teeth it touched
MOVED = 0.05  # an edit by this coefficient is guarded in full
# In the one frame in which a /p/ is seen the lips have the filmed form: hanging corners and
# raised lips part them to the eye (and to a landmark network) though the gap is held at 0.
YIELDING = 0.9  # share of the edit's own form of the lips that gives way at a brief closure
FROWNING = 0.9  # ... of hanging corners
SMILING = 0.34  # ... of a smile, which parts lips less than it carries the emotion
PRESSED = 2.0  # a smile thins the lips and bares the teeth: by how many times more they press
STEPS = 5
SMOOTHING = 0.07  # seconds

# How readily a shape gives way. Jaw, lip closing and the lips' own heights do most of the
# work, the corners keep the emotion; what has no part in closing lips stays put.
_EASE = {
    "jawOpen": 0.5, "mouthClose": 1.0, "mouthFunnel": 0.2, "mouthPucker": 0.2,
    "mouthRollLower": 0.3, "mouthRollUpper": 0.3,
    "mouthLowerDown": 1.0, "mouthUpperUp": 1.0, "mouthPress": 0.4, "mouthShrugLower": 0.6,
    "mouthShrugUpper": 0.6, "mouthStretch": 0.4, "mouthDimple": 0.2,
    "mouthSmile": 0.3, "mouthFrown": 0.3,
}  # fmt: skip
# What gives the lips their form, and does not carry the speech.
_FORM = np.isin(MOUTH, indices((*SHARED, "mouthRollLower", "mouthRollUpper")))
_FROWN, _SMILE = (np.isin(MOUTH, indices((stem,))) for stem in ("mouthFrown", "mouthSmile"))
# Lips may be drawn past their rest to meet: a geometric direction, not a muscle.
_BELOW_REST = {"mouthLowerDown": 0.3, "mouthUpperUp": 0.3, "jawOpen": 0.02}


@dataclass(frozen=True, eq=False)
class GuardReport:
    """What the guard did, frame by frame.

    speech : what it saw. wished_mm, given_mm : (F, 4) change of `ROWS` against the filmed
    mouth, as asked for and as granted. held_mm : (F,) how far the lips were held together.
    over_mm : (F,) how far a protected contact is still open: 0 unless the mouth had no way.
    """

    speech: Speech
    wished_mm: Float
    given_mm: Float

    @property
    def held_mm(self) -> Float:
        """Return (F,) mm of mouth opening which the guard took back."""
        return self.wished_mm[:, 0] - self.given_mm[:, 0]

    @property
    def over_mm(self) -> Float:
        """Return (F,) mm by which lips filmed closed, or a lip on teeth, are now apart."""
        lips = np.where(self.speech.closed >= 1, self.given_mm[:, 0], 0)
        touching = self.speech.labiodental >= 1
        apart = np.maximum(self.given_mm[:, 0], -self.given_mm[:, 3]) - CONTACT_MM
        over = np.maximum(lips, np.where(touching, apart, 0))
        return np.maximum(over, 0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Guard:
    """How firmly speech is kept. strength : 0 lets everything pass, 1 keeps every closure.

    keep_lips : share of the change of mouth opening, protrusion and chin that is taken back
    while speaking, closures or not. articulation : the mouth it is all measured on.
    """

    strength: float
    keep_lips: float
    articulation: Articulation

    def hold(
        self, filmed: Float, wished: Float, drop: Float, amount: Float, speech: Speech
    ) -> tuple[Float, GuardReport]:
        """Return (F, 52) nearest to `wished` whose mouth still speaks, and what was done.

        filmed, wished : (F, 52). drop : (F, 52) added to `wished` and not taken back, other
        than by contacts. amount : (F,) 0..1.5, how much is edited at all.
        """
        result = wished + drop
        gradient = _rows(self.articulation)
        asked = (result - filmed)[:, MOUTH]
        offset = _yielded(asked, speech.brief)
        # Where an edit leaves the mouth alone there is nothing to guard, nor to press shut.
        moved = np.clip(np.abs(offset).max(1, initial=0) / MOVED, 0, 1)
        smile = speech.closed * np.clip(offset[:, _SMILE].mean(1), 0, 1)
        press = OVERCLOSE_MM * np.minimum(amount, moved) * (1 + PRESSED * smile)
        meant = drop[:, MOUTH] @ gradient.T
        target, slack = self._targets(offset @ gradient.T, meant, press, speech)
        box = _bounds(filmed[:, MOUTH], offset)
        given = _solve(offset, target, slack, gradient, box)
        # At strength 0 nothing is touched, and between the two the way there is straight.
        given = asked + np.float32(self.strength) * (given - asked)
        result[:, MOUTH] = filmed[:, MOUTH] + given
        return result, GuardReport(
            speech,
            (asked @ gradient.T).astype(np.float32),
            (given @ gradient.T).astype(np.float32),
        )

    def _targets(
        self, asked: Float, meant: Float, press: Float, speech: Speech
    ) -> tuple[Float, Float]:
        """Return (F, 4) mm wanted, and (F, 4) slack: 0 = exactly, 1 = half way.

        asked, meant : (F, 4) mm. press : (F,) mm by which closed lips overlap.
        """
        target = asked - self.keep_lips * (1 - speech.pause)[:, None] * (asked - meant)
        closed, contact = speech.closed, speech.labiodental
        shut = np.minimum(target[:, 0], -press)
        target[:, 0] += closed * (shut - target[:, 0])
        target[:, 2] += closed * (np.minimum(target[:, 2], 0) - target[:, 2])
        near = np.minimum(target[:, 0], CONTACT_MM)
        target[:, 0] += contact * (near - target[:, 0])
        target[:, 3] = np.maximum(asked[:, 3], -CONTACT_MM)
        slack = np.zeros_like(target)
        slack[:, 1] = 1.0
        slack[:, 2] = 0.3
        slack[:, 3] = 1 / np.maximum(contact, 1e-3) - 1
        return target, slack


def _yielded(offset: Float, brief: Float) -> Float:
    """Return (F, M) offsets of the mouth whose form gives way at brief closures, (F,) 0..1.

    Only what is put on gives way: a smile that was taken off does not come back. The corners,
    which carry the emotion, do so at the closure itself only.
    """
    lips, corners = YIELDING * _FORM, FROWNING * _FROWN + SMILING * _SMILE
    share = brief[:, None] * lips + brief[:, None] ** 3 * corners
    return offset - share * np.maximum(offset, 0)


def smoothed(offset: Float, keep: Float, step: float) -> Float:
    """Return (F, 52) `offset` smoothed in time, except where and as far as `keep` is 1.

    Edits are smoothed, the filmed face never: its blinks and plosives are single frames.
    keep : (F, 52) 0..1. step : seconds a frame.
    """
    sigma = SMOOTHING / step
    if len(offset) < 2 or sigma < 0.2:
        return offset
    weight = 1 - keep + np.float32(1e-6)
    mean = gaussian_filter1d(offset * weight, sigma, axis=0, mode="nearest")
    mean /= gaussian_filter1d(weight, sigma, axis=0, mode="nearest")
    return (keep * offset + (1 - keep) * mean).astype(np.float32)


def events(filmed: Float, speech: Speech) -> Float:
    """Return (F, 52) 0..1: how much of each shape's movement is an event, not to be smoothed.

    Lips that close or touch teeth, and lids that blink.
    """
    keep = np.zeros_like(filmed)
    keep[:, MOUTH] = np.maximum(speech.closed, speech.labiodental)[:, None]
    for side in ("Left", "Right"):
        blink = np.clip(4 * filmed[:, ARKIT_INDEX[f"eyeBlink{side}"]] - 1, 0, 1)
        for stem in ("eyeBlink", "eyeWide", "eyeSquint"):
            keep[:, ARKIT_INDEX[f"{stem}{side}"]] = blink
    return keep


def moved_mm(offset: Float, articulation: Articulation) -> Float:
    """Return (F, 4) mm: what offsets (F, 52) do to the coordinates of `ROWS`."""
    return (offset[:, MOUTH] @ _rows(articulation).T).astype(np.float32)


def _rows(articulation: Articulation) -> Float:
    """Return (4, M) mm: how the mouth shapes move the coordinates of `ROWS`."""
    rows = [articulation.names.index(name) for name in ROWS]
    return articulation.gradient[rows][:, MOUTH].astype(np.float32)


def _bounds(filmed: Float, offset: Float) -> tuple[Float, Float]:
    """Return (F, M) lowest and highest offsets from the filmed mouth (F, M)."""
    wished = filmed + offset
    low = np.minimum(np.minimum(filmed, wished), 0)
    for stem, reach in _BELOW_REST.items():
        columns = np.isin(MOUTH, indices([stem]))
        low[:, columns] = np.minimum(low[:, columns], -reach)
    high = np.maximum(np.maximum(filmed, wished), 1)
    jaw, close = (MOUTH.tolist().index(ARKIT_INDEX[n]) for n in ("jawOpen", "mouthClose"))
    # The jaw may fall back, not drop further, to keep lips closed.
    high[:, jaw] = np.maximum(filmed[:, jaw], wished[:, jaw])
    # mouthClose presumes an open jaw; a little more than that only presses the lips.
    high[:, close] = np.maximum(
        np.minimum(filmed[:, jaw], wished[:, jaw]) + 0.05, filmed[:, close]
    )
    return low - filmed, high - filmed


def _solve(
    offset: Float, target: Float, slack: Float, gradient: Float, box: tuple[Float, Float]
) -> Float:
    """Return (F, M) offsets nearest to `offset`, in the box, with ``gradient @ x = target``.

    Weighted least norm with slack, solved for all frames at once: each step corrects what
    the limits of the box left over, by the shapes that are still free.
    """
    ease = _ease()
    scale = np.einsum("rm,m,rm->r", gradient, ease, gradient)
    x = np.clip(offset, *box)
    pull = np.zeros_like(target)
    for _ in range(STEPS):
        # With slack the miss itself is allowed in proportion to the force spent so far.
        miss = target - x @ gradient.T - slack * scale * pull
        toward = (miss @ gradient) * ease
        free = np.where(
            ((x <= box[0]) & (toward < 0)) | ((x >= box[1]) & (toward > 0)), 0, ease
        )
        system = np.einsum("rm,fm,sm->frs", gradient, free, gradient)
        system[:, range(len(scale)), range(len(scale))] += slack * scale + 1e-4 * scale + 1e-6
        force = np.linalg.solve(system, miss[..., None])[..., 0].astype(np.float32)
        pull += force
        x = np.clip(x + (force @ gradient) * free, *box)
    return x


def _ease() -> Float:
    ease = np.zeros(len(ARKIT_NAMES), np.float32)
    for stem, value in _EASE.items():
        ease[indices([stem])] = value
    return ease[MOUTH]
