"""Pictures that were made, up to so many bytes; the least recently used leave first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from core.arrays import Rgb


class PictureCache:
    """Pictures under names that say their content, so nothing is ever out of date."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: OrderedDict[Hashable, Rgb] = OrderedDict()
        self._bytes: dict[int, int] = {}  # id -> how many names; one picture counts once
        self._used = 0
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Return how many bytes are held."""
        return self._used

    def __contains__(self, key: Hashable) -> bool:
        """Return whether the picture is held."""
        return key in self._held

    def names(self) -> list[Hashable]:
        """Return the names of the pictures that are held."""
        with self._lock:
            return list(self._held)

    def get(self, key: Hashable) -> Rgb | None:
        """Return the picture of that name, None if it has left or never was."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, picture: Rgb) -> None:
        """Hold a picture; the least recently used ones make room for it."""
        with self._lock:
            if key in self._held:
                return
            self._held[key] = picture
            names = self._bytes.get(id(picture), 0)
            self._bytes[id(picture)] = names + 1
            self._used += 0 if names else picture.nbytes
            while self._used > self.limit and len(self._held) > 1:
                self._drop()

    def clear(self) -> None:
        """Let go of every picture."""
        with self._lock:
            self._held.clear()
            self._bytes.clear()
            self._used = 0

    def _drop(self) -> None:
        _, picture = self._held.popitem(last=False)
        names = self._bytes.pop(id(picture)) - 1
        if names:
            self._bytes[id(picture)] = names
        else:
            self._used -= picture.nbytes
