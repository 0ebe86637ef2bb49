"""Kinds of layers, ours and those of plug-ins: their titles, and their fields as controls."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication

from core.expression.keyframes import Envelope
from core.expression.layers import Layer
from core.track import ARKIT_NAMES

Control = Literal["number", "curve", "whole", "switch", "choice"]
SHAPES = ("expression", "brows", "eyes", "cheeks", "jaw", "mouth", *ARKIT_NAMES)
TITLES = {
    "amount": "Amount",
    "gain": "Movement",
    "sigma": "Calmed over",
    "shape": "Where",
    "removal": "Own emotion off",
    "guard": "Speech guard",
    "keep_lips": "Keep lip opening",
    "upper": "Upper face",
    "mouth": "Mouth",
    "asymmetry": "Right to left",
    "articulation": "Articulation",
    "method": "Put on by",
}


@dataclass(frozen=True)
class LayerKind:
    """A layer that can be added.

    made : its class. hint : what it does. fault : why it does nothing now, "" while it works.
    """

    name: str
    title: str
    made: type[Any]
    hint: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Field:
    """One parameter of a layer, and the control it asks for.

    low, high : of numbers and curves. words : among which a choice is made.
    """

    name: str
    title: str
    control: Control
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    words: tuple[str, ...] = ()


def fields_of(layer: object) -> tuple[Field, ...]:
    """Return the parameters of a layer that a control can be made for, in their order."""
    if not is_dataclass(layer) or isinstance(layer, type):
        return ()
    found: list[Field] = []
    for each in fields(layer):
        data, value = each.metadata, getattr(layer, each.name)
        title = str(data.get("title") or _title(each.name))
        if isinstance(value, bool):
            if each.name != "enabled":
                found.append(Field(each.name, title, "switch"))
        elif "choices" in data:
            found.append(Field(each.name, title, "choice", words=tuple(data["choices"])))
        elif each.name == "shape" and isinstance(value, str):
            found.append(Field(each.name, title, "choice", words=SHAPES))
        elif "min" in data and isinstance(value, int | float | Envelope):
            control: Control = "curve" if isinstance(value, Envelope) else "number"
            if isinstance(value, int):
                control = "whole"
            low, high, unit = float(data["min"]), float(data["max"]), str(data.get("unit", ""))
            found.append(Field(each.name, title, control, low, high, unit))
    return tuple(found)


def _title(name: str) -> str:
    """Return what a field is called, in the user's language where it is one of ours."""
    ours = TITLES.get(name)
    if ours is not None:
        return QCoreApplication.translate("LayerFields", ours)
    return name.replace("_", " ").capitalize()


def number_of(layer: Layer, field: Field) -> float:
    """Return the number a slider shows; of a curve its farthest value."""
    value = getattr(layer, field.name)
    return float(max(value.values(), key=abs)) if isinstance(value, Envelope) else float(value)


def with_field(layer: Layer, field: Field, value: object) -> Layer:
    """Return the layer with another value in a field; a curve keeps its form."""
    old = getattr(layer, field.name)
    new = value
    if field.control in ("number", "whole", "curve"):
        number = min(field.high, max(field.low, float(str(value))))
        new = round(number) if field.control == "whole" else number
        if isinstance(old, Envelope):
            new = raised(old, number, field.low, field.high)
    return replace(layer, **{field.name: new})  # type: ignore[type-var] # pyright: ignore


def raised(curve: Envelope, value: float, low: float, high: float) -> Envelope:
    """Return the curve scaled so that its farthest value is `value`, within its range."""
    top = max(curve.values(), key=abs)
    if abs(top) < 1e-6:  # a curve at rest has no form to keep: it becomes flat
        return Envelope(tuple(replace(key, value=value) for key in curve.keys))
    gain = value / top
    return Envelope(
        tuple(replace(key, value=min(high, max(low, key.value * gain))) for key in curve.keys)
    )


def said(field: Field, value: float) -> str:
    """Return a number as a person reads it.

    >>> said(Field("rate", "Rate", "number", 0, 12, "Hz"), 4.0)
    '4 Hz'
    >>> said(Field("amount", "Amount", "curve", 0, 1.5), 0.4)
    '40 %'
    """
    if field.control == "whole":
        return f"{value:.0f} {field.unit}".strip()
    if field.unit == "s":
        return f"{value * 1000:.0f} ms"
    if field.unit or field.high > 4:
        return f"{value:.3g} {field.unit}".strip()
    return f"{value * 100:+.0f} %" if field.low < 0 else f"{value * 100:.0f} %"


def kind_of(layer: Layer, kinds: Sequence[LayerKind]) -> LayerKind | None:
    """Return the kind of a layer, None for one that is not among `kinds`."""
    return next((kind for kind in kinds if type(layer) is kind.made), None)
