"""What a video file holds: exact frame times, size, coding, sound."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.arrays import Ints
from core.errors import MediaError
from core.media.colour import Coding, coding_of
from core.media.source import content_digest, decoded, open_media, video_stream
from core.times import Times

# Containers whose index tells the time of every frame, so that they need not be decoded.
_INDEXED = {"mov", "mp4", "matroska", "webm"}


@dataclass(frozen=True)
class AudioInfo:
    """The sound of a clip: codec, samples a second, channels, start in seconds."""

    codec: str
    rate: int
    channels: int
    start: float


@dataclass(frozen=True, eq=False)
class VideoInfo:
    """A video file on disk, as far as its frames and sound are concerned.

    path : absolute. digest : of the file's content. times : of every frame that decodes, in
    the stream's own time base. size : (W, H) upright, after rotation. tail : ticks the last
    frame is shown. keys : (K,) frame indices at which decoding can start (the first is 0).
    audio : None = silent.
    """

    path: Path
    digest: str
    times: Times
    size: tuple[int, int]
    codec: str
    coding: Coding
    tail: int
    keys: Ints
    audio: AudioInfo | None

    @property
    def audio_rate(self) -> int:
        """Return samples a second, 0 = silent."""
        return self.audio.rate if self.audio else 0


def probe(path: str | os.PathLike[str], thorough: bool = False) -> VideoInfo:
    """Return what the file holds.

    Frame times come from the index where the container has a sound one, and from decoding
    every frame otherwise, or if `thorough`.
    """
    digest = content_digest(path)
    with open_media(path) as container:
        stream = video_stream(container, path)
        stream.thread_type = "AUTO"
        indexed = _INDEXED & set(container.format.name.split(","))
        marks = _packet_marks(container, stream) if indexed and not thorough else None
        audio = _audio(container)
    with open_media(path) as container:
        stream = video_stream(container, path)
        stream.thread_type = "AUTO"
        first, marks = _first_frame(container, stream, marks)
        if first is None or not len(marks.pts):
            raise MediaError(f"The video holds no frame that can be decoded: {path}")
        coding = coding_of(first, stream)
        times = Times(marks.pts, coding.base)
        return VideoInfo(
            path=Path(os.path.abspath(path)),  # keeps symbolic links as given
            digest=digest,
            times=times,
            size=coding.upright_size,
            codec=stream.codec_context.codec.canonical_name,
            coding=coding,
            tail=marks.tail or max(1, round(1 / (times.rate() * coding.base))),
            keys=marks.keys,
            audio=audio,
        )


@dataclass
class _Marks:
    """Frame times, key frames, and how long the last frame is shown (0 = not said)."""

    pts: Ints
    keys: Ints
    tail: int


def _packet_marks(container: InputContainer, stream: VideoStream) -> _Marks | None:
    """Return the marks from the packets alone, None where they cannot be trusted."""
    rows: list[tuple[int, bool, int]] = []
    sound = True
    try:
        for packet in container.demux(stream):
            if packet.size == 0 or packet.is_discard:
                continue
            sound = sound and packet.pts is not None and not packet.is_corrupt
            rows.append((packet.pts or 0, packet.is_keyframe, packet.duration or 0))
    except FFmpegError:
        return None
    if not rows or not sound or not rows[0][1]:
        return None
    if len({pts for pts, _, _ in rows}) < len(rows) or min(rows)[0] < rows[0][0]:
        return None
    return _marks(rows)


def _first_frame(
    container: InputContainer, stream: VideoStream, marks: _Marks | None
) -> tuple[VideoFrame | None, _Marks]:
    """Return the first frame, and the marks, by decoding everything if they are not known."""
    first: VideoFrame | None = None
    rows: list[tuple[int, bool, int]] = []
    for frame in decoded(container, stream):
        first = first or frame
        if marks is not None and frame.pts == marks.pts[0]:
            return first, marks
        if marks is not None:  # the index promised another first frame
            marks = None
        pts = time_stamp(frame, rows[-1][0] + rows[-1][2] if rows else 0)
        if not rows or pts > rows[-1][0]:  # a time that does not rise cannot be shown
            rows.append((pts, bool(frame.key_frame), int(frame.duration or 0)))
    return first, _marks(rows)


def time_stamp(frame: VideoFrame, guess: int) -> int:
    """Return when a frame is shown, in ticks; `guess` where the file does not say."""
    if frame.pts is not None:
        return frame.pts
    return frame.dts if frame.dts is not None else guess


def _marks(rows: list[tuple[int, bool, int]]) -> _Marks:
    rows = sorted(rows)
    keys = [i for i, (_, key, _) in enumerate(rows) if key or i == 0]
    pts = np.array([r[0] for r in rows], np.int64)
    return _Marks(pts, np.array(keys, np.int64), rows[-1][2] if rows else 0)


def _audio(container: InputContainer) -> AudioInfo | None:
    for stream in container.streams.audio:
        context = stream.codec_context
        if not context or not context.sample_rate:
            continue
        start = float((stream.start_time or 0) * (stream.time_base or 0))
        name = context.codec.canonical_name
        return AudioInfo(name, int(context.sample_rate), int(context.channels), start)
    return None
