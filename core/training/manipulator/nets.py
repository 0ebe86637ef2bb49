"""The learned editor in torch: generator, style encoder, judge of real and made."""

import numpy as np
import torch
from torch import nn

from core.arrays import Float
from core.expression.emotions import LABELS
from core.expression.manipulator import STYLE
from core.expression.scmc import REACH, WIDTH

COEFFICIENTS = WIDTH - 1


class Level(nn.Module):
    """(B, T, 53) faces in standard deviations about the mean."""

    def __init__(self, mean: Float, sd: Float) -> None:
        super().__init__()
        self.mean = nn.Buffer(torch.as_tensor(mean, dtype=torch.float32))
        self.sd = nn.Buffer(torch.as_tensor(sd, dtype=torch.float32))

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        """Return it."""
        return ((face - self.mean) / self.sd).clamp(-REACH, REACH)


class Generator(nn.Module):
    """(B, 10, 53) faces and (B, 16) styles -> (B, 10, 52), what to add to the coefficients.

    Residual convolutions in time, each scaled and shifted by the style (FiLM). gap : (52,) cm
    of lip opening for each coefficient, so that the 53rd number follows the other 52.
    """

    def __init__(self, level: Level, gap: Float, width: int = 64, blocks: int = 5) -> None:
        super().__init__()
        self.level = level
        self.gap = nn.Buffer(torch.as_tensor(gap, dtype=torch.float32))
        self.first = nn.Linear(WIDTH, width)
        self.blocks = nn.ModuleList([nn.Conv1d(width, width, 3, 1, 1) for _ in range(blocks)])
        self.films = nn.ModuleList([nn.Linear(STYLE, 2 * width) for _ in range(blocks)])
        self.last = nn.Linear(width, COEFFICIENTS)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, face: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        """Return the change."""
        x = self.first(self.level(face))
        for block, film in zip(self.blocks, self.films, strict=True):
            scale, shift = film(style)[:, None].chunk(2, 2)
            y = block(x.transpose(1, 2)).transpose(1, 2)
            x = x + nn.functional.silu(y * (1 + scale) + shift)
        return torch.tanh(self.last(x))

    def edited(
        self, face: torch.Tensor, style: torch.Tensor, shown: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return (B, 10, 53): the faces with the change that `shown`, or they, ask for."""
        change = self(face if shown is None else shown, style)
        gap = change @ self.gap
        return face + torch.cat([change, gap[..., None]], 2)


class Encoder(nn.Module):
    """(B, 10, 53) faces -> (B, size): what holds for a window as a whole."""

    def __init__(self, level: Level, size: int, width: int = 64) -> None:
        super().__init__()
        self.level = level
        self.frames = nn.ModuleList([nn.Linear(WIDTH, width), nn.Linear(width, width)])
        self.whole = nn.ModuleList([nn.Linear(2 * width, width), nn.Linear(width, size)])

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        """Return the numbers of each window."""
        x = self.level(face)
        for layer in self.frames:
            x = nn.functional.silu(layer(x))
        sd = (x.var(1, unbiased=False) + 1e-8).sqrt()
        x = nn.functional.silu(self.whole[0](torch.cat([x.mean(1), sd], 1)))
        return self.whole[1](x)


class Judge(nn.Module):
    """(B, 10, 53) -> (B, 7) how real each label looks, and (B, 7) which label it is."""

    def __init__(self, level: Level) -> None:
        super().__init__()
        self.encoder = Encoder(level, 2 * len(LABELS))

    def forward(self, face: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return both."""
        real, which = self.encoder(face).chunk(2, 1)
        return real, which


def arrays(generator: Generator, encoder: Encoder, styles: Float) -> dict[str, Float]:
    """Return the arrays of a `core.expression.manipulator.Manipulator`."""
    g, e = generator.get_parameter, encoder.get_parameter
    out: dict[str, torch.Tensor] = {
        "mean": generator.level.mean, "sd": generator.level.sd,
        "g.in": g("first.weight").T, "g.inb": g("first.bias"),
        "g.out": g("last.weight").T, "g.outb": g("last.bias"),
    }  # fmt: skip
    for i in range(len(generator.blocks)):
        out[f"g.w{i}"] = g(f"blocks.{i}.weight").permute(2, 1, 0)
        out[f"g.b{i}"] = g(f"blocks.{i}.bias")
        out[f"g.film{i}"] = g(f"films.{i}.weight").T
        out[f"g.filmb{i}"] = g(f"films.{i}.bias")
    for i, name in enumerate(("frames.0", "frames.1", "whole.0", "whole.1")):
        out[f"e.w{i}"], out[f"e.b{i}"] = e(f"{name}.weight").T, e(f"{name}.bias")
    made = {name: np.ascontiguousarray(x.detach().cpu().numpy()) for name, x in out.items()}
    return made | {"styles": np.asarray(styles, np.float32)}
