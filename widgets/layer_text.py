"""What layers say to panels: their names, strengths and values at a moment. Pure functions."""

from collections.abc import Sequence
from dataclasses import is_dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import cast

import numpy as np

from core.builtin import title_of
from core.codec import UnknownLayer
from core.errors import WishError
from core.expression.emotions import prototypes
from core.expression.groups import select
from core.expression.keyframes import Envelope
from core.expression.layers import Emotion, Layer, Offset, Scale, Smooth
from core.times import Times
from core.track import ARKIT_NAMES
from widgets.layer_kinds import Field, fields_of, number_of, with_field

TICK = Fraction(1, 90000)


def value_at(curve: Envelope, moment: Fraction) -> float:
    """Return the value of a curve `moment` seconds after the first frame."""
    tick = round(moment / TICK)
    pts = np.array([0, tick] if tick > 0 else [0], np.int64)
    return float(curve.at(Times(pts, TICK))[-1])


def curve_of(layer: Layer) -> Envelope | None:
    """Return the curve that drives a layer, or None where it has none."""
    if isinstance(layer, Emotion | Offset):
        return layer.amount
    return layer.gain if isinstance(layer, Scale) else None


def target_of(layer: Layer) -> str:
    """Return what a layer works on: an emotion, a shape, a region, or its kind."""
    if isinstance(layer, Emotion):
        return layer.label
    if isinstance(layer, Offset | Scale | Smooth):
        return layer.shape
    return title_of(layer)


def missing(layer: Layer) -> str:
    """Return the name of a layer whose plug-in is not here, "" for one that is."""
    return layer.kind if isinstance(layer, UnknownLayer) else ""


def switched(layer: Layer, enabled: bool) -> Layer:
    """Return the layer switched on or off; one whose plug-in is missing stays as it is."""
    if missing(layer) or not is_dataclass(layer):
        return layer
    return cast(Layer, replace(layer, enabled=enabled))  # type: ignore[call-arg] # pyright: ignore


def strength(layer: Layer) -> tuple[float, float, float] | None:
    """Return (low, value, high) of the one number that says how strong a layer is.

    For a curve that is its farthest value; None for a layer whose strength we do not know.
    """
    if isinstance(layer, Emotion):
        return 0.0, max(layer.amount.values()), 1.5
    if isinstance(layer, Offset):
        return -1.0, max(layer.amount.values(), key=abs), 1.0
    if isinstance(layer, Scale):
        return 0.0, max(layer.gain.values(), key=lambda v: abs(v - 1)), 2.0
    if isinstance(layer, Smooth):
        return 0.0, layer.sigma, 1.0
    field = main_field(layer)
    return (field.low, number_of(layer, field), field.high) if field else None


def main_field(layer: Layer) -> Field | None:
    """Return the field of a plug-in's layer that says how strong it is: its first number."""
    found = (f for f in fields_of(layer) if f.control in ("number", "curve", "whole"))
    return next(found, None)


def with_strength(layer: Layer, value: float) -> Layer:
    """Return the layer with its farthest value moved to `value`; the curve keeps its form."""
    found = strength(layer)
    if found is None:
        return layer
    low, old, high = found
    if isinstance(layer, Smooth):
        return replace(layer, sigma=min(high, max(low, value)))
    if not isinstance(layer, Emotion | Offset | Scale):
        field = main_field(layer)
        return with_field(layer, field, value) if field else layer
    rest = 1.0 if isinstance(layer, Scale) else 0.0
    curve = cast(Envelope, curve_of(layer))
    # A curve that lies at rest has no form to keep: it becomes flat.
    gain = (value - rest) / (old - rest) if abs(old - rest) > 1e-6 else None
    keys = tuple(
        replace(
            key,
            value=min(
                high, max(low, value if gain is None else rest + (key.value - rest) * gain)
            ),
        )
        for key in curve.keys
    )
    moved = Envelope(keys)
    if isinstance(layer, Scale):
        return replace(layer, gain=moved)
    return replace(layer, amount=moved)


def emotions_at(layers: Sequence[Layer], moment: Fraction) -> tuple[tuple[str, float], ...]:
    """Return (label, amount) of the emotions worn at a moment; equal labels add."""
    found: dict[str, float] = {}
    for layer in layers:
        if isinstance(layer, Emotion) and layer.enabled:
            amount = value_at(layer.amount, moment)
            found[layer.label] = found.get(layer.label, 0.0) + amount
    return tuple(found.items())


def own_offset(layers: Sequence[Layer], shape: str) -> tuple[int, Offset] | None:
    """Return (index, layer) of the first offset that is of `shape` alone, or None."""
    for i, layer in enumerate(layers):
        if isinstance(layer, Offset) and layer.shape == shape:
            return i, layer
    return None


def drivers(layers: Sequence[Layer]) -> tuple[tuple[str, ...], ...]:
    """Return (52,) tuples: the targets of the enabled layers that move each shape, in order."""
    found: list[list[str]] = [[] for _ in ARKIT_NAMES]
    for layer in layers:
        if not layer.enabled:
            continue
        target = target_of(layer)
        for column in _columns(layer):
            if target not in found[column]:
                found[column].append(target)
    return tuple(tuple(names) for names in found)


def _columns(layer: Layer) -> tuple[int, ...]:
    if isinstance(layer, Emotion):
        return _moved_by(layer.label)
    if isinstance(layer, Offset | Scale | Smooth):
        try:
            return tuple(int(i) for i in select(layer.shape))
        except WishError:
            return ()
    return ()


@lru_cache(maxsize=32)
def _moved_by(label: str) -> tuple[int, ...]:
    prototype = prototypes().get(label)
    if prototype is None:
        return ()
    return tuple(int(i) for i in np.flatnonzero(np.abs(prototype.weights) > 0.02))
