"""Edits of a track that can be taken back: layers, and the fold that applies them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Protocol, cast

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.arrays import Float
from core.builtin import kinds
from core.errors import PluginError, WishError
from core.expression.emotions import LABELS, STRONGEST, label, prototypes
from core.expression.groups import select
from core.expression.guard import Guard, GuardReport, events, moved_mm, smoothed
from core.expression.keyframes import Envelope
from core.expression.learned import changed
from core.expression.manipulator import Style, shipped
from core.expression.own import hidden, style
from core.expression.replace import (
    Manner,
    Own,
    Room,
    chosen,
    jaw_drop,
    replace_emotion,
    soft_add,
    within,
)
from core.expression.speech import analyse
from core.loader import guarded
from core.stages import Evidence
from core.track import Track

METHODS = ("direct", "learned")
Blend = tuple[Sequence[Style], Float]  # styles, and (S, F) the share of each


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
    """Return what the face does after all enabled layers, in order.

    Learned emotions that follow each other are one performance: where their curves cross,
    their styles blend, and the network sees the filmed face once.
    """
    for learned, group in groupby((x for x in layers if x.enabled), _performed):
        together = list(group)
        if learned and len(together) > 1:
            track = performed(cast(list[Emotion], together), track, evidence)
        else:
            for layer in together:
                track = _applied(layer, track, evidence)
    return track


def _performed(layer: Layer) -> bool:
    return isinstance(layer, Emotion) and layer.method == "learned"


def _applied(layer: Layer, track: Track, evidence: Evidence) -> Track:
    """Return the edited track; a plug-in that is switched off edits nothing."""
    table = kinds()
    entry = table.entry_of(type(layer))
    if entry is None or not entry.plugin:
        return layer.apply(track, evidence)
    if not table.works(entry):
        return track

    def apply() -> Track:
        new = cast(object, layer.apply(track, evidence))  # a stranger may give back anything
        if not isinstance(new, Track) or new.values.shape != track.values.shape:
            raise PluginError(f"{entry.title} gives back no track of the same length")
        if not np.isfinite(new.values).all():
            raise PluginError(f"{entry.title} gives back numbers that are none")
        return new

    return guarded(table, entry, apply)


def _range(low: float, high: float, unit: str = "") -> Mapping[str, Any]:
    """Return the metadata of a field: the range from which panels are built."""
    return {"min": low, "max": high, "unit": unit}


def _check(layer: Any, *names: str) -> None:
    """Refuse numbers and curves outside the range their fields promise."""
    for name in names:
        limits = layer.__dataclass_fields__[name].metadata
        value = getattr(layer, name)
        for number in value.values() if isinstance(value, Envelope) else (value,):
            if not limits["min"] <= number <= limits["max"]:
                raise WishError(
                    f"'{name.replace('_', ' ')}' goes from {limits['min']:g} to "
                    f"{limits['max']:g}; {number:g} is outside."
                )


@dataclass(frozen=True)
class Emotion:
    """Another emotion in place of the filmed one; the words stay.

    Several of these one after the other blend: their offsets add. `removal` is the share of
    the actor's own emotion that is taken off, `guard` how firmly speech is kept (0 = not at
    all), `keep_lips` the share of the change of mouth opening that is taken back throughout
    speech, `asymmetry` -1 right half only, 1 left half only, `articulation` a gain on speech
    movements besides the emotion's own. `method` "direct" adds a prototype, "learned" asks the
    network that was trained to keep speech; it goes by `style`, the 16 numbers of a reference
    clip, or by the label where there are none.
    """

    label: str
    amount: Envelope = field(default=Envelope.constant(1.0), metadata=_range(0.0, 1.5))
    enabled: bool = True
    removal: float = field(default=0.7, metadata=_range(0.0, 1.0))
    guard: float = field(default=1.0, metadata=_range(0.0, 1.0))
    keep_lips: float = field(default=0.6, metadata=_range(0.0, 1.0))
    upper: bool = True
    mouth: bool = True
    asymmetry: float = field(default=0.0, metadata=_range(-1.0, 1.0))
    articulation: float = field(default=1.0, metadata=_range(0.5, 1.5))
    method: str = field(default="direct", metadata={"choices": METHODS})
    style: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Accept other names of the emotion; refuse unknown ones and numbers out of range."""
        object.__setattr__(self, "label", label(self.label))
        if self.method not in METHODS:
            raise WishError(f"An emotion is put on {' or '.join(METHODS)}, not {self.method}.")
        if self.style:
            Style.of(self.style, self.label)
        if self.method == "learned" and not self.style and self.label not in LABELS:
            raise WishError(
                f"The learned editor knows {', '.join(LABELS)}; for '{self.label}' use the "
                "direct one, or a reference clip."
            )
        _check(self, "amount", "removal", "guard", "keep_lips", "asymmetry", "articulation")

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return the edited track; frames with amount 0 or without a face stay as they are."""
        amount = self._amount(track)
        if not amount.any():
            return track
        return track.with_group("expression", self._edit(track, evidence, amount)[0])

    def report(self, track: Track, evidence: Evidence) -> GuardReport:
        """Return what the guard does to this layer, frame by frame."""
        return self._edit(track, evidence, self._amount(track))[1]

    def edited(self, track: Track, evidence: Evidence, amount: Float, blend: Blend) -> Float:
        """Return (F, 52): `track` with a blend of styles at (F,) amounts, by these switches."""
        return self._edit(track, evidence, amount, blend)[0]

    def _amount(self, track: Track) -> Float:
        return self.amount.at(track.times) * (track["confidence"][:, 0] > 0)

    def _edit(
        self, track: Track, evidence: Evidence, amount: Float, blend: Blend | None = None
    ) -> tuple[Float, GuardReport]:
        filmed = evidence.filmed or track
        speech = analyse(filmed, evidence.lip_gap)
        own = Own(
            style(filmed["expression"], speech.activity < 0.2),
            hidden(evidence.resting_emotion),
            Room.of(evidence, len(amount)),
        )
        manner = Manner(
            self.removal, self.upper, self.mouth, self.asymmetry, self.articulation, self.guard
        )
        source = track["expression"]
        if self.method == "learned":
            one = np.ones((1, len(amount)), np.float32)
            styles, shares = blend or ((self.wanted,), one)
            change = changed(track, own.hidden, styles, shares, evidence.articulation)
            wish = source + within(amount[:, None] * chosen(manner) * change, own.room)
            drop = np.zeros_like(wish)
        else:
            prototype = prototypes()[self.label]
            wish = replace_emotion(source, prototype, amount, own, speech, manner)
            drop = jaw_drop(wish, prototype, amount, speech, manner)
        guard = Guard(self.guard, self.keep_lips, evidence.articulation)
        held, report = guard.hold(source, wish, drop, amount, speech)
        keep = self.guard * events(filmed["expression"], speech)
        offset = smoothed(held - source, keep, float(1 / track.times.rate()))
        offset = np.where(amount[:, None] > 0, offset, 0)
        given = moved_mm(offset, evidence.articulation)
        return source + offset, replace(report, given_mm=given)

    @property
    def wanted(self) -> Style:
        """Return the style the learned editor goes by."""
        if self.style:
            return Style.of(self.style, self.label)
        return shipped().style_of_label(self.label)


def performed(layers: Sequence[Emotion], track: Track, evidence: Evidence) -> Track:
    """Return `track` with several learned emotions, which blend where their curves cross.

    The style of a frame is the mean of their styles, by their amounts; the sum of those is
    how much is put on. Guard and switches are those of the one that is put on most.
    """
    amounts = np.stack([layer.amount.at(track.times) for layer in layers])
    total = amounts.sum(0)
    amount = np.clip(total, 0, STRONGEST) * (track["confidence"][:, 0] > 0)
    if not amount.any():
        return track
    shares = amounts / np.where(total > 0, total, 1)
    blend = tuple(layer.wanted for layer in layers), shares
    most = layers[int(amounts.sum(1).argmax())]
    return track.with_group("expression", most.edited(track, evidence, amount, blend))


@dataclass(frozen=True)
class Offset:
    """More or less of one shape, of both its sides ("mouthSmile") or of a region ("brows").

    Softly: a positive amount closes part of the way to 1, a negative one part of the way
    to 0, so the shape keeps its range and its rhythm.
    """

    shape: str
    amount: Envelope = field(default=Envelope.constant(0.0), metadata=_range(-1.0, 1.0))
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse a shape that does not exist and an amount out of range."""
        select(self.shape)
        _check(self, "amount")

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return the edited track."""
        amount = self.amount.at(track.times) * (track["confidence"][:, 0] > 0)
        if not amount.any():
            return track
        columns = select(self.shape)
        face = track["expression"].copy()
        face[:, columns] = soft_add(face[:, columns], amount[:, None])
        return track.with_group("expression", face)


@dataclass(frozen=True)
class Scale:
    """One shape, both its sides or a region, moving more or less than filmed; 1 = as filmed."""

    shape: str
    gain: Envelope = field(default=Envelope.constant(1.0), metadata=_range(0.0, 2.0))
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse a shape that does not exist and a gain out of range."""
        select(self.shape)
        _check(self, "gain")

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return the edited track; a gain above 1 stops at the end of the shape's range."""
        gain = np.where(track["confidence"][:, 0] > 0, self.gain.at(track.times), 1)
        if np.all(gain == 1):
            return track
        columns = select(self.shape)
        face = track["expression"].copy()
        moved = np.clip(face[:, columns] * gain[:, None], None, np.maximum(face[:, columns], 1))
        face[:, columns] = np.where(gain[:, None] == 1, face[:, columns], moved)
        return track.with_group("expression", face)


@dataclass(frozen=True)
class Smooth:
    """Calmer movement of a shape or a region: a Gaussian of `sigma` seconds.

    Lip closures and blinks are single frames; with `guard` they stay as they were filmed.
    """

    sigma: float = field(default=0.05, metadata=_range(0.0, 1.0, "s"))
    shape: str = "expression"
    enabled: bool = True
    guard: bool = True

    def __post_init__(self) -> None:
        """Refuse a shape that does not exist and a width out of range."""
        select(self.shape)
        _check(self, "sigma")

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return the edited track; faces that were not seen take no part."""
        seen = track["confidence"] > 0
        width = self.sigma * float(track.times.rate())
        if width < 0.1 or not seen.any():
            return track
        columns = select(self.shape)
        face = track["expression"].copy()
        weight = gaussian_filter1d(seen.astype(np.float32), width, axis=0, mode="nearest")
        calm = gaussian_filter1d(face[:, columns] * seen, width, axis=0, mode="nearest")
        calm = np.where(seen, calm / np.maximum(weight, 1e-6), face[:, columns])
        if self.guard:
            filmed = evidence.filmed or track
            speech = analyse(filmed, evidence.lip_gap)
            keep = events(filmed["expression"], speech)[:, columns]
            calm = keep * face[:, columns] + (1 - keep) * calm
        face[:, columns] = calm
        return track.with_group("expression", face)


LAYERS: tuple[type[Emotion] | type[Offset] | type[Scale] | type[Smooth], ...] = (
    Emotion,
    Offset,
    Scale,
    Smooth,
)
