"""Opening a media file safely: local files, known containers, one sentence on failure."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.errors import MediaError

# Containers that hold their own pictures. Playlists, concatenation scripts, image patterns and
# session descriptions are left out on purpose: they would open other files or the network.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,mpegtsraw,flv,live_flv,asf,"
    "ogg,mxf,nut,gif,h264,hevc,m4v,ivf,dv,wtv,rm,wav,mp3,aac,flac,w64,aiff,apng"
)
_GUARD = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}


def open_media(path: str | os.PathLike[str]) -> InputContainer:
    """Open a local media file for reading; `MediaError` says why it cannot be."""
    place = checked(path)
    try:
        # "file:" keeps a leading dash or a colon in the name from being read as anything else.
        return av.open(f"file:{place}", "r", options=dict(_GUARD), metadata_errors="replace")
    except (FFmpegError, ValueError, OSError) as error:
        raise MediaError(_why_unreadable(place, error)) from error


def checked(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a readable, non-empty regular file, or raise `MediaError`."""
    text = os.fspath(path)
    if "://" in text:
        raise MediaError(f"Only files on this computer can be opened, not addresses: {text}")
    place = Path(os.path.abspath(text))  # resolve() raises on symbolic link loops
    try:
        if place.is_dir():
            raise MediaError(f"This is a folder, not a video file: {text}")
        if not place.exists():
            raise MediaError(f"There is no such file: {text}")
        if not place.is_file():
            raise MediaError(f"This is not a regular file: {text}")
        with place.open("rb") as file:
            if not file.read(1):
                raise MediaError(f"The file is empty: {text}")
    except PermissionError as error:
        raise MediaError(f"You are not allowed to read this file: {text}") from error
    except OSError as error:
        raise MediaError(f"The file cannot be read ({error.strerror}): {text}") from error
    return place


def content_digest(path: str | os.PathLike[str]) -> str:
    """Return the content address of a file: 32 hex digits over all its bytes."""
    h = hashlib.blake2b(digest_size=16)
    with checked(path).open("rb") as file:
        while block := file.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def video_stream(container: InputContainer, path: str | os.PathLike[str]) -> VideoStream:
    """Return the main video stream; cover pictures do not count."""
    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not films:
        raise MediaError(f"The file holds no video stream: {path}")
    return max(films, key=lambda s: (s.width or 0) * (s.height or 0))


def decoded(
    container: InputContainer, stream: VideoStream, packets: Iterator[Packet] | None = None
) -> Iterator[VideoFrame]:
    """Yield every frame that can be decoded, in display order; damaged packets are left out.

    packets : of `stream`, from where decoding shall start; None = from where the file stands.
    """
    packets = container.demux(stream) if packets is None else packets
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            break
        try:
            yield from packet.decode()
        except FFmpegError:
            continue
    try:  # a demuxer that failed half-way has not flushed the decoder
        yield from stream.decode(None)
    except (FFmpegError, EOFError):
        return


def _why_unreadable(place: Path, error: Exception) -> str:
    if isinstance(error, EOFError):
        return f"The file ends before its first frame: {place}"
    with place.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return f"The video is cut off or damaged, its index (moov) is missing: {place}"
    return f"This is not a video file that can be read: {place}"
