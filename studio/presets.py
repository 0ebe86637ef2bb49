"""Presets: offsets of shapes kept under a name in the user's data folder, for every project."""

import json
import logging
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from core.errors import ExchangeError
from core.expression.layers import Offset
from core.paths import data
from core.project import Take
from core.times import Times
from core.track import ARKIT_INDEX

log = logging.getLogger(__name__)
Preset = Mapping[str, float]  # shape -> offset, -1..1


def folder() -> Path:
    """Return where presets lie, a file each."""
    return data() / "presets"


def names() -> list[str]:
    """Return the names of all presets, in the order of the alphabet."""
    return sorted(_all(), key=str.casefold)


def load(name: str) -> dict[str, float]:
    """Return the offsets of a preset; raise `ExchangeError` if it is not there."""
    found = _all().get(name)
    if found is None:
        raise ExchangeError(f"There is no preset of this name any more: {name}")
    return found[1]


def save(name: str, preset: Preset) -> None:
    """Keep `preset` under `name`, in the place of one that was called so."""
    name = " ".join(name.split())
    if not name:
        raise ExchangeError("A preset needs a name.")
    target = _place(name)
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"name": name, "offsets": dict(preset)}, indent=1)
        part.write_text(text + "\n", encoding="utf-8")
        os.replace(part, target)
    except OSError as e:
        raise ExchangeError(f"The preset cannot be kept ({e.strerror}): {target}") from e


def delete(name: str) -> None:
    """Forget a preset."""
    found = _all().get(name)
    if found is not None:
        try:
            found[0].unlink(missing_ok=True)
        except OSError as e:
            raise ExchangeError(f"The preset stays ({e.strerror}): {found[0]}") from e


def of(take: Take, frame: int) -> dict[str, float]:
    """Return the offsets of a take at a frame, those that do something."""
    times = take.track.times
    here = Times(times.pts[[0, frame]] if frame else times.pts[:1], times.base)
    offsets = {
        layer.shape: round(float(layer.amount.at(here)[-1]), 4)
        for layer in take.layers
        if isinstance(layer, Offset) and layer.enabled and layer.shape in ARKIT_INDEX
    }
    return {shape: amount for shape, amount in offsets.items() if amount}


def _place(name: str) -> Path:
    plain = re.sub(r"[^\w-]+", "_", name)[:40]
    return folder() / f"{plain}-{sha256(name.encode()).hexdigest()[:8]}.json"


def _all() -> dict[str, tuple[Path, dict[str, float]]]:
    found: dict[str, tuple[Path, dict[str, float]]] = {}
    try:
        paths = sorted(folder().glob("*.json"))
    except OSError:  # there is no such folder, or it may not be read
        return found
    for path in paths:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            offsets = {str(shape): float(x) for shape, x in told["offsets"].items()}
            if not all(s in ARKIT_INDEX and -1 <= x <= 1 for s, x in offsets.items()):
                raise ValueError("a shape or a number that is none")
            found[str(told["name"])] = (path, offsets)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
            log.warning("not a preset: %s (%s)", path, e)
    return found
