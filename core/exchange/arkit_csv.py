"""Coefficients as a table: a row a frame, the 52 shapes under their ARKit names."""

import csv
import io
from pathlib import Path

import numpy as np

from core.errors import ExchangeError
from core.media.atomic import whole_file
from core.track import ARKIT, ARKIT_NAMES, Track

COLUMNS: tuple[str, ...] = (
    "pts", "seconds", "confidence", *ARKIT_NAMES,
    "headRotationX", "headRotationY", "headRotationZ",
    "headTranslationX", "headTranslationY", "headTranslationZ",
    "eyeLeftYaw", "eyeLeftPitch", "eyeRightYaw", "eyeRightPitch",
)  # fmt: skip
_GROUPS = ("confidence", "expression", "head_rotation", "head_translation", "eyes")


def write_csv(track: Track, target: Path) -> int:
    """Write `track` to `target`, which appears whole or not at all; return the rows.

    pts : ticks of the clip's own time base. seconds : the same moment, pts x base. Shapes
    0..1; rotation axis-angle rad and translation mm as in `core.track.Look`; gaze rad. The
    digits give back exactly the float32 numbers of the track.
    """
    if track.space != ARKIT:
        raise ExchangeError(f"A track of {track.space.name} has no ARKit names: {target}")
    rows = np.concatenate([track[group] for group in _GROUPS], axis=1)
    with whole_file(target) as file:
        text = io.TextIOWrapper(file, encoding="ascii", newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        for pts, row in zip(track.times.pts.tolist(), rows, strict=True):
            seconds = f"{float(pts * track.times.base):.9f}"
            table.writerow([pts, seconds, *(f"{x:.9g}" for x in row.tolist())])
        text.flush()
        text.detach()
    return len(rows)
