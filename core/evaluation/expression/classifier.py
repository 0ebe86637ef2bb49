"""Which emotion a window of coefficients shows, by the networks of a corpus; in numpy.

Trained by `core.training.emotion_classifier` on windows that nobody edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.arrays import Float, Ints, check
from core.corpus.averages import windows
from core.expression.emotions import LABELS


@dataclass(frozen=True, eq=False)
class Classifier:
    """A perceptron of one hidden layer on standardised windows.

    arrays : mean, scale (520,), w1 (520, H), b1 (H,), w2 (H, 7), b2 (7,).
    """

    arrays: Mapping[str, Float]

    def scores(self, seen: Float) -> Float:
        """Return (W, 7), the larger the likelier, in the order of `LABELS`, of (W, 520)."""
        a = self.arrays
        check(seen, "W N", N=len(a["mean"]))
        hidden = np.maximum((seen - a["mean"]) / a["scale"] @ a["w1"] + a["b1"], 0)
        return hidden @ a["w2"] + a["b2"]

    def labels(self, face: Float, neutral: Float) -> Ints:
        """Return (W,) which of `LABELS` the windows of (F, 52) show; see `windows`."""
        return self.scores(windows(face, neutral)).argmax(1)

    def share(self, face: Float, neutral: Float, emotion: str) -> float:
        """Return the share 0..1 of windows that show `emotion`; nan without a window."""
        found = self.labels(face, neutral)
        return float((found == LABELS.index(emotion)).mean()) if len(found) else float("nan")
