"""What is kept of the looks at one person, frame by frame, until the clip has been followed."""

from collections.abc import Iterator, KeysView
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Double, Float, Rgb
from core.landmarks import sets
from core.spool import Scratch, let_go, spooled

BLOCK = 256  # looks that are held in memory before they go to the file


@dataclass(frozen=True, eq=False)
class Row:
    """One look: `points` (478, 3) px, presence `logit`, `lips` of `confidence.lip_spread`,
    `colours` (478, 3) uint8 at the points, `look` (K,) of `Landmarks`.
    """

    points: Float
    logit: float
    lips: float
    colours: Rgb
    look: Float


class _Block:
    """Room for `BLOCK` looks: in memory while it is filled, then in a temporary file."""

    def __init__(self, kind: np.dtype[np.void], file: Scratch, number: int) -> None:
        self._kind, self._file, self._at = kind, file, number * BLOCK * kind.itemsize
        self._held: NDArray[np.void] | None = np.zeros(BLOCK, kind)

    def __getitem__(self, row: int) -> NDArray[Any]:
        """Return one record; a copy, or a view while it is in memory."""
        return self._read(row, 1)[0] if self._held is None else self._held[row]

    def __setitem__(self, row: int, record: NDArray[Any]) -> None:
        if self._held is not None:
            self._held[row] = record
        else:
            self._file.write(self._at + row * self._kind.itemsize, record.tobytes())

    def all(self) -> NDArray[Any]:
        """Return the (BLOCK,) records."""
        return self._read(0, BLOCK) if self._held is None else self._held

    def put_away(self) -> None:
        """Move the records to the file."""
        if self._held is not None:
            self._file.write(self._at, self._held.tobytes())
            self._held = None

    def _read(self, row: int, count: int) -> NDArray[Any]:
        size = self._kind.itemsize
        content = self._file.read(self._at + row * size, count * size)
        return np.frombuffer(content, self._kind)


class Rows:
    """The looks at one person by the number of their frame; 8 kB each, in a temporary file."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._place: dict[int, tuple[int, int]] = {}  # frame -> block, row in it
        self._words: dict[int, tuple[float, float]] = {}  # frame -> logit, lips
        self._room: list[tuple[int, int]] = []
        self._width = 0  # of a look's description
        self._file: Scratch | None = None

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, frame: int) -> bool:
        return frame in self._place

    def __getitem__(self, frame: int) -> Row:
        number, row = self._place[frame]
        kept = self._blocks[number][row]
        return Row(kept["points"], *self._words[frame], kept["colours"], kept["look"])

    def __setitem__(self, frame: int, row: Row) -> None:
        if frame not in self._place:
            if not self._room:
                self._add_block(len(row.look))
            self._place[frame] = self._room.pop()
        number, k = self._place[frame]
        record = np.zeros((), _kind(self._width))
        record["points"], record["colours"], record["look"] = row.points, row.colours, row.look
        self._blocks[number][k] = record
        self._words[frame] = row.logit, row.lips

    def _add_block(self, width: int) -> None:
        """Make room for more; of the blocks before, the last one stays in memory."""
        self._width = width
        self._file = self._file or Scratch()
        for block in self._blocks[:-1]:
            block.put_away()
        number = len(self._blocks)
        self._blocks.append(_Block(_kind(width), self._file, number))
        self._room = [(number, k) for k in reversed(range(BLOCK))]

    def frames(self) -> KeysView[int]:
        """Return the numbers of the frames in which the person was seen."""
        return self._place.keys()

    def values(self) -> Iterator[Row]:
        """Yield the looks, in the order in which they came."""
        return (self[frame] for frame in self._place)

    def words(self) -> Double:
        """Return (F, 2) logit and lips of the frames, in rising order of their numbers."""
        return np.array([self._words[frame] for frame in sorted(self._place)])

    def joined(self, other: "Rows") -> "Rows":
        """Return the looks of both, which share no frame; nothing is copied."""
        both = Rows()
        both._blocks = [*self._blocks, *other._blocks]
        shift = len(self._blocks)
        theirs = {frame: (b + shift, k) for frame, (b, k) in other._place.items()}
        both._place = self._place | theirs
        both._words = self._words | other._words
        both._width = self._width
        return both

    def emptied(self, length: int) -> tuple[Float, Float, Rgb]:
        """Return (length, 478, 3) points and (length, K) looks, zeros where the person was not
        seen, and (F, 478, 3) colours of the frames in which they were, in rising order.

        All three are `spooled` and read-only; these looks are dropped.
        """
        points = spooled((length, sets.COUNT, 3), np.float32)
        looks = spooled((length, self._width), np.float32)
        colours = spooled((len(self), sets.COUNT, 3), np.uint8)
        number = {frame: i for i, frame in enumerate(sorted(self._place))}
        by_block: dict[int, list[tuple[int, int]]] = {}
        for frame, (b, k) in self._place.items():
            by_block.setdefault(b, []).append((frame, k))
        for b, inside in by_block.items():
            frames, at = np.array(inside).T
            kept = self._blocks[b].all()
            points[frames], looks[frames] = kept["points"][at], kept["look"][at]
            colours[[number[frame] for frame in frames.tolist()]] = kept["colours"][at]
            for x in (points, looks, colours):
                let_go(x)
        for x in (points, looks, colours):
            x.flags.writeable = False
        self._place.clear()
        self._blocks.clear()
        return points, looks, colours


def _kind(width: int) -> np.dtype[np.void]:
    """Return the type of a record with a description of `width` numbers."""
    return np.dtype(
        [
            ("points", np.float32, (sets.COUNT, 3)),
            ("colours", np.uint8, (sets.COUNT, 3)),
            ("look", np.float32, (width,)),
        ]
    )
