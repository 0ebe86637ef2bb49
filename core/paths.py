"""Where things lie: what ships, and the user's data, cache and settings folders."""

from pathlib import Path

import platformdirs

from core.errors import ModelError

APP = "facestudio"


def resource(name: str) -> Path:
    """Return the path of a shipped file, e.g. ``resource("emotions.json")``."""
    path = Path(__file__).resolve().parent.parent / "resources" / name
    if not path.exists():
        raise ModelError(
            f"A file that ships with facestudio is missing; install it again: {path}"
        )
    return path


def data() -> Path:
    """Return the user's data folder (models the user adds)."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def cache() -> Path:
    """Return the user's cache folder."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))
