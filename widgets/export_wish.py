"""What an export shall be: the wish of the dialog, its presets and what they will cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from core.media.cut import Cut, beside

Codec = Literal["h264", "prores", "png"]
SUFFIXES: Mapping[Codec, tuple[str, ...]] = {
    "h264": (".mp4", ".mov", ".mkv", ".m4v"),
    "prores": (".mov", ".mkv"),
    "png": ("",),
}
SPEEDS: tuple[str, ...] = ("ultrafast", "veryfast", "fast", "medium", "slow", "veryslow")
PROFILES: tuple[str, ...] = ("lt", "standard", "hq", "4444")
# Bits a pixel of a talking head: H.264 at crf 23, which doubles with every six steps down;
# ProRes from Apple's table of data rates; PNG of filmed, slightly noisy pictures.
_H264_AT_23 = 0.06
_PRORES: Mapping[str, float] = {"lt": 1.97, "standard": 2.84, "hq": 4.24, "4444": 6.36}
_PNG = 11.0


@dataclass(frozen=True)
class Coding:
    """How the pictures are coded.

    crf : quality of H.264, 0 is lossless, 51 the worst. speed : x264's preset.
    profile : of ProRes.
    """

    codec: Codec = "h264"
    crf: int = 17
    speed: str = "fast"
    profile: str = "hq"


PRESETS: Mapping[str, Coding] = {
    "high": Coding(),
    "small": Coding(crf=24, speed="medium"),
    "draft": Coding(crf=28, speed="ultrafast"),
    "prores": Coding("prores"),
    "prores4444": Coding("prores", profile="4444"),
    "png": Coding("png"),
}


@dataclass(frozen=True)
class ExportWish:
    """Everything the dialog asks for.

    target : film, or folder of pictures. first, last : frames, both included. sound : whether
    the sound goes along. comparison, sheet, table : also write a film with filmed and edited
    side by side, a contact sheet, a CSV of the coefficients. picture : the name of what draws
    the film, "" is ours. width : px of the pictures, 0 = as filmed. reveal : show the film in
    its folder when it is done.
    """

    target: Path
    coding: Coding
    first: int
    last: int
    sound: bool = True
    comparison: bool = False
    sheet: bool = False
    table: bool = False
    picture: str = ""
    width: int = 0
    reveal: bool = False

    @property
    def films(self) -> tuple[tuple[Path, Cut], ...]:
        """Return the films to write, in their order, and what of the clip goes into each."""
        cut = Cut(self.first, self.last, self.width, self.sound)
        if not self.comparison:
            return ((self.target, cut),)
        return (self.target, cut), (beside(self.target), replace(cut, compare=True))

    @property
    def sheet_target(self) -> Path | None:
        """Return where the contact sheet goes; of single pictures there is none."""
        if not self.sheet or self.coding.codec == "png":
            return None
        return self.target.with_name(f"{self.target.stem}-sheet.png")

    @property
    def table_target(self) -> Path | None:
        """Return where the coefficients go."""
        return self.target.with_name(f"{self.target.stem}.csv") if self.table else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Return everything that is written, the film first."""
        more = [path for path in (self.sheet_target, self.table_target) if path]
        return (*(path for path, _ in self.films), *more)


@dataclass(frozen=True)
class Film:
    """What the dialog must know of the clip.

    rate : frames a second. size : (W, H). speed : frames a second an export makes, None = not
    known yet. span : the first and last frame of the in-out range, if one is set. pictures :
    (name, title) of what else than the edited film can be drawn; picture : which is shown.
    """

    frames: int
    rate: Fraction
    size: tuple[int, int]
    sound: bool
    speed: float | None = None
    span: tuple[int, int] | None = None
    pictures: tuple[tuple[str, str], ...] = ()
    picture: str = ""


def expected(film: Film, wish: ExportWish) -> tuple[float, float | None]:
    """Return about how many bytes and seconds all films of a wish take; None = not known."""
    frames = wish.last - wish.first + 1
    size, effort = 0.0, 0.0
    for _, cut in wish.films:
        w, h = cut.size(film.size)
        each = replace(film, size=(2 * w if cut.compare else w, h))
        size += expected_bytes(
            replace(each, sound=film.sound and cut.sound), wish.coding, frames
        )
        effort += cut.effort(film.size)
    return size, frames * effort / film.speed if film.speed else None


def expected_bytes(film: Film, coding: Coding, frames: int) -> float:
    """Return about how large an export of so many frames becomes, in bytes."""
    bits = {
        "h264": _H264_AT_23 * 2 ** ((23 - coding.crf) / 6),
        "prores": _PRORES[coding.profile],
        "png": _PNG,
    }[coding.codec]
    sound = 128e3 / 8 * frames / float(film.rate) if film.sound and coding.codec != "png" else 0
    return film.size[0] * film.size[1] * frames * bits / 8 + sound


def fitted(target: Path, codec: Codec) -> Path:
    """Return the target with a suffix its codec can be written to; pictures have none."""
    if not target.name:
        return target
    if codec == "png":
        return target.with_suffix("") if target.suffix in SUFFIXES["h264"] else target
    fits = SUFFIXES[codec]
    known = target.suffix.lower() in SUFFIXES["h264"]
    if target.suffix.lower() in fits:
        return target
    return target.with_suffix(fits[0]) if known else target.with_name(target.name + fits[0])


def size_said(size: float) -> str:
    """Return bytes as one says them.

    >>> size_said(1_540_000_000)
    '1.5 GB'
    """
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return (
                f"{size / scale:.1f} {unit}"
                if size < 10 * scale
                else f"{size / scale:.0f} {unit}"
            )
    return f"{max(1, size / 1e3):.0f} kB"
