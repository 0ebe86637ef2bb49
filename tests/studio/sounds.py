"""A sound device for tests: time goes on as a test says, and what was played is kept."""

import types
from types import SimpleNamespace
from typing import ClassVar

import numpy as np


class Stream:
    """What `sounddevice.OutputStream` is to the program; `run` lets it ask for sound."""

    made: ClassVar[list["Stream"]] = []

    def __init__(self, samplerate, channels, dtype, callback):
        assert (channels, dtype) == (1, "float32")
        self.rate, self.callback = samplerate, callback
        self.time, self.active, self.closed = 100.0, False, False
        self.heard = []
        Stream.made.append(self)

    def start(self):
        self.active = True

    def abort(self):
        self.active = False

    def close(self):
        self.closed = True

    def run(self, count, latency=0.01):
        """Play `count` samples; return them."""
        out = np.full((count, 1), 9, np.float32)
        moment = SimpleNamespace(outputBufferDacTime=self.time + latency)
        self.callback(out, count, moment, None)
        self.time += count / self.rate
        self.heard.append(out[:, 0].copy())
        return self.heard[-1]


def module(fails=False):
    """Return a stand-in for the module `sounddevice`, with a device or without one."""

    class PortAudioError(Exception):
        pass

    def refused(**_):
        raise PortAudioError("no device")

    made = types.ModuleType("sounddevice")
    made.PortAudioError = PortAudioError
    made.OutputStream = refused if fails else Stream
    Stream.made = []
    return made
