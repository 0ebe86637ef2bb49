"""Time code of a frame, and the frame of a time code as people write it."""

import math
from fractions import Fraction

import numpy as np

from core.times import Times


def timecode(times: Times, frame: int) -> str:
    """Return "00:01:12:05": hours, minutes, seconds, and frames since that second.

    Right for any rate, a changing one too: the seconds are those of playback.
    """
    if not len(times):
        return "00:00:00:00"
    whole = math.floor(times.moment(frame))
    frames = frame - _first_since(times, Fraction(whole))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frames:02d}"


def frame_of(times: Times, text: str, here: int = 0) -> int | None:
    """Return the frame which `text` names, held inside the clip; None where it names none.

    "1:12:05" counts from the right as frames, seconds, minutes, hours; "12.5" is seconds,
    "312" a frame, "+10" and "-10" are frames from `here`.
    """
    text, last = text.strip(), len(times) - 1
    if last < 0 or not text:
        return None
    try:
        if text[0] in "+-":
            frame = here + int(text)
        elif ":" in text:
            frame = _of_parts(times, [int(part) for part in text.replace(";", ":").split(":")])
        elif "." in text:
            frame = _first_since(times, Fraction(text))
        else:
            frame = int(text)
    except (ValueError, ZeroDivisionError):
        return None
    return min(max(frame, 0), last)


def _of_parts(times: Times, parts: list[int]) -> int:
    if len(parts) > 4 or min(parts) < 0:
        raise ValueError("this is no time code")
    *clock, frames = parts
    whole = 0
    for part in clock:
        whole = whole * 60 + part
    return _first_since(times, Fraction(whole)) + frames


def _first_since(times: Times, moment: Fraction) -> int:
    """Return the first frame at or after `moment` seconds; F where there is none."""
    tick = math.ceil(moment / times.base) + int(times.pts[0])
    return int(np.searchsorted(times.pts, tick, side="left"))
