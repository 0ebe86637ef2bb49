"""Sound without loss in small files."""

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError

from core.arrays import Float, check
from core.errors import MediaError
from core.media.atomic import whole_file
from core.media.source import open_media

_BLOCK = 4096  # samples a packet


def write_flac(path: Path, samples: Float, rate: int) -> None:
    """Write (N,) mono sound, -1..1, with 16 bits; the file is whole or not there."""
    check(samples, "N")
    steps = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format="flac") as container:
            stream = container.add_stream("flac", rate=rate, layout="mono", format="s16")
            for start in range(0, len(steps), _BLOCK):
                part = np.ascontiguousarray(steps[None, start : start + _BLOCK])
                frame = AudioFrame.from_ndarray(part, format="s16", layout="mono")
                frame.sample_rate, frame.pts = rate, start
                frame.time_base = Fraction(1, rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except FFmpegError as error:
        raise MediaError(f"The sound cannot be coded ({error.strerror}): {path}") from error
    with whole_file(path) as file:
        file.write(buffer.getvalue())


def read_flac(path: Path) -> tuple[Float, int]:
    """Return (N,) float32 mono sound, -1..1, and its rate.

    Raises
    ------
    MediaError
        if there is no such file, or it is not whole: every block has a check sum.
    """
    with open_media(path) as container:
        if not container.streams.audio:
            raise MediaError(f"There is no sound in this file: {path}")
        stream = container.streams.audio[0]
        stream.codec_context.options = {"err_detect": "crccheck+explode"}
        rate, promised = stream.rate or 0, stream.duration or 0  # in samples
        if not rate or container.format.name != "flac":
            raise MediaError(f"This is not the sound of a clip of a corpus: {path}")
        try:
            parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        except FFmpegError as error:
            raise MediaError(f"The sound is damaged ({error.strerror}): {path}") from error
    steps = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    if steps.dtype != np.int16:
        raise MediaError(f"The sound is not of 16 bits, as written by facestudio: {path}")
    if len(steps) != promised:
        raise MediaError(f"The sound is cut off or damaged: {path}")
    return (steps / np.float32(32767)).astype(np.float32), rate
