"""Sound features against the same written out by hand."""

import cmath
import math

import numpy as np
import pytest

from core.corpus import mel
from core.errors import ShapeError

RATE = 16000


def chirp(seconds=0.5, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * (300 * t + 900 * t**2)) * (0.2 + t)
    return (0.5 * tone + 0.02 * rng.standard_normal(len(t))).astype(np.float32)


def power_by_hand(sound, frame):
    """|DFT|² of 25 ms about `frame` * 10 ms under a Hann window, 512 points."""
    rows = []
    for n in range(400):
        at = frame * 160 - 200 + n
        value = float(sound[at]) if 0 <= at < len(sound) else 0.0
        rows.append(value * (0.5 - 0.5 * math.cos(2 * math.pi * n / 400)))
    return [
        abs(sum(x * cmath.exp(-2j * math.pi * k * n / 512) for n, x in enumerate(rows))) ** 2
        for k in range(257)
    ]


def bands_by_hand(power):
    low, high = (2595 * math.log10(1 + f / 700) for f in (80, 7600))
    edges = [700 * (10 ** ((low + (high - low) * i / 41) / 2595) - 1) for i in range(42)]
    sums = []
    for left, middle, right in zip(edges, edges[1:], edges[2:], strict=False):
        total = 0.0
        for k, p in enumerate(power):
            f = k * RATE / 512
            if left < f <= middle:
                total += p * (f - left) / (middle - left)
            elif middle < f < right:
                total += p * (right - f) / (right - middle)
        sums.append(total)
    return sums


@pytest.mark.parametrize("frame", [0, 1, 23, 50])
def test_one_frame_by_hand(frame):
    sound = chirp()
    power = power_by_hand(sound, frame)
    assert mel._power(sound)[frame] == pytest.approx(power, rel=2e-3, abs=1e-5)
    found = mel._power(sound)[frame] @ mel._filters().T
    assert found == pytest.approx(bands_by_hand(power), rel=2e-3, abs=1e-5)


def test_log_mel_is_levelled_over_what_is_loud():
    sound = chirp()
    logs = np.log(mel._power(sound) @ mel._filters().T + 1e-6)
    power = mel._power(sound).sum(1)
    loud = logs[power > np.quantile(power, 0.1)]
    found = mel.log_mel(sound)
    assert found.shape == (51, 40)
    wanted = (logs - loud.mean(0)) / np.maximum(loud.std(0), 0.1)
    assert np.abs(found - wanted).max() < 1e-3


def test_loudness_does_not_stay():
    sound = chirp()
    assert np.abs(mel.log_mel(sound) - mel.log_mel(sound * 0.5)).max() < 0.02
    assert np.abs(mel.cepstra(sound) - mel.cepstra(sound * 0.5)).max() < 0.02


def test_cepstra_by_hand():
    sound = chirp()
    logs = np.log(mel._power(sound) @ mel._filters().T + 1e-6).astype(float)
    k, n = np.arange(1, 13)[:, None], np.arange(40)[None]
    base = math.sqrt(2 / 40) * np.cos(math.pi * k * (2 * n + 1) / 80)
    plain = logs @ base.T
    wanted = (plain - plain.mean(0)) / plain.std(0)
    assert np.abs(mel.cepstra(sound) - wanted).max() < 2e-3


def test_a_tone_is_in_its_band():
    t = np.arange(RATE) / RATE
    for hertz in (200, 1000, 5000):
        power = mel._power(np.sin(2 * np.pi * hertz * t).astype(np.float32))[50]
        band = (power @ mel._filters().T).argmax()
        row = mel._filters()[band]
        assert abs(row.argmax() * RATE / 512 - hertz) < max(60, 0.1 * hertz)


def test_a_click_is_at_its_time():
    sound = np.zeros(RATE, np.float32)
    sound[round(0.62 * RATE)] = 1
    assert mel._power(sound).sum(1).argmax() == 62


@pytest.mark.parametrize("samples", [0, 1, 100, 399])
def test_hardly_any_sound(samples):
    sound = np.zeros(samples, np.float32)
    for table in (mel.log_mel(sound), mel.cepstra(sound)):
        assert len(table) == 1 + samples // 160
        assert np.isfinite(table).all()


def test_sound_is_one_row():
    with pytest.raises(ShapeError):
        mel.log_mel(np.zeros((2, 10), np.float32))


def test_looks_by_hand():
    rng = np.random.default_rng(3)
    table = rng.random((30, 40), np.float32)
    quiet = min(table.tolist(), key=sum)
    moments = [-1.0, 0.0, 0.15, 0.2, 0.29, 5.0]
    found = mel.looks(table, np.array(moments))
    assert found.shape == (6, 20, 40)
    for at, moment in enumerate(moments):
        for k in range(20):
            m = round(moment * 100) - 15 + k
            wanted = table[m].tolist() if 0 <= m < 30 else quiet
            assert found[at, k].tolist() == pytest.approx(wanted)


def test_the_nearest_spectrum():
    table = np.arange(10, dtype=np.float32)[:, None] * np.ones(3, np.float32)
    at = np.array([-3.0, 0.0, 0.011, 0.0151, 0.04, 9.0])
    assert mel.spectra_at(table, at)[:, 0].tolist() == [0, 0, 1, 2, 4, 9]
