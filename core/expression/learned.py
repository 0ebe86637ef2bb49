"""What the learned editor wishes of a track: at any frame rate, across gaps, through blinks."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np

from core.arrays import Bools, Float, check, frozen
from core.expression.groups import BLINKS
from core.expression.manipulator import (
    RATE,
    STYLE,
    Manipulator,
    Style,
    reader,
    shipped,
)
from core.expression.replace import GUESSED
from core.expression.scmc import faces
from core.stages import Articulation
from core.times import Times
from core.track import ARKIT_NAMES, Track

ROUNDS = 4
MOST = 8  # changes kept of a track
_KEPT: WeakKeyDictionary[Track, dict[bytes, Float]] = WeakKeyDictionary()
_EYES = np.array([name.startswith("eye") for name in ARKIT_NAMES])


def wished(
    source: Float,
    style: Float,
    times: Times,
    seen: Bools,
    mouth: Articulation,
    editor: Manipulator,
) -> Float:
    """Return (F, 52): what to add to (F, 52) coefficients so that they feel like `style`.

    style : (16,), or (F, 16). seen : (F,) frames with a face; the editor never looks across
    a gap. It looks at 25 frames a second, whatever the film has. Lids that are shut in a
    blink stay so: what it says of them fades with their closing.
    """
    check(source, "F 52", F=len(times))
    moments = times.moments()
    styles = np.broadcast_to(style, (len(source), STYLE))
    change = np.zeros_like(source)
    for first, end in _runs(seen):
        here = moments[first:end]
        grid = _grid(here)
        at = np.interp(grid, here, np.arange(len(here)))
        face = faces(_between(source[first:end], at), mouth)
        found = editor.change(face, _between(styles[first:end], at))
        back = np.interp(here, grid, np.arange(len(grid)))
        change[first:end] = _between(found, back)
    shut = np.clip(source[:, BLINKS].max(1), 0, 1)
    change[:, _EYES] *= 1 - shut[:, None]
    return change


def changed(
    track: Track, hidden: Float, styles: Sequence[Style], shares: Float, mouth: Articulation
) -> Float:
    """Return (F, 52): what to add to a track so that it feels like a mixture of styles.

    hidden : (52,) what the clip's neutral hides of the filmed emotion. The editor was trained
    on faces against their own neutral, so it is shown what is guessed of it as well. shares :
    (S, F) of each style. The answer is kept while the track lives: amounts change, it not.
    """
    digest = hashlib.blake2b(digest_size=16)
    for x in (hidden, shares, mouth.gradient, *(np.array(s.flat) for s in styles)):
        digest.update(np.ascontiguousarray(x, np.float32).tobytes())
    for style in styles:
        digest.update((shipped if style.face is None else reader)().digest.encode())
    kept = _KEPT.setdefault(track, {})
    key = digest.digest()
    if key not in kept:
        while len(kept) >= MOST:
            kept.pop(next(iter(kept)), None)
        kept[key] = frozen(_mixed(track, hidden, styles, shares, mouth))
    return kept[key]


def _mixed(
    track: Track, hidden: Float, styles: Sequence[Style], shares: Float, mouth: Articulation
) -> Float:
    """Return what `changed` does. Styles of one editor blend as numbers, those of the two,
    labels and references, as changes.
    """
    seen = track["confidence"][:, 0] > 0
    shown = np.clip(track["expression"] + GUESSED * hidden, 0, 1).astype(np.float32)
    out = np.zeros_like(shown)
    for editor, kind in ((shipped, False), (reader, True)):
        some = [i for i, s in enumerate(styles) if (s.face is not None) is kind]
        if not some:
            continue
        change = partial(
            wished, shown, times=track.times, seen=seen, mouth=mouth, editor=editor()
        )
        share = shares[some].astype(np.float32)
        whole = share.sum(0)
        mixed = (share / np.where(whole > 0, whole, 1)).T @ np.stack(
            [styles[i].numbers for i in some]
        )
        found = change(mixed)
        out += whole[:, None] * found
        for i, part in zip(some, share, strict=True):
            face = styles[i].face
            if face is not None and seen.any():
                alone = found if len(some) == 1 else change(styles[i].numbers)
                out += part[:, None] * levelled(shown[seen], alone[seen], face)
    return out


def levelled(shown: Float, change: Float, face: Float) -> Float:
    """Return (52,): what is missing to the mean face of a reference after a change.

    A clip tells its mean face exactly; 16 numbers learned from other people tell it roughly.
    Shapes end at 0 and 1, so the answer is sought in a few rounds.
    """
    missing = np.zeros(shown.shape[1], np.float32)
    for _ in range(ROUNDS):
        missing += face - np.clip(shown + change + missing, 0, 1).mean(0)
    return np.clip(missing, -1, 1)


def style_of(
    expression: Float, times: Times, seen: Bools, mouth: Articulation, name: str
) -> Style:
    """Return the style of a filmed performance, (F, 52) coefficients of any person."""
    check(expression, "F 52", F=len(times))
    editor, moments = reader(), times.moments()
    longest = max(_runs(seen), key=lambda run: run[1] - run[0], default=(0, len(times)))
    here = moments[slice(*longest)]
    at = np.interp(_grid(here), here, np.arange(len(here)))
    face = faces(_between(expression[slice(*longest)], at), mouth)
    return editor.style_of_clip(face, name)


def _grid(moments: Float) -> Float:
    """Return the moments of frames at `RATE` over a run, its first and last included."""
    length = float(moments[-1] - moments[0])
    return np.linspace(moments[0], moments[-1], max(1, round(length * RATE) + 1))


def _between(x: Float, at: Float) -> Float:
    """Return rows of (F, D) at fractional positions; the very rows where they are whole."""
    low = np.clip(np.floor(at + 1e-9).astype(np.int64), 0, len(x) - 1)
    high = np.minimum(low + 1, len(x) - 1)
    part = np.clip(at - low, 0, 1)[:, None]
    return (x[low] + part * (x[high] - x[low])).astype(np.float32)


def _runs(seen: Bools) -> Iterator[tuple[int, int]]:
    """Yield the first frame and the one after the last of every run."""
    padded = np.concatenate([[False], seen, [False]]).astype(np.int8)
    turns = np.flatnonzero(np.diff(padded))
    yield from zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
