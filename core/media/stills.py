"""Writing frames as numbered PNG pictures with their times beside them."""

import threading
from fractions import Fraction
from pathlib import Path

import av
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from core.arrays import Rgb
from core.errors import MediaError
from core.media.colour import FULL, Coding
from core.media.sound import Sound, Span
from core.times import Times

TIMES_FILE = "times.txt"
SOUND_FILE = "sound.mka"


def still_name(index: int) -> str:
    """Return the file name of frame `index`: ``000001.png`` for the first."""
    return f"{index + 1:06d}.png"


class PngEncoder:
    """Makes PNG bytes, on as many threads as like: each has its own encoder."""

    def __init__(self) -> None:
        self._own = threading.local()

    def encode(self, rgb: Rgb) -> bytes:
        """Return the PNG of an upright (H, W, 3) uint8 picture."""
        return self._encode(VideoFrame.from_ndarray(rgb, format="rgb24"))

    def encode_deep(self, frame: VideoFrame, coding: Coding) -> bytes:
        """Return the 16-bit PNG of a frame of more than 8 bits a sample, as coded."""
        return self._encode(
            frame.reformat(
                format="rgb48be", dst_color_range=FULL, threads=1, **coding.swscale()
            )
        )

    def _encode(self, frame: VideoFrame) -> bytes:
        key = (frame.width, frame.height, frame.format.name)
        if getattr(self._own, "key", None) != key:
            context = CodecContext.create("png", "w")
            assert isinstance(context, VideoCodecContext)
            context.width, context.height, context.pix_fmt = key
            context.time_base = Fraction(1)
            context.thread_count = 1
            self._own.key, self._own.context = key, context
        frame.pict_type = 0
        packets: list[Packet] = self._own.context.encode(frame)
        return b"".join(bytes(p) for p in packets)


def write_times(folder: Path, times: Times, tail: int) -> None:
    """Write the frame times beside the pictures: exact ticks, and seconds for people."""
    base = times.base
    ends = [*times.pts[1:].tolist(), int(times.pts[-1]) + tail]
    lines = [f"# time base: {base.numerator}/{base.denominator} seconds a tick"]
    lines.append("# picture\tpts\tduration\tseconds")
    for i, (pts, end) in enumerate(zip(times.pts.tolist(), ends, strict=True)):
        lines.append(f"{still_name(i)}\t{pts}\t{end - pts}\t{float(pts * base):.6f}")
    (folder / TIMES_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_sound(folder: Path, source: Path, span: Span | None = None) -> None:
    """Copy the audio packets of `source` into a file of their own.

    span : only those which begin in these seconds of it, the first of which becomes zero.
    """
    target = folder / SOUND_FILE
    try:
        with target.open("wb") as file, av.open(file, "w", format="matroska") as out:
            sound = Sound(source, out, -span[0] if span else Fraction(0), span, lead=False)
            out.start_encoding()
            for _, packet in sound.packets():
                out.mux_one(packet)
            sound.close()
    except (FFmpegError, ValueError) as error:
        raise MediaError(f"The sound cannot be written ({error}): {target}") from error
