"""The learned editor: the same speech, another emotion.

A residual network looks at ten frames at once and adds to each what turns one manner of
feeling into another. A manner is a style of 16 numbers, of a label or of a clip. Windows that
overlap are laid over each other with Gaussian weights, so no step shows where one begins
(expression.md 4.4 and 4.5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from core.arrays import Float, Ints, check, digest_of
from core.errors import ModelError, WishError
from core.expression.emotions import LABELS, label
from core.expression.scmc import REACH, WIDTH
from core.weights import verified

ACTED = "weights/manipulator.safetensors"
READ = "weights/manipulator_read.safetensors"
WINDOW = 10  # frames seen at once
STYLE = 16  # numbers of a style
RATE = 25.0  # frames a second it was trained at
SIGMA = 0.3 * ((WINDOW - 1) / 2 - 1) + 0.8  # of the weights of a window, in frames
CHUNK = 2048  # windows at once


@dataclass(frozen=True, eq=False)
class Style:
    """A manner of feeling: (16,) numbers, and what it is called.

    face : (52,) the mean face of the performance it was taken from, against the person's own
    neutral: a clip tells more than sixteen numbers hold. None = a label's.
    """

    numbers: Float
    name: str
    face: Float | None = None

    def __post_init__(self) -> None:
        """Refuse a shape that does not fit."""
        check(self.numbers, f"{STYLE}")
        if self.face is not None:
            check(self.face, f"{WIDTH - 1}")

    @property
    def flat(self) -> tuple[float, ...]:
        """Return all its numbers, 16 or 68."""
        both = self.numbers if self.face is None else np.concatenate([self.numbers, self.face])
        return tuple(float(x) for x in both)

    @classmethod
    def of(cls, flat: Sequence[float], name: str) -> "Style":
        """Return the style whose `flat` numbers these are.

        Raises
        ------
        WishError
            if they are neither 16 nor 68.
        """
        if len(flat) not in (STYLE, STYLE + WIDTH - 1):
            raise WishError(
                f"A style has {STYLE} or {STYLE + WIDTH - 1} numbers, not {len(flat)}."
            )
        x = np.array(flat, np.float32)
        return cls(x[:STYLE], name, x[STYLE:] if len(x) > STYLE else None)


class Manipulator:
    """The trained networks; safe to share between threads.

    Arrays: ``mean``, ``sd`` (53,) of the faces; ``g.in``, ``g.w*`` (3, in, out), ``g.b*``,
    ``g.film*`` (16, 2 out), ``g.filmb*``, ``g.out``, ``g.outb`` of the generator; ``e.w*``,
    ``e.b*`` of the style encoder; ``styles`` (7, 16), the middle of each label.
    """

    def __init__(self, arrays: Mapping[str, Float]) -> None:
        self._a = {name: np.asarray(x, np.float32) for name, x in arrays.items()}
        needed = {"mean", "sd", "g.in", "g.inb", "g.out", "g.outb", "styles", "e.w3"}
        missing = needed - set(self._a)
        if missing or self._a["styles"].shape != (len(LABELS), STYLE):
            raise ModelError(
                f"The learned editor is of another version ({', '.join(sorted(missing))})."
            )
        self._blocks = sum(key.startswith("g.w") for key in self._a)

    @classmethod
    def of_file(cls, path: Path) -> "Manipulator":
        """Return the networks of a safetensors file; raise `ModelError` if it is none."""
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError, ValueError) as error:
            raise ModelError(f"The learned editor cannot be read: {path}") from error

    @cached_property
    def digest(self) -> str:
        """Return what tells these networks from others; styles mean something to one only."""
        return digest_of(self._a)

    def label_of_style(self, numbers: Float) -> str:
        """Return the label whose own style is nearest to (16,) numbers."""
        return LABELS[int(np.linalg.norm(self._a["styles"] - numbers, axis=1).argmin())]

    def style_of_label(self, name: str) -> Style:
        """Return the middle of all styles of a label.

        Raises
        ------
        WishError
            if the label is none of the seven it was trained on.
        """
        word = label(name)
        if word not in LABELS:
            raise WishError(
                f"The learned editor knows {', '.join(LABELS)}; '{name}' is not among them."
            )
        return Style(self._a["styles"][LABELS.index(word)], word)

    def style_of_clip(self, face: Float, name: str) -> Style:
        """Return the style of (F, 53) `core.expression.scmc.faces`: the geometric median of
        those of its windows, and the mean face.
        """
        check(face, f"F {WIDTH}")
        numbers = geometric_median(self.styles(_windows(face, starts_of(len(face)))))
        return Style(numbers, name, face[:, : WIDTH - 1].mean(0))

    def styles(self, windows: Float) -> Float:
        """Return (B, 16): the style of each of (B, 10, 53) windows."""
        x = self._levelled(windows)
        for layer in range(2):
            x = _bent(x @ self._a[f"e.w{layer}"] + self._a[f"e.b{layer}"])
        x = np.concatenate([x.mean(1), x.std(1)], 1)
        x = _bent(x @ self._a["e.w2"] + self._a["e.b2"])
        return x @ self._a["e.w3"] + self._a["e.b3"]

    def change(self, face: Float, style: Float, hop: int = 1) -> Float:
        """Return (F, 52): what to add to (F, 53) faces so that they feel like `style`.

        style : (16,), or (F, 16) one for each frame. hop : frames from a window to the next.
        """
        check(face, f"F {WIDTH}")
        F = len(face)
        if not F:
            return np.zeros((0, WIDTH - 1), np.float32)
        starts = starts_of(F, hop)
        weights = _weights()
        total = np.zeros((max(F, WINDOW), WIDTH - 1), np.float32)
        weight = np.zeros((len(total), 1), np.float32)
        styles = np.broadcast_to(style, (F, STYLE)) if style.ndim == 1 else style
        for at in range(0, len(starts), CHUNK):
            some = starts[at : at + CHUNK]
            wanted = styles[np.minimum(some + WINDOW // 2, F - 1)]
            parts = self.generated(_windows(face, some), wanted)
            for k in range(WINDOW):
                # Starts rise by at least one, so no row is written twice at a time.
                total[some + k] += weights[k] * parts[:, k]
                weight[some + k] += weights[k]
        return (total / weight)[:F]

    def generated(self, windows: Float, style: Float) -> Float:
        """Return (B, 10, 52): what the network adds to (B, 10, 53), for (B, 16) styles."""
        x = self._levelled(windows) @ self._a["g.in"] + self._a["g.inb"]
        for i in range(self._blocks):
            film = style @ self._a[f"g.film{i}"] + self._a[f"g.filmb{i}"]
            scale, shift = np.split(film[:, None], 2, axis=2)
            y = _convolved(x, self._a[f"g.w{i}"], self._a[f"g.b{i}"])
            x = x + _bent(y * (1 + scale) + shift)
        return np.tanh(x @ self._a["g.out"] + self._a["g.outb"])

    def _levelled(self, windows: Float) -> Float:
        """Return windows in standard deviations about the mean."""
        return np.clip((windows - self._a["mean"]) / self._a["sd"], -REACH, REACH)


def starts_of(frames: int, hop: int = 1) -> Ints:
    """Return the first frames of windows that cover a clip, its last frame included."""
    last = max(0, frames - WINDOW)
    return np.unique(np.append(np.arange(0, last + 1, hop), last))


def _windows(face: Float, starts: Ints) -> Float:
    """Return (B, 10, 53); a clip shorter than a window repeats its last frame."""
    rows = np.minimum(starts[:, None] + np.arange(WINDOW), len(face) - 1)
    return face[rows]


def _weights() -> Float:
    middle = (WINDOW - 1) / 2
    return np.exp(-((np.arange(WINDOW) - middle) ** 2) / (2 * SIGMA**2)).astype(np.float32)


def _bent(x: Float) -> Float:
    """Return SiLU, x * sigmoid(x)."""
    return x / (1 + np.exp(-x))


def _convolved(x: Float, weight: Float, bias: Float) -> Float:
    """Return (B, T, out) of (B, T, in) convolved with (3, in, out) along T, padded by zeros."""
    B, T, _ = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (0, 0)))
    seen = np.concatenate([padded[:, k : k + T] for k in range(3)], 2)
    return (seen.reshape(B * T, -1) @ weight.reshape(-1, weight.shape[2])).reshape(
        B, T, -1
    ) + bias


def geometric_median(x: Float, tolerance: float = 1e-5, rounds: int = 200) -> Float:
    """Return (D,): the point with the least sum of distances to (N, D) points.

    Weiszfeld's iteration with the correction of Vardi and Zhang where it meets a point.
    """
    check(x, "N D")
    points = np.asarray(x, np.float64)
    here = points.mean(0)
    for _ in range(rounds):
        apart = np.linalg.norm(points - here, axis=1)
        met = apart < 1e-12
        if met.all():
            break
        near = 1 / apart[~met]
        pulled = (points[~met] * near[:, None]).sum(0) / near.sum()
        pull = ((points[~met] - here) * near[:, None]).sum(0)
        stay = min(1.0, met.sum() / max(float(np.linalg.norm(pull)), 1e-12))
        there = (1 - stay) * pulled + stay * here
        moved = float(np.linalg.norm(there - here))
        here = there
        if moved < tolerance:
            break
    return here.astype(np.float32)


@cache
def shipped() -> Manipulator:
    """Return the editor for labels: it learned from faces as actors made them."""
    return Manipulator.of_file(verified(ACTED))


@cache
def reader() -> Manipulator:
    """Return the editor for references: it learned from faces as our tracker reads them.

    A tracker shows a part of what is acted. Taken from such a reading and given as it is, a
    label would come out faint; compared with such a reading, a reference is itself one.
    """
    return Manipulator.of_file(verified(READ))
