"""One rotating log file in the user's log folder: what a fault was, for a report of it."""

import logging
import logging.handlers
import sys
from pathlib import Path

import platformdirs

from core.paths import APP

_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Log(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Stay silent: on a full disk the user must read the real error, not the log's."""


def log_file() -> Path:
    """Return where the log lies."""
    return Path(platformdirs.user_log_dir(APP, appauthor=False)) / f"{APP}.log"


def start(verbose: bool = False) -> None:
    """Send what the program logs to the log file, and with `verbose` to stderr too.

    A log that cannot be written stops nobody from working.
    """
    root = logging.getLogger("core")
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.propagate = False
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _Log(
            log_file(), maxBytes=1 << 20, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handlers = [handler, logging.StreamHandler(sys.stderr)] if verbose else [handler]
    for each in handlers:
        each.setFormatter(logging.Formatter(_FORM))
        root.addHandler(each)
