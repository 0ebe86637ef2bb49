"""Work that takes time: one worker, a queue, progress, time left, cancel, retry, log."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import Cancelled, FaceStudioError
from core.jobs import Ticket
from studio.turns import step_back

log = logging.getLogger(__name__)
Work = Callable[[Ticket], Any]
Done = Callable[[Any], None]
State = Literal["waiting", "running", "done", "failed", "cancelled"]
_Queue = queue.Queue[tuple["Job", Ticket] | None]
_EVERY = 0.1  # seconds between two reports that reach the window


@dataclass(eq=False)
class Job:
    """One piece of work. `left` is in seconds, None while it cannot be told.

    beside : it runs next to the queue, with what the processor has left over.
    """

    id: int
    title: str
    work: Work
    on_done: Done | None = None
    beside: bool = False
    state: State = "waiting"
    fraction: float = 0.0
    message: str = ""
    left: float | None = None
    log: list[str] = field(default_factory=list[str])
    result: Any = None
    ticket: Ticket = field(default_factory=Ticket)
    began: float = 0.0

    @property
    def over(self) -> bool:
        """Return whether nothing more will come of it by itself."""
        return self.state in ("done", "failed", "cancelled")


class Jobs(QObject):
    """Runs jobs one after the other on a thread of its own, those beside on another."""

    added = Signal(object)  # Job
    changed = Signal(object)  # Job
    finished = Signal(object)  # Job
    _told = Signal(object, str, float, object)  # Job, kind, fraction, payload

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: list[Job] = []
        self._count = 0
        self._queues: dict[bool, _Queue] = {False: queue.Queue(), True: queue.Queue()}
        self._threads: dict[bool, threading.Thread] = {}
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    @property
    def active(self) -> list[Job]:
        """Return the jobs that run or wait."""
        return [job for job in self.all if not job.over]

    def start(
        self, title: str, work: Work, on_done: Done | None = None, *, beside: bool = False
    ) -> Job:
        """Queue `work(ticket)`; `on_done(result)` is called here, on the window's thread.

        beside : nobody waits for it, so it holds up nothing that somebody asked for.
        """
        self._count += 1
        job = Job(self._count, title, work, on_done, beside)
        self.all.append(job)
        self._enqueue(job)
        self.added.emit(job)
        return job

    def cancel(self, job: Job) -> None:
        """Ask the job to stop; one that waits is not begun."""
        job.ticket.cancel()
        if job.state == "waiting":
            self._finish(job, "cancelled", "")

    def retry(self, job: Job) -> None:
        """Run a job that failed or was cancelled once more."""
        if job.over and job.state != "done":
            job.state, job.fraction, job.message, job.left = "waiting", 0.0, "", None
            self._enqueue(job)
            self.changed.emit(job)

    def clear(self) -> None:
        """Forget the jobs that are over."""
        self.all = [job for job in self.all if not job.over]

    def stop(self) -> None:
        """Cancel everything and wait for the worker to end."""
        for job in self.active:
            job.ticket.cancel()
        for beside, thread in self._threads.items():
            self._queues[beside].put(None)
            thread.join(10)
        self._threads.clear()

    def _enqueue(self, job: Job) -> None:
        if job.beside not in self._threads:
            name = "jobs beside" if job.beside else "jobs"
            thread = threading.Thread(
                target=self._run, args=(job.beside,), name=name, daemon=True
            )
            self._threads[job.beside] = thread
            thread.start()
        job.ticket = self._ticket(job)
        self._queues[job.beside].put((job, job.ticket))

    def _run(self, beside: bool) -> None:
        step_back()
        while (item := self._queues[beside].get()) is not None:
            job, ticket = item
            if ticket.cancelled:
                continue
            self._tell(job, "began")
            self._work(job, ticket)

    def _ticket(self, job: Job) -> Ticket:
        last = 0.0

        def report(fraction: float, message: str) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _EVERY:
                last = now
                self._tell(job, "report", fraction, message)

        return Ticket(report)

    def _work(self, job: Job, ticket: Ticket) -> None:
        try:
            self._tell(job, "done", 1.0, job.work(ticket))
        except Cancelled:
            self._tell(job, "cancelled")
        except FaceStudioError as e:
            self._tell(job, "failed", 0.0, str(e))
        except Exception as e:
            log.exception("a job failed: %s", job.title)
            self._tell(job, "failed", 0.0, f"{type(e).__name__}: {e}")

    def _tell(self, job: Job, kind: str, fraction: float = 0.0, payload: object = "") -> None:
        with contextlib.suppress(RuntimeError):  # the window has gone
            self._told.emit(job, kind, fraction, payload)

    def _on_told(self, job: Job, kind: str, fraction: float, payload: Any) -> None:
        if kind == "began":
            job.state, job.began = "running", time.monotonic()
            self.changed.emit(job)
        elif kind == "report":
            self._on_report(job, fraction, str(payload))
        elif kind == "done":
            job.result, job.fraction = payload, 1.0
            self._finish(job, "done", job.message)
        else:
            self._finish(job, "failed" if kind == "failed" else "cancelled", str(payload))

    def _on_report(self, job: Job, fraction: float, message: str) -> None:
        job.fraction = fraction
        spent = time.monotonic() - job.began
        job.left = spent * (1 - fraction) / fraction if fraction > 0.02 else None
        if message != job.message:
            job.message = message
            job.log.append(f"{spent:7.1f} s  {message}")
        self.changed.emit(job)

    def _finish(self, job: Job, state: State, message: str) -> None:
        if state == "done" and job.on_done is not None:
            try:
                job.on_done(job.result)
            except FaceStudioError as e:  # made, but the document could not take it
                state, message = "failed", str(e)
        job.state, job.message, job.left = state, message, None
        if message:
            job.log.append(message)
        self.changed.emit(job)
        self.finished.emit(job)
