"""Small pieces of work beside the window: sound, thumbnails, peaks. Not worth a job's line."""

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import FaceStudioError
from studio.turns import step_back

log = logging.getLogger(__name__)


class Background(QObject):
    """Runs functions one after the other on a thread and hands their results to the window."""

    _done = Signal(object, object)  # function to call with a result

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "background", initializer=step_back)
        self.epoch = 0
        self._done.connect(_call, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Call `then(work())`, `work` on the thread and `then` on the window's."""
        epoch = self.epoch

        def task() -> None:
            if epoch != self.epoch:
                return
            try:
                result = work()
            except (FaceStudioError, OSError, ValueError) as e:
                log.info("left out: %s", e)
                return
            except Exception:
                log.exception("a piece of work beside the window failed")
                return
            with contextlib.suppress(RuntimeError):  # the window has gone
                self._done.emit(_Delivery(self, epoch, then), result)

        self._pool.submit(task)

    def forget(self) -> None:
        """Drop what was asked for so far; its results are not delivered."""
        self.epoch += 1

    def stop(self) -> None:
        """Drop everything and wait for the thread."""
        self.forget()
        self._pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class _Delivery:
    """Who gets a result, unless it was forgotten meanwhile."""

    sender: Background
    epoch: int
    then: Callable[[Any], None]


def _call(delivery: _Delivery, result: Any) -> None:
    if delivery.epoch == delivery.sender.epoch:
        delivery.then(result)
