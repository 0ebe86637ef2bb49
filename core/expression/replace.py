"""The additive editor: another emotion on a filmed face (expression.md 1.5)."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float
from core.expression.emotions import Prototype
from core.expression.groups import BLINKS, EMOTIONAL, MOUTH, SHARED, SPEECH, UPPER, indices
from core.expression.own import STYLE
from core.expression.speech import Speech
from core.stages import Evidence
from core.track import ARKIT_INDEX, ARKIT_NAMES

# Shares of the full drop of the jaw: at a mouth that is wide open in speech, and in a pause.
SPEAKING_DROP, PAUSE_DROP = 0.68, 0.2
GUESSED = 0.5  # of what seems to hide in the neutral counts as already there
USED = 0.3  # a shape of at least this weight belongs to the target and is not taken away
NARROW, RELAXED = 0.1, 0.26  # opening of an eye over its width
# Over the same width: the least height of a brow, and how far browDown lowers one.
LOWEST, DROP = 0.43, 0.23
_JAW = ARKIT_INDEX["jawOpen"]
_LOWERED = np.array(
    [
        [ARKIT_INDEX[f"{stem}{side}"] for side in ("Right", "Left")]
        for stem in ("eyeBlink", "eyeSquint")
    ]
)
_FROWN = [ARKIT_INDEX["browDownRight"], ARKIT_INDEX["browDownLeft"]]
_LEFT = np.array([n.endswith("Left") for n in ARKIT_NAMES])
_RIGHT = np.array([n.endswith("Right") for n in ARKIT_NAMES])
_STYLE = np.isin(np.arange(len(ARKIT_NAMES)), STYLE)
_SIDEWAYS = indices(("jawLeft", "jawRight", "mouthLeft", "mouthRight"))


@dataclass(frozen=True, eq=False)
class Own:
    """What the actor wears: (52,) visible in the track, (52,) hidden in its neutral.

    room : how far it leaves the lids and brows.
    """

    visible: Float
    hidden: Float
    room: "Room"


@dataclass(frozen=True, eq=False)
class Room:
    """How far lids and brows can still be lowered, right and left.

    Heavy lids and low brows hide in the clip's neutral, so no coefficient knows of them; an
    emotion that lowers them would shut the eyes, or fold the brow over them. lids : (F, 2)
    0..1, share of a lowering. brows : (F, 2) the most of browDown to add.
    """

    lids: Float
    brows: Float

    @classmethod
    def of(cls, evidence: Evidence, F: int) -> "Room":
        """Return the room of a clip of F frames; without a measure, all of it."""
        one = np.ones((F, 2), np.float32)
        gap = RELAXED * one if evidence.lid_gap is None else evidence.lid_gap
        height = one if evidence.brow_height is None else evidence.brow_height
        return cls(
            np.clip((gap - NARROW) / (RELAXED - NARROW), 0, 1).astype(np.float32),
            np.maximum((height - LOWEST) / DROP, 0).astype(np.float32),
        )


@dataclass(frozen=True)
class Manner:
    """How an emotion is put on. removal : 0..1 of the actor's own that is taken off.

    asymmetry : -1 right side only, 0 both, 1 left side only. articulation : what speech
    movements are multiplied with, on top of the emotion's own gain. guard : 0..1, how much
    the emotion makes room for speech.
    """

    removal: float = 0.7
    upper: bool = True
    mouth: bool = True
    asymmetry: float = 0.0
    articulation: float = 1.0
    guard: float = 1.0


def soft_add(expression: Float, offset: Float) -> Float:
    """Return `expression` plus `offset`, monotone in both, never newly outside 0..1.

    What an offset has beyond 1 is added as it is: a geometric exaggeration.
    """
    up = expression + np.minimum(offset, 1) * np.maximum(1 - expression, 0)
    up = up + np.maximum(offset - 1, 0)
    down = expression + np.maximum(offset, -1) * np.maximum(expression, 0)
    return np.where(offset >= 0, up, down).astype(np.float32)


def at_least(expression: Float, level: Float) -> Float:
    """Return `expression` raised towards `level` (0 or more): near the larger of the two.

    Root of the sum of squares, so a smile on a smile is hardly wider than the wider one.
    """
    both = np.hypot(np.maximum(expression, 0), level)
    ceiling = np.maximum(np.maximum(expression, level), 1)
    return np.where(level > 0, np.minimum(both, ceiling), expression).astype(np.float32)


def replace_emotion(
    filmed: Float, prototype: Prototype, amount: Float, own: Own, speech: Speech, manner: Manner
) -> Float:
    """Return (F, 52): `filmed` wearing `prototype` at `amount` (F,), speech not yet kept."""
    target = prototype.at(amount) * chosen(manner)
    present = np.minimum(amount, 1)[:, None] * (speech_room(speech, manner.guard))
    worn = manner.removal * present * chosen(manner) * (own.visible + GUESSED * own.hidden)
    used = prototype.weights >= USED
    # Of its own shapes the target only adds what is missing: no second smile on a smile.
    target = np.where(used & (target > 0), np.maximum(target - worn, 0), target)
    target = target * speech_room(speech, manner.guard)
    target = within(target, own.room)
    face = filmed - np.where(
        used, 0, _visible(filmed, manner.removal * np.minimum(amount, 1), own)
    )
    joined = np.where(used & _STYLE, at_least(face, target), soft_add(face, target))
    face = _conflicts(joined, filmed, target)
    # What hides in the neutral can only be taken away geometrically, below zero.
    face -= np.where(used, 0, manner.removal * present * chosen(manner) * own.hidden)
    face = _articulate(face, prototype, amount, manner)
    # Blinks are events, not style: a lid never closes less than it was filmed.
    face[:, BLINKS] = np.maximum(face[:, BLINKS], filmed[:, BLINKS])
    return face.astype(np.float32)


def within(offset: Float, room: Room) -> Float:
    """Return (F, 52) offsets that lower lids and brows only as far as the face has room."""
    out = offset.copy()
    out[:, _LOWERED] *= np.where(out[:, _LOWERED] > 0, room.lids[:, None], 1)
    out[:, _FROWN] = np.minimum(out[:, _FROWN], room.brows)
    return out


def speech_room(speech: Speech, strength: float) -> Float:
    """Return (F, 52) factors: how much of an edit a shape takes while the mouth speaks."""
    share = np.zeros(len(ARKIT_NAMES), np.float32)
    share[indices(SHARED)] = 0.6
    share[indices(EMOTIONAL)] = 0.35
    share[indices(SPEECH)] = 0.6
    return 1 - strength * speech.activity[:, None] * share


def chosen(manner: Manner) -> Float:
    """Return (52,) factors of the switches and of the asymmetry."""
    factor = np.ones(len(ARKIT_NAMES), np.float32)
    factor[UPPER] *= manner.upper
    factor[indices(("noseSneer", "cheekSquint"))] *= manner.upper
    factor[MOUTH] *= manner.mouth
    factor[indices(("cheekPuff",))] *= manner.mouth
    paired = np.setdiff1d(np.arange(len(factor)), _SIDEWAYS)
    factor[paired[_LEFT[paired]]] *= 1 + min(manner.asymmetry, 0)
    factor[paired[_RIGHT[paired]]] *= 1 - max(manner.asymmetry, 0)
    return factor


def _visible(filmed: Float, removal: Float, own: Own) -> Float:
    """Return (F, 52) of the actor's visible style to take off: never more than is there."""
    style = np.zeros_like(own.visible)
    style[STYLE] = own.visible[STYLE]
    return removal[:, None] * np.minimum(style, np.maximum(filmed, 0))


def _conflicts(face: Float, filmed: Float, target: Float) -> Float:
    """Return `face` without pairs that fight: closed lids and wide eyes, smile and frown."""
    for side in ("Left", "Right"):
        wide, blink = ARKIT_INDEX[f"eyeWide{side}"], ARKIT_INDEX[f"eyeBlink{side}"]
        face[:, wide] *= 1 - np.clip(filmed[:, blink], 0, 1) * (target[:, wide] > 0)
        for wanted, other in (("Smile", "Frown"), ("Frown", "Smile")):
            new, old = ARKIT_INDEX[f"mouth{wanted}{side}"], ARKIT_INDEX[f"mouth{other}{side}"]
            both = 0.7 * np.minimum(np.clip(target[:, new], 0, 1), np.clip(face[:, old], 0, 1))
            face[:, old] -= both
        round_lips = np.maximum(
            *(filmed[:, ARKIT_INDEX[n]] for n in ("mouthPucker", "mouthFunnel"))
        )
        for stem in ("Smile", "Stretch"):
            wide = ARKIT_INDEX[f"mouth{stem}{side}"]
            added = np.maximum(face[:, wide] - filmed[:, wide], 0)
            face[:, wide] -= 0.6 * np.clip(round_lips, 0, 1) * added
    return face


def _articulate(face: Float, prototype: Prototype, amount: Float, manner: Manner) -> Float:
    """Return `face` with livelier or duller speech."""
    if manner.mouth:
        gain = 1 + (prototype.gain * manner.articulation - 1) * np.minimum(amount, 1)
        columns = indices(("jawOpen", "mouthFunnel", "mouthPucker"))
        livelier = face[:, columns] * np.where(face[:, columns] > 0, gain[:, None], 1)
        face[:, columns] = np.minimum(livelier, np.maximum(face[:, columns], 1))
    return face


def jaw_drop(
    face: Float, prototype: Prototype, amount: Float, speech: Speech, manner: Manner
) -> Float:
    """Return (F, 52) offsets: the jaw that drops in surprise.

    It drops as far as the lips are open anyway, so the mouth opens further at its own
    moments and gets none of its own; a little in pauses, where nobody speaks.
    """
    drop = np.zeros_like(face)
    if manner.mouth:
        room = np.maximum(PAUSE_DROP * speech.pause, SPEAKING_DROP * speech.open)
        room = 1 + (room - 1) * manner.guard
        wish = np.clip(prototype.jaw * np.minimum(amount, 1.5) * room, 0, 1)
        drop[:, _JAW] = soft_add(face[:, _JAW], wish) - face[:, _JAW]
    return drop
