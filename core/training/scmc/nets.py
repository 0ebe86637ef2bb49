"""The encoders of the guide in torch; at run time they are `core.expression.scmc.Guide`."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from core.arrays import Float
from core.corpus.mel import BANDS
from core.expression.scmc import FRAMES, REACH, WIDTH

SIZE = 128  # numbers of an embedding


class FaceEncoder(nn.Module):
    """(B, 2, 53) faces, the frame before first -> (B, 128) in -1..1."""

    def __init__(self, mean: Float, sd: Float) -> None:
        super().__init__()
        self.mean = nn.Buffer(torch.as_tensor(mean, dtype=torch.float32))
        self.sd = nn.Buffer(torch.as_tensor(sd, dtype=torch.float32))
        widths = (FRAMES * WIDTH, SIZE, SIZE, SIZE)
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(widths)])

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        """Return the embedding."""
        x = ((face - self.mean) / self.sd).clamp(-REACH, REACH).flatten(1)
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return torch.tanh(self.layers[-1](x))


class VoiceEncoder(nn.Module):
    """(B, 20, 40) log-mel looks -> (B, 128) in -1..1."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(BANDS, 64, 3, 1, 1),
            nn.Conv1d(64, SIZE, 3, 2, 1),
            nn.Conv1d(SIZE, SIZE, 3, 2, 1),
        )
        self.out = nn.Linear(SIZE, SIZE)

    def forward(self, looks: torch.Tensor) -> torch.Tensor:
        """Return the embedding."""
        x = looks.transpose(1, 2)
        for layer in self.layers:
            x = torch.relu(layer(x))
        return torch.tanh(self.out(x.mean(2)))


class Agreement(nn.Module):
    """w D + b: distances of faces as distances of voices; w stays above 0."""

    def __init__(self) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.tensor(float(np.log(np.e - 1))))  # softplus = 1
        self.b = nn.Parameter(torch.tensor(0.0))

    @property
    def w(self) -> torch.Tensor:
        """Return the scale."""
        return nn.functional.softplus(self.raw)

    def forward(self, distance: torch.Tensor) -> torch.Tensor:
        """Return distances of voices."""
        return self.w * distance + self.b


def distances(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return (A, B) L2 distances of (A, D) and (B, D); smooth where they are 0."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return (squares.clamp_min(0) + 1e-8).sqrt()


def arrays(
    face: FaceEncoder, voice: VoiceEncoder, agreement: Agreement, tau: float
) -> dict[str, Float]:
    """Return the arrays of a `Guide`."""
    out: dict[str, torch.Tensor] = {"mean": face.mean, "sd": face.sd}
    for i in range(3):
        layer, heard = face.layers.get_parameter, voice.layers.get_parameter
        out[f"face.w{i}"], out[f"face.b{i}"] = layer(f"{i}.weight").T, layer(f"{i}.bias")
        out[f"voice.w{i}"], out[f"voice.b{i}"] = heard(f"{i}.weight"), heard(f"{i}.bias")
    out["voice.out"], out["voice.bias"] = voice.out.weight.T, voice.out.bias
    made = {name: np.ascontiguousarray(x.detach().cpu().numpy()) for name, x in out.items()}
    made["scale"] = np.array([agreement.w.item(), agreement.b.item(), tau], np.float32)
    return made
