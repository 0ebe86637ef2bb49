"""An exporter: the table which the app Live Link Face records and Unreal Engine imports.

A row a frame: a time code with a fraction of a frame, the number of blend shapes, the 52
shapes and the rotations of head and eyes. Columns and their order are those of the app.
"""

import csv
import io
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.plugin import ARKIT_INDEX, Entry, ExchangeError, Float, Registry, Track, whole_file

API = 1
_EYE = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint",
        "eyeWide")  # fmt: skip
SHAPES: tuple[str, ...] = (
    *(f"{stem}Left" for stem in _EYE), *(f"{stem}Right" for stem in _EYE),
    "jawForward", "jawRight", "jawLeft", "jawOpen",
    "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft",
    "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthUpperUpLeft", "mouthUpperUpRight",
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight",
    "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
TURNS = ("HeadYaw", "HeadPitch", "HeadRoll", "LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll",
         "RightEyeYaw", "RightEyePitch", "RightEyeRoll")  # fmt: skip
COLUMNS = ("Timecode", "BlendShapeCount", *(n[0].upper() + n[1:] for n in SHAPES), *TURNS)


def write(track: Track, target: Path) -> None:
    """Write the face to `target`: shapes 0..1, turns in radians, missing faces at rest."""
    if track.space.name != "arkit-52":
        raise ExchangeError(f"This face is not described by the ARKit shapes: {target}")
    rate = round(track.times.rate())
    order = [ARKIT_INDEX[name] for name in SHAPES]
    values = np.clip(track["expression"][:, order], 0, 1)
    turns = np.concatenate([head_turns(track["head_rotation"]), eye_turns(track["eyes"])], 1)
    with whole_file(target) as file:
        text = io.TextIOWrapper(file, encoding="ascii", newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        for i, row in enumerate(np.concatenate([values, turns], 1).tolist()):
            code = timecode(track.times.moment(i), rate)
            table.writerow([code, len(SHAPES) + len(TURNS), *(f"{x:.8f}" for x in row)])
        text.flush()
        text.detach()


def timecode(moment: Fraction, rate: int) -> str:
    """Return hours:minutes:seconds:frames.thousandths.

    >>> timecode(Fraction(3661) + Fraction(1, 2), 25)
    '01:01:01:12.500'
    """
    whole, rest = divmod(moment, 1)
    frame, part = divmod(round(rest * rate * 1000), 1000)
    if frame == rate:  # rounded up to the next second
        whole, frame = whole + 1, 0
    minutes, seconds = divmod(int(whole), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}:{frame:02}.{part:03}"


def head_turns(rotation: Float) -> Float:
    """Return (F, 3) rad: yaw (+ to the subject's left), pitch (+ down), roll, as the app does.

    rotation : (F, 3) axis-angle of R in X = R D x + t, D = diag(1, -1, -1).
    """
    angle = np.linalg.norm(rotation, axis=1)
    axis = rotation / np.maximum(angle, 1e-9)[:, None] * [1, -1, -1]  # in the head's own axes
    x, y, z = axis.T * np.sin(angle / 2)
    w = np.cos(angle / 2)
    yaw = np.arctan2(2 * (w * y + x * z), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1, 1))
    roll = np.arctan2(2 * (w * z + x * y), 1 - 2 * (x * x + z * z))
    return np.stack([yaw, pitch, roll], 1)


def eye_turns(eyes: Float) -> Float:
    """Return (F, 6) rad: yaw, pitch (+ down) and no roll, of the left and the right eye."""
    left, left_up, right, right_up = eyes.T
    none = np.zeros_like(left)
    return np.stack([left, -left_up, none, right, -right_up, none], 1)


def register(registry: Registry) -> None:
    """Enter the exporter."""
    entry = Entry(
        "exporter", "live-link-face", "Live Link Face for Unreal", f"{__name__}:write", ".csv"
    )
    registry.add(entry)
