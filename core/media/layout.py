"""How a picture lies in the film: its size there, and the filmed one beside it."""

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from av.video.frame import VideoFrame

from core.arrays import Rgb
from core.media.colour import FULL, UNSPECIFIED, Coding, as_coded, upright
from core.media.encode import ExportSettings, film_coding
from core.media.planes import Plane, planes


@dataclass(frozen=True)
class Layout:
    """The codings a picture goes through.

    whole : of the clip's size; an edit is added to it. one : of the size in the film.
    film : of what is encoded, twice as wide where filmed and edited stand side by side.
    notes : what could not be kept as it was, a sentence each.
    """

    whole: Coding
    one: Coding
    film: Coding
    notes: tuple[str, ...] = ()

    @property
    def compares(self) -> bool:
        """Return whether the filmed picture stands on the left."""
        return self.film.size != self.one.size

    def kept(self, frame: VideoFrame) -> list[Plane]:
        """Return a copy of the planes of a frame of `whole`, in the size of the film."""
        return [plane.copy() for plane in planes(self._scaled(frame), self.one.depth)]

    def frame(self, edited: VideoFrame, filmed: "list[Plane] | None" = None) -> VideoFrame:
        """Return the frame to encode; `edited` itself where nothing is asked.

        edited : a frame of `whole`. filmed : what `kept` said of it before the edit.
        """
        one = self._scaled(edited)
        if filmed is None:
            return one
        film = VideoFrame(*self.film.size, self.film.pixel_format)
        depth = self.one.depth
        pairs = zip(planes(film, depth), filmed, planes(one, depth), strict=True)
        for plane, left, right in pairs:
            plane[:] = self._joined(left, right)
        return film

    def rgb(self, filmed: Rgb, edited: Rgb) -> Rgb:
        """Return the upright picture (H, W, 3) of the film."""
        right = self._sized(edited)
        return (
            np.concatenate([self._sized(filmed), right], 1)  # type: ignore[return-value]
            if self.compares
            else right
        )

    def _scaled(self, frame: VideoFrame) -> VideoFrame:
        if self.whole.size == self.one.size:
            return frame
        return frame.reformat(
            *self.one.size,
            format=self.one.pixel_format,
            dst_colorspace=self.one.swscale()["src_colorspace"],
            dst_color_range=FULL if self.one.full_range else 1,
            interpolation="BICUBIC",
            threads=1,
            **self.whole.swscale(),
        )

    def _sized(self, rgb: Rgb) -> Rgb:
        if self.whole.size == self.one.size:
            return rgb
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        small = frame.reformat(*self.one.upright_size, interpolation="BICUBIC", threads=1)
        return cast("Rgb", small.to_ndarray())

    def _joined(self, left: Plane, right: Plane) -> Plane:
        """Return two planes side by side as a viewer sees them, as the film codes them."""
        pair = [upright(cast("Rgb", plane), self.one) for plane in (left, right)]
        return as_coded(np.concatenate(pair, 1), self.one)


def layout_of(filmed: Coding, settings: ExportSettings) -> Layout:
    """Return how pictures of that coding lie in an export."""
    whole, notes = film_coding(filmed, settings)
    size = settings.cut.size(filmed.upright_size)
    compare = settings.cut.compare
    if size == filmed.upright_size and not compare:
        return Layout(whole, whole, whole, tuple(notes))
    one = whole
    if size != filmed.upright_size:
        one, notes = film_coding(replace(filmed, size=_coded(size, filmed)), settings)
    # Players guess the colour matrix by the size, which is another one now: it is said.
    known = whole.matrix if whole.matrix != UNSPECIFIED else whole.known_matrix()
    one = replace(one, matrix=known)
    wide = _coded((2 * size[0], size[1]) if compare else size, filmed)
    return Layout(whole, one, replace(one, size=wide), tuple(notes))


def _coded(size: tuple[int, int], coding: Coding) -> tuple[int, int]:
    return (size[1], size[0]) if coding.transposed else size
