"""A corpus on disk comes back as it was written, or says in one sentence why not."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.corpus.clip import SPLITS, Clip, Entry, Name
from core.corpus.files import (
    Corpus,
    read_clip,
    read_corpus,
    with_problems,
    write_clip,
    write_list,
)
from core.errors import ExchangeError, FaceStudioError, MediaError, ShapeError, WishError
from core.times import Times

NAME = Name("M030", "happy", "001")


def clip(frames=7, samples=900, seed=0, **truth):
    rng = np.random.default_rng(seed)
    pts = np.cumsum(rng.integers(900, 1100, frames)) + 77
    return Clip(
        rng.random((frames, 52), np.float32), Times(pts, Fraction(1, 30000)),
        rng.uniform(-1, 1, samples).astype(np.float32), 16000, -0.0125, truth,
    )  # fmt: skip


def corpus(folder, *entries, **made):
    return Corpus(folder, tuple(entries), made)


def test_a_clip_there_and_back(tmp_path):
    was = clip(source=np.array("abc"), controls=np.arange(12.0).reshape(3, 4))
    write_clip(tmp_path, NAME, was)
    now = read_clip(tmp_path, NAME)
    assert np.abs(now.expression - was.expression).max() < 2**-11  # half a step of float16
    assert np.array_equal(now.times.pts, was.times.pts)
    assert (now.times.base, now.rate, now.sound_start) == (Fraction(1, 30000), 16000, -0.0125)
    assert np.abs(now.sound - was.sound).max() <= 0.5 / 32767 + 1e-7
    assert set(now.truth) == {"source", "controls"}
    assert str(now.truth["source"]) == "abc"
    assert np.array_equal(now.truth["controls"], was.truth["controls"])
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")) == [
        "M030/happy/level_3/001.flac",
        "M030/happy/level_3/001.npz",
    ]


def test_a_clip_may_be_short_and_silent(tmp_path):
    write_clip(tmp_path, NAME, clip(frames=1, samples=0))
    now = read_clip(tmp_path, NAME)
    assert (now.expression.shape, now.sound.shape) == ((1, 52), (0,))


def test_every_byte_counts(tmp_path):
    write_clip(tmp_path, NAME, clip(frames=2, samples=10))
    was = read_clip(tmp_path, NAME)
    file = tmp_path / "M030/happy/level_3/001.npz"
    whole = file.read_bytes()
    changed = [whole[:i] + bytes([whole[i] ^ 255]) + whole[i + 1 :] for i in range(len(whole))]
    for damaged in [whole[:i] for i in range(0, len(whole), 7)] + changed:
        file.write_bytes(damaged)
        try:
            now = read_clip(tmp_path, NAME)
        except ExchangeError as e:
            assert str(file) in str(e)  # noqa: PT017 - most are refused, none is a fault
            continue
        assert np.array_equal(now.expression, was.expression)
        assert np.array_equal(now.times.pts, was.times.pts)


@pytest.mark.parametrize("fault", ["npz", "flac"])
def test_a_missing_file_is_named(tmp_path, fault):
    write_clip(tmp_path, NAME, clip())
    file = tmp_path / f"M030/happy/level_3/001.{fault}"
    file.unlink()
    with pytest.raises((ExchangeError, MediaError), match=str(file)):
        read_clip(tmp_path, NAME)


@pytest.mark.parametrize(
    "change",
    [
        {"expression": np.full((7, 52), np.nan, np.float16)},
        {"expression": np.zeros((6, 52), np.float16)},
        {"expression": np.zeros((7, 51), np.float16)},
        {"pts": np.zeros(7, np.int64)},
        {"base": np.array([1, 0])},
        {"base": np.array([1])},
        {"base": np.array([-1, 25])},
        {"sound_start": np.array([1.0, 2.0])},
    ],
)
def test_numbers_that_cannot_be_are_refused(tmp_path, change):
    write_clip(tmp_path, NAME, clip())
    file = tmp_path / "M030/happy/level_3/001.npz"
    with np.load(file, allow_pickle=False) as found:
        arrays = dict(found)
    np.savez(file, **(arrays | change))
    with pytest.raises(ExchangeError, match=str(file)):
        read_clip(tmp_path, NAME)


def test_objects_are_never_unpacked(tmp_path):
    write_clip(tmp_path, NAME, clip())
    file = tmp_path / "M030/happy/level_3/001.npz"
    np.savez(file, expression=np.array([{}], object))
    with pytest.raises(ExchangeError, match="cannot be read"):
        read_clip(tmp_path, NAME)


names = st.builds(
    Name,
    st.sampled_from(["M003", "W009"]),
    st.sampled_from(["happy", "sad"]),
    st.text("abc01é .-", min_size=1, max_size=5).filter(lambda s: not s.startswith(".")),
    st.integers(1, 3),
    st.integers(1, 2),
)
entries = st.builds(
    Entry, names, st.sampled_from(SPLITS), st.integers(0, 99), st.floats(0, 9),
    st.lists(st.text(max_size=9), max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(entries, max_size=6, unique_by=lambda e: e.name))
def test_a_list_there_and_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("corpus")
    was = corpus(folder, *rows, generator=1, seed=3)
    write_list(was)
    now = read_corpus(folder)
    assert now.made == {"generator": 1, "seed": 3}
    assert now.entries == tuple(sorted(rows, key=lambda e: e.name))
    assert set(now.refused) == {e for e in rows if e.problems or not e.frames}
    for split in SPLITS:
        for wanted in ((), ("happy",), ("happy", "sad")):
            chosen = now.chosen(split, *wanted)
            assert set(chosen) == {
                e for e in rows
                if e.frames and not e.problems and e.split == split
                and (not wanted or e.name.emotion in wanted)
            }  # fmt: skip


def test_problems_are_added_to_usable_clips_only(tmp_path):
    good, bad = (
        Entry(NAME, "train", 5, 1.0),
        Entry(Name("M", "sad", "1"), "test", 0, 0.0, ("x",)),
    )
    asked = []
    now = with_problems(corpus(tmp_path, good, bad), lambda name: asked.append(name) or ["y"])
    assert asked == [NAME]
    assert [e.problems for e in now.entries] == [("y",), ("x",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "damaged"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ('{"format": "a", "clips": [], "made": {}}', "damaged"),
        ('{"format": 99, "clips": [], "made": {}}', "newer version"),
        ('{"format": 1, "clips": [{}], "made": {}}', "damaged"),
    ],
)
def test_a_damaged_list_is_one_sentence(tmp_path, text, said):
    (tmp_path / "corpus.json").write_text(text)
    with pytest.raises(ExchangeError, match=said):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("split", "exam"), ("frames", "many"), ("name", {"actor": "M"}), ("problems", 3)],
)
def test_a_damaged_line_is_one_sentence(tmp_path, key, value):
    write_list(corpus(tmp_path, Entry(NAME, "train", 5, 1.0)))
    file = tmp_path / "corpus.json"
    table = json.loads(file.read_text())
    table["clips"][0][key] = value
    file.write_text(json.dumps(table))
    with pytest.raises(ExchangeError, match="damaged"):
        read_corpus(tmp_path)


def test_a_name_of_a_list_cannot_lead_out_of_the_corpus(tmp_path):
    write_list(corpus(tmp_path, Entry(NAME, "train", 5, 1.0)))
    file = tmp_path / "corpus.json"
    file.write_text(file.read_text().replace('"001"', '"../../../etc"'))
    with pytest.raises(FaceStudioError):
        read_corpus(tmp_path)


def test_where_there_is_no_corpus_the_verbs_are_named(tmp_path):
    with pytest.raises(ExchangeError, match=r"'facestudio corpus'.*'facestudio data'"):
        read_corpus(tmp_path)


@pytest.mark.parametrize("part", ["", ".x", "..", "a/b", "a\\b", "a:b", "a?", "a\0"])
def test_what_cannot_be_a_file_cannot_be_a_name(part):
    for parts in ((part, "happy", "1"), ("M", part, "1"), ("M", "happy", part)):
        with pytest.raises(WishError, match="cannot be the name"):
            Name(*parts)


@given(st.lists(names, min_size=2, max_size=8, unique=True))
def test_two_names_are_two_places(them):
    assert len({name.path for name in them}) == len(them)


def test_a_clip_is_of_one_length_and_frozen():
    good = clip()
    with pytest.raises(ShapeError):
        Clip(good.expression[:-1], good.times, good.sound, 16000)
    with pytest.raises(ShapeError):
        Clip(good.expression, good.times, good.sound[None], 16000)
    with pytest.raises(ValueError, match="read-only"):
        good.expression[0, 0] = 1
