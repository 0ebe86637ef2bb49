"""Writing frames into a film: codec choice, tags, exact times."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame

from core.errors import MediaError, WishError
from core.media.colour import IDENTITY, Coding
from core.media.cut import WHOLE, Cut
from core.media.planes import subsampling
from core.media.sound import SoundLane

Voice = Callable[[OutputContainer, Fraction], SoundLane]

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
PRESETS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast",
    "medium", "slow", "slower", "veryslow",
)  # fmt: skip
PROFILES = {"proxy": "0", "lt": "1", "standard": "2", "hq": "3", "4444": "4", "4444xq": "5"}


@dataclass(frozen=True)
class ExportSettings:
    """How an export is coded.

    crf : H.264 quality, 0 (lossless) to 51; 17 is visually lossless. preset : x264 speed.
    profile : of ProRes. threads : of encoder and decoder, 0 = one a core. workers : threads
    which render, 0 = one a core. cut : which part of the clip, how large, beside what.
    """

    codec: Literal["h264", "prores", "png"] = "h264"
    crf: int = 17
    preset: str = "fast"
    profile: str = "hq"
    threads: int = 0
    workers: int = 0
    cut: Cut = WHOLE

    def __post_init__(self) -> None:
        """Refuse what the encoders do not know."""
        if self.codec not in ("h264", "prores", "png"):
            raise WishError(f"The codecs are h264, prores and png, not {self.codec!r}.")
        if not 0 <= self.crf <= 51:
            raise WishError(f"The quality (crf) goes from 0 to 51, not {self.crf}.")
        if self.preset not in PRESETS:
            raise WishError(f"The presets are {', '.join(PRESETS)}, not {self.preset!r}.")
        if self.profile not in PROFILES:
            raise WishError(f"The profiles are {', '.join(PROFILES)}, not {self.profile!r}.")


def container_of(target: Path, settings: ExportSettings) -> str:
    """Return FFmpeg's name of the container the target's suffix asks for."""
    form = CONTAINERS.get(target.suffix.lower())
    if form is None:
        known = ", ".join(CONTAINERS)
        raise MediaError(f"The file name must end in one of {known}: {target}")
    if settings.codec == "prores" and form == "mp4":
        raise MediaError(f"ProRes needs a file name that ends in .mov or .mkv: {target}")
    return form


def film_coding(coding: Coding, settings: ExportSettings) -> tuple[Coding, list[str]]:
    """Return the coding nearest to the source's that the encoder takes, and what that costs."""
    step = subsampling(coding.pixel_format)
    kind = {(2, 2): "420p", (1, 2): "422p", (1, 1): "444p"}.get(step or (0, 0), "444p")
    deep = "10le" if coding.depth > 8 else ""
    if settings.codec == "prores":
        return _prores(coding, settings)
    notes: list[str] = []
    W, H = coding.size
    if (W % 2 and kind != "444p") or (H % 2 and kind == "420p"):
        notes.append(f"an odd size ({W}x{H}) needs H.264 4:4:4, so colour is stored in full")
        kind = "444p"
    if step is None and "gray" in coding.pixel_format:
        kind = "444p" if W % 2 or H % 2 else "420p"
    j = "j" if coding.pixel_format.startswith("yuvj") else ""
    name = f"yuv{j}{kind}{deep}"
    if any(c.is_alpha for c in av.VideoFormat(coding.pixel_format).components):
        notes.append("H.264 holds no transparency; it is left out")
    if name != coding.pixel_format and not notes:
        notes.append(f"{coding.pixel_format} pictures are written as {name}")
    if coding.interlaced:
        notes.append("interlaced pictures are coded as whole ones; their lines stay")
    depth = 10 if deep else 8
    matrix = coding.matrix if step is not None else _matrix_for_rgb(coding)
    return replace(coding, pixel_format=name, depth=depth, matrix=matrix), notes


def _prores(coding: Coding, settings: ExportSettings) -> tuple[Coding, list[str]]:
    full = settings.profile.startswith("4444")
    name = "yuv444p10le" if full else "yuv422p10le"
    notes = [f"{coding.pixel_format} pictures are written as {name}"]
    if name == coding.pixel_format:
        notes = []
    if coding.full_range:
        notes.append("ProRes knows limited range only; full range is converted")
    matrix = coding.matrix if subsampling(coding.pixel_format) else _matrix_for_rgb(coding)
    return replace(coding, pixel_format=name, depth=10, colour_range=1, matrix=matrix), notes


def _matrix_for_rgb(coding: Coding) -> int:
    """Return the YUV matrix to write for a source that is not YUV."""
    return 1 if coding.size[0] >= 1280 or coding.size[1] > 576 else 6


class FilmWriter:
    """One film being written: frames in, a container out, sound woven in by time.

    shift : ticks by which the whole film is moved. voice : makes the sound, given the
    container and that shift in seconds.
    """

    def __init__(
        self,
        file: BinaryIO,
        container: str,
        coding: Coding,
        settings: ExportSettings,
        *,
        shift: int = 0,
        voice: Voice | None = None,
    ) -> None:
        self.coding = coding
        self.shift = shift
        self._out = av.open(file, "w", format=container, options=_options(container, coding))
        self._open = True
        self._film = _video_stream(self._out, coding, settings)
        self._durations: dict[int, int] = {}
        self.sound = voice(self._out, self.shift * coding.base) if voice else None
        self._line = self.sound.packets() if self.sound else iter(())
        try:
            self._out.start_encoding()
        except (FFmpegError, ValueError) as error:
            self.abandon()
            raise MediaError(f"The encoder refuses these pictures: {error}") from error
        self._waiting = next(self._line, None)

    def __enter__(self) -> "FilmWriter":
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        """Finish the film, or drop it after an error."""
        if kind is None and self._open:
            self.finish()
        else:
            self.abandon()

    def write(self, frame: VideoFrame, pts: int, duration: int) -> None:
        """Add a frame of `coding`, shown at tick `pts` for `duration` ticks."""
        frame.pict_type = 0  # else the encoder repeats the source's I, P and B choices
        frame.pts = pts + self.shift
        frame.time_base = self.coding.base
        self._durations[frame.pts] = duration
        self._mux(self._film.encode(frame))

    def finish(self, look: Callable[[], None] | None = None) -> None:
        """Write what the encoder still holds, the rest of the sound, and the index.

        look : called after each packet, may raise to stop; encoders hold seconds of work.
        """
        for packet in self._film.encode_lazy(None):
            self._mux([packet])
            if look is not None:
                look()
        while self._waiting is not None:
            self._weave()
        if self.sound is not None:
            self.sound.close()
        self._open = False
        self._out.close()

    def abandon(self) -> None:
        """Let go of the file without finishing it."""
        if self.sound is not None:
            self.sound.close()
        if self._open:
            self._open = False
            try:
                self._out.close()
            except (FFmpegError, OSError, ValueError):
                return  # the file is thrown away anyway

    def _mux(self, packets: list[Packet]) -> None:
        for packet in packets:
            packet.duration = self._durations.pop(packet.pts or 0, packet.duration or 0)
            now = (packet.dts or 0) * Fraction(packet.time_base or self.coding.base)
            while self._waiting is not None and self._waiting[0] <= now:
                self._weave()
            self._out.mux_one(packet)

    def _weave(self) -> None:
        if self._waiting is not None:
            self._out.mux_one(self._waiting[1])
        self._waiting = next(self._line, None)


def _options(container: str, coding: Coding) -> dict[str, str]:
    if container not in ("mp4", "mov"):
        return {}
    ticks = coding.base.denominator
    # Edit lists (a late start, encoder delay) count in the movie's own ticks: if these are
    # coarser than the video's, the first frame would be moved.
    movie = math.lcm(ticks, 1000)
    return {
        "video_track_timescale": str(ticks),
        "movie_timescale": str(movie if movie < 1 << 31 else ticks),
    }


def _video_stream(
    out: OutputContainer, coding: Coding, settings: ExportSettings
) -> av.VideoStream:
    rate = coding.rate if 1 <= coding.rate <= 480 else Fraction(25)
    if settings.codec == "prores":
        stream = out.add_stream(
            "prores_ks", rate=rate, options={"profile": PROFILES[settings.profile]}
        )
    else:
        # With 10 bits x264's quality goes twelve steps further down before it is lossless.
        crf = -12 if settings.crf == 0 and coding.depth > 8 else settings.crf
        options = {"x264-params": f"crf={crf}", "preset": settings.preset}
        stream = out.add_stream("libx264", rate=rate, options=options)
    context = stream.codec_context
    context.width, context.height = coding.size
    context.pix_fmt = coding.pixel_format
    context.time_base = coding.base
    stream.time_base = coding.base
    context.color_range = 2 if coding.full_range else coding.colour_range
    context.colorspace = coding.matrix
    context.color_primaries = coding.primaries
    context.color_trc = coding.transfer
    context.thread_count = settings.threads or os.cpu_count() or 1
    if coding.aspect:
        context.sample_aspect_ratio = coding.aspect
        stream.sample_aspect_ratio = coding.aspect
    if coding.display_matrix != IDENTITY:
        stream.set_display_matrix(coding.display_matrix)
    return stream
