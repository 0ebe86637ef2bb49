"""Writing a film from pictures the program made itself."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame

from core.arrays import Float, Rgb, check
from core.errors import MediaError
from core.jobs import Ticket
from core.media.atomic import whole_file
from core.media.colour import FULL, Coding
from core.media.encode import ExportSettings, FilmWriter, Voice, container_of, film_coding
from core.media.sound import SoundLane, Spoken
from core.times import Times

BT709 = 1  # matrix, primaries and transfer in the tables of ITU-T H.273


@dataclass(frozen=True, eq=False)
class Voiceover:
    """Sound for a film: (N,) or (N, 2) float32 in -1..1; sample 0 is heard at time zero."""

    samples: Float
    rate: int


def record_video(
    target: str | os.PathLike[str],
    pictures: Iterable[Rgb],
    times: Times,
    settings: ExportSettings | None = None,
    voiceover: Voiceover | None = None,
    ticket: Ticket | None = None,
) -> Path:
    """Write (H, W, 3) uint8 sRGB pictures, one for each frame time; return the path.

    BT.709, limited range, 4:2:0 where the size is even. `pictures` is read as it is written,
    so it may be a generator.
    """
    settings, ticket = settings or ExportSettings(), ticket or Ticket()
    place = Path(os.path.abspath(target))
    container = container_of(place, settings)
    line = iter(pictures)
    first = next(line, None)
    if first is None:
        raise MediaError(f"There are no pictures to write: {place}")
    H, W = first.shape[:2]
    coding = coding_of((W, H), times.base, times.rate(), settings)
    pts = times.pts.tolist()
    tail = max(1, round(1 / (times.rate() * times.base)))
    with whole_file(place) as file:
        writer = FilmWriter(
            file, container, coding, settings, shift=max(0, -pts[0]), voice=_voice(voiceover)
        )
        try:
            with writer:
                ends = [*pts[1:], pts[-1] + tail]
                for i, (now, end) in enumerate(zip(pts, ends, strict=True)):
                    rgb = first if i == 0 else next(line, None)
                    if rgb is None:
                        raise MediaError(f"{i} pictures came for {len(pts)} times: {place}")
                    check(rgb, "H W 3", H=H, W=W)
                    writer.write(coded(rgb, coding), now, end - now)
                    ticket.report((i + 1) / len(pts), f"writing frame {i + 1} of {len(pts)}")
        except FFmpegError as error:
            raise MediaError(f"The encoder failed ({error.strerror}): {place}") from error
    return place


def _voice(voiceover: Voiceover | None) -> Voice | None:
    if voiceover is None:
        return None

    def spoken(out: OutputContainer, _shift: Fraction) -> SoundLane:
        return Spoken(out, voiceover.samples, voiceover.rate)

    return spoken


def coding_of(
    size: tuple[int, int], base: Fraction, rate: Fraction, settings: ExportSettings
) -> Coding:
    """Return how pictures of our own, (W, H) px, are coded: BT.709, limited range."""
    plain = Coding(size, base, rate, colour_range=1)
    tagged = replace(plain, matrix=BT709, primaries=BT709, transfer=BT709)
    return film_coding(tagged, settings)[0]


def coded(rgb: Rgb, coding: Coding) -> VideoFrame:
    """Return the (H, W, 3) uint8 sRGB picture as a frame for the encoder."""
    return VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=coding.pixel_format,
        src_color_range=FULL,
        dst_colorspace=coding.swscale()["src_colorspace"],
        dst_color_range=FULL if coding.full_range else 1,
        interpolation="BICUBIC",
        threads=1,
    )
