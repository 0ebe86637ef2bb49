"""Moments that belong together: the same words of one person, neutral and with an emotion."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import Double, Float, Ints
from core.corpus.alignment import align
from core.corpus.clip import Name
from core.corpus.mel import STEP
from core.errors import ExchangeError
from core.jobs import Ticket
from core.media.atomic import whole_file
from core.training.material import Material

NEUTRAL = "neutral"
WORST = 2.5  # times the median cost of an actor: beyond, the words differ


@dataclass(frozen=True, eq=False)
class Pairing:
    """Frames of a neutral clip and of an emotional one that belong together, in pairs.

    neutral, emotional : numbers of the clips in a `Material`. first, second : (K,) frame
    numbers in it. cost : of the alignment.
    """

    neutral: int
    emotional: int
    first: Ints
    second: Ints
    cost: float


@dataclass(frozen=True, eq=False)
class Pairs:
    """All that was aligned, and (names, cost) of what was refused."""

    aligned: tuple[Pairing, ...]
    refused: tuple[tuple[Name, Name, float], ...]

    def groups(self, material: Material) -> dict[tuple[str, str], tuple[Ints, Ints]]:
        """Return (actor, emotion) -> (K,) neutral and emotional frames."""
        found: dict[tuple[str, str], list[Pairing]] = {}
        for p in self.aligned:
            name = material.entries[p.emotional].name
            found.setdefault((name.actor, name.emotion), []).append(p)
        return {
            key: (np.concatenate([p.first for p in ps]), np.concatenate([p.second for p in ps]))
            for key, ps in found.items()
        }


def aligned(material: Material, ticket: Ticket) -> Pairs:
    """Return every neutral clip aligned with those of the same actor, sentence and take."""
    wanted = list(_partners(material))
    if not wanted:
        raise ExchangeError(
            "No sentence is spoken both neutrally and with an emotion by one person; "
            "nothing can be aligned."
        )
    found = [_paired(material, a, b) for a, b in ticket.over(wanted, "Aligning")]
    usual = _usual(material, found)
    kept, refused = [], []
    for p in found:
        names = [material.entries[i].name for i in (p.neutral, p.emotional)]
        if p.cost <= WORST * usual[names[0].actor]:
            kept.append(p)
        else:
            refused.append((names[0], names[1], p.cost))
    return Pairs(tuple(kept), tuple(refused))


def _partners(material: Material) -> Iterator[tuple[int, int]]:
    """Yield the numbers of clips that say the same, the neutral one first."""
    neutral = {
        (e.name.actor, e.name.sentence, e.name.take): i
        for i, e in enumerate(material.entries)
        if e.name.emotion == NEUTRAL
    }
    for i, entry in enumerate(material.entries):
        name = entry.name
        partner = neutral.get((name.actor, name.sentence, name.take))
        if name.emotion != NEUTRAL and partner is not None:
            yield partner, i


def _paired(material: Material, neutral: int, emotional: int) -> Pairing:
    tables = [
        material.cepstra[slice(*material.sound[[c, c + 1]])] for c in (neutral, emotional)
    ]
    path = align(*tables)
    moments = [material.moments[material.frames(c)] for c in (neutral, emotional)]
    second = _carried(path.first * STEP, path.second * STEP, moments[0], moments[1])
    inside = second >= 0
    return Pairing(
        neutral,
        emotional,
        material.frames(neutral)[inside],
        material.frames(emotional)[second[inside]],
        path.cost,
    )


def _carried(first: Float, second: Float, moments: Double, others: Double) -> Ints:
    """Return (F,) the frame at `others` that belongs to each of `moments`; -1 beyond."""
    steps, at = np.unique(first, return_inverse=True)
    mean = np.bincount(at, second) / np.bincount(at)
    there = np.interp(moments, steps, mean)
    nearest = np.abs(others[None] - there[:, None]).argmin(1)
    apart = np.abs(others[nearest] - there)
    beyond = (moments < steps[0]) | (moments > steps[-1]) | (apart > 0.5 * _step(others))
    return np.where(beyond, -1, nearest)


def _step(moments: Double) -> float:
    return float(np.median(np.diff(moments))) + 1e-6 if len(moments) > 1 else 0.04


def _usual(material: Material, found: Sequence[Pairing]) -> Mapping[str, float]:
    """Return the median cost of every actor."""
    costs: dict[str, list[float]] = {}
    for p in found:
        costs.setdefault(material.entries[p.neutral].name.actor, []).append(p.cost)
    return {actor: float(np.median(x)) for actor, x in costs.items()}


def write(pairs: Pairs, material: Material, path: Path) -> None:
    """Write ``{actor: {emotion: {"sentence_sentence": [frames, frames]}}}`` as JSON.

    Frames are counted within their clips, as in the file of the original method.
    """
    table: dict[str, dict[str, dict[str, list[list[int]]]]] = {}
    for p in pairs.aligned:
        a, b = (material.entries[i].name for i in (p.neutral, p.emotional))
        rows = table.setdefault(a.actor, {}).setdefault(b.emotion, {})
        first = p.first - material.first[p.neutral]
        second = p.second - material.first[p.emotional]
        rows[f"{a.sentence}_{b.sentence}"] = [first.tolist(), second.tolist()]
    refused = [[str(a.path), str(b.path), cost] for a, b, cost in pairs.refused]
    with whole_file(path) as file:
        file.write(json.dumps({"aligned": table, "refused": refused}).encode())
