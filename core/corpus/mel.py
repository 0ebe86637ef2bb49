"""What a voice sounds like over time: log-mel spectra, cepstra, and looks at them in time.

25 ms Hann windows every 10 ms, 40 bands from 80 to 7600 Hz at 16 kHz (expression.md 3.3).
"""

from functools import cache

import numpy as np
from scipy.fft import dct

from core.arrays import Float, check

RATE = 16000  # samples a second the spectra are made at
HOP = 160
WINDOW, FFT = 400, 512
BANDS, LOW, HIGH = 40, 80.0, 7600.0
STEP = HOP / RATE  # seconds from one spectrum to the next
BEFORE, LOOK = 0.15, 20  # a look begins so many seconds before its moment, of so many spectra
FLOOR = 1e-6
CEPSTRA = 12  # coefficients 1..12 of 13: the 0th is loudness, which emotions change


def log_mel(sound: Float) -> Float:
    """Return (M, 40) log power of the mel bands of (N,) sound at `RATE`.

    Spectrum m is centred on second m * `STEP`. Levelled per clip: every band has mean 0 and
    sd 1 over the spectra louder than the lowest tenth, so that neither the loudness nor the
    colour of a microphone stays.
    """
    check(sound, "N")
    power = _power(np.asarray(sound, np.float32))
    logs = np.log(power @ _filters().T + FLOOR)
    loud = power.sum(1)
    voiced = logs[loud > np.quantile(loud, 0.1)] if len(loud) > 1 else logs
    if not len(voiced):
        voiced = logs
    return ((logs - voiced.mean(0)) / np.maximum(voiced.std(0), 0.1)).astype(np.float32)


def cepstra(sound: Float) -> Float:
    """Return (M, 12) mel-frequency cepstral coefficients 1..12, each of mean 0 and sd 1.

    Without the 0th, loudness, which otherwise decides every alignment across emotions.
    """
    check(sound, "N")
    logs = np.log(_power(np.asarray(sound, np.float32)) @ _filters().T + FLOOR)
    found = np.asarray(dct(logs, type=2, norm="ortho", axis=1))[:, 1 : CEPSTRA + 1]
    return ((found - found.mean(0)) / np.maximum(found.std(0), 1e-3)).astype(np.float32)


def looks(mel: Float, moments: Float) -> Float:
    """Return (F, 20, 40): the spectra from 150 ms before to 50 ms after each moment.

    moments : (F,) seconds, counted from the sound's first sample. Beyond its ends there is
    the quietest of its spectra.
    """
    check(mel, f"M {BANDS}")
    first = np.round((np.asarray(moments) - BEFORE) / STEP).astype(np.int64)
    index = first[:, None] + np.arange(LOOK)
    quiet = mel[mel.sum(1).argmin()] if len(mel) else np.zeros(BANDS, np.float32)
    padded = np.concatenate([mel, quiet[None]])
    outside = (index < 0) | (index >= len(mel))
    return padded[np.where(outside, len(mel), index)]


def spectra_at(table: Float, moments: Float) -> Float:
    """Return (F, D): the row of (M, D) nearest to each moment, its first and last beyond."""
    rows = np.round(np.asarray(moments) / STEP).astype(np.int64)
    return table[np.clip(rows, 0, len(table) - 1)]


def _power(sound: Float) -> Float:
    """Return (M, 257) power spectra."""
    count = 1 + len(sound) // HOP
    padded = np.pad(sound, (WINDOW // 2, WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]
    spectrum = np.fft.rfft(frames * _window(), FFT, axis=1)
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32)


@cache
def _window() -> Float:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@cache
def _filters() -> Float:
    """Return (40, 257) triangles, evenly spaced in mel (2595 log10(1 + f / 700))."""
    edges = 700 * (10 ** (np.linspace(_mel(LOW), _mel(HIGH), BANDS + 2) / 2595) - 1)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(np.minimum(rising, falling), 0).astype(np.float32)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
