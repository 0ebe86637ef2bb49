"""Files that appear under their name only when they are whole."""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

from core.errors import MediaError

try:
    import fcntl
except ImportError:  # Windows; there the rename of an open file fails instead
    fcntl = None

_REASONS = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EFBIG: "The file became larger than this disk allows",
    errno.EACCES: "You are not allowed to write here",
    errno.EPERM: "You are not allowed to write here",
    errno.EROFS: "This disk can only be read",
    errno.ENAMETOOLONG: "The name is too long for this disk",
}


def why_unwritable(error: OSError, target: Path) -> MediaError:
    """Return the one sentence for a failed write of `target`."""
    reason = _REASONS.get(error.errno or 0, f"The file cannot be written ({error.strerror})")
    return MediaError(f"{reason}: {target}")


def part_name(target: Path) -> Path:
    """Return where `target` is written until it is whole: beside it, so a rename suffices."""
    name = f"{target.name}.part"
    if len(os.fsencode(name)) > 255:
        name = hashlib.blake2b(os.fsencode(target.name), digest_size=16).hexdigest() + ".part"
    return target.with_name(name)


@contextlib.contextmanager
def whole_file(target: Path) -> Generator[BinaryIO]:
    """Give a file to write; it takes the name `target` at the end, or leaves no trace.

    What an earlier export left behind when it was killed is overwritten.
    """
    _check_place(target)
    part = part_name(target)
    with _sentences(target):
        file = _open_part(part, target)
    try:
        with _sentences(target), file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)  # noqa: RUF100 - atomic on one disk
            _sync_folder(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def whole_folder(target: Path) -> Generator[Path]:
    """Give a folder to fill; it takes the name `target` at the end, or leaves no trace."""
    _check_parent(target)
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise MediaError(
            f"Something of this name exists already, choose a new folder: {target}"
        )
    part = part_name(target)
    try:
        with _sentences(target):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            yield part
            for path in part.iterdir():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
            part.replace(target)
            _sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _check_place(target: Path) -> None:
    _check_parent(target)
    if target.is_dir():
        raise MediaError(f"This is a folder, name a file in it: {target}")


def _check_parent(target: Path) -> None:
    try:
        if not target.parent.is_dir():
            raise MediaError(f"The folder does not exist: {target.parent}")
    except OSError as error:
        raise why_unwritable(error, target) from error


@contextlib.contextmanager
def _sentences(target: Path) -> Generator[None]:
    """Turn an `OSError` of writing into a `MediaError`."""
    try:
        yield
    except OSError as error:
        raise why_unwritable(error, target) from error


def _open_part(part: Path, target: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(part, flags, 0o666), "r+b")
    try:
        if fcntl is not None:  # dies with its process, so a killed export blocks nothing
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
    except BlockingIOError as error:
        file.close()
        raise MediaError(f"Another export is writing this file: {target}") from error
    return file


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power cut, where the system lets us."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
