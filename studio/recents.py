"""What the welcome page knows of recent projects: a name, a place, a day, a small picture."""

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject, Qt

from core.paths import data
from studio import recovery
from studio.desk import Desk
from studio.preview import Shown
from widgets.picture_pair import image_of
from widgets.welcome import Recent

PICTURE_PX = 192  # wide: sharp on a fine screen too
STAMP = re.compile(r"-\d{8}-\d{6}(-\d+)?$")


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Recents", text)


def shown(path: Path, now: datetime | None = None) -> Recent:
    """Return how a project is shown in the list."""
    picture = picture_of(path)
    unnamed = recovery.is_unsaved(path)
    name = STAMP.sub("", path.stem) if unnamed else path.stem
    place = said("not named yet") if unnamed else _home(path.parent)
    then = datetime.fromtimestamp(path.stat().st_mtime)
    return Recent(path, name, place, day(then, now), picture if picture.exists() else None)


def day(then: datetime, now: datetime | None = None) -> str:
    """Return a moment as one says it: the hour of today, yesterday, or a date."""
    today = (now or datetime.now()).date()
    hour = f"{then:%H:%M}"
    if then.date() == today:
        return said("today, {hour}").format(hour=hour)
    if then.date() == today - timedelta(days=1):
        return said("yesterday, {hour}").format(hour=hour)
    return QLocale().toString(QDate(then.year, then.month, then.day), "d MMM yyyy")


def picture_of(path: Path) -> Path:
    """Return where the picture of a project lies, whether there is one or not."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:20]
    return data() / "pictures" / f"{name}.jpg"


class Keeper(QObject):
    """Keeps the frame that was looked at last as the picture of its project."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._path: Path | None = None
        self._last: Shown | None = None
        desk.preview.ready.connect(self._on_preview_ready)

    def turn(self, path: Path | None) -> None:
        """Keep the picture of the project that is left; from now on look at `path`."""
        if self._path is not None and self._last is not None and path != self._path:
            self._keep(self._path, self._last)
        self._path, self._last = path, None

    def _on_preview_ready(self, frame: Shown) -> None:
        self._last = frame

    def _keep(self, path: Path, frame: Shown) -> None:
        target = picture_of(path)
        step = max(1, frame.after.shape[1] // (2 * PICTURE_PX))
        small = image_of(frame.after[::step, ::step]).scaledToWidth(
            PICTURE_PX, Qt.TransformationMode.SmoothTransformation
        )
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                kept = {picture_of(one) for one in recovery.recent()}
                for old in set(target.parent.glob("*.jpg")) - kept:
                    old.unlink(missing_ok=True)
        except OSError:  # a full or read-only disk: the list goes without pictures
            return
        small.save(str(target), "JPG", 85)  # pyright: ignore[reportArgumentType, reportCallIssue]


def _home(path: Path) -> str:
    """Return a folder as one writes it, with ~ for one's own."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
