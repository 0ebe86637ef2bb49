"""Speak sentences with espeak-ng and say when each phoneme starts; its own process.

``python -m core.synthetic.speech.espeak_process`` reads a wish a line from standard input,
``{"text", "voice", "rate", "pitch", "range", "volume", "file"}`` as JSON, writes 16-bit mono
sound to each ``file`` and prints ``[[start_ms, ipa], ...]`` for each, a line of JSON. espeak-ng
is GPL: it is used as an external program, so nothing else of facestudio is loaded into this
process.
"""

import ctypes
import ctypes.util
import json
import sys
import wave
from typing import Any

SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: sound through the callback, speak returns when done
PHONEME_EVENTS_IN_IPA = 3
UTF8, PHONEME = 1, 7
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4  # espeak_PARAMETER


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


class Espeak:
    """The library, and what it said since it was last asked."""

    def __init__(self) -> None:
        found = ctypes.util.find_library("espeak-ng")
        if found is None:
            sys.exit("espeak-ng is not installed (Debian: apt-get install espeak-ng).")
        self._library = ctypes.CDLL(found)
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS_IN_IPA)
        self._sound, self._phonemes = bytearray(), []
        self._callback = Callback(self._heard)  # kept: the library has only its address
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, wish: Any) -> tuple[bytes, list[tuple[int, str]]]:
        """Return 16-bit mono sound and (start in ms, IPA) of each phoneme."""
        self._sound, self._phonemes = bytearray(), []
        if self._library.espeak_SetVoiceByName(wish["voice"].encode()):
            sys.exit(f"espeak-ng has no voice '{wish['voice']}'.")
        for parameter, name in (
            (RATE, "rate"), (VOLUME, "volume"), (PITCH, "pitch"), (RANGE, "range")
        ):  # fmt: skip
            self._library.espeak_SetParameter(parameter, int(wish[name]), 0)
        text = wish["text"].encode() + b"\0"
        self._library.espeak_Synth(text, len(text), 0, 0, 0, UTF8, None, None)
        return bytes(self._sound), self._phonemes

    def _heard(self, samples: Any, n: int, events: Any) -> int:
        if samples and n > 0:
            self._sound.extend(ctypes.string_at(samples, 2 * n))
        i = 0
        while events[i].type != 0:
            if events[i].type == PHONEME:
                self._phonemes.append((events[i].audio_position, events[i].string.decode()))
            i += 1
        return 0


def main() -> None:
    """Serve the wishes on standard input; see the module's text."""
    espeak = Espeak()
    for line in sys.stdin:
        wish = json.loads(line)
        sound, phonemes = espeak.say(wish)
        with wave.open(wish["file"], "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(espeak.rate)
            w.writeframes(sound)
        sys.stdout.write(json.dumps(phonemes) + "\n")


if __name__ == "__main__":
    main()
