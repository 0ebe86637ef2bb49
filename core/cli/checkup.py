"""The findings of `doctor`, one after the other."""

import ctypes.util
import importlib.metadata
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import FaceStudioError

# name of the distribution -> licence, what it is for
_REQUIRED = {
    "numpy": "BSD-3-Clause", "scipy": "BSD-3-Clause", "opencv-python-headless": "Apache-2.0",
    "av": "BSD-3-Clause", "numba": "BSD-2-Clause", "ai-edge-litert": "Apache-2.0",
    "safetensors": "Apache-2.0", "typer": "MIT", "platformdirs": "MIT",
}  # fmt: skip
_CODECS = (
    ("h264", "r", "reads most films"),
    ("hevc", "r", "reads films of telephones"),
    ("prores", "r", "reads ProRes"),
    ("libx264", "w", "writes H.264"),
    ("prores_ks", "w", "writes ProRes"),
    ("png", "w", "writes pictures"),
    ("aac", "w", "writes sound where it cannot be copied"),
)
_LIBRARIES = (
    ("OpenGL", "GL", "libgl1"),
    ("EGL", "EGL", "libegl1"),
    ("PortAudio", "portaudio", "libportaudio2"),
)
_INSTALL_AGAIN = "install facestudio again: pip install --force-reinstall facestudio"


@dataclass
class Finding:
    """One thing looked at; `fine` None = not here, and not needed for editing films."""

    section: str
    name: str
    found: str
    fine: bool | None = True
    mend: str = ""


def everything() -> list[Finding]:
    """Return all findings, required and optional."""
    parts = (_machine, _gpu, _screen_and_sound, _packages, _codecs, _models, _plugins)
    return [finding for part in parts for finding in part()]


def _machine() -> Iterator[Finding]:
    from core.log import log_file
    from core.paths import cache, data

    version = platform.python_version()
    yield Finding("Machine", "system", platform.platform())
    yield Finding(
        "Machine", "Python", version, version.startswith(("3.11", "3.12")), "use 3.11"
    )
    yield Finding("Machine", "processor", f"{os.cpu_count()} cores, {platform.machine()}")
    yield Finding("Machine", "memory", _memory())
    free = shutil.disk_usage(Path.home()).free / 2**30
    yield Finding("Machine", "disk", f"{free:.0f} GB free", free > 1, "make room on the disk")
    for name, folder in (("own models", data()), ("cache", cache()), ("log", log_file())):
        yield Finding("Machine", name, str(folder))


def _memory() -> str:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not POSIX
        return "unknown"
    return f"{pages * size / 2**30:.1f} GB"


def _gpu() -> Iterator[Finding]:
    tool = shutil.which("nvidia-smi")
    cards: list[str] = []
    if tool:
        query = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
        try:
            told = subprocess.run(
                query, capture_output=True, text=True, timeout=10, check=False
            )
            cards = [line for line in told.stdout.splitlines() if line and not told.returncode]
        except (OSError, subprocess.TimeoutExpired) as e:
            yield Finding("GPU", "nvidia-smi", str(e), None, "look at the driver")
    for card in cards:
        yield Finding("GPU", "NVIDIA", card)
    if not cards:
        yield Finding("GPU", "NVIDIA", "none", None, "nothing to do: all verbs run without one")
    torch = _version("torch")
    yield Finding(
        "GPU", "torch", torch or "not installed", True if torch else None,
        "only for training: pip install 'facestudio[train]'",
    )  # fmt: skip


def _screen_and_sound() -> Iterator[Finding]:
    for name, library, package in _LIBRARIES:
        found = ctypes.util.find_library(library)
        mend = f"only for the studio's window: apt install {package}"
        yield Finding(
            "Screen and sound", name, found or "no library", bool(found) or None, mend
        )
    cards = Path("/proc/asound/cards")
    try:
        sound = cards.read_text().strip().splitlines()
    except OSError:
        sound = []
    named = sound[0].strip() if sound and "no soundcards" not in sound[0] else ""
    yield Finding(
        "Screen and sound", "sound card", named or "none seen", bool(named) or None,
        "only for playing; sound in films is copied without one",
    )  # fmt: skip


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _packages() -> Iterator[Finding]:
    yield Finding(
        "Packages", "facestudio", f"{_version('facestudio') or 'from source'}, Apache-2.0"
    )
    for name, licence in _REQUIRED.items():
        version = _version(name)
        found = f"{version}, {licence}" if version else "not installed"
        yield Finding("Packages", name, found, bool(version), f"pip install {name}")


def _codecs() -> Iterator[Finding]:
    import av
    from av.codec import Codec

    libraries = ", ".join(
        f"{name} {'.'.join(map(str, version))}" for name, version in av.library_versions.items()
    )
    yield Finding("Codecs", "FFmpeg", f"{libraries} (with x264: GPL-2.0 or later)")
    for name, mode, use in _CODECS:
        try:
            Codec(name, mode)  # type: ignore[arg-type]
            yield Finding("Codecs", name, use)
        except ValueError:
            yield Finding(
                "Codecs", name, "not in this build", False, "pip install --force-reinstall av"
            )


def _models() -> Iterator[Finding]:
    from core import paths
    from core.face.model import built_in
    from core.landmarks.landmarker import USER_MODEL

    try:
        head = built_in()
        size = f"{len(head.neutral)} vertices, {len(head.identity)} identity modes, CC0-1.0"
        yield Finding("Models", "embedded head", size)
    except FaceStudioError as e:
        yield Finding("Models", "embedded head", str(e), False, _INSTALL_AGAIN)
    yield from _networks()
    own = paths.data() / USER_MODEL
    yield Finding(
        "Models", "own face_landmarker.task", str(own) if own.exists() else "none",
        True if own.exists() else None, f"optional; put it at {own}",
    )  # fmt: skip
    try:
        yield Finding("Models", "licences", str(paths.resource("LICENSES.md")))
    except FaceStudioError as e:
        yield Finding("Models", "licences", str(e), False, _INSTALL_AGAIN)


def _plugins() -> Iterator[Finding]:
    from core.builtin import kinds
    from core.loader import folder
    from core.registry import said

    yield Finding("Plug-ins", "own plug-ins", f"put them into {folder()}")
    for plugin in kinds().plugins.values():
        what = ", ".join(f"{entry.kind} {entry.name}" for entry in plugin.entries)
        mend = f"mend or remove it: {plugin.place}"
        found = said(plugin) if plugin.fault else what
        yield Finding("Plug-ins", plugin.name, found, not plugin.fault or None, mend)


def _networks() -> Iterator[Finding]:
    from core import weights
    from core.paths import resource

    for folder in ("models", "weights"):
        try:
            place = resource(folder)
            listed = weights.listed(place)
        except FaceStudioError as e:
            yield Finding("Models", folder, str(e), False, _INSTALL_AGAIN)
            continue
        if not listed:
            yield Finding("Models", folder, f"no network in {place}", False, _INSTALL_AGAIN)
        for name, digest in sorted(listed.items()):
            try:
                weights.checked(place / name)
                yield Finding("Models", name, f"sha256 {digest[:16]}…, Apache-2.0")
            except FaceStudioError as e:
                yield Finding("Models", name, str(e), False, _INSTALL_AGAIN)
