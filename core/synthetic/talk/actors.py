"""The people of the corpus: a voice each, and a manner of wearing emotions of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.arrays import Float
from core.expression.emotions import LABELS, load
from core.paths import resource
from core.synthetic.speech.visemes import CONTROLS
from core.track import ARKIT_INDEX

# Voices by split; a voice that is tested on was never heard in training.
VOICES: Mapping[str, tuple[str, ...]] = {
    "train": (
        "en-us", "en-us+f2", "gmw/en+m3", "en-us+f4", "gmw/en", "en-us+m5",
    ),
    "validation": ("gmw/en-GB-x-rp+f5", "gmw/en-US-nyc+m2"),
    "test": ("en-us+Annie", "gmw/en-GB-x-rp+m7", "gmw/en-GB-scotland+f3"),
}  # fmt: skip
# Words a minute, pitch, range of pitch (expression.md 5.1).
PROSODY: Mapping[str, tuple[int, int, int]] = {
    "neutral": (165, 50, 50), "angry": (190, 58, 75), "disgusted": (150, 42, 45),
    "fear": (195, 68, 60), "happy": (180, 65, 85), "sad": (135, 38, 25),
    "surprised": (175, 75, 95),
}  # fmt: skip
# Of jaw and of lips while speaking (expression.md 1.6).
_GAIN: Mapping[str, tuple[float, float]] = {
    "neutral": (1, 1), "angry": (1.1, 1.1), "disgusted": (0.95, 1), "fear": (0.95, 1),
    "happy": (1.05, 1.05), "sad": (0.8, 0.85), "surprised": (1.15, 1),
}  # fmt: skip
AROUSAL: Mapping[str, float] = {
    "neutral": 0, "angry": 0.75, "disgusted": 0.35, "fear": 0.8, "happy": 0.5, "sad": -0.4,
    "surprised": 0.85,
}  # fmt: skip
_JAW_AT_REST: Mapping[str, float] = {
    "disgusted": 0.03, "fear": 0.12, "happy": 0.04, "surprised": 0.3,
}  # fmt: skip
_JAW = ARKIT_INDEX["jawOpen"]


@dataclass(frozen=True, eq=False)
class Actor:
    """Somebody.

    offsets : (7, 52) coefficients worn in each emotion. gains : (7, 8) on the articulation
    controls. jaw : (7,) by which it hangs in pauses. Emotions in the order of `LABELS`.
    """

    name: str
    voice: str
    split: str
    offsets: Float
    gains: Float
    jaw: Float


def actor(voice: str, split: str, seed: int) -> Actor:
    """Return the person behind a voice; the same seed gives the same one."""
    rng = np.random.default_rng([seed, *voice.encode()])
    strong = load(resource("emotions.json"))  # what ships; a user's own would make other films
    offsets = np.zeros((len(LABELS), 52))
    gains = np.ones((len(LABELS), len(CONTROLS)))
    for e, label in enumerate(LABELS):
        typical = np.clip(strong[label].weights, 0, 1)
        used = typical > 0
        both = rng.uniform(0.75, 1.15, 52) * typical + rng.normal(0, 0.05, 52) * used
        offsets[e] = np.clip(_even(both), 0, 1)
        offsets[e, _JAW] = 0
        jaw, lips = _GAIN[label]
        gains[e] = np.where(np.array(CONTROLS) == "jaw", jaw, lips)
        gains[e] *= 1 + rng.normal(0, 0.06, len(CONTROLS))
        if label != "neutral" and rng.random() < 0.5:  # who exaggerates, or mumbles
            gains[e] *= rng.uniform(0.6, 1.4)
    jaw = np.array([_JAW_AT_REST.get(label, 0) for label in LABELS]) * rng.uniform(0.6, 1.2, 7)
    name = voice.removeprefix("gmw/")
    return Actor(name, voice, split, offsets.astype(np.float32), gains.astype(np.float32), jaw)


def everybody(seed: int, split: str | None = None) -> tuple[Actor, ...]:
    """Return the actors of a split, or all."""
    return tuple(
        actor(voice, each, seed)
        for each, voices in VOICES.items()
        if split in (None, each)
        for voice in voices
    )


def _even(values: Float) -> Float:
    """Return (52,) with left and right nearly equal, as faces mostly are."""
    out = values.copy()
    for name, i in ARKIT_INDEX.items():
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            j = ARKIT_INDEX[name.removesuffix("Left") + "Right"]
            middle, apart = (values[i] + values[j]) / 2, (values[i] - values[j]) / 2
            out[i], out[j] = middle + 0.4 * apart, middle - 0.4 * apart
    return out
