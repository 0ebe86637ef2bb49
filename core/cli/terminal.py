"""What a verb says, and where: results on stdout, the rest on stderr, progress if watched."""

import contextlib
import signal
import sys
import time
from collections.abc import Generator, Mapping
from json import dumps
from typing import Any

import typer

from core.jobs import Ticket

_BAR = 24
_PERIOD = 0.1


class Terminal:
    """The terminal of one run of the program; `quiet`, `verbose`, `json` are its options."""

    def __init__(self, quiet: bool = False, verbose: bool = False, json: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.json = json

    def say(self, text: str) -> None:
        """Print a line for the reader, unless a script is reading or nobody wants it."""
        if not self.quiet and not self.json:
            typer.echo(text)

    def note(self, text: str) -> None:
        """Print a remark on stderr."""
        if not self.quiet:
            typer.echo(text, err=True)

    def result(self, facts: Mapping[str, Any], line: str) -> None:
        """Print what a verb did: `facts` for a script, or `line` for a reader."""
        if self.json:
            typer.echo(dumps(facts, default=str))
        else:
            self.say(line)

    def answer(self, facts: Mapping[str, Any], lines: str) -> None:
        """Print what was asked for, even if `quiet`."""
        typer.echo(dumps(facts, default=str) if self.json else lines)

    @contextlib.contextmanager
    def ticket(self, title: str) -> Generator[Ticket]:
        """Give a ticket whose progress is drawn and which Ctrl-C cancels."""
        bar = _Bar(title, shown=sys.stderr.isatty() and not self.quiet and not self.json)
        ticket = Ticket(bar.show)
        with _cancels(ticket):
            try:
                yield ticket
            finally:
                bar.clear()


class _Bar:
    """One line on stderr: how far, and how long it will still take."""

    def __init__(self, title: str, shown: bool) -> None:
        self._title = title
        self._shown = shown
        self._began = time.monotonic()
        self._drawn = 0.0
        self._width = 0

    def show(self, fraction: float, message: str) -> None:
        now = time.monotonic()
        if not self._shown or now - self._drawn < _PERIOD:
            return
        self._drawn = now
        done = min(1.0, max(0.0, fraction))
        bar = "█" * round(done * _BAR) + "░" * (_BAR - round(done * _BAR))
        left = (now - self._began) * (1 - done) / done if done > 0.02 else None
        clock = "" if left is None else f"  {_clock(left)} left"
        self._write(f"{self._title} {bar} {done:4.0%}{clock}  {message.split(',')[0]}")

    def clear(self) -> None:
        if self._width:
            self._write("")

    def _write(self, line: str) -> None:
        line = line[:100]
        sys.stderr.write("\r" + line.ljust(self._width) + ("" if line else "\r"))
        sys.stderr.flush()
        self._width = len(line)


@contextlib.contextmanager
def _cancels(ticket: Ticket) -> Generator[None]:
    """Let the first Ctrl-C cancel `ticket`; a second one stops at once."""

    def ask(number: int, frame: object) -> None:
        del number, frame
        if ticket.cancelled:
            raise KeyboardInterrupt
        ticket.cancel()

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not the main thread: somebody else listens
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
        if whole >= 3600
        else (f"{whole // 60}:{whole % 60:02d}")
    )
