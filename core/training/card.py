"""Model cards: what trained a network, on what, and how well it does."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from core.arrays import Float
from core.weights import seal


@dataclass(frozen=True)
class Card:
    """What a person must know about a network; `text` parts are markdown sentences."""

    title: str
    purpose: str
    command: str
    seed: int
    data: str
    licence: str
    limits: str


def write(
    path: Path, arrays: Mapping[str, Float], card: Card, metrics: Mapping[str, float]
) -> None:
    """Write a network (.safetensors), its card (.md beside it), and its digest on the list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(x) for name, x in arrays.items()}, path)
    digest = seal(path)
    numbers = sum(x.size for x in arrays.values())
    lines = [
        f"# {card.title}",
        "",
        card.purpose,
        "",
        "| | |",
        "|---|---|",
        f"| file | `{path.name}`, {path.stat().st_size / 1e6:.1f} MB, {numbers:,} numbers |",
        f"| sha256 | `{digest}` |",
        f"| made by | `{card.command}` |",
        f"| seed | {card.seed} |",
        f"| data | {card.data} |",
        f"| licence | {card.licence} |",
        f"| date | {datetime.datetime.now(datetime.UTC).date().isoformat()} |",
        *(f"| {name} | {value:.4g} |" for name, value in metrics.items()),
        "",
        card.limits,
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
