"""Edits of a track that can be taken back: layers, and the fold that applies them."""

from collections.abc import Sequence
from typing import Protocol

from core.stages import Evidence
from core.track import Track


class Layer(Protocol):
    """One non-destructive edit: frozen, hashable, pure."""

    @property
    def enabled(self) -> bool:
        """Return whether `compose` applies it."""
        ...

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return the edited track; the very same object where nothing is changed."""
        ...


def compose(track: Track, layers: Sequence[Layer], evidence: Evidence) -> Track:
    """Return what the face does after all enabled layers, in order."""
    for layer in layers:
        if layer.enabled:
            track = layer.apply(track, evidence)
    return track
