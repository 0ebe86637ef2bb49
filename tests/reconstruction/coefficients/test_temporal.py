"""Smoothing takes noise, never a blink or a closure of the lips."""

import numpy as np

from core.reconstruction.temporal import steadied
from core.track import ARKIT_INDEX

ONE = np.ones(40, np.float32)


def track(name, values, at=20):
    c = np.zeros((40, 52), np.float32)
    k = ARKIT_INDEX[name]
    c[at - len(values) // 2 : at - len(values) // 2 + len(values), k] = values
    return c, k


def test_a_blink_of_three_frames_keeps_nine_tenths():
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        c, k = track(name, [0.6, 1.0, 0.6])
        assert steadied(c, ONE)[20, k] >= 0.9
        c, k = track(name, [1.0])
        assert steadied(c, ONE)[20, k] >= 0.9


def test_lips_that_close_for_a_frame_stay_closed():
    c = np.full((40, 52), 0.0, np.float32)
    k = ARKIT_INDEX["jawOpen"]
    c[:, k] = 0.35
    c[19:22, k] = [0.15, 0.02, 0.15]
    assert steadied(c, ONE)[20, k] <= 0.1 * 0.35 + 0.02


def test_noise_is_halved():
    rng = np.random.default_rng(0)
    c = (0.4 + rng.normal(0, 0.03, (40, 52))).astype(np.float32)
    smooth = steadied(c, ONE)
    jitter = np.abs(np.diff(smooth, 2, axis=0)).mean() / np.abs(np.diff(c, 2, axis=0)).mean()
    assert jitter < 0.5
    assert np.abs(smooth.mean(0) - c.mean(0)).max() < 0.01


def test_frames_without_a_face_take_no_part():
    c = np.full((40, 52), 0.5, np.float32)
    confidence = ONE.copy()
    confidence[10:15] = 0
    c[10:15] = 0.55
    out = steadied(c, confidence)
    assert not out[10:15].any()
    assert np.allclose(out[15:], 0.5)
    assert np.allclose(out[:10], 0.5)


def test_one_frame_alone():
    c = np.full((1, 52), 0.3, np.float32)
    assert np.allclose(steadied(c, ONE[:1]), 0.3)
