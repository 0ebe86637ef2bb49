"""Arrays with named axes, read-only arrays, and their content digests."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import ShapeError
from core.spool import let_go

# Any width: numpy's own functions widen as they please; what is stored says its dtype in words.
Float = NDArray[np.floating[Any]]
Double = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
Rgb = NDArray[np.uint8]

T = TypeVar("T", bound=NDArray[np.generic])


def check(x: NDArray[np.generic], axes: str, **sizes: int) -> None:
    """Raise `ShapeError` unless `x` has the axes named, e.g. ``check(x, "F V 3", V=4784)``.

    A number fixes a size, a letter given in `sizes` too; a letter seen twice must agree.
    """
    names = axes.split()
    known = dict(sizes)
    fits = x.ndim == len(names)
    if fits:
        for name, size in zip(names, x.shape, strict=True):
            wanted = int(name) if name.isdigit() else known.setdefault(name, size)
            fits = fits and wanted == size
    if not fits:
        shape = " ".join(f"{n}={sizes[n]}" if n in sizes else n for n in names)
        raise ShapeError(f"An array of shape ({shape}) was expected, not {x.shape}.")


def frozen(x: T) -> T:
    """Return `x` read-only; a view of a writable array is copied first."""
    if x.flags.writeable and x.base is not None:
        x = x.copy()  # type: ignore[assignment]
    x.flags.writeable = False
    return x


def digest(x: NDArray[np.generic]) -> str:
    """Return the content address of `x`: 32 hex digits over dtype, shape and bytes."""
    h = hashlib.blake2b(f"{x.dtype.str}{x.shape}".encode(), digest_size=16)
    for piece in pieces(x, 1 << 20):
        h.update(piece)
    return h.hexdigest()


def digest_of(arrays: Mapping[str, NDArray[np.generic]]) -> str:
    """Return the content address of named arrays."""
    h = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        h.update(f"{name} {digest(arrays[name])}".encode())
    return h.hexdigest()


def pieces(x: NDArray[np.generic], most: int) -> Iterator[memoryview]:
    """Yield the bytes of `x` in C order, at most `most` at once or one row.

    A view of scattered bytes is not copied whole, which for ten minutes of landmarks is 57 MB.
    """
    rows = x if x.ndim else x.reshape(1)
    size = max(1, rows[:1].nbytes)
    count = max(1, most // size)
    for start in range(0, len(rows), count):
        part = np.ascontiguousarray(rows[start : start + count])
        yield part.reshape(-1).view(np.uint8).data
        let_go(x)
