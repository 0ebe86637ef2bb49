"""Trained networks on their way to the shelf: weights, their card, their digest."""

import datetime
import importlib.metadata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors.numpy import save

from core import weights
from core.arrays import Float
from core.media.atomic import whole_file

_PACKAGES = ("torch", "numpy", "scipy", "safetensors", "ai-edge-litert")


@dataclass(frozen=True)
class Origin:
    """Where a network comes from: what its card says besides its errors.

    command : that makes it again. config : a dataclass of all settings, the seed too.
    data, use, limits : a paragraph each.
    """

    title: str
    command: str
    config: Any
    data: str
    use: str
    limits: str
    licence: str = "Apache-2.0"


def publish(
    folder: Path,
    name: str,
    arrays: Mapping[str, Float],
    metrics: Mapping[str, float],
    origin: Origin,
) -> Path:
    """Write ``name.safetensors``, its card ``name.md``, and put its digest on the list.

    Returns the path of the weights. The card is written first: no weights without one.
    """
    card = _card(arrays, metrics, origin)
    with whole_file(folder / f"{name}.md") as file:
        file.write(card.encode())
    path = folder / f"{name}.safetensors"
    with whole_file(path) as file:
        file.write(save(dict(sorted(arrays.items()))))
    weights.seal(path)
    return path


def _card(arrays: Mapping[str, Float], metrics: Mapping[str, float], origin: Origin) -> str:
    size = sum(x.size for x in arrays.values())
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in _PACKAGES)
    settings = ", ".join(f"{key} {value}" for key, value in asdict(origin.config).items())
    numbers = "\n".join(f"| {key} | {value:.4g} |" for key, value in metrics.items())
    return f"""# {origin.title}

{origin.use}

**Made by** `{origin.command}` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, with
{settings}; {versions}.

**Learned from** {origin.data}

**Limits.** {origin.limits}

**Licence** {origin.licence}. {size:,} numbers.

| measured on what was held out | |
|---|---|
{numbers}
"""
