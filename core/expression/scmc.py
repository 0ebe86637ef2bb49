"""The guide: how far apart two moments of speech are, as a voice tells and as a face tells.

Symmetrical cross-modal correlation (SCMC): two encoders, trained so that distances between a
neutral and an emotional moment agree between sound and face (expression.md 3). It finds
faces that say the same in another emotion, and tells how much an edit changes what is said.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from core.arrays import Float, check, digest_of
from core.errors import ModelError
from core.stages import Articulation
from core.weights import verified

FILE = "weights/scmc.safetensors"
FRAMES = 2  # of the face that are seen at once; trained with exactly as many
WIDTH = 53  # 52 coefficients and the gap of the lips
REACH = 5.0  # standard deviations beyond which nothing is believed
CENTIMETRE = 10.0  # mm; the unit of the gap


def faces(expression: Float, mouth: Articulation) -> Float:
    """Return (F, 53): the (F, 52) coefficients and the gap of the lips they make, in cm."""
    check(expression, "F 52")
    row = mouth.names.index("aperture")
    gap = expression @ mouth.gradient[row].astype(np.float32)
    return np.concatenate([expression, gap[:, None] / CENTIMETRE], 1).astype(np.float32)


class Guide:
    """The trained encoders; safe to share between threads.

    Arrays: ``mean``, ``sd`` (53,) of the faces; ``face.w*``, ``face.b*`` layers of a
    perceptron; ``voice.w*`` (out, in, 3), ``voice.b*`` of convolutions with steps 1, 2, 2,
    then ``voice.out``, ``voice.bias``; ``scale`` = (w, b, tau): w * distance of faces + b is
    a distance of voices, and most pairs that say the same are nearer than tau.
    """

    def __init__(self, arrays: Mapping[str, Float]) -> None:
        self._a = {name: np.asarray(x, np.float32) for name, x in arrays.items()}
        try:
            self.w, self.b, self.tau = (float(x) for x in self._a["scale"])
            if len(self._a["mean"]) != WIDTH or self._a["face.w0"].shape[0] != FRAMES * WIDTH:
                raise ModelError("The speech guide was trained on faces of another kind.")
        except (KeyError, ValueError) as error:
            raise ModelError(f"The speech guide lacks numbers ({error}).") from error

    @classmethod
    def of_file(cls, path: Path) -> "Guide":
        """Return the encoders of a safetensors file; raise `ModelError` if it is none."""
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError, ValueError) as error:
            raise ModelError(f"The speech guide cannot be read: {path}") from error

    @property
    def arrays(self) -> Mapping[str, Float]:
        """Return what it is made of."""
        return self._a

    @cached_property
    def digest(self) -> str:
        """Return what tells this guide from others."""
        return digest_of(self._a)

    def see(self, face: Float) -> Float:
        """Return (F, 128): what each frame of (F, 53) `faces` says, with the one before it."""
        check(face, f"F {WIDTH}")
        x = np.clip((face - self._a["mean"]) / self._a["sd"], -REACH, REACH)
        x = np.concatenate([x[np.maximum(np.arange(len(x)) - 1, 0)], x], 1)
        layers = sum(key.startswith("face.w") for key in self._a)
        for layer in range(layers):
            x = x @ self._a[f"face.w{layer}"] + self._a[f"face.b{layer}"]
            x = np.tanh(x) if layer == layers - 1 else np.maximum(x, 0)
        return x

    def hear(self, looks: Float) -> Float:
        """Return (F, 128): what is said in (F, 20, 40) `core.corpus.mel.looks`."""
        check(looks, "F 20 40")
        x = np.swapaxes(looks, 1, 2)
        for layer, step in enumerate((1, 2, 2)):
            weight, bias = self._a[f"voice.w{layer}"], self._a[f"voice.b{layer}"]
            x = np.maximum(_convolved(x, weight, step) + bias[:, None], 0)
        return np.tanh(x.mean(2) @ self._a["voice.out"] + self._a["voice.bias"])

    def drift(self, face: Float, edited: Float) -> Float:
        """Return (F,): how far the speech of `edited` is from that of `face`, both (F, 53)."""
        apart = np.linalg.norm(self.see(face) - self.see(edited), axis=1)
        return self.w * apart + self.b


def _convolved(x: Float, weight: Float, step: int) -> Float:
    """Return (B, out, T') of (B, in, T) convolved with (out, in, 3), padded by one."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=2)[:, :, ::step]
    return np.einsum("bitk,oik->bot", seen, weight, optimize=True)


@cache
def shipped() -> Guide:
    """Return the guide that ships."""
    return Guide.of_file(verified(FILE))
