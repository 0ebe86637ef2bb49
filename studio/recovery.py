"""What must not be lost: projects without a name yet, recent files, and the settings file."""

import re
import time
from pathlib import Path

import platformdirs
from PySide6.QtCore import QSettings

from core.paths import APP, data, resource
from core.project import Project
from core.storage import SUFFIX, ProjectFile

MOST = 12


def settings() -> QSettings:
    """Return the user's settings; a plain file in the user's settings folder."""
    folder = Path(platformdirs.user_config_dir(APP, appauthor=False))
    return QSettings(str(folder / "studio.ini"), QSettings.Format.IniFormat)


def unsaved_folder() -> Path:
    """Return where projects lie that were not given a name yet; it exists afterwards."""
    folder = data() / "unsaved"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_unsaved(path: Path | None) -> bool:
    """Return whether the project was not given a name yet."""
    return path is not None and path.parent == unsaved_folder()


def unsaved() -> list[Path]:
    """Return the projects that were not given a name yet, the newest first."""
    found = unsaved_folder().glob(f"*{SUFFIX}")
    return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)


def new_place(name: str) -> Path:
    """Return a path for a new project called after `name`, in the folder of unsaved ones."""
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
    return [path for path in map(Path, names) if path.exists()]


def remember(path: Path) -> None:
    """Put the project at the top of the recent ones."""
    names = [str(path), *(str(p) for p in recent() if p != path)]
    settings().setValue("recent", names[:MOST])


def demo_project() -> Path:
    """Return a new project with the clip that ships, its face followed already."""
    clip = resource("demo/actor.mp4")
    place = new_place("demo")
    copy = place.with_suffix(".opening")
    copy.write_bytes(resource("demo/actor.facestudio").read_bytes())
    try:
        with ProjectFile(copy) as file:
            project = file.project
        ProjectFile.create(place, _moved(project, clip), "Track actor.mp4").close()
    finally:
        copy.unlink(missing_ok=True)
    return place


def _moved(project: Project, clip: Path) -> Project:
    from dataclasses import replace

    return replace(project, clips=(replace(project.clips[0], path=clip),))
