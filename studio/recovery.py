"""What must not be lost: projects without a name yet, recent files, and the settings file."""

import contextlib
import os
import re
import time
from collections.abc import Collection
from pathlib import Path

import platformdirs
from PySide6.QtCore import QSettings

from core.errors import ProjectError
from core.paths import APP, data, resource
from core.project import Project
from core.storage import SUFFIX, ProjectFile

MOST = 12


def settings() -> QSettings:
    """Return the user's settings; a plain file in the user's settings folder."""
    folder = Path(platformdirs.user_config_dir(APP, appauthor=False))
    return QSettings(str(folder / "studio.ini"), QSettings.Format.IniFormat)


def unsaved_folder() -> Path:
    """Return where projects lie that were not given a name yet; it is made if it can be."""
    folder = data() / "unsaved"
    with contextlib.suppress(OSError):  # `new_place` tells it, when a place is needed
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_unsaved(path: Path | None) -> bool:
    """Return whether the project was not given a name yet."""
    return path is not None and path.parent == unsaved_folder()


def may_be_written(path: Path) -> bool:
    """Return whether a project at `path` can be worked on: the file, and beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def unsaved() -> list[Path]:
    """Return the projects that were not given a name yet, the newest first."""
    found = unsaved_folder().glob(f"*{SUFFIX}")
    return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)


def new_place(name: str) -> Path:
    """Return a path for a new project called after `name`, in the folder of unsaved ones.

    The folder exists afterwards; raise `ProjectError` where there can be none.
    """
    folder = unsaved_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise ProjectError(
            f"New projects cannot be kept ({e.strerror}) in this folder: {folder}"
        ) from e
    stem = re.sub(r"[^\w.-]+", "_", Path(name).stem)[:60] or "project"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    place = unsaved_folder() / f"{stem}-{stamp}{SUFFIX}"
    number = 1
    while place.exists():
        number += 1
        place = unsaved_folder() / f"{stem}-{stamp}-{number}{SUFFIX}"
    return place


def recent() -> list[Path]:
    """Return the projects that were open last and still exist, the newest first."""
    value = settings().value("recent", [])
    names = [value] if isinstance(value, str) else list(value) if value else []  # type: ignore[call-overload]
    return [Path(name) for name in names if os.path.exists(name)]


def remember(path: Path) -> None:
    """Put the project at the top of the recent ones."""
    names = [str(path), *(str(p) for p in recent() if p != path)]
    settings().setValue("recent", names[:MOST])


def markers(digest: str) -> set[int]:
    """Return the frames of a clip that were marked; they are the user's, not a project's."""
    kept = str(settings().value(f"markers/{digest[:24]}", "") or "")
    return {int(word) for word in kept.split() if word.isdecimal()}


def keep_markers(digest: str, frames: Collection[int]) -> None:
    """Keep which frames of a clip are marked."""
    key = f"markers/{digest[:24]}"
    if frames:
        settings().setValue(key, " ".join(str(frame) for frame in sorted(frames)))
    else:
        settings().remove(key)


def demo_project() -> Path:
    """Return a new project with the clip that ships, its face followed already."""
    clip = resource("demo/actor.mp4")
    place = new_place("demo")
    copy = place.with_suffix(".opening")
    try:
        copy.write_bytes(resource("demo/actor.facestudio").read_bytes())
        with ProjectFile(copy) as file:
            project = file.project
        ProjectFile.create(place, _moved(project, clip), "Track actor.mp4").close()
    finally:
        copy.unlink(missing_ok=True)
    return place


def _moved(project: Project, clip: Path) -> Project:
    from dataclasses import replace

    return replace(project, clips=(replace(project.clips[0], path=clip),))
