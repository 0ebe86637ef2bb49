"""A corpus in memory: every frame where it belongs, nothing wrong in silence."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.corpus.files import read_clip, read_corpus, write_clip, write_list
from core.corpus.mel import log_mel, looks
from core.errors import ExchangeError, FaceStudioError
from core.expression.scmc import faces
from core.jobs import Ticket
from core.training.material import head_mouth, load
from tests.corpora import EMOTIONS, SENTENCES


@pytest.fixture
def spoiled(tones, tmp_path):
    """Return what changes the first training clip of a corpus of its own."""
    folder = tmp_path / "corpus"
    shutil.copytree(tones.folder, folder)
    corpus = read_corpus(folder)
    name = corpus.chosen("train")[0].name

    def change(**fields):
        write_clip(folder, name, replace(read_clip(folder, name), **fields))

    return corpus, name, change


def refused(corpus, name, error=ExchangeError):
    """Return the one sentence with which the training clips are refused."""
    with pytest.raises(error) as told:
        load(corpus, corpus.chosen("train"), Ticket())
    said = str(told.value)
    assert "\n" not in said
    assert str(corpus.folder / name.path) in said
    return said


def test_frames_lie_one_after_the_other(tones, material):
    assert len(material.entries) == SENTENCES * len(EMOTIONS)
    assert material.first[-1] == len(material.expression) == len(material.look)
    for c in (0, 4, len(material.entries) - 1):
        clip = tones.clip(material.entries[c].name)
        frames = material.frames(c)
        assert np.array_equal(material.expression[frames], clip.expression)
        assert material.moments[frames] == pytest.approx(clip.times.moments())
        assert material.index[material.entries[c].name] == c
    assert np.array_equal(material.face, faces(material.expression, head_mouth()))


def test_a_look_is_of_its_own_clip_and_moment(tones, material):
    c = 3
    clip = tones.clip(material.entries[c].name)
    wanted = looks(log_mel(clip.sound), clip.times.moments())
    assert np.array_equal(material.looks(material.frames(c)), wanted)


def test_the_frame_before_the_first_is_the_first(material):
    first = material.first[2]
    found = material.before(np.array([first, first + 1, first + 5]), 3)
    assert found.tolist() == [
        [first, first, first], [first, first, first + 1], [first + 3, first + 4, first + 5]
    ]  # fmt: skip


def test_sound_shorter_than_its_pictures_is_refused(spoiled):
    corpus, name, change = spoiled
    clip = read_clip(corpus.folder, name)
    change(sound=clip.sound[: -int(0.4 * clip.rate)])
    load(corpus, corpus.chosen("train"), Ticket())  # a little is no matter
    change(sound=clip.sound[: -int(0.9 * clip.rate)])
    assert "sound ends 0." in refused(corpus, name)


def test_coefficients_that_are_no_numbers_are_refused(spoiled):
    corpus, name, change = spoiled
    values = read_clip(corpus.folder, name).expression.copy()
    values[3, 7] = np.nan
    change(expression=values)
    assert "numbers that are none" in refused(corpus, name)


def test_sound_of_another_rate_is_refused(spoiled):
    corpus, name, change = spoiled
    change(rate=22050, sound=np.zeros(22050 * 4, np.float32))
    assert "22050 Hz" in refused(corpus, name)


@pytest.mark.parametrize("ending", [".flac", ".npz"])
def test_a_missing_or_damaged_file_is_named(spoiled, ending):
    corpus, name, _ = spoiled
    place = corpus.folder / name.path
    path = place.with_name(place.name + ending)
    path.write_bytes(b"rubbish" * 40)
    assert refused(corpus, name, FaceStudioError).endswith(ending)
    path.unlink()
    assert refused(corpus, name, FaceStudioError).endswith(ending)


def test_a_corpus_without_clips_of_a_kind_is_refused(tones):
    with pytest.raises(ExchangeError, match="no clips of this kind"):
        load(tones, tones.chosen("train", "sad"), Ticket())


def test_a_corpus_whose_clips_have_problems_is_not_learned_from(tones, tmp_path):
    entries = tuple(
        replace(e, problems=("too dark",)) if e.name.sentence == "train001" else e
        for e in tones.entries
    )
    write_list(replace(tones, entries=entries, folder=tmp_path))
    chosen = read_corpus(tmp_path).chosen("train")
    assert {e.name.sentence for e in chosen} == {"train002", "train003"}
