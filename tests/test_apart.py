"""Work in another process reports, fails and stops as it does on a thread."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from core.apart import apart
from core.errors import Cancelled, FaceStudioError, MediaError
from core.jobs import Ticket


def added(a, b, ticket):
    end = time.monotonic() + 0.2
    while (left := end - time.monotonic()) > 0:
        ticket.report(1 - left / 0.2, "Adding")
    return a + b, os.getpid()


def refused(ticket):
    raise MediaError("This cannot be read: a.mp4")


def broken(ticket):
    raise KeyError("a bug")


def ended_early(ticket):
    raise EOFError("the end of a file, not of the caller")


def died(ticket):
    os.kill(os.getpid(), signal.SIGKILL)


def endless(place, ticket):
    """Report for ever; a file lies in `place` while it goes on."""
    mark = Path(place, f"{os.getpid()}.part")
    mark.touch()
    try:
        while True:
            ticket.report(0.5, "Waiting")
    finally:
        mark.unlink()


def test_the_answer_comes_from_another_process_with_its_reports():
    seen = []
    total, pid = apart(added, 2, 3, ticket=Ticket(lambda *report: seen.append(report)))
    assert total == 5
    assert pid != os.getpid()
    assert {message for _, message in seen} == {"Adding"}
    assert [f for f, _ in seen] == sorted(f for f, _ in seen)
    assert len(seen) > 1


def test_errors_are_raised_as_they_were_there():
    with pytest.raises(MediaError, match=r"^This cannot be read: a\.mp4$"):
        apart(refused, ticket=Ticket())
    with pytest.raises(RuntimeError, match="KeyError: 'a bug'"):
        apart(broken, ticket=Ticket())
    with pytest.raises(RuntimeError, match="EOFError: the end of a file"):
        apart(ended_early, ticket=Ticket())


def test_a_process_that_is_killed_is_one_sentence():
    with pytest.raises(FaceStudioError, match="ended too early"):
        apart(died, ticket=Ticket())


def test_cancelled_work_stops_and_cleans_up(tmp_path):
    ticket = Ticket(lambda *_: ticket.cancel())
    with pytest.raises(Cancelled):
        apart(endless, str(tmp_path), ticket=ticket)
    assert list(tmp_path.iterdir()) == []


def test_work_whose_caller_was_killed_stops_and_cleans_up(tmp_path):
    code = f"""
        from core.apart import apart
        from core.jobs import Ticket
        from tests.test_apart import endless
        if __name__ == "__main__":
            apart(endless, {str(tmp_path)!r}, ticket=Ticket(lambda *_: print("on", flush=True)))
    """
    script = tmp_path.parent / f"{tmp_path.name}.py"
    script.write_text(textwrap.dedent(code))
    caller = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert caller.stdout.readline() == b"on\n"
    assert list(tmp_path.iterdir()) != []
    caller.kill()
    with caller.stdout:
        caller.stdout.read()  # ends with the last process that could write to it
    caller.wait()
    assert list(tmp_path.iterdir()) == []
