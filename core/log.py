"""One rotating log file in the user's log folder: what a fault was, for a report of it."""

import logging
import os
import sys
from pathlib import Path

import platformdirs

from core.paths import APP

_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """Return where the log lies."""
    return Path(platformdirs.user_log_dir(APP, appauthor=False)) / f"{APP}.log"


def start(verbose: bool = False) -> None:
    """Send what the program logs to the log file, and with `verbose` to stderr too.

    A log that cannot be written stops nobody from working.
    """
    from logging.handlers import RotatingFileHandler  # 20 ms that --help need not wait

    root = logging.getLogger("core")
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.propagate = False
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            log_file(), maxBytes=1 << 20, backupCount=2, encoding="utf-8", delay=True
        )
        # On a full disk the user must read the real error, not the log's.
        handler.handleError = lambda record: None
    except OSError:
        handler = logging.NullHandler()
    handlers = [handler, logging.StreamHandler(sys.stderr)] if verbose else [handler]
    for each in handlers:
        each.setFormatter(logging.Formatter(_FORM))
        root.addHandler(each)


def divert_native() -> None:
    """Send what native libraries print on stderr to the log; Python's own stderr stays.

    TensorFlow Lite announces its delegate there and has no switch for it.
    """
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        place = os.open(log_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        place = os.open(os.devnull, os.O_WRONLY)
    sys.stderr.flush()
    os.dup2(place, 2)
    os.close(place)
    sys.stderr = own
