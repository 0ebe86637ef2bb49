"""The entries we ship, entered by the same call as those of a plug-in."""

import threading
from functools import cache

from core import loader
from core.registry import Entry, Registry

_turn = threading.RLock()


def register(registry: Registry) -> None:
    """Enter what ships."""
    for entry in (
        Entry("layer", "emotion", "Emotion", "core.expression.layers:Emotion"),
        Entry("layer", "offset", "Offset", "core.expression.layers:Offset"),
        Entry("layer", "scale", "Scale", "core.expression.layers:Scale"),
        Entry("layer", "smooth", "Smooth", "core.expression.layers:Smooth"),
        Entry("value", "envelope", "Envelope", "core.expression.keyframes:Envelope"),
        Entry("value", "key", "Key", "core.expression.keyframes:Key"),
    ):
        registry.add(entry)


def kinds() -> Registry:
    """Return the table of kinds: all that ships, and the plug-ins that were found."""
    with _turn:  # the first to ask finds the plug-ins, once
        return _kinds()


@cache
def _kinds() -> Registry:
    registry = Registry()
    register(registry)
    loader.load(registry)
    return registry


def title_of(layer: object) -> str:
    """Return what a layer is called; of one whose plug-in is missing, the name it has there."""
    entry = kinds().entry_of(type(layer))
    return entry.title if entry else str(getattr(layer, "kind", type(layer).__name__))


def forget() -> None:
    """Look for plug-ins again when the table is next asked for."""
    with _turn:
        _kinds.cache_clear()
