"""A contact sheet: frames of a film above the same frames of another."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from core.arrays import Float, Rgb
from core.errors import MediaError
from core.media.atomic import whole_file
from core.media.probe import VideoInfo, probe
from core.media.video import FrameReader

_BAND, _GAP, _HEIGHT = 26, 4, 420  # px


def contact_sheet(
    films: tuple[Path, Path],
    columns: Sequence[tuple[int, str]],
    crop: tuple[int, int, int, int],
    target: Path,
    first: int = 0,
) -> None:
    """Write a PNG: for each (frame, caption) the frame of one film above that of the other.

    crop : left, top, right, bottom px of what is shown of each frame of the first film; the
    second may be smaller. first : the frame of the first film with which the second begins.
    """
    filmed = probe(films[0])
    frames = [frame for frame, _ in columns]
    rows = [
        _strip(filmed, frames, crop, filmed.size),
        _strip(probe(films[1]), [frame - first for frame in frames], crop, filmed.size),
    ]
    gap = np.full((_GAP, rows[0].shape[1], 3), 255, np.uint8)
    captions = [_caption(text, rows[0].shape[1] // len(columns)) for _, text in columns]
    sheet = np.concatenate([np.concatenate(captions, 1), rows[0], gap, rows[1]])
    ok, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    if not ok:
        raise MediaError(f"The contact sheet cannot be written: {target}")
    with whole_file(target) as file:
        file.write(data.tobytes())


def around(landmarks: Float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the crop in which the head of (..., 478, 2) px stays, in a picture of (W, H).

    All of the picture where there is no face.
    """
    points = landmarks.reshape(-1, 2)
    points = points[points.any(1)]
    if not len(points):
        return 0, 0, *size
    low, high = points.min(0), points.max(0)
    margin = 0.35 * (high - low).max()
    left, top = np.maximum(low - margin, 0).astype(int).tolist()
    right, bottom = np.minimum(high + margin, size).astype(int).tolist()
    return left, top, right, bottom


def _strip(
    film: VideoInfo,
    frames: Sequence[int],
    crop: tuple[int, int, int, int],
    of: tuple[int, int],
) -> Rgb:
    left, top, right, bottom = crop
    size = (round((right - left) * _HEIGHT / (bottom - top)), _HEIGHT)
    if film.size != of:
        x, y = film.size[0] / of[0], film.size[1] / of[1]
        left, right = int(left * x), max(int(left * x) + 1, round(right * x))
        top, bottom = int(top * y), max(int(top * y) + 1, round(bottom * y))
    with FrameReader(film.path, film) as reader:
        parts = [reader.at(i).rgb[top:bottom, left:right] for i in frames]
    small = [cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in parts]
    return np.concatenate(small, 1)  # type: ignore[return-value]


def _caption(text: str, width: int) -> Rgb:
    band = np.full((_BAND, width, 3), 255, np.uint8)
    black = (0, 0, 0)
    cv2.putText(band, text, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, black, 1, cv2.LINE_AA)
    return band
