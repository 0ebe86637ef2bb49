"""Sound without loss: what is written comes back to the step, and damage is one sentence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import MediaError, ShapeError
from core.media.flac import read_flac, write_flac
from tests.media.clips import make_clip


@given(
    st.integers(0, 5000).flatmap(
        lambda n: arrays(np.int16, n, elements=st.integers(-32767, 32767), fill=st.just(5))
    ),
    st.sampled_from([8000, 16000, 44100]),
)
def test_every_step_there_and_back(tmp_path_factory, steps, rate):
    path = tmp_path_factory.mktemp("flac") / "x.flac"
    write_flac(path, steps / np.float32(32767), rate)
    sound, heard = read_flac(path)
    assert heard == rate
    assert sound.dtype == np.float32
    assert np.array_equal(np.round(sound * 32767).astype(int), steps)


def test_between_the_steps_half_a_step_is_lost(tmp_path):
    was = np.random.default_rng(0).uniform(-1, 1, 20_001).astype(np.float32)
    write_flac(tmp_path / "x.flac", was, 16000)
    sound, _ = read_flac(tmp_path / "x.flac")
    assert np.abs(sound - was).max() <= 0.5 / 32767 + 1e-7


def test_what_is_too_loud_is_cut(tmp_path):
    write_flac(tmp_path / "x.flac", np.array([-3, 3, 0.5], np.float32), 16000)
    assert read_flac(tmp_path / "x.flac")[0] == pytest.approx([-1, 1, 0.5], abs=1e-4)


def test_it_is_smaller_than_it_was(tmp_path):
    t = np.arange(32000) / 16000
    write_flac(tmp_path / "x.flac", 0.3 * np.sin(2 * np.pi * 220 * t), 16000)
    assert (tmp_path / "x.flac").stat().st_size < 0.6 * 2 * len(t)


def test_one_channel_only(tmp_path):
    with pytest.raises(ShapeError):
        write_flac(tmp_path / "x.flac", np.zeros((2, 5), np.float32), 16000)
    with pytest.raises(MediaError, match="folder does not exist"):
        write_flac(tmp_path / "none" / "x.flac", np.zeros(5, np.float32), 16000)


@pytest.mark.parametrize("fault", ["gone", "empty", "head", "text", "film"])
def test_a_file_that_is_none_is_one_sentence(tmp_path, fault):
    path = tmp_path / "x.flac"
    write_flac(path, np.random.default_rng(0).uniform(-1, 1, 9000).astype(np.float32), 16000)
    whole = path.read_bytes()
    path.unlink()
    if fault == "film":
        make_clip(tmp_path / "x.mp4", pts=range(2)).rename(path)
    elif fault != "gone":
        path.write_bytes({"empty": b"", "head": whole[:20], "text": b"not a sound" * 9}[fault])
    with pytest.raises(MediaError, match=str(path)) as caught:
        read_flac(path)
    assert "\n" not in str(caught.value)


def test_a_cut_off_file_never_is_a_whole_one(tmp_path):
    path = tmp_path / "x.flac"
    was = np.random.default_rng(0).uniform(-1, 1, 20_000).astype(np.float32)
    write_flac(path, was, 16000)
    whole = path.read_bytes()
    for end in range(100, len(whole) - 1, 3001):
        path.write_bytes(whole[:end])
        with pytest.raises(MediaError, match=str(path)):
            read_flac(path)


def test_a_changed_byte_is_noticed_where_it_is_heard(tmp_path):
    path = tmp_path / "x.flac"
    write_flac(path, np.random.default_rng(0).uniform(-1, 1, 9000).astype(np.float32), 16000)
    was, whole = read_flac(path), path.read_bytes()
    noticed = 0
    for i in range(len(whole) // 2, len(whole), 211):
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 255]) + whole[i + 1 :])
        with pytest.raises(MediaError, match=str(path)):
            read_flac(path)
        noticed += 1
    assert noticed > 20
    path.write_bytes(whole)
    assert np.array_equal(read_flac(path)[0], was[0])
