"""Find the networks that ship, and refuse a file that is not the one on its list.

Every folder of networks holds a ``SHA256SUMS`` in the format of the tool of that name; a file
is handed out only when its digest stands there.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from core.errors import ModelError
from core.paths import resource

SUMS = "SHA256SUMS"


def verified(name: str) -> Path:
    """Return the path of a shipped network, e.g. ``verified("models/face_trunk.tflite")``."""
    return checked(resource(name))


def checked(path: Path) -> Path:
    """Return `path` if its digest is the one listed beside it; raise `ModelError` if not."""
    try:
        state = path.stat()
    except OSError as error:
        raise ModelError(f"A network cannot be read ({error.strerror}): {path}") from error
    wanted = listed(path.parent).get(path.name)
    if wanted is None:
        raise ModelError(f"A network has no entry in {SUMS}, so it is not trusted: {path}")
    if _digest(path, state.st_mtime_ns, state.st_size) != wanted:
        raise ModelError(f"A network is damaged or of another version; install again: {path}")
    return path


def listed(folder: Path) -> dict[str, str]:
    """Return file name -> sha256 as listed in the `SUMS` of `folder`; empty without one."""
    sums = folder / SUMS
    if not sums.is_file():
        return {}
    lines = sums.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    if any(len(pair) != 2 or len(pair[0]) != 64 for pair in pairs):
        raise ModelError(f"A list of digests is damaged; install again: {sums}")
    return {name.strip().lstrip("*"): digest for digest, name in pairs}


def seal(path: Path) -> str:
    """Put the digest of `path` on the list of its folder and return it."""
    sums = listed(path.parent)
    sums[path.name] = digest = hashlib.sha256(path.read_bytes()).hexdigest()
    text = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    (path.parent / SUMS).write_text(text, encoding="utf-8")
    return digest


@lru_cache(maxsize=64)
def _digest(path: Path, mtime_ns: int, size: int) -> str:
    """Return the sha256 of a file; time and size are the key that notices a change."""
    del mtime_ns, size
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
