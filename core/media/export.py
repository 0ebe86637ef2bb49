"""A clip in, the same clip with other pictures out: same times, same sound, same coding."""

import math
import os
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Unfinished
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Generic, TypeVar

from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame

from core.arrays import Rgb, check
from core.errors import MediaError
from core.jobs import Ticket
from core.media.ahead import read_ahead
from core.media.atomic import whole_file, whole_folder, why_unwritable
from core.media.colour import FULL, IDENTITY, Coding, as_coded
from core.media.cut import Cut
from core.media.encode import ExportSettings, FilmWriter, container_of
from core.media.layout import Layout, layout_of
from core.media.planes import add_edit
from core.media.probe import VideoInfo, probe
from core.media.sound import Sound, Span
from core.media.stills import PngEncoder, still_name, write_sound, write_times
from core.media.video import Picture, frames
from core.times import Times

Edit = Callable[[int, Rgb], Rgb]
T = TypeVar("T")
_POLL = 0.1  # seconds between two looks at the ticket while a worker is busy


@dataclass(frozen=True, eq=False)
class ExportReport:
    """What an export did.

    changed : (F,) pixels of each frame that differ from the filmed one; the planes of a frame
    with 0 went to the encoder as they were decoded. stand_ins : frames that could not be
    decoded and show their neighbour. audio : "copied", "aac" or "none". notes : what could not
    be kept as it was, a sentence each.
    """

    target: Path
    frames: int
    changed: "tuple[int, ...]"
    stand_ins: tuple[int, ...]
    audio: str
    pixel_format: str
    seconds: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Done(Generic[T]):
    """A rendered frame on its way to the file."""

    picture: Picture
    changed: int
    result: T


def export_video(
    source: "VideoInfo | str | os.PathLike[str]",
    target: str | os.PathLike[str],
    picture: Edit,
    settings: ExportSettings | None = None,
    ticket: Ticket | None = None,
) -> ExportReport:
    """Write `source` with every frame passed through `picture(index, rgb) -> rgb`.

    `rgb` is the upright picture (H, W, 3) uint8, read-only. If `picture` returns that very
    array, the decoded planes go to the encoder untouched; if it returns another, the
    difference is added to the samples it concerns. `picture` must be pure: it is called on
    several threads. Frame times, rotation, pixel aspect, colour tags and audio packets stay.
    `settings.cut` may ask for a part, another size, no sound, or filmed beside edited. A part
    begins with any frame, at time zero; of the sound the packets that are heard with it are
    copied, and the one before them from which a decoder starts, which an edit list hides.
    `target` is a film (.mp4, .mov, .mkv), or with the codec "png" a new folder.
    """
    settings = settings or ExportSettings()
    ticket = ticket or Ticket()
    info = source if isinstance(source, VideoInfo) else probe(source)
    place = Path(os.path.abspath(target))
    try:
        if place.exists() and place.samefile(info.path):
            raise MediaError(
                f"The export would overwrite the clip itself, choose another name: {place}"
            )
        if settings.codec == "png":
            return _to_stills(info, place, picture, settings, ticket)
        return _to_film(info, place, picture, settings, ticket)
    except OSError as error:
        raise why_unwritable(error, place) from error


def _to_film(
    info: VideoInfo, target: Path, picture: Edit, settings: ExportSettings, ticket: Ticket
) -> ExportReport:
    container = container_of(target, settings)
    cut = settings.cut
    part, times = cut.frames(len(info.times)), cut.times(info.times)
    layout = layout_of(info.coding, settings)
    notes, moved = list(layout.notes), times is not info.times
    _check_times(times, container, target)
    lengths, heard = _durations(info), _span(info, cut)

    def render(p: Picture) -> _Done[VideoFrame]:
        return _film_frame(p, picture, info.coding, layout)

    def voice(out: OutputContainer, shift: Fraction) -> Sound:
        return Sound(info.path, out, shift, heard)

    began = time.monotonic()
    tally = _Tally(len(part), ticket)
    # No common container stores a time before zero: the whole film moves, sound with it.
    first = int(info.times.pts[part.start])
    with whole_file(target) as file:
        writer = FilmWriter(
            file,
            container,
            layout.film,
            settings,
            shift=-first if moved else max(0, -first),
            voice=voice if cut.sound else None,
        )
        try:
            with writer, closing(_rendered(info, render, settings, ticket)) as line:
                for done in line:
                    index = done.picture.index
                    writer.write(done.result, int(info.times.pts[index]), lengths[index])
                    tally.count(done.picture, done.changed)
                writer.finish(lambda: ticket.report(1.0, "finishing the file"))
        except FFmpegError as error:
            if isinstance(error, OSError) and error.errno in (28, 122, 27):
                raise
            raise MediaError(f"The encoder failed ({error.strerror}): {target}") from error
    sound = writer.sound
    notes += [*(sound.notes if sound else []), *tally.notes()]
    if writer.shift and not moved:
        notes.append(
            f"the film starts before time zero; sound and pictures were moved by "
            f"{writer.shift * info.times.base} s together"
        )
    audio = "none" if not (info.audio and sound) else "copied" if sound.copied else "aac"
    return tally.report(
        target, audio, layout.film.pixel_format, time.monotonic() - began, notes
    )


def _to_stills(
    info: VideoInfo, target: Path, picture: Edit, settings: ExportSettings, ticket: Ticket
) -> ExportReport:
    png = PngEncoder()
    deep = info.coding.depth > 8
    cut = settings.cut
    part, times = cut.frames(len(info.times)), cut.times(info.times)
    layout = layout_of(info.coding, settings)

    def render(p: Picture) -> _Done[bytes]:
        if deep and info.coding.display_matrix == IDENTITY:
            done = _film_frame(p, picture, info.coding, layout)
            return _Done(p, done.changed, png.encode_deep(done.result, layout.film))
        new = _checked(picture(p.index, p.rgb), p.rgb)
        changed = 0 if new is p.rgb else int((new != p.rgb).any(-1).sum())
        return _Done(p, changed, png.encode(layout.rgb(p.rgb, new)))

    began = time.monotonic()
    tally = _Tally(len(part), ticket)
    with whole_folder(target) as folder:
        with closing(_rendered(info, render, settings, ticket)) as line:
            for done in line:
                (folder / still_name(done.picture.index - part.start)).write_bytes(done.result)
                tally.count(done.picture, done.changed)
        write_times(folder, times, _durations(info)[part[-1]])
        if info.audio is not None and cut.sound:
            write_sound(folder, info.path, _span(info, cut))
    kind = "rgb48be" if deep and info.coding.display_matrix == IDENTITY else "rgb24"
    audio = "copied" if info.audio and cut.sound else "none"
    return tally.report(target, audio, kind, time.monotonic() - began, tally.notes())


def _film_frame(p: Picture, picture: Edit, filmed: Coding, layout: Layout) -> _Done[VideoFrame]:
    """Return the frame to encode: the decoded one, or a copy with the edit added."""
    new = _checked(picture(p.index, p.rgb), p.rgb)
    frame = _in_coding(p.frame, filmed, layout.whole)
    left = layout.kept(frame) if layout.compares else None
    changed = 0
    if new is not p.rgb:
        if frame is p.frame:
            frame.make_writable()  # a copy, where the decoder still refers to the picture
        old = as_coded(p.rgb, filmed)
        changed = add_edit(frame, old, as_coded(new, filmed), layout.whole)
    return _Done(p, changed, layout.frame(frame, left))


def _in_coding(frame: VideoFrame, filmed: Coding, coding: Coding) -> VideoFrame:
    if frame.format.name == coding.pixel_format and filmed.full_range == coding.full_range:
        return frame
    from_space = filmed.swscale()
    return frame.reformat(
        format=coding.pixel_format,
        dst_colorspace=coding.swscale()["src_colorspace"],
        dst_color_range=FULL if coding.full_range else 1,
        interpolation="BICUBIC",
        threads=1,
        **from_space,
    )


def _checked(new: Rgb, old: Rgb) -> Rgb:
    if new is not old:
        check(new, "H W 3", H=old.shape[0], W=old.shape[1])
    return new


def _rendered(
    info: VideoInfo,
    render: "Callable[[Picture], _Done[T]]",
    settings: ExportSettings,
    ticket: Ticket,
) -> "Generator[_Done[T]]":
    """Yield rendered frames in order; decoding and rendering run ahead by a few frames only."""
    workers = settings.workers or os.cpu_count() or 1
    part = settings.cut.frames(len(info.times))
    wanted = frames(info.path, info, part.start, part.stop)
    waiting: deque[Future[_Done[T]]] = deque()
    with (
        closing(read_ahead(wanted, depth=2)) as pictures,  # type: ignore[type-var]
        ThreadPoolExecutor(workers, thread_name_prefix="render") as pool,
    ):
        try:
            for p in pictures:
                waiting.append(pool.submit(render, p))
                if len(waiting) > 3 * workers:
                    yield _await(waiting.popleft(), ticket)
            while waiting:
                yield _await(waiting.popleft(), ticket)
        finally:
            for future in waiting:
                future.cancel()


def _await(future: "Future[T]", ticket: Ticket) -> T:
    while True:
        try:
            return future.result(timeout=_POLL)
        except Unfinished:
            if future.done():
                raise  # the render itself ran into a time-out
            if ticket.cancelled:
                ticket.report(0.0)


def _durations(info: VideoInfo) -> list[int]:
    pts = info.times.pts.tolist()
    return [b - a for a, b in zip(pts, [*pts[1:], pts[-1] + info.tail], strict=True)]


def _span(info: VideoInfo, cut: Cut) -> Span | None:
    """Return the seconds of the clip that are heard, None for all of it."""
    part, base = cut.frames(len(info.times)), info.times.base
    if cut.whole(len(info.times)):
        return None
    end = int(info.times.pts[part[-1]]) + _durations(info)[part[-1]]
    return int(info.times.pts[part.start]) * base, end * base


def _check_times(times: Times, container: str, target: Path) -> None:
    """Refuse a container that would round the frame times."""
    if container != "matroska":
        return
    # FFmpeg writes Matroska in whole milliseconds.
    per_tick = times.base * 1000
    grid = per_tick.denominator
    if grid > 1 and math.gcd(grid, *(int(p) for p in times.pts)) % grid:
        raise MediaError(
            f"Matroska counts whole milliseconds and would shift these frames; "
            f"choose a name that ends in .mp4 or .mov: {target}"
        )


class _Tally:
    """Counts frames, tells the ticket, and writes the report."""

    def __init__(self, total: int, ticket: Ticket) -> None:
        self._total = total
        self._ticket = ticket
        self._changed: list[int] = []
        self._stand_ins: list[int] = []
        self._began = time.monotonic()
        ticket.report(0.0, "opening")

    def count(self, picture: Picture, changed: int) -> None:
        self._changed.append(changed)
        if picture.stand_in:
            self._stand_ins.append(picture.index)
        n = len(self._changed)
        left = (time.monotonic() - self._began) * (self._total - n) / n
        self._ticket.report(n / self._total, f"frame {n} of {self._total}, {left:.0f} s left")

    def notes(self) -> list[str]:
        if not self._stand_ins:
            return []
        return [
            f"{len(self._stand_ins)} damaged frames could not be decoded; their neighbours "
            "stand in"
        ]

    def report(
        self, target: Path, audio: str, pixel_format: str, seconds: float, notes: list[str]
    ) -> ExportReport:
        return ExportReport(
            target=target,
            frames=len(self._changed),
            changed=tuple(self._changed),
            stand_ins=tuple(self._stand_ins),
            audio=audio,
            pixel_format=pixel_format,
            seconds=seconds,
            notes=tuple(notes),
        )
