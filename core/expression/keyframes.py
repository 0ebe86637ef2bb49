"""Curves over time: keys at exact moments, and what lies between them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast, get_args

import numpy as np

from core.arrays import Double, Float
from core.errors import WishError
from core.times import Times

Interpolation = Literal["hold", "linear", "smooth"]
INTERPOLATIONS: tuple[str, ...] = get_args(Interpolation)
LONGEST = 10**6  # seconds: a curve beyond eleven days is a typing error


@dataclass(frozen=True)
class Key:
    """A value at a moment.

    time : exact seconds after the first frame. interpolation : of the stretch that follows;
    "smooth" is a monotone cubic which never overshoots and eases in and out at its ends.
    """

    time: Fraction
    value: float
    interpolation: Interpolation = "smooth"

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if self.interpolation not in INTERPOLATIONS:
            known = ", ".join(INTERPOLATIONS)
            raise WishError(
                f"'{self.interpolation}' is no way to join keys; there are: {known}."
            )
        if not math.isfinite(self.value):
            raise WishError(f"A curve cannot hold the value {self.value}.")
        if not 0 <= self.time <= LONGEST:
            raise WishError(f"A key cannot lie at {float(self.time):g} s.")


@dataclass(frozen=True)
class Envelope:
    """Keys in rising order; the curve is flat before the first and after the last."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        """Refuse an empty curve and keys which do not rise."""
        if not self.keys:
            raise WishError("A curve needs at least one key.")
        for a, b in zip(self.keys, self.keys[1:], strict=False):
            if b.time <= a.time:
                raise WishError(
                    f"The times of a curve must rise, but {float(b.time):g} s "
                    f"follows {float(a.time):g} s."
                )

    @classmethod
    def constant(cls, value: float) -> "Envelope":
        """Return the curve which is `value` at all times."""
        return cls((Key(Fraction(0), float(value)),))

    @classmethod
    def of(cls, *points: tuple[float | Fraction, float]) -> "Envelope":
        """Return the smooth curve through (seconds, value) points."""
        return cls(tuple(Key(_exact(t), float(v)) for t, v in points))

    @classmethod
    def span(
        cls,
        start: Fraction,
        end: Fraction,
        value: float = 1.0,
        *,
        attack: float = 0.25,
        release: float = 0.35,
    ) -> "Envelope":
        """Return a curve that is `value` from `start` to `end` seconds and 0 elsewhere.

        It rises within `attack` and falls within `release` seconds, inside the span; both
        are shortened together where the span is too short for them.
        """
        if not 0 <= start < end:
            raise WishError("A stretch of time must end after it starts.")
        room = (
            min(1.0, float(end - start) / (attack + release)) if attack + release > 0 else 1.0
        )
        inner = (start + _exact(attack * room), end - _exact(release * room))
        points = {start: 0.0, inner[0]: value, max(inner): value, end: 0.0}
        return cls(tuple(Key(t, points[t]) for t in sorted(points)))

    @classmethod
    def parse(cls, text: str) -> "Envelope":
        """Return the curve of ``time:value[:hold|linear|smooth]`` points joined by commas.

        >>> Envelope.parse("0:0,1.5:1:hold,4:0.3").keys[1].interpolation
        'hold'
        """
        return cls(tuple(_key(part.strip()) for part in text.split(",")))

    def __str__(self) -> str:
        """Return the text from which `parse` makes exactly this curve."""
        return ",".join(f"{k.time}:{k.value!r}:{k.interpolation}" for k in self.keys)

    def values(self) -> tuple[float, ...]:
        """Return the values of the keys; the curve never leaves their range."""
        return tuple(k.value for k in self.keys)

    def scaled(self, gain: float) -> "Envelope":
        """Return the curve with every value times `gain`."""
        return Envelope(tuple(Key(k.time, k.value * gain, k.interpolation) for k in self.keys))

    def at(self, times: Times) -> Float:
        """Return (F,) values at the frames of `times`, exact where a frame meets a key."""
        if len(self.keys) == 1 or len(times) == 0:
            return np.full(len(times), self.keys[0].value, np.float32)
        ticks = times.pts - times.pts[:1]
        # A key belongs to the first frame at or after it: integers, so no rounding decides.
        starts = np.array([math.ceil(k.time / times.base) for k in self.keys], np.int64)
        segment = np.searchsorted(starts, ticks, side="right") - 1
        inside = np.clip(segment, 0, len(self.keys) - 2)
        y = self._between(inside, ticks, times.base)
        value = np.array(self.values())
        y = np.where(segment < 0, value[0], np.where(segment > len(value) - 2, value[-1], y))
        return y.astype(np.float32)

    def _between(self, segment: "np.ndarray", ticks: "np.ndarray", base: Fraction) -> Double:
        """Return (F,) values at `ticks` after the start, each within its `segment`."""
        t = np.array([float(k.time / base) for k in self.keys])
        v = np.array(self.values())
        dt, slope = np.diff(t), self._slopes(t, v)
        u = np.clip((ticks - t[segment]) / dt[segment], 0.0, 1.0)
        a, b, h = v[segment], v[segment + 1], dt[segment]
        line = a + (b - a) * u
        # Cubic Hermite as a correction of the straight line; it vanishes at both keys.
        bend = (
            u
            * (1 - u)
            * (
                (slope[segment] * h - (b - a)) * (1 - u)
                - (slope[segment + 1] * h - (b - a)) * u
            )
        )
        kind = np.array([INTERPOLATIONS.index(k.interpolation) for k in self.keys])[segment]
        return np.select([kind == 0, kind == 1], [np.where(u < 1, a, b), line], line + bend)

    @staticmethod
    def _slopes(t: Double, v: Double) -> Double:
        """Return the slope at every key: Fritsch-Butland's harmonic mean, zero at both ends."""
        dt, secant = np.diff(t), np.diff(v) / np.diff(t)
        slope = np.zeros_like(v)
        left, right = secant[:-1], secant[1:]
        w1, w2 = 2 * dt[1:] + dt[:-1], dt[1:] + 2 * dt[:-1]
        same = left * right > 0
        mean = (w1 + w2) / (w1 / np.where(same, left, 1) + w2 / np.where(same, right, 1))
        slope[1:-1] = np.where(same, mean, 0.0)
        return slope


def _exact(seconds: float | Fraction) -> Fraction:
    """Return `seconds` as a fraction; a float as the microsecond it means."""
    return seconds if isinstance(seconds, Fraction) else Fraction(round(seconds * 10**6), 10**6)


def _key(text: str) -> Key:
    parts = [part.strip() for part in text.split(":")]
    if not 2 <= len(parts) <= 3:
        raise WishError(
            f"'{text}' is not a point of a curve; write time:value, e.g. 0:0,1.5:1,4:0.3."
        )
    try:
        moment, value = Fraction(parts[0]), float(parts[1])
    except (ValueError, ZeroDivisionError) as e:
        raise WishError(
            f"'{text}' is not a point of a curve; time and value must be numbers, "
            "e.g. 0:0,1.5:1,4:0.3."
        ) from e
    kind = parts[2] if len(parts) == 3 else "smooth"
    return Key(moment, value, cast(Interpolation, kind))


def seconds(keys: Iterable[Key]) -> tuple[float, ...]:
    """Return the times of `keys` as seconds, for labels and axes only."""
    return tuple(float(k.time) for k in keys)
