"""The check of an edited take's speech as a table, a row a frame."""

import csv
import io
from pathlib import Path

from core.expression.speech_check import SpeechCheck
from core.media.atomic import whole_file
from core.times import Times

COLUMNS = (
    "pts", "seconds", "drift", "disagreement_filmed", "disagreement_edited",
    "opening_mm_filmed", "opening_mm_edited",
)  # fmt: skip


def write_check(check: SpeechCheck, times: Times, target: Path) -> int:
    """Write `check` to `target`, whole or not at all; return the rows.

    An empty cell is what cannot be told: there is no sound, or no face.
    """
    with whole_file(target) as file:
        text = io.TextIOWrapper(file, encoding="ascii", newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        values = (check.drift, *check.disagreement, *check.opening_mm)
        for frame, pts in enumerate(times.pts.tolist()):
            numbers = (float(x[frame]) for x in values)
            seconds = f"{float(pts * times.base):.9f}"
            cells = ("" if x != x else f"{x:.6g}" for x in numbers)
            table.writerow([pts, seconds, *cells])
        text.flush()
        text.detach()
    return len(times)
