"""What is kept of the looks at one person, frame by frame, until the clip has been followed."""

import math
import mmap
from collections.abc import Iterator, KeysView
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Double, Float, Rgb
from core.landmarks import sets

BLOCK = 256  # looks


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
    """Room for `BLOCK` looks, which the system gets back when it is dropped.

    It lies in pages of its own: what `malloc` has lent once it mostly keeps, and a long clip
    would be held twice while blocks become arrays.
    """

    def __init__(self, width: int) -> None:
        self.points = _pages((BLOCK, sets.COUNT, 3), np.float32)
        self.colours = _pages((BLOCK, sets.COUNT, 3), np.uint8)
        self.look = _pages((BLOCK, width), np.float32)


def _pages(shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return np.ndarray(shape, dtype, buffer=mmap.mmap(-1, max(1, size)))


class Rows:
    """The looks at one person by the number of their frame; 8 kB each."""

    def __init__(self) -> None:
        self._blocks: list[_Block | None] = []
        self._place: dict[int, tuple[int, int]] = {}  # frame -> block, row in it
        self._words: dict[int, tuple[float, float]] = {}  # frame -> logit, lips
        self._room: list[tuple[int, int]] = []
        self._width = 0  # of a look's description

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, frame: int) -> bool:
        return frame in self._place

    def __getitem__(self, frame: int) -> Row:
        number, row = self._place[frame]
        block = self._blocks[number]
        assert block is not None
        words = self._words[frame]
        return Row(block.points[row], *words, block.colours[row], block.look[row])

    def __setitem__(self, frame: int, row: Row) -> None:
        if frame not in self._place:
            if not self._room:
                self._width = len(row.look)
                self._blocks.append(_Block(self._width))
                number = len(self._blocks) - 1
                self._room = [(number, k) for k in reversed(range(BLOCK))]
            self._place[frame] = self._room.pop()
        number, k = self._place[frame]
        block = self._blocks[number]
        assert block is not None
        block.points[k], block.colours[k] = row.points, row.colours
        block.look[k] = row.look
        self._words[frame] = row.logit, row.lips

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

        Block by block these looks are dropped meanwhile, so that a long clip is not held twice.
        """
        points = np.zeros((length, sets.COUNT, 3), np.float32)
        looks = np.zeros((length, self._width), np.float32)
        colours = np.empty((len(self), sets.COUNT, 3), np.uint8)
        number = {frame: i for i, frame in enumerate(sorted(self._place))}
        by_block: dict[int, list[tuple[int, int]]] = {}
        for frame, (b, k) in self._place.items():
            by_block.setdefault(b, []).append((frame, k))
        for b, inside in by_block.items():
            block = self._blocks[b]
            assert block is not None
            frames, at = np.array(inside).T
            points[frames], looks[frames] = block.points[at], block.look[at]
            colours[[number[frame] for frame in frames.tolist()]] = block.colours[at]
            self._blocks[b] = None
        self._place.clear()
        return points, looks, colours
