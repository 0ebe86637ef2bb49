"""Reading pictures: every frame in order, or any frame by its index."""

import itertools
import os
from collections.abc import Iterator
from types import TracebackType

import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame

from core.arrays import Rgb
from core.errors import MediaError
from core.media.colour import to_rgb
from core.media.probe import VideoInfo, time_stamp
from core.media.source import decoded, open_media, video_stream

_STEP = 12  # a key frame no further ahead than this is not worth a seek


class Picture:
    """One decoded frame.

    index : of the frame in the clip. frame : as decoded (its planes must not be written to).
    stand_in : the frame itself could not be decoded; this is its neighbour, shown in its place.
    """

    def __init__(
        self, index: int, frame: VideoFrame, info: VideoInfo, stand_in: bool = False
    ) -> None:
        self.index = index
        self.frame = frame
        self.stand_in = stand_in
        self._info = info
        self._rgb: Rgb | None = None

    @property
    def rgb(self) -> Rgb:
        """Return the upright picture (H, W, 3) uint8, read-only; always the same array."""
        if self._rgb is None:
            self._rgb = to_rgb(self.frame, self._info.coding)
        return self._rgb


class FrameReader:
    """An open clip. `read(start)` goes forward, `at(index)` goes anywhere. Not thread-safe."""

    def __init__(
        self, path: str | os.PathLike[str], info: VideoInfo, threads: str = "AUTO"
    ) -> None:
        self.info = info
        self._path = path
        self._container = open_media(path)
        self._stream = video_stream(self._container, path)
        self._stream.thread_type = threads
        # Frame threads hold one picture each: two keep two cores busy without filling memory.
        self._stream.codec_context.thread_count = min(4, os.cpu_count() or 1)
        self._ahead: Iterator[Picture] = iter(())
        self._next = -1
        self._fresh = True  # nothing was read yet

    def __enter__(self) -> "FrameReader":
        """Return the reader."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        """Close the file."""
        self._container.close()

    def at(self, index: int) -> Picture:
        """Return frame `index`, by decoding on or by a seek to the key frame before it."""
        if not 0 <= index < len(self.info.times):
            raise MediaError(
                f"Frame {index} does not exist, the clip has {len(self.info.times)}."
            )
        keys = self.info.keys
        key = int(keys[np.searchsorted(keys, index, side="right") - 1])
        if not 0 <= self._next <= index or key > self._next + _STEP:
            self._ahead = self.read(index)
            self._next = index
        for picture in self._ahead:
            self._next = picture.index + 1
            if picture.index == index:
                return picture
        raise MediaError(f"Frame {index} cannot be decoded: {self._path}")

    def read(self, start: int = 0) -> Iterator[Picture]:
        """Yield the frames from `start` to the end, exactly one for each frame time."""
        packets = self._from(start)
        pts = self.info.times.pts
        wanted = start
        last: VideoFrame | None = None
        guess = int(pts[0])
        for frame in decoded(self._container, self._stream, packets):
            now = time_stamp(frame, guess)
            guess = now + int(frame.duration or 0)
            at = int(np.searchsorted(pts, now))
            if at < wanted or at == len(pts) or pts[at] != now:
                last = frame if at < wanted else last
                continue
            for missing in range(wanted, at):
                yield Picture(missing, last or frame, self.info, stand_in=True)
            yield Picture(at, frame, self.info)
            wanted, last = at + 1, frame
        if last is None:
            raise MediaError(f"The video holds no frame that can be decoded: {self._path}")
        for missing in range(wanted, len(pts)):
            yield Picture(missing, last, self.info, stand_in=True)

    def _from(self, start: int) -> Iterator[Packet]:
        """Return the packets from a key frame at or before frame `start`."""
        keys = self.info.keys
        key = int(keys[max(0, int(np.searchsorted(keys, start, side="right")) - 1)])
        if self._fresh and key == 0:
            self._fresh = False
            return self._container.demux(self._stream)
        self._fresh = False
        packets = self._arrived_at(int(self.info.times.pts[key]))
        if packets is None:
            self._reopen()
            packets = self._container.demux(self._stream)
        return packets

    def _arrived_at(self, tick: int) -> Iterator[Packet] | None:
        """Return the packets from a key frame at or before `tick`, None if not there."""
        try:
            self._container.seek(tick, stream=self._stream)
            self._stream.codec_context.flush_buffers()
            packets = self._container.demux(self._stream)
            first = next(packets)
        except (FFmpegError, StopIteration):
            return None
        # Containers seek by other clocks than ours: look where we are.
        there = first.is_keyframe and first.pts is not None and first.pts <= tick
        return itertools.chain([first], packets) if there else None

    def _reopen(self) -> None:
        kind, count = self._stream.thread_type, self._stream.codec_context.thread_count
        self._container.close()
        self._container = open_media(self._path)
        self._stream = video_stream(self._container, self._path)
        self._stream.thread_type = kind
        self._stream.codec_context.thread_count = count


def frames(
    path: str | os.PathLike[str], info: VideoInfo, start: int = 0, stop: int | None = None
) -> Iterator[Picture]:
    """Yield frames `start` to `stop`, exactly one for each frame time, in order."""
    stop = len(info.times) if stop is None else min(stop, len(info.times))
    if start >= stop:
        return
    with FrameReader(path, info) as reader:
        for picture in reader.read(start):
            if picture.index >= stop:
                return
            yield picture
