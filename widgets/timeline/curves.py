"""Edits of the curve of a layer: pure functions from one curve to the next."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, cast

from core.errors import WishError
from core.expression.keyframes import Envelope, Interpolation, Key
from core.expression.layers import Layer

Chosen = frozenset[Fraction]
NONE: Chosen = frozenset()


@dataclass(frozen=True)
class Curve:
    """The curve by which a layer changes over time. field : its name in the layer."""

    field: str
    low: float
    high: float
    envelope: Envelope

    def held(self, value: float) -> float:
        """Return `value` within the range of the field."""
        return min(max(value, self.low), self.high)


def curve_of(layer: Layer) -> Curve | None:
    """Return the first curve among the fields of `layer`, None where it has none."""
    if not is_dataclass(layer):
        return None
    for field in fields(layer):
        value = getattr(layer, field.name)
        if isinstance(value, Envelope):
            low, high = field.metadata.get("min", 0.0), field.metadata.get("max", 1.0)
            return Curve(field.name, float(low), float(high), value)
    return None


def with_envelope(layer: Layer, envelope: Envelope) -> Layer:
    """Return `layer` with another curve."""
    curve = curve_of(layer)
    if curve is None:
        raise WishError("This layer does not change over time.")
    return cast(Layer, replace(cast(Any, layer), **{curve.field: envelope}))


def moved(
    curve: Curve, chosen: Chosen, by: Fraction, rise: float, end: Fraction
) -> tuple[Envelope, Chosen]:
    """Return the curve with the chosen keys moved together, and their new times.

    They stay between 0 and `end` seconds and inside the range of values; a key on which
    one of them comes to lie gives way to it.
    """
    going = [key for key in curve.envelope.keys if key.time in chosen]
    if not going:
        return curve.envelope, NONE
    by = max(-going[0].time, min(by, max(end - going[-1].time, Fraction(0))))
    there = [replace(k, time=k.time + by, value=curve.held(k.value + rise)) for k in going]
    rest = [key for key in curve.envelope.keys if key.time not in chosen]
    return merged(rest, there), frozenset(key.time for key in there)


def merged(keys: Iterable[Key], over: Iterable[Key]) -> Envelope:
    """Return the curve through both; where two keys share a time, that of `over` stays."""
    found = {key.time: key for key in keys} | {key.time: key for key in over}
    return Envelope(tuple(found[time] for time in sorted(found)))


def added(curve: Curve, time: Fraction, value: float) -> Envelope:
    """Return the curve with a key more; it joins as the stretch it divides did."""
    before = [key for key in curve.envelope.keys if key.time <= time]
    how: Interpolation = (before or list(curve.envelope.keys))[-1].interpolation
    return merged(curve.envelope.keys, [Key(time, curve.held(value), how)])


def removed(curve: Curve, chosen: Chosen) -> Envelope:
    """Return the curve without the chosen keys; the last one stays as a constant."""
    rest = tuple(key for key in curve.envelope.keys if key.time not in chosen)
    if rest:
        return Envelope(rest)
    return Envelope.constant(curve.envelope.keys[0].value)


def joined(curve: Curve, chosen: Chosen, how: Interpolation) -> Envelope:
    """Return the curve whose chosen keys lead on to the next in the manner `how`."""
    keys = curve.envelope.keys
    return Envelope(
        tuple(replace(k, interpolation=how) if k.time in chosen else k for k in keys)
    )


def set_to(curve: Curve, chosen: Chosen, value: float) -> Envelope:
    """Return the curve whose chosen keys all have `value`."""
    keys, value = curve.envelope.keys, curve.held(value)
    return Envelope(tuple(replace(k, value=value) if k.time in chosen else k for k in keys))


def copied(curve: Curve, chosen: Chosen, start: Fraction) -> str:
    """Return the chosen keys as text, their times counted from `start`."""
    keys = (key for key in curve.envelope.keys if key.time in chosen)
    return str(Envelope(tuple(replace(key, time=key.time - start) for key in keys)))


def pasted(curve: Curve, text: str, start: Fraction, end: Fraction) -> tuple[Envelope, Chosen]:
    """Return the curve with the keys of `text` from `start` on, and their times.

    Raises
    ------
    WishError
        if the text is not one that `copied` gave.
    """
    keys = [replace(key, time=key.time + start) for key in Envelope.parse(text).keys]
    there = [replace(k, value=curve.held(k.value)) for k in keys if k.time <= end]
    return merged(curve.envelope.keys, there), frozenset(key.time for key in there)
