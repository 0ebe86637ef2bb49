import numpy as np

from core.landmarks.shots import Shots


def moving(seed, n=12):
    """Return n frames in which a texture drifts a little."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (20, 30, 3)).astype(np.uint8)
    wide = coarse.repeat(12, 0).repeat(12, 1)
    return [wide[:, i : i + 320] for i in range(n)]


def test_a_drifting_picture_is_one_shot():
    shots = Shots()
    assert not any(shots.cut(rgb) for rgb in moving(0))


def test_another_picture_is_a_cut_and_its_drift_is_not():
    shots = Shots()
    cuts = [shots.cut(rgb) for rgb in moving(0) + moving(1)]
    assert np.flatnonzero(cuts).tolist() == [12]


def test_noise_is_no_cut():
    rng = np.random.default_rng(2)
    still = moving(0)[0].astype(np.int16)
    shots = Shots()
    noisy = [np.clip(still + rng.normal(0, 12, still.shape), 0, 255) for _ in range(10)]
    assert not any(shots.cut(rgb.astype(np.uint8)) for rgb in noisy)


def test_a_change_of_size_is_a_cut():
    shots = Shots()
    assert not shots.cut(np.zeros((90, 160, 3), np.uint8))
    assert shots.cut(np.zeros((160, 90, 3), np.uint8))
