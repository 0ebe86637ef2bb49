"""Reading ``.target`` files: lines "index dx dy dz" over the vertices of the base mesh."""

import gzip
from pathlib import Path

import numpy as np

from core.arrays import Double, Ints
from core.errors import ModelError
from core.face.construction.base_mesh import MILLIMETRES


def read(path: Path, kept: Ints) -> Double:
    """Return (V, 3) mm: how the target moves the head's vertices `kept` at weight 1."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = [line.split() for line in raw.decode().splitlines()]
        rows = np.array([[float(x) for x in line] for line in lines if len(line) == 4]).reshape(
            -1, 4
        )
    except (OSError, ValueError) as e:
        raise ModelError(f"This is not a target of the base mesh: {path}") from e
    moved = np.zeros((max(int(kept.max()), int(rows[:, 0].max(initial=0))) + 1, 3))
    moved[rows[:, 0].astype(int)] = rows[:, 1:] * MILLIMETRES
    return moved[kept]
