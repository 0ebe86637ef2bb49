"""What the numbers of a decoded picture mean: matrix, range, and which way is up."""

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from av.video.stream import VideoStream

from core.arrays import Rgb

UNSPECIFIED = 2  # in the tables of ITU-T H.273 for matrix, primaries and transfer
FULL = 2  # colour range: 0 not said, 1 limited (16-235), 2 full (0-255)
# H.273 matrix number -> (Kr, Kb) of Y = Kr R + Kg G + Kb B, and swscale's name of it
_MATRICES = {
    1: (0.2126, 0.0722, Colorspace.ITU709),
    4: (0.30, 0.11, Colorspace.FCC),
    5: (0.299, 0.114, Colorspace.ITU601),
    6: (0.299, 0.114, Colorspace.ITU601),
    7: (0.212, 0.087, Colorspace.SMPTE240M),
    9: (0.2627, 0.0593, Colorspace.BT2020),
    10: (0.2627, 0.0593, Colorspace.BT2020),
}
# The quick path of swscale is one grey level too dark and repeats chroma samples.
_ACCURATE = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
IDENTITY = (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)


@dataclass(frozen=True)
class Coding:
    """How the pictures of a stream are coded. Everything an export must hand on unchanged.

    size : (W, H) as coded, before `display_matrix`. base : seconds a tick. rate : nominal
    frames a second. pixel_format : FFmpeg's name. depth : bits a sample. colour_range, matrix,
    primaries, transfer : the numbers of ITU-T H.273 (range: 0 not said, 1 limited, 2 full).
    aspect : of one pixel, 0 = not said. display_matrix : nine 16.16 numbers, coded to upright.
    """

    size: tuple[int, int]
    base: Fraction
    rate: Fraction
    pixel_format: str = "yuv420p"
    depth: int = 8
    colour_range: int = 0
    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    aspect: Fraction = Fraction(0)
    display_matrix: tuple[int, ...] = IDENTITY
    interlaced: bool = False

    @property
    def transposed(self) -> bool:
        """Return whether upright rows are coded columns."""
        a, b = self.display_matrix[:2]
        return abs(b) > abs(a)

    @property
    def rotation(self) -> int:
        """Return by how many degrees clockwise a player turns the coded picture: 0..270."""
        a, b = self.display_matrix[:2]
        if self.transposed:
            return 90 if b > 0 else 270
        return 0 if a > 0 else 180

    @property
    def upright_size(self) -> tuple[int, int]:
        """Return (W, H) of the upright picture."""
        w, h = self.size
        return (h, w) if self.transposed else (w, h)

    @property
    def full_range(self) -> bool:
        """Return whether luma spans 0-255 instead of 16-235."""
        return self.colour_range == FULL or self.pixel_format.startswith("yuvj")

    def luma_weights(self) -> tuple[float, float]:
        """Return (Kr, Kb) of the colour matrix in use."""
        kr, kb, _ = _MATRICES[self.known_matrix()]
        return kr, kb

    def known_matrix(self) -> int:
        """Return the number of the matrix in use, said or guessed as players do."""
        if self.matrix in _MATRICES:
            return self.matrix
        # What players assume when a file does not say: BT.709 for HD, BT.601 below.
        w, h = self.size
        return 1 if w >= 1280 or h > 576 else 6

    def swscale(self) -> dict[str, int]:
        """Return the arguments that make swscale read pictures of this coding rightly."""
        space = int(_MATRICES[self.known_matrix()][2])
        return {"src_colorspace": space, "src_color_range": FULL if self.full_range else 1}


def coding_of(frame: VideoFrame, stream: VideoStream) -> Coding:
    """Return the coding of a stream from its first decoded frame."""
    form = frame.format
    context = stream.codec_context
    aspect = stream.sample_aspect_ratio or context.sample_aspect_ratio
    return Coding(
        size=(frame.width, frame.height),
        base=Fraction(stream.time_base or Fraction(1, 90000)),
        rate=Fraction(stream.average_rate or stream.guessed_rate or 25),
        pixel_format=form.name,
        depth=max(c.bits for c in form.components),
        colour_range=int(frame.color_range),
        matrix=int(frame.colorspace),
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        aspect=Fraction(aspect) if aspect else Fraction(0),
        display_matrix=_display_matrix(frame),
        interlaced=bool(frame.interlaced_frame),
    )


def to_rgb(frame: VideoFrame, coding: Coding) -> Rgb:
    """Return the upright picture as (H, W, 3) uint8, read-only."""
    plain = frame.reformat(
        format="rgb24",
        dst_color_range=FULL,
        interpolation=_ACCURATE,
        threads=1,
        **coding.swscale(),
    )
    rgb = upright(cast("Rgb", plain.to_ndarray()), coding)
    rgb.flags.writeable = False
    return rgb


def upright(coded: Rgb, coding: Coding) -> Rgb:
    """Return coded pixels (H, W, 3) turned and mirrored as the display matrix asks."""
    a, b, _, c, d = coding.display_matrix[:5]
    x = coded.swapaxes(0, 1) if coding.transposed else coded
    down, right = (b, c) if coding.transposed else (d, a)
    return np.ascontiguousarray(x[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1])


def as_coded(rgb: Rgb, coding: Coding) -> Rgb:
    """Return upright pixels in coded orientation: the inverse of `upright`."""
    a, b, _, c, d = coding.display_matrix[:5]
    down, right = (b, c) if coding.transposed else (d, a)
    x = rgb[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1]
    return np.ascontiguousarray(x.swapaxes(0, 1) if coding.transposed else x)


def _display_matrix(frame: VideoFrame) -> tuple[int, ...]:
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return IDENTITY
    matrix = np.frombuffer(bytes(data), np.int32)
    return tuple(int(v) for v in matrix)
