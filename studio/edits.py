"""What the user's wishes do to the document: pure functions from a project to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from PySide6.QtCore import QCoreApplication

from core.builtin import title_of
from core.expression.keyframes import Envelope, Key
from core.expression.layers import Emotion, Layer, Offset, Scale, Smooth
from core.project import Project, Take

Span = tuple[Fraction, Fraction]  # seconds after the first frame


def with_layers(project: Project, take: int, layers: tuple[Layer, ...]) -> Project:
    """Return the project in which these are the layers of a take."""
    if layers == project.takes[take].layers:
        return project
    return project.with_take(take, replace(project.takes[take], layers=layers))


def with_layer_at(project: Project, take: int, index: int, layer: Layer) -> Project:
    """Return the project in which layer `index` of a take is `layer`."""
    layers = list(project.takes[take].layers)
    if not 0 <= index < len(layers):
        return project
    layers[index] = layer
    return with_layers(project, take, tuple(layers))


def with_emotions(
    project: Project, take: int, wanted: Sequence[tuple[str, float]], span: Span | None
) -> Project:
    """Return the project in which a take feels these emotions, by their amounts.

    span : where; None is the whole clip. They take the place of the emotions there were.
    """
    old = project.takes[take].layers
    kept = tuple(layer for layer in old if not isinstance(layer, Emotion))
    at = next((i for i, layer in enumerate(old) if isinstance(layer, Emotion)), len(old))
    before = {e.label: e for e in old if isinstance(e, Emotion)}
    new = tuple(
        replace(before.get(name, Emotion(name)), amount=_amount(value, span), enabled=True)
        for name, value in wanted
    )
    at = min(at, len(kept))
    return with_layers(project, take, (*kept[:at], *new, *kept[at:]))


def with_emotion(
    project: Project, take: int, label: str, value: float, span: Span | None
) -> Project:
    """Return the project in which a take feels `label` so much, beside its other emotions."""
    layers = list(project.takes[take].layers)
    amount = _amount(value, span)
    found = [i for i, x in enumerate(layers) if isinstance(x, Emotion) and x.label == label]
    if not value:
        layers = [x for i, x in enumerate(layers) if i not in found]
    elif found:
        old = layers[found[0]]
        if isinstance(old, Emotion):
            layers[found[0]] = replace(old, amount=amount, enabled=True)
    else:
        layers.append(Emotion(label, amount))
    return with_layers(project, take, tuple(layers))


def with_emotion_keys(
    project: Project, take: int, wanted: Sequence[tuple[str, float]], moment: Fraction
) -> Project:
    """Return the project in which a take feels exactly this blend at `moment`, by keys."""
    there = {x.label: 0.0 for x in project.takes[take].layers if isinstance(x, Emotion)}
    for label, value in (there | dict(wanted)).items():
        project = with_emotion_key(project, take, label, value, moment)
    return project


def with_emotion_key(
    project: Project, take: int, label: str, value: float, moment: Fraction
) -> Project:
    """Return the project in which an emotion has a key at `moment`; it is added if need be."""
    there = next(
        (x for x in project.takes[take].layers if isinstance(x, Emotion) and x.label == label),
        None,
    )
    if there is None:
        return _changed(project, take, None, Emotion(label, _keyed(0.0, moment, value)))
    new = replace(there, amount=with_key(there.amount, moment, value))
    return _changed(project, take, there, new)


def with_offset(
    project: Project, take: int, shape: str, amount: float, moment: Fraction
) -> Project:
    """Return the project in which a shape is offset by `amount`.

    Throughout the clip, or by a key at `moment` where the offset has keys already.
    """
    there = offset_of(project.takes[take], shape)
    curve = Envelope.constant(amount)
    if there is None:
        return _changed(project, take, None, Offset(shape, curve))
    if len(there.amount.keys) > 1:
        curve = with_key(there.amount, moment, amount)
    return _changed(project, take, there, replace(there, amount=curve, enabled=True))


def with_offsets(
    project: Project, take: int, amounts: Mapping[str, float], moment: Fraction
) -> Project:
    """Return the project in which several shapes are offset, as `with_offset` does one."""
    for shape, amount in amounts.items():
        project = with_offset(project, take, shape, amount, moment)
    return project


def with_offset_key(
    project: Project, take: int, shape: str, amount: float, moment: Fraction
) -> Project:
    """Return the project in which the offset of a shape has a key at `moment`."""
    there = offset_of(project.takes[take], shape)
    if there is None:
        return _changed(project, take, None, Offset(shape, Envelope((Key(moment, amount),))))
    new = replace(there, amount=with_key(there.amount, moment, amount))
    return _changed(project, take, there, new)


def with_key(curve: Envelope, moment: Fraction, value: float) -> Envelope:
    """Return the curve with a key at `moment`; one that lies there is moved."""
    keys = {key.time: key for key in curve.keys}
    old = keys.get(moment)
    keys[moment] = replace(old, value=value) if old else Key(moment, value)
    return Envelope(tuple(keys[time] for time in sorted(keys)))


def offset_of(take: Take, shape: str) -> Offset | None:
    """Return the layer that offsets a shape, None if there is none."""
    found = (x for x in take.layers if isinstance(x, Offset) and x.shape == shape)
    return next(found, None)


def said(layer: Layer) -> str:
    """Return what a layer does, in the words of the undo menu."""
    if isinstance(layer, Emotion):
        return _words("Emotion: {name} {curve}", layer.label, layer.amount)
    if isinstance(layer, Offset):
        return _words("Offset: {name} {curve}", layer.shape, layer.amount)
    if isinstance(layer, Scale):
        return _words("Scale: {name} {curve}", layer.shape, layer.gain)
    if isinstance(layer, Smooth):
        return _words("Smooth: {name}", layer.shape, None)
    return title_of(layer)


def _changed(project: Project, take: int, old: Layer | None, new: Layer) -> Project:
    """Return the project in which `new` stands where `old` stood; None: after the others."""
    layers = list(project.takes[take].layers)
    if old is None:
        layers.append(new)
    else:
        layers[next(i for i, layer in enumerate(layers) if layer is old)] = new
    return with_layers(project, take, tuple(layers))


def _words(form: str, name: str, curve: Envelope | None) -> str:
    text = QCoreApplication.translate("Edits", form)
    if curve is None:
        return text.format(name=name)
    few = f"{curve.keys[0].value:.0%}"
    keys = QCoreApplication.translate("Edits", "curve of {count} keys")
    return text.format(
        name=name, curve=few if len(curve.keys) == 1 else keys.format(count=len(curve.keys))
    )


def _amount(value: float, span: Span | None) -> Envelope:
    if span is None or span[0] >= span[1]:
        return Envelope.constant(value)
    return Envelope.span(*span, value)


def _keyed(rest: float, moment: Fraction, value: float) -> Envelope:
    start = Fraction(0)
    return Envelope(
        (Key(moment, value),) if moment <= start else (Key(start, rest), Key(moment, value))
    )
