"""One table of named kinds. Built-ins enter it by the same call as plug-ins."""

import importlib
from dataclasses import dataclass
from typing import Any

from core.errors import PluginError, WishError


@dataclass(frozen=True)
class Entry:
    """A thing that can be asked for by name.

    kind : "layer" | "value" (part of a layer's fields) | "renderer".
    target : "module:Class", imported at first use, so that start-up loads no network.
    """

    kind: str
    name: str
    title: str
    target: str

    def load(self) -> Any:
        """Return the object behind `target`."""
        module, _, name = self.target.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as e:
            raise PluginError(f"“{self.title}” cannot be loaded from {self.target}.") from e


class Registry:
    """The table; later entries of a kind and name are refused."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._of_target: dict[str, Entry] = {}

    def add(self, entry: Entry) -> None:
        """Enter `entry`; raise `PluginError` if its name is taken."""
        if (entry.kind, entry.name) in self._entries:
            raise PluginError(f"Two plug-ins call a {entry.kind} “{entry.name}”.")
        self._entries[entry.kind, entry.name] = entry
        self._of_target[entry.target] = entry

    def find(self, kind: str, name: str) -> Entry | None:
        """Return the entry, or None where nothing of that name is known."""
        return self._entries.get((kind, name))

    def get(self, kind: str, name: str) -> Entry:
        """Return the entry; raise `WishError` naming those that exist."""
        entry = self.find(kind, name)
        if entry is None:
            known = ", ".join(self.names(kind))
            raise WishError(f"There is no {kind} “{name}”; there are: {known}.")
        return entry

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of `kind` in the order they were entered."""
        return tuple(name for k, name in self._entries if k == kind)

    def entry_of(self, cls: type) -> Entry | None:
        """Return the entry whose target is the class `cls`, without importing anything."""
        return self._of_target.get(f"{cls.__module__}:{cls.__qualname__}")
