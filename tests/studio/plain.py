"""The document as plain lists: what wishes must do to it, written out a second time."""

from dataclasses import replace
from fractions import Fraction

from core.expression.keyframes import Envelope, Key
from core.expression.layers import Emotion, Offset

ZERO = Fraction(0)


class Plain:
    """Every document since the first as a tuple of layers for each face, and which stands."""

    def __init__(self, takes, times):
        self.documents = [tuple(() for _ in range(takes))]
        self.head = 0
        self.times = times
        self.frame, self.take = 0, 0
        self.range = (0, len(times) - 1)
        self.copied = ()
        self._drag = None  # the gesture that made the newest document, while it runs
        self._last = ""

    @property
    def layers(self):
        return self.documents[self.head][self.take]

    @property
    def moment(self):
        return self.times.moment(self.frame)

    @property
    def span(self):
        first, last = self.range
        if self.range == (0, len(self.times) - 1):
            return None
        return self.times.moment(first), self.times.moment(last) + 1 / self.times.rate()

    # History.

    def become(self, layers, gesture=None):
        """Take the next step; edits of one drag are one step, "" ends it."""
        running = gesture or (self._last if gesture == "" else None) or None
        self._last = gesture or ""
        if tuple(layers) == self.layers:
            return
        old = self.documents[self.head]
        new = (*old[: self.take], tuple(layers), *old[self.take + 1 :])
        goes_on = running is not None and running == self._drag
        del self.documents[self.head + (not goes_on) :]
        self.documents.append(new)
        self.head = len(self.documents) - 1
        self._drag = running

    def go(self, step):
        """Let another document stand."""
        if 0 <= step < len(self.documents) and step != self.head:
            self.head, self._drag, self._last = step, None, ""

    # What wishes do.

    def feel(self, wanted, gesture, span, moment=None):
        """Feel exactly this blend, in the span, everywhere, or by keys at a moment."""
        if moment is None:
            self._feel_only([w for w in wanted if w[1] > 0], gesture, span)
            return
        there = {x.label: 0.0 for x in self.layers if isinstance(x, Emotion)}
        layers = self.layers
        for label, value in {**there, **{n: v for n, v in wanted if v > 0}}.items():
            layers = self._keyed(layers, label, value, moment)
        self.become(layers, gesture)

    def _feel_only(self, wanted, gesture, span):
        before = {x.label: x for x in self.layers if isinstance(x, Emotion)}
        new = [
            replace(before.get(name, Emotion(name)), amount=curve(value, span), enabled=True)
            for name, value in wanted
        ]
        result, placed = [], False
        for layer in self.layers:
            if not isinstance(layer, Emotion):
                result.append(layer)
            elif not placed:
                result += new
                placed = True
        self.become(result if placed else [*result, *new], gesture)

    def feel_one(self, label, value, gesture, span, moment=None):
        """Feel one emotion so much beside the others."""
        if moment is not None:
            self.become(self._keyed(self.layers, label, value, moment), gesture)
            return
        same = [x for x in self.layers if isinstance(x, Emotion) and x.label == label]
        if not value:
            self.become([x for x in self.layers if x not in same], gesture)
        elif same:
            new = replace(same[0], amount=curve(value, span), enabled=True)
            at = self.layers.index(same[0])
            self.become([*self.layers[:at], new, *self.layers[at + 1 :]], gesture)
        else:
            self.become([*self.layers, Emotion(label, curve(value, span))], gesture)

    def offset(self, shape, value, gesture):
        """Offset a shape throughout, or by a key where it has keys."""
        for at, layer in enumerate(self.layers):
            if isinstance(layer, Offset) and layer.shape == shape:
                many = len(layer.amount.keys) > 1
                amount = keyed(layer.amount, self.moment, value) if many else curve(value, None)
                new = replace(layer, amount=amount, enabled=True)
                self.become([*self.layers[:at], new, *self.layers[at + 1 :]], gesture)
                return
        self.become([*self.layers, Offset(shape, curve(value, None))], gesture)

    def offset_key(self, shape, value, gesture=None):
        """Set a key of the offset of a shape at the playhead."""
        for at, layer in enumerate(self.layers):
            if isinstance(layer, Offset) and layer.shape == shape:
                new = replace(layer, amount=keyed(layer.amount, self.moment, value))
                self.become([*self.layers[:at], new, *self.layers[at + 1 :]], gesture)
                return
        self.become(
            [*self.layers, Offset(shape, Envelope((Key(self.moment, value),)))], gesture
        )

    def replace_layer(self, index, layer, gesture):
        """Put `layer` in the place of another."""
        if index < len(self.layers):
            self.become([*self.layers[:index], layer, *self.layers[index + 1 :]], gesture)

    def _keyed(self, layers, label, value, moment):
        for at, layer in enumerate(layers):
            if isinstance(layer, Emotion) and layer.label == label:
                new = replace(layer, amount=keyed(layer.amount, moment, value))
                return (*layers[:at], new, *layers[at + 1 :])
        rest = () if moment <= ZERO else (Key(ZERO, 0.0),)
        return (*layers, Emotion(label, Envelope((*rest, Key(moment, value)))))


def curve(value, span):
    """Return the curve that has a value everywhere, or in a span."""
    return Envelope.constant(value) if span is None else Envelope.span(*span, value)


def keyed(envelope, moment, value):
    """Return the curve with a key at a moment."""
    keys = {k.time: k for k in envelope.keys}
    old = keys.get(moment, Key(moment, value))
    keys[moment] = replace(old, value=value)
    return Envelope(tuple(keys[t] for t in sorted(keys)))
