"""All a plug-in may use. ``plugins/README.md`` says how to write one.

A plug-in is a module with ``API = 1`` and a function ``register(registry)`` which adds an
`Entry` for each thing it brings:

- a *layer* is a frozen dataclass with ``enabled: bool = True`` and a pure
  ``apply(track, evidence) -> Track``; every field has a default, those made by `ranged` and
  `choice` get a control in the window;
- an *exporter* is a function ``write(track, target)`` which writes the edited `Track` of one
  face to the path ``target``;
- a *renderer* is a function ``picture(rgb, shot) -> rgb`` which returns the frame that is
  shown and exported, given the filmed one and the face in it, a `Shot`.
"""

from collections.abc import Sequence
from dataclasses import field, fields
from typing import Any

from core.arrays import Float, Rgb
from core.errors import ExchangeError, WishError
from core.expression.groups import select
from core.expression.keyframes import Envelope
from core.expression.speech import analyse
from core.loader import API
from core.media.atomic import whole_file
from core.registry import Entry, Registry
from core.rendering.plugged import Shot
from core.stages import Evidence
from core.track import ARKIT_INDEX, ARKIT_NAMES, Track

__all__ = (
    "API", "ARKIT_INDEX", "ARKIT_NAMES", "Entry", "Envelope", "Evidence", "ExchangeError",
    "Float", "Registry", "Rgb", "Shot", "Track", "analyse", "check", "choice", "ranged",
    "select", "whole_file",
)  # fmt: skip


def ranged(
    default: float | Envelope, low: float, high: float, *, unit: str = "", title: str = ""
) -> Any:
    """Return a dataclass field that is a number or a curve from `low` to `high`.

    title : what it is called in the window; the name of the field if not given.
    """
    return field(
        default=default, metadata={"min": low, "max": high, "unit": unit, "title": title}
    )


def choice(default: str, among: Sequence[str], *, title: str = "") -> Any:
    """Return a dataclass field that is one of the words `among`."""
    return field(default=default, metadata={"choices": tuple(among), "title": title})


def check(layer: Any) -> None:
    """Raise `WishError` where a field is outside what `ranged` and `choice` promise.

    For ``__post_init__``: a project that was edited by hand cannot bring other values.
    """
    for each in fields(layer):
        value, limits = getattr(layer, each.name), each.metadata
        if "choices" in limits and value not in limits["choices"]:
            known = ", ".join(limits["choices"])
            raise WishError(f"There is no {each.name} “{value}”; there are: {known}.")
        if "min" in limits:
            for number in value.values() if isinstance(value, Envelope) else (value,):
                if not limits["min"] <= number <= limits["max"]:
                    raise WishError(
                        f"'{each.name.replace('_', ' ')}' goes from {limits['min']:g} to "
                        f"{limits['max']:g}; {number:g} is outside."
                    )
