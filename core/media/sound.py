"""The sound of a clip: copied packet by packet, or AAC where a container cannot hold it."""

import hashlib
import io
import itertools
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet

from core.arrays import Float
from core.media.source import open_media

# The sample rates AAC knows; others are resampled to the next one up.
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_AAC_FRAME = 1024
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}
_AAC_BITS = 96_000  # a second and channel
Span = tuple[Fraction, Fraction]  # seconds from and up to
_FAR = 30  # seconds that are rather read over than sought
_SOUGHT = {"mov", "mp4", "matroska", "webm"}  # containers with an index of their time


def audio_digest(path: str | os.PathLike[str]) -> str:
    """Return the hash of all audio packets, stream by stream; "" for a silent file.

    Equal before and after a copy, whatever the container.
    """
    packets: dict[int, list[bytes]] = {}
    with open_media(path) as container:
        streams = _usable(list(container.streams.audio))
        if not streams:
            return ""
        for packet in container.demux(*streams):
            if packet.size:
                one = hashlib.blake2b(bytes(packet), digest_size=16).digest()
                packets.setdefault(packet.stream_index, []).append(one)
    whole = (hashlib.blake2b(b"".join(packets[k]), digest_size=16) for k in sorted(packets))
    return "-".join(h.hexdigest() for h in whole)


def samples(path: str | os.PathLike[str], rate: int = 16000) -> Float:
    """Return the sound as (N,) float32 mono at `rate`; sample 0 is the first one decoded."""
    parts: list[Float] = []
    with open_media(path) as container:
        streams = _usable(list(container.streams.audio))
        if not streams:
            return np.zeros(0, np.float32)
        resampler = AudioResampler(format="flt", layout="mono", rate=rate)
        for packet in container.demux(streams[0]):
            try:
                decoded = packet.decode()
            except FFmpegError:
                continue
            for frame in decoded:
                parts += [p.to_ndarray()[0] for p in resampler.resample(frame)]
        parts += [p.to_ndarray()[0] for p in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


class SoundLane(Protocol):
    """Audio packets for a container, in the order of time."""

    notes: list[str]
    copied: bool

    def packets(self) -> Iterator[tuple[Fraction, Packet]]:
        """Yield (seconds, packet) ready to be muxed."""
        ...

    def close(self) -> None:
        """Let go of the source."""
        ...


class Sound:
    """The audio streams of a clip on their way into another file.

    shift : seconds added to every time stamp. span : only the packets heard in these seconds
    of the clip, and one before them, with which a decoder begins: the first can be up to two
    packets early (AAC at 48 kHz: 43 ms). MP4 and MOV hide that by an edit list, in Matroska
    the pictures wait for it. lead : False = only what begins within the span. copied :
    whether every stream goes over packet by packet. notes : what could not be copied, a
    sentence each.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        out: OutputContainer,
        shift: Fraction = Fraction(0),
        span: Span | None = None,
        *,
        lead: bool = True,
    ) -> None:
        self.notes: list[str] = []
        self._path, self._span = path, span
        self._input = open_media(path)
        self._windows: dict[int, _Window] = {}
        self._shift = shift
        self._lanes: dict[int, _Copy | _ToAac] = {}
        for stream in _usable(list(self._input.streams.audio)):
            if span is not None:
                self._windows[stream.index] = _Window(span, lead)
            if carries(out.format.name, stream):
                self._lanes[stream.index] = _Copy(stream, out)
            else:
                self._lanes[stream.index] = _ToAac(stream, out)
                name = stream.codec_context.codec.canonical_name
                self.notes.append(
                    f"{name} sound does not fit into this container; AAC is written"
                )

        self.copied = all(isinstance(lane, _Copy) for lane in self._lanes.values())

    def packets(self) -> Iterator[tuple[Fraction, Packet]]:
        """Yield (seconds, packet) ready to be muxed, in the order of the source."""
        if not self._lanes:
            return
        demuxed = self._demuxed()
        while True:
            try:
                packet = next(demuxed)
            except (StopIteration, FFmpegError):  # a cut-off file: what was read is kept
                break
            index = packet.stream.index
            window = self._windows.get(index)
            for each in window.let_in(packet) if window else (packet,):
                yield from self._timed(self._lanes[index].take(each))
            if window and all(w.over for w in self._windows.values()):
                break
        for lane in self._lanes.values():
            yield from self._timed(lane.end())

    def _demuxed(self) -> Iterator[Packet]:
        """Return the packets; for a span far into a clip not all of those before it."""
        forms = set(self._input.format.name.split(","))
        if self._span is not None and self._span[0] >= _FAR and forms & _SOUGHT:
            begin = self._span[0]
            try:
                self._input.seek(int((begin - _FAR // 2) * av.time_base))
                packets = self._input.demux(*self._streams())
                first = next(packets)
            except (FFmpegError, StopIteration):
                first, packets = None, iter(())
            if first is not None and first.size and _lasting(first)[0] < begin - 1:
                return itertools.chain([first], packets)
            self._input.close()
            self._input = open_media(self._path)
        return self._input.demux(*self._streams())

    def _streams(self) -> list[AudioStream]:
        return [s for s in self._input.streams.audio if s.index in self._lanes]

    def close(self) -> None:
        """Close the source."""
        self._input.close()

    def _timed(self, packets: list[Packet]) -> Iterator[tuple[Fraction, Packet]]:
        for packet in packets:
            base = Fraction(packet.time_base or 1)
            if self._shift:
                ticks = round(self._shift / base)
                packet.pts = None if packet.pts is None else packet.pts + ticks
                packet.dts = None if packet.dts is None else packet.dts + ticks
            yield _timed(packet)


class Spoken:
    """Sound made by the program as AAC: (N,) or (N, channels), sample 0 at time zero."""

    def __init__(self, out: OutputContainer, sound: Float, rate: int) -> None:
        self.notes: list[str] = []
        self.copied = False
        # (channels, N)
        self._sound = np.atleast_2d(sound.T.astype(np.float32))
        self._layout = {1: "mono", 2: "stereo"}[len(self._sound)]
        self._rate = rate
        self._stream = out.add_stream("aac", rate=rate, layout=self._layout)
        self._stream.bit_rate = _AAC_BITS * len(self._sound)

    def packets(self) -> Iterator[tuple[Fraction, Packet]]:
        """Yield (seconds, packet) ready to be muxed."""
        for start in range(0, self._sound.shape[1], _AAC_FRAME):
            block = np.ascontiguousarray(self._sound[:, start : start + _AAC_FRAME])
            frame = AudioFrame.from_ndarray(block, format="fltp", layout=self._layout)
            frame.rate, frame.pts, frame.time_base = self._rate, start, Fraction(1, self._rate)
            yield from map(_timed, self._stream.encode(frame))
        yield from map(_timed, self._stream.encode(None))

    def close(self) -> None:
        """Nothing is open."""


def carries(container: str, stream: AudioStream) -> bool:
    """Return whether `container` (FFmpeg's name) holds the packets of `stream` as they are."""
    try:
        with av.open(io.BytesIO(), "w", format=container) as trial:
            trial.add_stream_from_template(stream)
            trial.start_encoding()
    except (FFmpegError, ValueError):
        return False
    return True


class _Window:
    """Lets the packets of one stream through that are heard in a span.

    over : nothing more will come.
    """

    def __init__(self, span: Span, lead: bool) -> None:
        self.over = False
        self._begin, self._end = span
        self._lead = lead
        self._last: Packet | None = None

    def let_in(self, packet: Packet) -> list[Packet]:
        if packet.size == 0:  # tells a decoder to give what it still holds
            return [packet]
        now, length = _lasting(packet)
        self.over = now >= self._end
        if self.over:
            return []
        if now < self._begin and not (self._lead and now + length > self._begin):
            self._last = packet
            return []
        before, self._last = self._last, None
        if before is None or not self._lead:
            return [packet]
        early, lasts = _lasting(before)
        return [before, packet] if early + 2 * lasts >= now else [packet]


def _lasting(packet: Packet) -> tuple[Fraction, Fraction]:
    """Return when a packet is heard and for how long, in seconds."""
    base = Fraction(packet.time_base or 1)
    start = packet.pts if packet.pts is not None else packet.dts
    return (start or 0) * base, (packet.duration or 0) * base


class _Copy:
    def __init__(self, stream: AudioStream, out: OutputContainer) -> None:
        self._stream = out.add_stream_from_template(stream)
        self._stream.metadata.update(stream.metadata)

    def take(self, packet: Packet) -> list[Packet]:
        if packet.size == 0 or packet.dts is None:
            return []
        packet.stream = self._stream
        return [packet]

    def end(self) -> list[Packet]:
        return []


class _ToAac:
    """Decodes one stream and encodes it as AAC, times kept by counting samples."""

    def __init__(self, stream: AudioStream, out: OutputContainer) -> None:
        source = stream.codec_context
        rate = next((r for r in _AAC_RATES if r >= source.sample_rate), 48000)
        # Plain PCM says how many channels there are, but not where they are heard.
        layout = _LAYOUTS.get(source.channels, "stereo")
        self._stream = out.add_stream("aac", rate=rate, layout=layout)
        self._stream.bit_rate = _AAC_BITS * source.channels
        self._resampler = AudioResampler(
            format="fltp", layout=layout, rate=rate, frame_size=_AAC_FRAME
        )

    def take(self, packet: Packet) -> list[Packet]:
        try:
            decoded = packet.decode()
        except FFmpegError:
            return []
        return [
            p for f in decoded for g in self._resampler.resample(f) for p in self._encode(g)
        ]

    def end(self) -> list[Packet]:
        rest = [p for g in self._resampler.resample(None) for p in self._encode(g)]
        return rest + self._stream.encode(None)

    def _encode(self, frame: AudioFrame) -> list[Packet]:
        return self._stream.encode(frame)


def _timed(packet: Packet) -> tuple[Fraction, Packet]:
    return (packet.dts or 0) * Fraction(packet.time_base or 1), packet


def _usable(streams: list[AudioStream]) -> list[AudioStream]:
    return [s for s in streams if s.codec_context and s.codec_context.sample_rate]
