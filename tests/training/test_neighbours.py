"""Windows that say the same: compared by hand, kept in a file, never of other clips."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import ModelError
from core.expression.scmc import Guide
from core.jobs import Ticket
from core.training.scmc import neighbours as near
from core.training.scmc.nets import VoiceEncoder


@pytest.fixture(scope="module")
def found(material, chain):
    guide = Guide(chain[1].arrays)
    windows = near.windows_of(material)
    said = near.heard(material, near.voice_of(guide, VoiceEncoder()), Ticket())
    return near.found(material, windows, said, guide.tau, Ticket())


def test_windows_stay_within_their_clip(material):
    windows = near.windows_of(material)
    lengths = np.diff(material.first)
    assert len(windows.start) == np.maximum(lengths - 9, 0).sum()
    assert sum(map(len, windows.of.values())) == len(windows.start)
    for (actor, emotion), inside in windows.of.items():
        frames = windows.frames(inside)
        clips = np.searchsorted(material.first, frames, "right") - 1
        assert (clips == windows.clip[inside][:, None]).all()
        names = {material.entries[c].name for c in clips.ravel()}
        assert {(n.actor, n.emotion) for n in names} == {(actor, emotion)}


def test_neighbours_against_all_windows_compared_by_hand(material, chain, found):
    guide, windows = Guide(chain[1].arrays), found.windows
    assert {key[1:] for key in found.table} == {
        (a, b) for e in ("angry", "happy") for a, b in (("neutral", e), (e, "neutral"))
    }
    said = guide.hear(material.looks(np.arange(len(material.look))))
    for key in (("en-us", "neutral", "happy"), ("en-us", "angry", "neutral")):
        here, there = windows.of[key[0], key[1]], windows.of[key[0], key[2]]
        which, apart = found.table[key]
        assert which.shape == apart.shape == (len(here), 10)
        for row in (0, 17, len(here) - 1):
            wanted = np.mean(
                [
                    np.linalg.norm(said[windows.start[here[row]] + k]
                                   - said[windows.start[there] + k], axis=1)
                    for k in (3, 6, 9)
                ],
                axis=0,
            )  # fmt: skip
            assert apart[row] == pytest.approx(np.sort(wanted)[:10], abs=1e-3)
            of_found = wanted[np.searchsorted(there, which[row])]
            assert of_found == pytest.approx(apart[row], abs=1e-3)
            assert len(set(which[row])) == 10


def test_the_share_of_windows_with_a_neighbour(found):
    near_all = replace(found, tau=float("inf")).within()
    assert set(near_all) == {"neutral>happy", "happy>neutral", "neutral>angry", "angry>neutral"}
    assert set(near_all.values()) == {1.0}
    assert set(replace(found, tau=-1.0).within().values()) == {0.0}


def test_neighbours_come_back_as_written(material, found, tmp_path):
    path = tmp_path / "distances.safetensors"
    near.write(found, material, path)
    back = near.read(path, material, found.windows)
    assert back.tau == found.tau
    assert back.table.keys() == found.table.keys()
    for key, (which, apart) in found.table.items():
        assert np.array_equal(back.table[key][0], which)
        assert back.table[key][1] == pytest.approx(apart, rel=1e-3)
    near.write(back, material, tmp_path / "again.safetensors")
    again = near.read(tmp_path / "again.safetensors", material, found.windows)
    assert all(np.array_equal(again.table[k][1], x[1]) for k, x in back.table.items())


def test_neighbours_of_other_clips_are_refused(material, found, tmp_path):
    path = tmp_path / "distances.safetensors"
    near.write(found, material, path)
    name = material.entries[0].name
    renamed = replace(material.entries[0], name=replace(name, sentence="other"))
    other = replace(material, entries=(renamed, *material.entries[1:]))
    with pytest.raises(ModelError, match=r"from other clips.*distances"):
        near.read(path, other, found.windows)


@pytest.mark.parametrize("content", [None, b"", b"rubbish" * 50])
def test_a_damaged_file_of_distances_is_named(material, found, content, tmp_path):
    path = tmp_path / "distances.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot be read .*distances\.safetensors"):
        near.read(path, material, found.windows)
