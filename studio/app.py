"""Start of the studio: the application, its look, and what happens to faults nobody caught."""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.log import log_file, start
from studio import language, recovery
from studio.turns import answer_quickly
from studio.warm import WarmUp
from studio.window import Window
from widgets import theme

log = logging.getLogger(__name__)


def application(arguments: Sequence[str] = ()) -> QApplication:
    """Return the application, dressed; the one that runs, if there is one."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    made = QApplication(["facestudio", *arguments])
    made.setApplicationName("facestudio")
    made.setDesktopFileName("facestudio")
    language.install(made)
    theme.dress(made)
    answer_quickly()
    return made


def main(arguments: Sequence[str] = ()) -> int:
    """Open the studio, with the file named first if there is one; return the exit code."""
    start()
    _log_as_core_does()
    app = application(arguments)
    window = Window()
    _catch_faults(window)
    window.show()
    window.help.offer_tour()
    QTimer.singleShot(0, lambda: begin(window, arguments))
    code = app.exec()
    sys.excepthook = sys.__excepthook__
    return code


def begin(window: Window, arguments: Sequence[str]) -> None:
    """Open the file that was named, or else what was open when the studio was killed."""
    WarmUp(window).begin()
    wanted = [Path(a) for a in arguments if not a.startswith("-")]
    left = str(recovery.settings().value("open", "") or "")
    if wanted:
        window.desk.open(wanted[0])
    elif left and os.path.exists(left):
        _recover(window, Path(left))


def _recover(window: Window, path: Path) -> None:
    window.desk.open(path)
    if window.desk.session.path is not None:
        text = "The studio did not end as it should; this project was open, with every edit."
        window.desk.noted.emit(window.tr(text))


def _log_as_core_does() -> None:
    """Let what the studio logs go where core's log goes: to the file, not to the terminal."""
    ours, theirs = logging.getLogger("studio"), logging.getLogger("core")
    ours.handlers, ours.propagate = theirs.handlers, False
    ours.setLevel(theirs.level)


def _catch_faults(window: Window) -> None:
    """Tell faults in the status bar and the log; work goes on, every edit is on disk."""

    def hook(kind: type[BaseException], e: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, e, trace)
            return
        log.error("a fault of the program", exc_info=(kind, e, trace))
        text = window.tr("This is a fault of facestudio ({what}); details are in {path}")
        window.desk.failed.emit(
            text.format(what=f"{kind.__name__}: {e}".splitlines()[0], path=log_file())
        )

    sys.excepthook = hook
