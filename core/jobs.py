"""The one way to wait: long work is a plain function that takes a `Ticket`."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeVar

from core.errors import Cancelled

T = TypeVar("T")


class Ticket:
    """Carries progress out of a long function and the wish to stop into it.

    `on_report(fraction, message)` is called on the worker's thread.
    """

    def __init__(self, on_report: Callable[[float, str], None] | None = None) -> None:
        self._on_report = on_report
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; its next `report` raises `Cancelled`."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Return whether the work was asked to stop."""
        return self._stop.is_set()

    def report(self, fraction: float, message: str = "") -> None:
        """Say how far the work is (0..1); raise `Cancelled` if it was asked to stop."""
        if self._stop.is_set():
            raise Cancelled
        if self._on_report is not None:
            self._on_report(fraction, message)

    def over(
        self, items: Iterable[T], message: str = "", total: int | None = None
    ) -> Iterator[T]:
        """Yield `items`, reporting after each."""
        n = total if total is not None else len(items) if isinstance(items, Sized) else 0
        for i, item in enumerate(items):
            self.report(i / n if n else 0.0, message)
            yield item

    def part(self, start: float, end: float) -> "Ticket":
        """Return a ticket for a part of this work: its 0..1 is this one's `start`..`end`."""
        outer = self

        class Part(Ticket):
            def report(self, fraction: float, message: str = "") -> None:
                outer.report(start + (end - start) * fraction, message)

            def cancel(self) -> None:
                outer.cancel()

            @property
            def cancelled(self) -> bool:
                return outer.cancelled

        return Part()
