"""Small stand-ins of clips: every frame at half the size, each coded by itself.

A long-GOP film must decode up to seconds of video to show one frame; a proxy decodes one
picture. Proxies lie in the user's cache folder under the digest of their clip. Frame `i` has
the time stamp `i`: they are addressed by number, so no rate and no edit list comes between.
"""

import contextlib
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from core.arrays import Rgb
from core.errors import MediaError
from core.jobs import Ticket
from core.media.atomic import whole_file
from core.media.colour import FULL, Coding, to_rgb
from core.media.probe import VideoInfo
from core.media.source import open_media, video_stream
from core.media.video import frames
from core.paths import cache

VERSION = 1
LONGEST = 960  # px of the longer side
LEAST = 960 * 540  # px: smaller pictures decode fast enough
LIMIT = 4 << 30  # bytes of all proxies together
RATE = 25  # of the container; frames are addressed by their number
QUALITY = "4"  # of the JPEG pictures, 2 is best
JPEG_MATRIX = 6  # BT.601, in the numbers of H.273


def folder() -> Path:
    """Return where proxies lie."""
    return cache() / "proxies"


def place_of(info: VideoInfo) -> Path:
    """Return where the proxy of a clip lies, or would."""
    return folder() / f"{info.digest}-{VERSION}.mov"


def worth(info: VideoInfo) -> bool:
    """Return whether a proxy would save time: pictures large, or far from their key frames."""
    return info.size[0] * info.size[1] >= LEAST


def proxy_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return (W, H) of the proxy of pictures of `size`: half of it, even, at most 960 long."""
    scale = min(0.5, LONGEST / max(size))
    return max(2, 2 * round(size[0] * scale / 2)), max(2, 2 * round(size[1] * scale / 2))


def make_proxy(info: VideoInfo, ticket: Ticket | None = None, limit: int = LIMIT) -> Path:
    """Make the proxy of a clip; it appears whole, the oldest ones leave if room is short."""
    ticket = ticket or Ticket()
    target = place_of(info)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"The cache folder cannot be made: {target.parent}") from error
    with whole_file(target) as file:
        out = av.open(file, "w", format="mov")
        try:
            _fill(out, info, ticket)
        except FFmpegError as error:
            raise MediaError(f"The proxy cannot be written: {target}") from error
        finally:
            with contextlib.suppress(FFmpegError, OSError, ValueError):
                out.close()
        if file.tell() > limit:
            raise MediaError(f"The clip is too long for a proxy: {info.path}")
    tidy(limit, keep=target)
    return target


def tidy(limit: int = LIMIT, keep: Path | None = None) -> None:
    """Let the proxies that were not used for longest leave until `limit` bytes are held."""
    found: list[tuple[float, int, Path]] = []
    for path in folder().glob("*.mov"):
        with contextlib.suppress(OSError):
            found.append((path.stat().st_mtime, path.stat().st_size, path))
    held = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if held > limit and path != keep:
            with contextlib.suppress(OSError):
                path.unlink()
                held -= size


def open_proxy(info: VideoInfo) -> "Proxy | None":
    """Return the proxy of a clip, None if there is none; a damaged one is deleted."""
    path = place_of(info)
    if not path.exists():
        return None
    try:
        proxy = Proxy(path, info)
    except MediaError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used now: others leave first
    return proxy


class Proxy:
    """An open proxy. Not thread-safe."""

    def __init__(self, path: Path, info: VideoInfo) -> None:
        """Open it; raise `MediaError` if it is not the whole proxy of this clip."""
        self.path = path
        self.size = proxy_size(info.size)
        self._container = open_media(path)
        try:
            self._stream = video_stream(self._container, path)
            self._stream.codec_context.thread_count = 1
            self._stream.codec_context.options = {"err_detect": "explode"}
            if self._stream.frames != len(info.times):
                raise MediaError(f"The proxy has another number of frames: {path}")
            self._coding = _coding(info, _coded_size(info))
            self.at(0)
            self.at(len(info.times) - 1)
        except BaseException:
            self._container.close()
            raise

    def __enter__(self) -> "Proxy":
        """Return the proxy."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        """Close the file."""
        self._container.close()

    def at(self, index: int) -> Rgb:
        """Return frame `index`, (H, W, 3) uint8; raise `MediaError` if it is damaged."""
        stream = self._stream
        tick = round(Fraction(index, RATE) / Fraction(stream.time_base or 1))
        try:
            self._container.seek(tick, stream=stream)
            for packet in self._container.demux(stream):
                for frame in packet.decode():
                    if frame.pts != tick or frame.is_corrupt:
                        raise MediaError(f"The proxy is damaged: {self.path}")
                    return to_rgb(frame, self._coding)
        except (FFmpegError, EOFError) as error:
            raise MediaError(f"The proxy is damaged: {self.path}") from error
        raise MediaError(f"The proxy is damaged: {self.path}")

    def discard(self) -> None:
        """Close and delete the file."""
        self._container.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def _fill(out: OutputContainer, info: VideoInfo, ticket: Ticket) -> None:
    size = _coded_size(info)
    options = {"qmin": QUALITY, "qmax": QUALITY}
    stream = out.add_stream("mjpeg", rate=RATE, options=options)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = *size, "yuvj420p"
    context.thread_count = 1
    context.color_range = FULL
    for picture in ticket.over(frames(info.path, info), "", len(info.times)):
        small = _smaller(picture.frame, info.coding, size)
        small.pts, small.time_base, small.pict_type = picture.index, Fraction(1, RATE), 0
        out.mux(stream.encode(small))
    out.mux(stream.encode(None))


def _smaller(frame: VideoFrame, coding: Coding, size: tuple[int, int]) -> VideoFrame:
    return frame.reformat(
        *size,
        format="yuvj420p",
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
        threads=1,
        **coding.swscale(),
    )


def _coded_size(info: VideoInfo) -> tuple[int, int]:
    w, h = proxy_size(info.size)
    return (h, w) if info.coding.transposed else (w, h)


def _coding(info: VideoInfo, size: tuple[int, int]) -> Coding:
    """Return how the pictures of the proxy are coded; they lie as the clip's own do."""
    return replace(
        info.coding,
        size=size,
        pixel_format="yuvj420p",
        depth=8,
        colour_range=FULL,
        matrix=JPEG_MATRIX,
    )
