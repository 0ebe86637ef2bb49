"""Making the next items of a sequence while this one is worked on."""

import queue
import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Made(Generic[T]):
    item: T


@dataclass(frozen=True)
class _Ended:
    error: BaseException | None = None


def read_ahead(items: Iterable[T], depth: int = 4) -> Generator[T]:
    """Yield `items`, which a thread of their own makes up to `depth` ahead.

    An error of the maker arrives here in its place. Closing the iterator ends the thread.
    """
    line: queue.Queue[_Made[T] | _Ended] = queue.Queue(depth)
    stop = threading.Event()
    maker = threading.Thread(
        target=_make, args=(items, line, stop), name="read ahead", daemon=True
    )
    maker.start()
    try:
        while isinstance(entry := line.get(), _Made):
            yield entry.item
        if entry.error is not None:
            raise entry.error
    finally:
        stop.set()
        maker.join()


def _make(
    items: Iterable[T], line: "queue.Queue[_Made[T] | _Ended]", stop: threading.Event
) -> None:
    end = _Ended()
    try:
        for item in items:
            if not _put(line, _Made(item), stop):
                break
    except BaseException as error:  # noqa: BLE001 - raised again on the consumer's thread
        end = _Ended(error)
    if isinstance(items, Generator):
        items.close()  # here, on the thread that ran it
    _put(line, end, stop)


def _put(
    line: "queue.Queue[_Made[T] | _Ended]", entry: _Made[T] | _Ended, stop: threading.Event
) -> bool:
    while not stop.is_set():
        try:
            line.put(entry, timeout=0.05)
        except queue.Full:
            continue
        return True
    return False
