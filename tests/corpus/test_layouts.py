"""Names of videos: which are clips, what goes with it, and what is told of the rest."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.corpus.clip import Name
from core.corpus.layouts import (
    LAYOUTS,
    Found,
    Naming,
    Part,
    Tree,
    Wrong,
    arranged,
    find,
    flat,
    folder,
    look,
    mead,
    ravdess,
)
from core.errors import ExchangeError, WishError

ROOT = Path("/films")
EMOTIONS = ("angry", "contempt", "disgusted", "fear", "happy", "neutral", "sad", "surprised")
emotions = st.sampled_from(EMOTIONS)
words = st.text("abcdefghijkLMN0123456789-", min_size=1, max_size=8)


def files(*paths, empty=()):
    return Tree(
        tuple(sorted(map(PurePosixPath, paths))), tuple(sorted(map(PurePosixPath, empty)))
    )


def listed(layout, *paths, empty=(), **naming):
    return arranged(ROOT, files(*paths, empty=empty), layout, Naming(**naming))


def reason(parse, path, **naming):
    found = parse(PurePosixPath(path), Naming(**naming))
    assert isinstance(found, Wrong), found
    return found.reason


@given(
    st.from_regex(r"[MW][0-9]{3}", fullmatch=True).filter(str.isascii),
    emotions,
    st.integers(1, 3),
    st.integers(0, 999),
)
def test_mead_there_and_back(actor, emotion, level, number):
    level = 1 if emotion == "neutral" else level
    stem = f"{number:03d}"
    film = f"{actor}/video/front/{emotion}/level_{level}/{stem}.mp4"
    sound = f"{actor}/audio/{emotion}/level_{level}/{stem}.m4a"
    listing = listed("mead", film, sound)
    name = Name(actor, emotion, stem, level)
    plain = number in (1, 2, 3) and emotion != "disgusted"
    if not plain:
        name = Name(actor, emotion, f"{stem}_{emotion}", level)
    assert listing.clips == (Found(name, ROOT / film, ROOT / sound),)
    assert listing.problems == ()
    again = listed("mead", film, sound, same_words=True)
    assert again.clips[0].name == Name(actor, emotion, stem, level)


@given(emotions, st.integers(1, 3), words, st.sampled_from(["", "x__", "a__b__", "_x__"]))
def test_flat_there_and_back(emotion, level, sentence, prefix):
    level = 1 if emotion == "neutral" else level
    path = PurePosixPath(f"{prefix}M030_front_{emotion}_level{level}_{sentence}.mp4")
    found = flat(path, Naming(same_words=True))
    assert found == Part(Name("M030", emotion, sentence, level), "video")
    aside = flat(PurePosixPath(path.name.replace("front", "left_30")), Naming())
    assert aside is None


@given(words, emotions, words)
def test_folders_there_and_back(actor, emotion, sentence):
    found = folder(PurePosixPath(actor, emotion.upper(), f"{sentence}.MOV"), Naming())
    level = 1 if emotion == "neutral" else 3
    assert found == Part(Name(actor, emotion, sentence, level), "video")


@given(
    st.integers(1, 2), st.integers(1, 2), st.integers(1, 8), st.integers(1, 2),
    st.integers(1, 2), st.integers(1, 2), st.integers(1, 24),
)  # fmt: skip
def test_ravdess_there_and_back(modality, channel, emotion, strong, said, take, actor):
    numbers = (modality, channel, emotion, strong, said, take, actor)
    stem = "-".join(f"{n:02d}" for n in numbers)
    found = ravdess(PurePosixPath("zip", f"Actor_{actor:02d}", f"{stem}.mp4"), Naming())
    if emotion == 1 and strong == 2:
        assert found == Wrong("RAVDESS has no strong neutral", 3)
        return
    assert isinstance(found, Part)
    assert found.kind == ("film" if modality == 1 else "video")
    assert found.name.actor == f"Actor_{actor:02d}"
    assert found.name.emotion == (
        "neutral", "calm", "happy", "sad", "angry", "fear", "disgusted", "surprised"
    )[emotion - 1]  # fmt: skip
    assert found.name.level == {1: 1, 2: 3}[strong]
    assert found.name.sentence == f"statement{said}" + {1: "", 2: "_sung"}[channel]
    assert found.name.take == take


@given(st.sampled_from(sorted(LAYOUTS)), st.lists(st.text(max_size=12), min_size=1, max_size=7))
def test_no_name_is_too_strange(layout, parts):
    path = PurePosixPath(*(p.replace("/", "_") or "x" for p in parts))
    if path.name in ("", ".", ".."):
        return
    found = LAYOUTS[layout](path.with_name(path.name + ".mp4"), Naming())
    assert found is None or isinstance(found, Part | Wrong)
    if isinstance(found, Wrong):
        assert 1 <= found.depth <= len(path.parts)
        assert not found.reason.endswith(".")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("M003/video/front/happy/level_3/1.mp4", "no name of MEAD"),
        ("M003/video/front/happy/level_4/001.mp4", "no name of MEAD"),
        ("M003/video/front/happy/strong/001.mp4", "no name of MEAD"),
        ("M003/video/front/cheerful/level_3/001.mp4", "no emotion 'cheerful'"),
        ("M003/video/front/neutral/level_2/001.mp4", "level_1 only"),
        ("Bob/video/front/happy/level_3/001.mp4", "no actor of MEAD"),
        ("M003/video/front/happy/001.mp4", "elsewhere"),
        ("M003/happy/level_3/001.mp4", "elsewhere"),
        ("001.mp4", "elsewhere"),
        ("M003/audio/happy/level_3/001.mp4", "elsewhere"),
        ("M003/video/front/happy/level_3/001.wav", "elsewhere"),
    ],
)
def test_a_wrong_name_of_mead_says_why(path, said):
    assert said in reason(mead, path)
    listing = listed("mead", path)
    assert listing.clips == ()
    assert len(listing.problems) == 1
    problem = listing.problems[0]
    assert problem.text.endswith(f": {problem.path}")
    assert (ROOT / path).is_relative_to(problem.path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Actor_01/01-01-03-01-01-01-02.mp4", "folder Actor_02"),
        ("Actor_01/01-01-09-01-01-01-01.mp4", "does not exist"),
        ("Actor_01/04-01-03-01-01-01-01.mp4", "does not exist"),
        ("Actor_01/03-01-03-01-01-01-01.mp4", "does not exist"),
        ("Actor_01/01-01-03-01-01-01-01.wav", "does not exist"),
        ("Actor_25/01-01-03-01-01-01-25.mp4", "does not exist"),
        ("Actor_01/happy.mp4", "seven numbers"),
    ],
)
def test_a_wrong_name_of_ravdess_says_why(path, said):
    assert said in reason(ravdess, path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("M030_front_happy_001.mp4", "no name like"),
        ("M030_front_merry_level3_001.mp4", "no emotion 'merry'"),
        ("M030_front_happy_level4_001.mp4", "level1 to level3"),
        ("M030_front_neutral_level3_001.mp4", "level1 only"),
        ("M030_front_happy_level3_a:b.mp4", "cannot be the name"),
    ],
)
def test_a_wrong_flat_name_says_why(path, said):
    assert said in reason(flat, path)


def test_a_wrong_folder_is_told_once_and_names_itself():
    paths = [f"M003/video/front/merry/level_1/00{i}.mp4" for i in range(1, 6)]
    problems = listed("mead", *paths).problems
    assert [p.text for p in problems] == [
        "There is no emotion 'merry': /films/M003/video/front/merry"
    ]


def test_sound_and_video_are_paired_by_name_alone():
    listing = listed(
        "mead",
        "M003/video/front/happy/level_3/001.mp4",
        "M003/video/front/happy/level_3/002.mp4",
        "M003/audio/happy/level_3/002.wav",
        "M003/audio/happy/level_2/001.m4a",
        "M003/audio/sad/level_3/001.m4a",
        "W009/audio/happy/level_3/001.m4a",
    )
    assert [(c.name.sentence, c.audio) for c in listing.clips] == [
        ("001", None),
        ("002", ROOT / "M003/audio/happy/level_3/002.wav"),
    ]
    assert [p.text for p in listing.problems] == [
        f"This sound has no video: {ROOT / p}"
        for p in (
            "M003/audio/happy/level_2/001.m4a",
            "M003/audio/sad/level_3/001.m4a",
            "W009/audio/happy/level_3/001.m4a",
        )
    ]


def test_other_views_are_left_aside():
    paths = [f"M003/video/{v}/happy/level_1/001.mp4" for v in ("front", "left_30", "top")]
    empty = ["M003/video/down/sad/level_1", "M003/video/front/sad/level_1"]
    listing = listed("mead", *paths, empty=empty)
    assert [c.video for c in listing.clips] == [ROOT / paths[0]]
    assert [p.path for p in listing.problems] == [ROOT / empty[1]]
    assert [c.video for c in listed("mead", *paths, view="top").clips] == [ROOT / paths[2]]


def test_numbers_of_mead_are_equal_words_only_where_that_is_known():
    paths = [
        f"M003/video/front/{e}/level_1/{n}.mp4"
        for e in ("happy", "sad", "disgusted")
        for n in ("001", "020")
    ]
    said = {(c.name.emotion, c.name.sentence) for c in listed("mead", *paths).clips}
    assert said == {
        ("happy", "001"), ("sad", "001"), ("disgusted", "001_disgusted"),
        ("happy", "020_happy"), ("sad", "020_sad"), ("disgusted", "020_disgusted"),
    }  # fmt: skip


def test_a_film_of_ravdess_has_its_sound_inside_and_a_silent_one_beside():
    stem = "01-03-02-01-01-01"
    film, silent, sound = (
        f"Actor_01/0{m}-{stem}.{e}" for m, e in ((1, "mp4"), (2, "mp4"), (3, "wav"))
    )
    assert [(c.video, c.audio) for c in listed("ravdess", film, silent, sound).clips] == [
        (ROOT / film, None)
    ]
    assert [(c.video, c.audio) for c in listed("ravdess", silent, sound).clips] == [
        (ROOT / silent, ROOT / sound)
    ]
    assert listed("ravdess", film, silent, sound).problems == ()
    assert "no video" in listed("ravdess", sound).problems[0].text


def test_one_clip_in_two_files_is_told():
    listing = listed("folder", "Ann/happy/a.avi", "Ann/happy/a.mp4", "Ann/joy/a.mov")
    assert [c.video for c in listing.clips] == [ROOT / "Ann/happy/a.avi"]
    assert [p.text for p in listing.problems] == [
        f"This is the same clip as {ROOT / 'Ann/happy/a.avi'}: {ROOT / p}"
        for p in ("Ann/happy/a.mp4", "Ann/joy/a.mov")
    ]


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


@pytest.mark.parametrize(
    ("layout", "path"),
    [
        ("mead", "M003/video/front/happy/level_3/001.mp4"),
        ("ravdess", "Video_Speech_Actor_01/Actor_01/01-01-03-01-01-01-01.mp4"),
        ("flat", "x__M030_front_happy_level3_001.mp4"),
        ("folder", "Ann/happy/hello there.mkv"),
    ],
)
def test_the_layout_is_seen(tmp_path, layout, path):
    put(tmp_path, path, ".hidden.mp4", "notes.txt", "Ann/.git/happy/x.mp4")
    listing = find(tmp_path)
    assert listing.layout == layout
    assert [c.video for c in listing.clips] == [tmp_path / path]


def test_a_look_at_a_folder(tmp_path):
    put(tmp_path, "b/2.MP4", "b/1.wav", "a/x.txt", "c/.DS_Store")
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "b" / "again").symlink_to(tmp_path)
    tree = look(tmp_path)
    assert tree.files == (PurePosixPath("b/1.wav"), PurePosixPath("b/2.MP4"))
    assert tree.empty == tuple(map(PurePosixPath, ("a", "c", "d/e")))


def test_what_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(WishError, match="no layout 'heap'; there are auto, mead"):
        find(tmp_path, "heap")
    with pytest.raises(ExchangeError, match="no such folder"):
        find(tmp_path / "none")
    with pytest.raises(ExchangeError, match="no videos in this folder"):
        find(tmp_path)
    put(tmp_path, "film.mp4")
    with pytest.raises(ExchangeError, match=r"fit none of the layouts.*film\.mp4"):
        find(tmp_path)
    with pytest.raises(ExchangeError, match=r"layout mead\. .*film\.mp4"):
        find(tmp_path, "mead")
    put(tmp_path / "tops", "M003/video/top/happy/level_1/001.mp4")
    with pytest.raises(ExchangeError, match="no video of the view 'front'"):
        find(tmp_path / "tops", "mead")
