"""Training of the two encoders, alone and together, and how well they agree.

Alone: a pair that says the same is told from 63 that do not, all of one actor and one emotion,
so that only speech tells them apart (InfoNCE on L2 distances, both ways). Together: the same,
and distances of faces predict distances of voices (SCMCL; expression.md 3.1 and 3.3).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import rankdata
from torch import nn

from core.arrays import Bools, Double, Float, Ints
from core.errors import ExchangeError
from core.training.loop import descend, rng
from core.training.material import Material
from core.training.scmc.nets import FaceEncoder, VoiceEncoder, distances
from core.training.scmc.pairs import Pairs

BATCH = 64  # pairs of a step, and of a retrieval
NEAR = 3  # frames beside the right one that are no wrong answer
SD_FLOOR = 0.02  # of a coefficient
Step = Callable[[int], Mapping[str, float]]
AGREEING = 0.35  # share of the joint steps after which distances have to agree


@dataclass(frozen=True)
class Config:
    """How long, how fast. steps : of each encoder alone and of both together.

    acted : faces as their actors made them, not as a tracker reads them.
    """

    steps: int = 1500
    joint_steps: int = 1500
    rate: float = 1e-3
    joint_rate: float = 3e-4
    agreement: float = 1.0  # weight of the distances' agreement
    both_ways: bool = True
    seed: int = 1
    acted: bool = False


@dataclass(frozen=True, eq=False)
class Batches:
    """Where batches of pairs come from: (actor, emotion) -> (K,) and (K,) frames."""

    material: Material
    groups: Mapping[tuple[str, str], tuple[Ints, Ints]]

    def drawn(self, chance: np.random.Generator) -> tuple[Ints, Ints]:
        """Return (64,) neutral and (64,) emotional frames of one actor and emotion.

        A group of fewer pairs gives all it has.
        """
        keys = sorted(self.groups)
        sizes = np.array([len(self.groups[k][0]) for k in keys], np.float64)
        key = keys[chance.choice(len(keys), p=sizes / sizes.sum())]
        first, second = self.groups[key]
        at = chance.choice(len(first), min(BATCH, len(first)), replace=False)
        return first[at], second[at]

    def mask(self, first: Ints, second: Ints) -> Bools:
        """Return (B, B) where j is no wrong answer for i: the same moment, or next to it."""
        near = np.abs(second[:, None] - second[None]) <= NEAR
        near |= np.abs(first[:, None] - first[None]) <= NEAR
        np.fill_diagonal(near, False)
        return near


def spread_of(material: Material) -> tuple[Float, Float]:
    """Return (53,) mean and standard deviation of the faces, the latter with a floor."""
    return material.face.mean(0), np.maximum(material.face.std(0), SD_FLOOR)


def contrast(d: torch.Tensor, mask: torch.Tensor, both_ways: bool) -> torch.Tensor:
    """Return the cross entropy of telling pairs by (B, B) distances; `mask` takes no part."""
    logits = (-d).masked_fill(mask, -torch.inf)
    right = torch.arange(len(d))
    loss = nn.functional.cross_entropy(logits, right)
    if both_ways:
        loss = (loss + nn.functional.cross_entropy(logits.T, right)) / 2
    return loss


class Modality:
    """One encoder with what it is shown of a frame."""

    def __init__(self, material: Material, net: FaceEncoder | VoiceEncoder) -> None:
        self.net, self._material = net, material
        if isinstance(net, FaceEncoder):
            self._shown = torch.from_numpy(material.face)

    def embedded(self, frames: Ints) -> torch.Tensor:
        """Return (B, 128)."""
        if isinstance(self.net, FaceEncoder):
            seen = self._material.before(frames)
            return self.net(self._shown[torch.from_numpy(seen)])
        return self.net(torch.from_numpy(self._material.looks(frames)))

    def apart(self, first: Ints, second: Ints) -> torch.Tensor:
        """Return (A, B) distances."""
        both = self.embedded(np.concatenate([first, second]))
        return distances(both[: len(first)], both[len(first) :])


def alone_step(
    modality: Modality, batches: Batches, config: Config, optimiser: torch.optim.Optimizer
) -> Step:
    """Return the step that trains one encoder alone."""

    def step(i: int) -> Mapping[str, float]:
        first, second = batches.drawn(rng(config.seed, i))
        d = modality.apart(first, second)
        mask = torch.from_numpy(batches.mask(first, second))
        loss = contrast(d, mask, config.both_ways)
        descend(loss, optimiser)
        return {"loss": loss.item(), **_distances(d.detach())}

    return step


def joint_step(
    face: Modality,
    voice: Modality,
    agreement: nn.Module,
    batches: Batches,
    config: Config,
    optimiser: torch.optim.Optimizer,
) -> Step:
    """Return the step that trains both: L_voice + L_face + |w D_face + b - D_voice|."""
    begins = int(AGREEING * config.joint_steps)

    def step(i: int) -> Mapping[str, float]:
        first, second = batches.drawn(rng(config.seed + 1, i))
        mask = torch.from_numpy(batches.mask(first, second))
        seen, heard = face.apart(first, second), voice.apart(first, second)
        loss = contrast(seen, mask, config.both_ways) + contrast(heard, mask, config.both_ways)
        differ = (agreement(seen) - heard).abs().mean()
        if i >= begins:
            loss = loss + config.agreement * differ
        descend(loss, optimiser)
        return {"loss": loss.item(), "differ": differ.item(), **_distances(seen.detach())}

    return step


def _distances(d: torch.Tensor) -> dict[str, float]:
    """Return the mean distance of pairs and of strangers."""
    own = d.diagonal().mean().item()
    other = (d.sum() - d.diagonal().sum()) / max(1, d.numel() - len(d))
    return {"same": own, "others": other.item()}


@torch.no_grad()
def scores(
    face: Modality,
    voice: Modality,
    scale: tuple[float, float],
    batches: Batches,
    seed: int = 0,
    rounds: int = 40,
) -> dict[str, float]:
    """Return what a report says: retrieval in batches, distances, and how modalities agree.

    scale : (w, b). Chance of the first answer is 1 / 64.
    """
    tops: dict[str, list[float]] = {}
    seen_all: list[Double] = []
    heard_all: list[Double] = []
    for i in range(rounds):
        first, second = batches.drawn(np.random.default_rng([seed, i]))
        mask = batches.mask(first, second)
        both = {"face": face.apart(first, second), "voice": voice.apart(first, second)}
        for name, d in both.items():
            found = np.where(mask, np.inf, d.numpy())
            order = np.argsort(found, 1)
            right = np.arange(len(found))[:, None]
            tops.setdefault(f"{name} top 1", []).append(float((order[:, :1] == right).mean()))
            near = (order[:, :5] == right).any(1)
            tops.setdefault(f"{name} top 5", []).append(float(near.mean()))
            for key, value in _distances(d).items():
                tops.setdefault(f"{name} {key}", []).append(value)
        seen_all.append(scale[0] * both["face"].numpy().ravel() + scale[1])
        heard_all.append(both["voice"].numpy().ravel())
    seen, heard = np.concatenate(seen_all), np.concatenate(heard_all)
    out = {name: float(np.mean(x)) for name, x in tops.items()}
    out["Pearson"] = float(np.corrcoef(seen, heard)[0, 1])
    out["Spearman"] = float(np.corrcoef(rankdata(seen), rankdata(heard))[0, 1])
    out["chance"] = 1 / BATCH
    return out


@torch.no_grad()
def threshold(voice: Modality, batches: Batches, rounds: int = 40) -> float:
    """Return tau: nine pairs in ten that say the same are nearer, as voices (held out)."""
    near: list[Double] = []
    for i in range(rounds):
        first, second = batches.drawn(np.random.default_rng([9, i]))
        near.append(voice.apart(first, second).diagonal().numpy().astype(np.float64))
    return float(np.quantile(np.concatenate(near), 0.9))


def split(pairs: Pairs, material: Material, held: Sequence[str]) -> tuple[Batches, Batches]:
    """Return batches of the sentences to learn from, and of those held out.

    Raises
    ------
    ExchangeError
        if there are none of either.
    """
    out: list[Batches] = []
    for inside in (False, True):
        some = tuple(
            p
            for p in pairs.aligned
            if (material.entries[p.neutral].name.sentence in held) is inside
        )
        out.append(Batches(material, Pairs(some, ()).groups(material)))
    if not all(batches.groups for batches in out):
        raise ExchangeError(
            "The guide learns from some sentences and is measured by others; "
            "the corpus needs two at least that could be aligned."
        )
    return out[0], out[1]


def held_out(material: Material) -> list[str]:
    """Return every tenth sentence, which the guide does not learn from; of fewer, the last."""
    names = sorted({e.name.sentence for e in material.entries})
    return names[9::10] or names[1:][-1:]
