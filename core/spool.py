"""What is as long as a clip and need not lie in memory: records and arrays in temporary files.

The files have no name: however the program ends, nothing of them stays.
"""

import contextlib
import mmap
import os
import tempfile
import weakref
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FaceStudioError

PIECE = 512  # rows copied at once
FEW = 64  # rows copied at once that lie far apart


class Scratch:
    """A temporary file that is read and written at any place; it closes when it is dropped."""

    def __init__(self) -> None:
        with _room():
            self._file = tempfile.TemporaryFile(prefix="facestudio-")  # noqa: SIM115 - see below
        weakref.finalize(self, self._file.close)

    def write(self, at: int, content: bytes) -> None:
        """Write `content` at byte `at`.

        Raises
        ------
        FaceStudioError
            if the disk is full.
        """
        with _room():
            self._file.seek(at)
            self._file.write(content)
            self._file.flush()

    def read(self, at: int, count: int) -> bytes:
        """Return `count` bytes from byte `at`."""
        self._file.seek(at)
        return self._file.read(count)


def spooled(shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    """Return zeros in a temporary file, which goes when the array and all views of it do.

    An array like any other: what was touched stays resident until `let_go`; the content is
    never lost by that, the system reads it back from the file when it is asked for.

    Raises
    ------
    FaceStudioError
        if the disk is full.
    """
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if not size:
        return np.zeros(shape, dtype)
    with _room(), tempfile.TemporaryFile(prefix="facestudio-") as file:
        if hasattr(os, "posix_fallocate"):
            # Now, not when a page is written: that would end the process.
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)
        return np.ndarray(shape, dtype, buffer=mmap.mmap(file.fileno(), size))


def let_go(x: NDArray[Any]) -> None:
    """Let the system take the pages of `x`, or of what it is a view of, out of memory.

    Where the system has no such advice, and for arrays that are not spooled, nothing happens.
    """
    owner: Any = x
    while isinstance(owner, np.ndarray | memoryview):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


def rows(x: NDArray[Any], which: NDArray[Any]) -> NDArray[Any]:
    """Return a copy of ``x[which]``, made piece by piece as in `columns`.

    The system maps the neighbours of what is read along with it, so some rows of each
    hundred would make all of `x` resident.
    """
    out = np.empty((len(which), *x.shape[1:]), x.dtype)
    for at in range(0, len(which), FEW):
        out[at : at + FEW] = x[which[at : at + FEW]]
        let_go(x)
    return out


def columns(x: NDArray[Any], which: NDArray[Any] | slice) -> NDArray[Any]:
    """Return a copy of ``x[:, which]``, made piece by piece so that little of `x` is touched
    at once.
    """
    parts: list[NDArray[Any]] = []
    for at in range(0, max(1, len(x)), PIECE):
        parts.append(x[at : at + PIECE, which])
        if not parts[-1].flags.owndata:
            parts[-1] = parts[-1].copy()
        let_go(x)
    return np.concatenate(parts)


def in_pieces(
    function: Callable[[NDArray[Any]], NDArray[Any]], x: NDArray[Any]
) -> NDArray[Any]:
    """Return ``function(x)`` of one that answers row by row, little of `x` at once."""
    parts: list[NDArray[Any]] = []
    for at in range(0, max(1, len(x)), PIECE):
        parts.append(function(x[at : at + PIECE]))
        let_go(x)
    return np.concatenate(parts)


@contextlib.contextmanager
def _room() -> Generator[None]:
    try:
        yield
    except OSError as e:
        raise FaceStudioError(
            f"Temporary files cannot be written ({e.strerror}); make room, or name another "
            f"folder in the variable TMPDIR: {tempfile.gettempdir()}"
        ) from e
