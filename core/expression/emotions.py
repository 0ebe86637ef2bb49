"""The emotions: their names, and what each does to a face.

The table ships as ``resources/emotions.json``; a file of the same form in the user's data
folder replaces single rows of it. Its numbers are millimetres, the largest displacement a
shape makes on the skin, because weights mean something different on every head: one smile
may pull the corners 12 mm where another pulls 8. ``unit_mm`` in the file holds, for the
head of this program, the millimetres of each shape at coefficient 1; weight = mm / unit_mm.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import Float, check, frozen
from core.errors import ModelError, WishError
from core.expression.groups import indices
from core.paths import data, resource
from core.track import ARKIT_INDEX, ARKIT_NAMES

STRONGEST = 1.5  # a weight above 1 moves a shape further than one finds on relaxed faces
LABELS: tuple[str, ...] = ("neutral", "angry", "disgusted", "fear", "happy", "sad", "surprised")
OPTIONAL: tuple[str, ...] = ("contempt", "calm")
ALIASES: Mapping[str, str] = {
    "anger": "angry", "disgust": "disgusted", "fearful": "fear", "afraid": "fear",
    "joy": "happy", "happiness": "happy", "sadness": "sad", "surprise": "surprised",
}  # fmt: skip


def label(name: str) -> str:
    """Return the label an emotion goes by: ``label("Joy") == "happy"``.

    Raises
    ------
    WishError
        if there is no such emotion.
    """
    word = name.strip().lower()
    word = ALIASES.get(word, word)
    if word not in (*LABELS, *OPTIONAL):
        raise WishError(
            f"There is no emotion '{name}'; there are {', '.join((*LABELS, *OPTIONAL))}."
        )
    return word


@dataclass(frozen=True, eq=False)
class Prototype:
    """An emotion at 100 %: strong, but a face one meets.

    weights : (52,) coefficients added to a relaxed face; a negative one only takes away.
    jaw : how far the jaw drops, coefficient of jawOpen, in pauses of speech only.
    gain : what speech movements are multiplied with (lively above 1, listless below).
    """

    label: str
    weights: Float
    jaw: float = 0.0
    gain: float = 1.0

    def __post_init__(self) -> None:
        """Freeze the weights."""
        check(self.weights, "E", E=len(ARKIT_NAMES))
        object.__setattr__(self, "weights", frozen(np.array(self.weights, np.float32)))

    def at(self, amount: Float) -> Float:
        """Return (F, 52) weights for (F,) intensities 0..1.5; above 1 they grow more slowly."""
        growth = np.where(amount <= 1, amount, 1 + 0.8 * (amount - 1))
        return np.clip(growth[:, None] * self.weights, -1, STRONGEST).astype(np.float32)


def load(path: Path, unit_mm: Float | None = None) -> dict[str, Prototype]:
    """Return the prototypes of a file by label; `unit_mm` (52,) carries them to another head.

    Raises
    ------
    ModelError
        if the file is not such a table.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if unit_mm is None:
            unit_mm = _units(table["unit_mm"])
        return {
            label(name): _row(label(name), row, unit_mm)
            for name, row in table["emotions"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as e:
        reason = str(e).rstrip(".")
        raise ModelError(f"This is not a table of emotions ({reason}): {path}") from e


@cache
def prototypes() -> Mapping[str, Prototype]:
    """Return the prototypes for the head of this program, with the rows the user replaced."""
    shipped = resource("emotions.json")
    table = load(shipped)
    own = data() / "emotions.json"
    if own.exists():
        table |= load(own, units())
    return table


@cache
def units() -> Float:
    """Return (52,) mm: how far each shape moves the skin of this program's head at 1."""
    path = resource("emotions.json")
    return frozen(_units(json.loads(path.read_text(encoding="utf-8"))["unit_mm"]))


def _units(table: Mapping[str, float]) -> Float:
    unit_mm = np.array([table[name] for name in ARKIT_NAMES], np.float32)
    if not np.all(np.isfinite(unit_mm) & (unit_mm > 0)):
        raise ValueError("every shape must move the skin")
    return unit_mm


def _row(name: str, row: Mapping[str, Any], unit_mm: Float) -> Prototype:
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    for shape, mm in row["shapes"].items():
        columns = indices([shape])
        if not len(columns):
            raise ValueError(f"there is no shape '{shape}'")
        weights[columns] = float(mm) / unit_mm[columns]
    jaw = float(row.get("jaw", 0.0)) / float(unit_mm[ARKIT_INDEX["jawOpen"]])
    gain = float(row.get("gain", 1.0))
    if not (np.all(np.isfinite(weights)) and np.isfinite(jaw) and 0.25 <= gain <= 2):
        raise ValueError(f"a number of '{name}' is out of range")
    return Prototype(name, np.clip(weights, -1, STRONGEST), float(np.clip(jaw, 0, 1)), gain)
