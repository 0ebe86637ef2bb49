"""The entries we ship, entered by the same call as those of a plug-in."""

from functools import cache

from core.registry import Entry, Registry


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


@cache
def kinds() -> Registry:
    """Return the table of kinds with all that ships in it."""
    registry = Registry()
    register(registry)
    return registry
