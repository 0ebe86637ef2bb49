"""Speak a sentence with espeak-ng and say when each phoneme starts; its own process.

``python -m core.synthetic.actor.espeak_process VOICE RATE PITCH OUT.wav < sentence``
writes 16-bit mono sound and prints ``[[start_ms, ipa], ...]`` as JSON. espeak-ng is GPL: it is
used as an external program, so nothing else of facestudio is loaded into this process.
"""

import ctypes
import ctypes.util
import json
import sys
import wave
from typing import Any

SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: sound through the callback, speak returns when done
PHONEME_EVENTS_IN_IPA = 3
UTF8, RATE, PITCH, PHONEME = 1, 1, 3, 7


class Event(ctypes.Structure):
    """espeak_EVENT of espeak-ng's speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("string", ctypes.c_char * 8),
    )


Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event)
)


def main() -> None:
    """Read the sentence from standard input; see the module's text."""
    voice, rate, pitch, target = sys.argv[1:5]
    found = ctypes.util.find_library("espeak-ng")
    if found is None:
        sys.exit("espeak-ng is not installed (Debian: apt-get install espeak-ng).")
    espeak = ctypes.CDLL(found)
    hertz = espeak.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS_IN_IPA)
    sound, phonemes = bytearray(), []

    def on_sound(samples: Any, n: int, events: Any) -> int:
        if samples and n > 0:
            sound.extend(ctypes.string_at(samples, 2 * n))
        i = 0
        while events[i].type != 0:
            if events[i].type == PHONEME:
                phonemes.append((events[i].audio_position, events[i].string.decode()))
            i += 1
        return 0

    callback = Callback(on_sound)
    espeak.espeak_SetSynthCallback(callback)
    espeak.espeak_SetVoiceByName(voice.encode())
    espeak.espeak_SetParameter(RATE, int(rate), 0)
    espeak.espeak_SetParameter(PITCH, int(pitch), 0)
    text = sys.stdin.read().encode() + b"\0"
    espeak.espeak_Synth(text, len(text), 0, 0, 0, UTF8, None, None)
    with wave.open(target, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(hertz)
        w.writeframes(bytes(sound))
    json.dump(phonemes, sys.stdout)


if __name__ == "__main__":
    main()
