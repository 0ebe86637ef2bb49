"""A corpus on disk: one small file of coefficients and one of sound a clip, and a list of all.

::

    corpus.json                        the list, and how the corpus was made
    ACTOR/EMOTION/level_3/SENTENCE.npz   expression (F, 52), pts, base, sound_start, truth
    ACTOR/EMOTION/level_3/SENTENCE.flac  the sound, mono
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from core.arrays import check
from core.corpus.clip import SPLITS, Clip, Entry, Name
from core.errors import ExchangeError
from core.media.atomic import whole_file
from core.media.flac import read_flac, write_flac
from core.times import Times
from core.track import ARKIT_NAMES

LIST = "corpus.json"
FORMAT = 1
_TRUTH = "truth."
# What numpy raises of a file of arrays that was cut off, or of which a byte is another.
DAMAGED = (
    OSError, ValueError, KeyError, TypeError, ArithmeticError, EOFError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """The list of a corpus. made : generator, seed and settings, as JSON knows them."""

    folder: Path
    entries: tuple[Entry, ...]
    made: Mapping[str, Any]

    def clip(self, name: Name) -> Clip:
        """Return a clip with its sound.

        Raises
        ------
        ExchangeError
            if its coefficients are missing or damaged, or its numbers cannot be.
        MediaError
            if its sound is missing or damaged.
        """
        return read_clip(self.folder, name)

    def chosen(self, split: str, *emotions: str) -> tuple[Entry, ...]:
        """Return the usable clips of a split, of all or of some emotions."""
        return tuple(
            e
            for e in self.entries
            if e.usable and e.split == split and (not emotions or e.name.emotion in emotions)
        )

    @property
    def refused(self) -> tuple[Entry, ...]:
        """Return the clips that are not learned from; each says why."""
        return tuple(e for e in self.entries if not e.usable)


def write_clip(folder: Path, name: Name, clip: Clip) -> None:
    """Write both files of a clip, each whole or not at all."""
    place = folder / name.path
    place.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        "expression": clip.expression.astype(np.float16),
        "pts": clip.times.pts,
        "base": np.array([clip.times.base.numerator, clip.times.base.denominator]),
        "sound_start": np.float64(clip.sound_start),
        **{_TRUTH + key: value for key, value in clip.truth.items()},
    }
    write_flac(_file(place, ".flac"), clip.sound, clip.rate)
    with whole_file(_file(place, ".npz")) as file:
        np.savez_compressed(file, **arrays)


def read_clip(folder: Path, name: Name) -> Clip:
    """Return a clip; see `Corpus.clip`.

    Raises
    ------
    ExchangeError
        if its coefficients are missing or damaged.
    MediaError
        if its sound is.
    """
    place = folder / name.path
    path = _file(place, ".npz")
    try:
        # Opened here: numpy leaves a file open that it could not read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            expression = found["expression"].astype(np.float32)
            top, bottom = (int(x) for x in found["base"])
            base = Fraction(top, bottom)
            if base <= 0:
                raise ValueError("time runs backwards")
            times = Times(found["pts"].astype(np.int64), base)
            start = float(found["sound_start"])
            truth = {k.removeprefix(_TRUTH): found[k] for k in found if k.startswith(_TRUTH)}
            check(expression, "F E", F=len(times), E=len(ARKIT_NAMES))
    except DAMAGED as e:
        raise ExchangeError(f"A clip of the corpus cannot be read ({e}): {path}") from e
    if not np.isfinite(expression).all():
        raise ExchangeError(f"A clip of the corpus holds numbers that are none: {path}")
    sound, rate = read_flac(_file(place, ".flac"))
    return Clip(expression, times, sound, rate, start, truth)


def write_list(corpus: Corpus) -> None:
    """Write the list of a corpus."""
    rows = [asdict(e) for e in sorted(corpus.entries, key=lambda e: e.name)]
    text = json.dumps({"format": FORMAT, "made": corpus.made, "clips": rows}, indent=1)
    corpus.folder.mkdir(parents=True, exist_ok=True)
    with whole_file(corpus.folder / LIST) as file:
        file.write(text.encode())


def read_corpus(folder: Path) -> Corpus:
    """Return the list of the corpus in `folder`.

    Raises
    ------
    ExchangeError
        if there is none, or it is damaged or of a newer version.
    """
    path = folder / LIST
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["format"] > FORMAT:
            raise ExchangeError(f"This corpus is of a newer version of facestudio: {path}")
        entries = tuple(_entry(row) for row in table["clips"])
        return Corpus(folder, entries, table["made"])
    except FileNotFoundError as e:
        raise ExchangeError(
            f"There is no corpus (no {LIST}); make one with 'facestudio corpus', or read "
            f"videos with 'facestudio data': {folder}"
        ) from e
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise ExchangeError(f"The list of a corpus is damaged ({e}): {path}") from e


def with_problems(corpus: Corpus, find: Callable[[Name], Sequence[str]]) -> Corpus:
    """Return the list with what `find` says of each usable clip added to its problems."""
    return replace(
        corpus,
        entries=tuple(
            replace(e, problems=tuple(find(e.name))) if e.usable else e for e in corpus.entries
        ),
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    if row["split"] not in SPLITS:
        raise ValueError(f"there is no split '{row['split']}'")
    return Entry(
        Name(**row["name"]), row["split"], int(row["frames"]), float(row["seconds"]),
        tuple(row.get("problems", ())),
    )  # fmt: skip


def _file(place: Path, ending: str) -> Path:
    """Return `place` with an ending; a name may hold dots of its own."""
    return place.with_name(place.name + ending)
