"""What is drawn while a verb works."""

import io
import signal
import sys

import pytest

from core.cli.app import run
from core.cli.terminal import Terminal
from core.errors import Cancelled
from tests.cli import acted


class Watched(io.StringIO):
    def isatty(self):
        return True


def watched(monkeypatch):
    """Replace stderr, within the test itself, for pytest sets it anew for each phase."""
    screen = Watched()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("core.cli.terminal._PERIOD", 0.0)
    return screen


def test_progress_and_time_left_are_drawn_and_wiped(monkeypatch):
    screen = watched(monkeypatch)
    clock = iter(range(0, 1000, 30))
    monkeypatch.setattr("core.cli.terminal.time.monotonic", lambda: next(clock))
    with Terminal().ticket("Exporting") as ticket:
        ticket.report(0.0, "opening")
        ticket.report(0.5, "frame 50 of 100, 3 s left")
        ticket.report(0.9, "")
    lines = screen.getvalue().split("\r")
    assert lines[1].startswith("Exporting ░░░░░░░░░░░░░░░░░░░░░░░░   0%")
    assert "left" not in lines[1]
    assert (
        lines[2].rstrip()
        == "Exporting ████████████░░░░░░░░░░░░  50%  1:00 left  frame 50 of 100"
    )
    assert "90%  0:10 left" in lines[3]
    assert lines[4].strip() == lines[5] == ""  # wiped, the cursor at the start of the line


@pytest.mark.parametrize("kind", [{"quiet": True}, {"json": True}])
def test_nothing_is_drawn_for_scripts(monkeypatch, kind):
    screen = watched(monkeypatch)
    with Terminal(**kind).ticket("Exporting") as ticket:
        ticket.report(0.5, "half")
    assert screen.getvalue() == ""


def test_the_first_ctrl_c_cancels_the_ticket_and_the_second_stops_at_once():
    before = signal.getsignal(signal.SIGINT)
    with Terminal(quiet=True).ticket("x") as ticket:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            ticket.report(0.5)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_verbose_shows_the_log(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = acted.project(tmp_path)
    assert run(["undo", str(path), "-v"]) == 2
    err = capsys.readouterr().err
    assert "WishError" in err
    assert err.endswith("Error: There is nothing to undo.\n")
