"""Long work in a process of its own, which takes no turn from the thread that draws the window.

Two threads of Python share one lock: beside an export on a thread the window waited up to
35 ms for it. Here both keep their own. Work that was cancelled, or whose caller has died, stops
at its next report, as on a thread.
"""

import contextlib
import logging
import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import Cancelled, FaceStudioError
from core.jobs import Ticket

T = TypeVar("T")
End = Any  # of a pipe: a Connection, on Windows a PipeConnection
log = logging.getLogger(__name__)
_EVERY = 0.05  # seconds between two reports
_PATIENCE = 10.0  # seconds that a process has to end once it has answered


def apart(work: Callable[..., T], *values: object, ticket: Ticket) -> T:
    """Return ``work(*values, ticket)``, done by a new process with the caller's priority.

    work : a function of a module. Its values and its answer are sent, so they are small.
    Errors are raised here as they were there.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_begin, args=(theirs, work, values), daemon=True)
    process.start()
    theirs.close()
    try:
        with ours:
            return _answer(ours, ticket)
    except (EOFError, ConnectionError) as e:
        process.join(_PATIENCE)
        code = process.exitcode
        raise FaceStudioError(
            f"The process that did the work ended too early (code {code}); please try again."
        ) from e
    finally:
        process.join(_PATIENCE)
        if process.is_alive():
            process.kill()


def _answer(ours: End, ticket: Ticket) -> Any:
    while True:
        kind, payload = ours.recv()
        if kind == "report":
            ours.send(_goes_on(ticket, payload))
        elif kind == "done":
            return payload
        elif kind == "cancelled":
            raise Cancelled
        elif kind == "failed":
            raise payload
        else:
            log.error("work apart failed:\n%s", payload)
            raise RuntimeError(payload.strip().splitlines()[-1])


def _goes_on(ticket: Ticket, report: tuple[float, str]) -> bool:
    try:
        ticket.report(*report)
    except Cancelled:
        return False
    return True


def _begin(theirs: End, work: Callable[..., Any], values: tuple[object, ...]) -> None:
    """Do the work; each report is answered by whether to go on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us decides
    last = 0.0

    def report(fraction: float, message: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _EVERY:
            return
        last = now
        try:
            theirs.send(("report", (fraction, message)))
            goes_on = theirs.recv()
        except (EOFError, ConnectionError):  # nobody is there any more
            goes_on = False
        if not goes_on:
            ticket.cancel()
            raise Cancelled

    ticket = Ticket(report)
    try:
        answer = ("done", work(*values, ticket))
    except Cancelled:
        answer = ("cancelled", None)
    except FaceStudioError as e:
        answer = ("failed", e)
    except Exception:  # noqa: BLE001 - the caller is told and logs it
        answer = ("broken", traceback.format_exc())
    with contextlib.suppress(ConnectionError):
        theirs.send(answer)
