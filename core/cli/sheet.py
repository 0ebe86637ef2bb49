"""A contact sheet: frames of a film above the same frames of another."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from core.arrays import Rgb
from core.errors import MediaError
from core.media.atomic import whole_file
from core.media.probe import probe
from core.media.video import FrameReader

_BAND, _GAP = 26, 4


def contact_sheet(
    before: Path,
    after: Path,
    columns: Sequence[tuple[int, str]],
    target: Path,
    height: int = 360,
) -> None:
    """Write a PNG: for each (frame, caption) the frame of `before` above that of `after`."""
    frames = [frame for frame, _ in columns]
    rows = [_strip(path, frames, height) for path in (before, after)]
    gap = np.full((_GAP, rows[0].shape[1], 3), 255, np.uint8)
    captions = [_caption(text, rows[0].shape[1] // len(frames)) for _, text in columns]
    sheet = np.concatenate([np.concatenate(captions, 1), rows[0], gap, rows[1]])
    ok, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    if not ok:
        raise MediaError(f"The contact sheet cannot be written: {target}")
    with whole_file(target) as file:
        file.write(data.tobytes())


def _strip(path: Path, frames: Sequence[int], height: int) -> Rgb:
    with FrameReader(path, probe(path)) as reader:
        return np.concatenate([_small(reader.at(i).rgb, height) for i in frames], 1)


def _small(rgb: Rgb, height: int) -> Rgb:
    width = round(rgb.shape[1] * height / rgb.shape[0])
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    return small[:, width // 6 : width - width // 6] if width > height else small  # type: ignore[return-value]


def _caption(text: str, width: int) -> Rgb:
    band = np.full((_BAND, width, 3), 255, np.uint8)
    black = (0, 0, 0)
    cv2.putText(band, text, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, black, 1, cv2.LINE_AA)
    return band
