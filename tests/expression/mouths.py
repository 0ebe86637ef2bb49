"""A simple mouth with known millimetres, and talking tracks for it."""

from fractions import Fraction

import numpy as np

from core.stages import Articulation, Evidence
from core.times import Times
from core.track import ARKIT, ARKIT_INDEX, Track

COORDINATES = (
    "aperture", "width", "protrusion", "chin", "labiodental", "upper_lip", "lower_lip"
)  # fmt: skip
RATE = Fraction(25)


def articulation() -> Articulation:
    """Return a mouth that opens 38 mm with the jaw, and a little with smile and lips."""
    gradient = np.zeros((7, 52), np.float32)
    rows = {name: gradient[i] for i, name in enumerate(COORDINATES)}
    for name, mm in {"jawOpen": 38, "mouthClose": -36}.items():
        rows["aperture"][ARKIT_INDEX[name]] = mm
    for side in ("Left", "Right"):
        for stem, mm in {
            "UpperUp": 3,
            "LowerDown": 3,
            "Smile": 1.5,
            "Frown": 0.5,
            "Press": -1,
        }.items():
            rows["aperture"][ARKIT_INDEX[f"mouth{stem}{side}"]] = mm
        rows["lower_lip"][ARKIT_INDEX[f"mouthLowerDown{side}"]] = -3
        rows["protrusion"][ARKIT_INDEX[f"mouthSmile{side}"]] = -2
    rows["chin"][ARKIT_INDEX["jawOpen"]] = 36
    rows["lower_lip"][ARKIT_INDEX["jawOpen"]] = -36
    rows["lower_lip"][ARKIT_INDEX["mouthClose"]] = 34
    rows["protrusion"][ARKIT_INDEX["mouthPucker"]] = 9
    rest = np.array([0, 50, 4, 0, 5, 10, 10], np.float32)
    return Articulation(COORDINATES, rest, gradient)


def talking(frames: int = 120, seed: int = 0, smile: float = 0.0) -> tuple[Track, Evidence]:
    """Return a track that opens and closes its lips at irregular moments, and its evidence."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames) / 25
    beat = np.interp(t, np.linspace(0, t[-1] + 0.1, 12), np.cumsum(rng.uniform(0.3, 1.1, 12)))
    jaw = 0.35 * np.clip(np.sin(2 * np.pi * beat), 0, None) ** 1.5
    values = np.zeros((frames, ARKIT.width), np.float32)
    values[:, ARKIT_INDEX["jawOpen"]] = jaw
    values[:, ARKIT_INDEX["mouthPucker"]] = 0.3 * np.clip(np.sin(3 * beat), 0, 1)
    values[:, ARKIT_INDEX["browInnerUp"]] = 0.1
    for side in ("Left", "Right"):
        values[:, ARKIT_INDEX[f"mouthSmile{side}"]] = smile
    values[:, -1] = 1
    track = Track(ARKIT, values, Times.steady(frames, RATE))
    mouth = articulation()
    gap = np.clip(track["expression"] @ mouth.gradient[0] - 3 * smile, 0, None) / 90
    return track, Evidence(mouth, gap.astype(np.float32), np.zeros(7, np.float32), track)


def aperture(track: Track) -> np.ndarray:
    """Return (F,) mm of mouth opening."""
    return track["expression"] @ articulation().gradient[0]
