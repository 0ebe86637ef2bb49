"""One table of named kinds. Built-ins enter it by the same call as plug-ins."""

import importlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from core.errors import PluginError, WishError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """A thing that can be asked for by name.

    kind : "layer" | "value" (part of a layer's fields) | "exporter" | "renderer".
    target : "module:Class", imported at first use, so that start-up loads no network.
    suffix : of the files an exporter writes, ".csv". plugin : whose it is, "" = ours; filled
    in when the plug-in is found.
    """

    kind: str
    name: str
    title: str
    target: str
    suffix: str = ""
    plugin: str = ""

    def load(self) -> Any:
        """Return the object behind `target`."""
        module, _, name = self.target.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as e:
            raise PluginError(f"“{self.title}” cannot be loaded from {self.target}.") from e


@dataclass(frozen=True)
class Plugin:
    """One plug-in that was found. `fault` is a sentence, "" while it works."""

    name: str
    place: str
    entries: tuple[Entry, ...] = ()
    fault: str = ""


class Registry:
    """The table; later entries of a kind and name are refused."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._of_target: dict[str, Entry] = {}
        self.plugins: dict[str, Plugin] = {}

    def add(self, entry: Entry) -> None:
        """Enter `entry`; raise `PluginError` if its name is taken."""
        if (entry.kind, entry.name) in self._entries:
            raise PluginError(f"Two plug-ins call a {entry.kind} “{entry.name}”.")
        self._entries[entry.kind, entry.name] = entry
        self._of_target[entry.target] = entry

    def adopt(self, plugin: Plugin) -> None:
        """Enter a plug-in with all its entries, or none of them and the reason why not."""
        names = [(entry.kind, entry.name) for entry in plugin.entries]
        taken = [name for kind, name in names if (kind, name) in self._entries]
        if plugin.fault or taken:
            fault = plugin.fault or f"the name “{(taken or [''])[0]}” is taken"
            self.plugins[plugin.name] = broken = replace(plugin, entries=(), fault=fault)
            log.warning("%s (%s)", said(broken), plugin.place)
            return
        for entry in plugin.entries:
            self.add(entry)
        self.plugins[plugin.name] = plugin

    def switch_off(self, name: str, fault: str) -> str:
        """Let a plug-in do nothing from now on; return the sentence that says why.

        Its entries stay known, so that what was made with them is still saved.
        """
        plugin = self.plugins[name]
        if not plugin.fault:
            self.plugins[name] = replace(plugin, fault=fault)
            log.warning("the plug-in %s was switched off: %s", name, fault, exc_info=True)
        return said(self.plugins[name])

    def works(self, entry: Entry) -> bool:
        """Return whether an entry is ours, or of a plug-in that was not switched off."""
        plugin = self.plugins.get(entry.plugin)
        return plugin is None or not plugin.fault

    def faults(self) -> tuple[str, ...]:
        """Return a sentence for every plug-in that was switched off."""
        return tuple(said(plugin) for plugin in self.plugins.values() if plugin.fault)

    def find(self, kind: str, name: str) -> Entry | None:
        """Return the entry, or None where nothing of that name is known."""
        return self._entries.get((kind, name))

    def get(self, kind: str, name: str) -> Entry:
        """Return the entry; raise `WishError` naming those that exist."""
        entry = self.find(kind, name)
        if entry is None:
            known = ", ".join(self.names(kind)) or "none"
            why = "".join(f" {fault}" for fault in self.faults())
            raise WishError(f"There is no {kind} “{name}”; there are: {known}.{why}")
        return entry

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """Return what of `kind` can be used now, in the order it was entered."""
        return tuple(e for e in _of(self._entries.values(), kind) if self.works(e))

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of `kind` in the order they were entered."""
        return tuple(entry.name for entry in _of(self._entries.values(), kind))

    def entry_of(self, cls: type) -> Entry | None:
        """Return the entry whose target is the class `cls`, without importing anything."""
        return self._of_target.get(f"{cls.__module__}:{cls.__qualname__}")


def said(plugin: Plugin) -> str:
    """Return the sentence for a plug-in that was switched off."""
    return f"The plug-in “{plugin.name}” was switched off: {plugin.fault.rstrip('.')}."


def _of(entries: Iterable[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if entry.kind == kind]
