"""What the program is made of, and under which licence each part may be used."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from typing import Any

from PySide6.QtCore import QCoreApplication, qVersion

from core.registry import Registry
from widgets.about import Part

# Every package the program itself asks for, as in pyproject.toml.
PACKAGES = (
    "numpy", "scipy", "opencv-python-headless", "av", "numba", "ai-edge-litert", "safetensors",
    "typer", "platformdirs", "PySide6", "vispy", "QtAwesome", "sounddevice",
)  # fmt: skip
# Packages that are there only where somebody wants them, by the module one imports.
OPTIONAL = {
    "torch": "torch",
    "ray": "ray",
    "face_alignment": "face-alignment",
    "pytorch3d": "pytorch3d",
}


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Licences", text)


def own_version() -> str:
    """Return the version of the program, "" if it was not installed."""
    try:
        return version("facestudio")
    except PackageNotFoundError:
        return ""


def parts(registry: Registry | None = None) -> list[Part]:
    """Return everything that ships or is loaded: ours, packages, what these bring along.

    registry : the one whose plug-ins are told as well.
    """
    optional = [name for module, name in OPTIONAL.items() if module in sys.modules]
    found = [*_shipped(), *_packages((*PACKAGES, *optional)), *_libraries()]
    plugins = registry.plugins if registry is not None else {}
    return found + [Part(n, "", _plugin_licence(n), said("plug-in")) for n in plugins]


def _shipped() -> list[Part]:
    """Return what lies beside the code; resources/LICENSES.md has the whole text."""
    own = own_version()
    return [
        Part("facestudio", own, "Apache-2.0", said("this program")),
        Part("facestudio head", own, "CC0-1.0", said("face model, from MakeHuman's head")),
        Part("coefficient networks", own, "Apache-2.0", said("52 shapes out of landmarks")),
        Part("MediaPipe face networks", "0.10.21", "Apache-2.0", said("face and landmarks")),
        Part("demo clip", own, "CC0-1.0", said("synthetic actor and voice")),
    ]


def _packages(roots: tuple[str, ...]) -> Iterator[Part]:
    """Yield packages and those they need, each once, as far as they are installed."""
    waiting, known = list(roots), set[str]()
    while waiting:
        name = waiting.pop(0)
        if _plain(name) in known:
            continue
        known.add(_plain(name))
        try:
            about = metadata(name).json
            needed = requires(name) or []
        except PackageNotFoundError:
            continue
        yield Part(str(about["name"]), str(about["version"]), _licence(about), _summary(about))
        waiting += [m.group() for line in needed if "extra ==" not in line
                    for m in [re.match(r"[\w.-]+", line)] if m]  # fmt: skip


def _libraries() -> Iterator[Part]:
    """Yield the libraries inside packages whose licences are others than the package's."""
    yield Part("Qt", qVersion(), "LGPL-3.0-only", said("windows and drawing, in PySide6"))
    core: Any = sys.modules.get("av._core")
    codec = getattr(core, "library_meta", {}).get("libavcodec") if core else None
    if codec:
        number = ".".join(str(n) for n in codec.get("version", ()))
        licence = str(codec.get("license", ""))
        yield Part("FFmpeg, libavcodec", number, licence, said("films and sound, in PyAV"))
    codecs: Any = getattr(sys.modules.get("av"), "codecs_available", ())
    for name in ("x264", "x265"):
        if f"lib{name}" in codecs:
            yield Part(name, "", "GPL-2.0-or-later", said("encoder, in PyAV"))
    if "sounddevice" in sys.modules:
        yield Part("PortAudio", "19", "MIT", said("sound devices, for sounddevice"))


def _plugin_licence(name: str) -> str:
    """Return what a plug-in says of its licence, "" for nothing."""
    for module in (f"plugins.{name}", f"facestudio_plugins.{name}", name):
        told = getattr(sys.modules.get(module), "LICENCE", "")
        if told:
            return str(told)
    return "Apache-2.0" if f"plugins.{name}" in sys.modules else ""


def _licence(about: dict[str, Any]) -> str:
    told = str(about.get("license_expression") or about.get("license") or "").strip()
    if told and len(told) <= 80 and "\n" not in told:
        return told
    known = [c for c in about.get("classifier", ()) if c.startswith("License ::")]
    if known:
        return ", ".join(c.split("::")[-1].strip() for c in known)
    return told.split("\n")[0][:60]


def _summary(about: dict[str, Any]) -> str:
    return str(about.get("summary", "")).split("\n")[0]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
