"""What our own tracker would have read off a film of known coefficients.

Fitted to renders of talking heads that the program followed itself
(`core.training.tracker_model`): a linear leak between shapes, the part of a steady expression
that the clip's own neutral swallows, lips that never read quite as closed, and noise that
lasts a few frames and moves several shapes at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from safetensors.numpy import load_file
from scipy.signal import lfilter

from core.arrays import Float, check
from core.weights import verified

FILE = "weights/tracker_model.safetensors"
STILL = 50  # frames the noise has run before a clip begins


@dataclass(frozen=True, eq=False)
class Tracker:
    """What is read of c: ``c @ leak + neighbours(c) * blur + mean(c) * steady + closed * lips
    + level + lasting + noise``.

    leak : (52, 52). blur, steady, lips, level : (52,). lasting : (52, 52) factor of an error
    that stays for a clip. memory : (2, 52) weights of the noise of the two frames before, at
    25 frames a second. size : (2, 52) of what is new in it, at rest and for each unit that is
    read: a shape at rest is read without a tremble. spread : (52, 52) factor of its
    correlation.
    """

    leak: Float
    blur: Float
    steady: Float
    lips: Float
    level: Float
    lasting: Float
    memory: Float
    size: Float
    spread: Float

    def read(self, expression: Float, closed: Float, rng: np.random.Generator) -> Float:
        """Return (F, 52) coefficients as read off a film of `expression` (F, 52).

        closed : (F,) 0..1, how far the lips are closed for a sound.
        """
        check(expression, "F 52")
        check(closed, "F", F=len(expression))
        read = self.mean(expression, closed) + self.lasting @ rng.standard_normal(52)
        size = self.fresh(read)[np.maximum(np.arange(-STILL, len(read)), 0)]
        fresh = size * (rng.standard_normal(size.shape) @ self.spread.T)
        noise = [
            lfilter([1], [1, -a, -b], x) for a, b, x in zip(*self.memory, fresh.T, strict=True)
        ]
        return np.clip(read + np.stack(noise, 1)[STILL:], 0, 1).astype(np.float32)

    def fresh(self, read: Float) -> Float:
        """Return (F, 52): how much of the noise is new in every frame of what is read."""
        return self.size[0] + self.size[1] * np.clip(read, 0, 1)

    def mean(self, expression: Float, closed: Float) -> Float:
        """Return (F, 52): what it reads without noise."""
        steady = self.steady * expression.mean(0) + self.level
        blurred = expression @ self.leak + self.blur * neighbours(expression)
        return blurred + steady + closed[:, None] * self.lips

    def arrays(self) -> Mapping[str, Float]:
        """Return what makes it up, by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def neighbours(expression: Float) -> Float:
    """Return (F, 52): the sum of the frames before and after each; the ends repeat."""
    padded = np.concatenate([expression[:1], expression, expression[-1:]])
    return padded[:-2] + padded[2:]


@cache
def shipped() -> Tracker:
    """Return the one that ships."""
    return Tracker(**load_file(verified(FILE)))
