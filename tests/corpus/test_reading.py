"""A folder of talking videos read into a corpus: nothing mispaired, nothing read twice."""

import json

import numpy as np
import pytest

from core.cli.app import run
from core.corpus.clip import Name
from core.corpus.files import Corpus, read_corpus, write_list
from core.corpus.mel import RATE
from core.errors import (
    Cancelled,
    ExchangeError,
    FaceStudioError,
    MediaError,
    NoFaceError,
    WishError,
)
from core.jobs import Ticket
from core.reading import clip as clip_room
from core.reading import rest as rest_room
from core.reading.clip import bridged, cut
from core.reading.folder import Wishes, _each, read_folder
from core.reading.rest import load, mean
from core.reconstruction.coefficients import Neutral
from core.times import Times
from tests.corpus import tree


@pytest.fixture
def tracker(monkeypatch):
    stub = tree.Tracker()
    monkeypatch.setattr(rest_room, "neutral_of", stub.neutral_of)
    monkeypatch.setattr(clip_room, "reconstruct", stub.reconstruct)
    return stub


@pytest.fixture
def root(tmp_path):
    return tree.whole(tmp_path / "films")


def read(root, **wishes):
    ticket = wishes.pop("ticket", Ticket())
    return read_folder(root, root.parent / "corpus", Wishes(**wishes), ticket)


def states(folder):
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*.*") if p.name != "corpus.json"}


def test_a_tree_with_every_fault(tmp_path, tracker):
    root = tree.faulty(tmp_path / "films")
    told = []
    done = read(root, ticket=Ticket(lambda fraction, _: told.append(fraction)))
    assert told == sorted(told)
    assert told[-1] == 1.0
    corpus = read_corpus(tmp_path / "corpus")
    assert corpus.entries == done.corpus.entries
    lines = {(e.name.actor, e.name.emotion, e.name.sentence): e for e in corpus.entries}
    good = [k for k, e in lines.items() if e.usable]
    assert good == [
        ("M003", "happy", "001"), ("M003", "happy", "002"),
        ("M003", "neutral", "001"),
        ("M003", "sad", "001"), ("M003", "sad", "002"),
        ("W009", "happy", "001"), ("W009", "happy", "002"),
        ("W009", "neutral", "001"), ("W009", "neutral", "002"),
        ("W009", "sad", "001"),
    ]  # fmt: skip

    def said(*key):
        return [p.replace(str(root), "ROOT") for p in lines[key].problems]

    place = "ROOT/{}/{}/level_{}/{}"
    assert said("M003", "neutral", "002") == [
        "There is no sound, in it or beside it (--silent lets that be): "
        + place.format("M003/video/front", "neutral", 1, "002.mp4")
    ]
    assert said("W009", "sad", "002") == [
        "Sound and pictures differ by 0.72 s, more than 0.5 s: "
        + place.format("W009/audio", "sad", 3, "002.wav")
    ]
    assert said("W009", "sad", "003") == [
        "This is not a video file that can be read: "
        + place.format("W009/video/front", "sad", 3, "003.mp4")
    ]
    assert [p.replace(str(root), "ROOT") for p in corpus.made["problems"]] == [
        "There is no clip in this folder: ROOT/M003/video/front/angry/level_3",
        "This is no name of MEAD (level_1 to level_3, then three digits): "
        + place.format("M003/video/front", "happy", 3, "2.mp4"),
        "This sound has no video: " + place.format("W009/audio", "happy", 3, "009.wav"),
    ]
    assert (done.read, done.kept, done.usable, len(done.problems)) == (12, 0, 10, 6)

    ntsc = corpus.clip(Name("W009", "happy", "001"))
    assert ntsc.times.base * np.diff(ntsc.times.pts).tolist()[0] == tree.Fraction(1001, 30000)
    assert len(ntsc.times) == 12
    short = corpus.clip(Name("W009", "sad", "001"))
    assert len(short.times) == 8  # 0.3 s: the frames that begin before
    assert len(short.sound) / RATE == pytest.approx(0.3, abs=0.002)
    long = corpus.clip(Name("W009", "sad", "002"))
    assert len(long.times) == 12
    assert len(long.sound) / RATE == pytest.approx(tree.SECONDS, abs=0.001)
    loud = np.abs(np.fft.rfft(long.sound[:7000] * np.hanning(7000)))
    assert loud.argmax() * RATE / 7000 == pytest.approx(440, abs=3)


def test_every_clip_is_seen_against_the_mean_of_its_actors_neutral_clips(root, tracker):
    tree.pair(root, "M003", "neutral", "003")
    tree.pair(root, "M003", "neutral", "004")
    done = read(root)
    assert [p.parts[-6] for p in tracker.rests] == ["M003"] * 3 + ["W009"] * 2
    seen = dict(tracker.read)
    for path, neutral in seen.items():
        wanted = {"M003": (1 + 2 + 3) / 3, "W009": (4 + 5) / 2}[path.parts[-6]]
        assert np.all(neutral.points == wanted)
        assert np.all(neutral.look == wanted)
    assert len(seen) == 14
    assert [n for n in done.notes if "neutral" in n] == []


def test_a_clip_is_what_the_tracker_says_of_it(root, tracker):
    corpus = read(root).corpus
    for entry in corpus.entries:
        video = tree.places(root, entry.name.actor, entry.name.emotion, entry.name.sentence)[0]
        take = tracker.reconstruct(video, ticket=Ticket())[1][0]
        assert (
            np.abs(corpus.clip(entry.name).expression - take.track["expression"]).max() < 1e-3
        )


def test_what_was_read_is_left_as_it_is(root, tracker):
    first = read(root)
    before = states(root.parent / "corpus")
    tracker.stop_after, tracker.error = 0, NoFaceError("read again")
    second = read(root)
    assert (second.read, second.kept) == (0, 12)
    assert states(root.parent / "corpus") == before
    assert second.corpus == first.corpus


def test_a_run_goes_on_where_it_was_stopped(root, tracker):
    tracker.stop_after = 5
    with pytest.raises(KeyboardInterrupt):
        read(root)
    folder = root.parent / "corpus"
    assert not list(folder.rglob("*.part"))
    assert len(list(folder.rglob("*.flac"))) == 5
    tracker.stop_after = None
    done = read(root)
    assert (done.read, done.kept) == (7, 5)
    assert len(tracker.rests) == 4  # the faces at rest were kept as well
    assert len(tracker.read) == 12


@pytest.mark.parametrize("fault", ["gone", "cut", "byte", "empty", "sound", "sound cut"])
def test_what_is_missing_or_damaged_is_read_again(root, tracker, fault):
    read(root)
    name = Name("M003", "happy", "001")
    folder = root.parent / "corpus"
    file = folder / f"{name.path}{'.flac' if 'sound' in fault else '.npz'}"
    was = read_corpus(folder).clip(name)
    whole = file.read_bytes()
    if fault in ("gone", "sound"):
        file.unlink()
    else:
        damaged = {
            "cut": whole[: len(whole) // 2],
            "byte": whole[:100] + bytes([whole[100] ^ 255]) + whole[101:],
            "empty": b"",
            "sound cut": whole[:20],
        }
        file.write_bytes(damaged[fault])
    done = read(root)
    assert (done.read, done.kept, done.usable) == (1, 11, 12)
    assert [path.stem for path, _ in tracker.read[12:]] == ["001"]
    now = done.corpus.clip(name)
    assert np.array_equal(now.expression, was.expression)
    assert np.array_equal(now.sound, was.sound)


def test_another_video_or_another_sound_is_read_again(root, tracker):
    read(root)
    tree.pair(root, "M003", "happy", "001", frames=10)
    tree.tone(tree.places(root, "W009", "sad", "002")[1], 0.4)
    done = read(root)
    assert (done.read, done.kept) == (2, 10)
    tree.pair(root, "W009", "neutral", "002", frames=11)  # and all that is seen against it
    assert (read(root).read, len(tracker.rests)) == (6, 6)


def test_a_damaged_face_at_rest_is_made_again(root, tracker):
    read(root)
    file = root.parent / "corpus" / "M003" / rest_room.FILE
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ExchangeError, match="face at rest cannot be read"):
        load(file)
    read(root)
    assert len(tracker.rests) == 6
    assert load(file).points.shape == (478, 3)


def test_without_a_neutral_clip_it_is_said(root, tracker):
    done = read(root, emotions=("happy",), actors=("M003",))
    assert len(done.corpus.entries) == 2
    assert all(neutral is not None for _, neutral in tracker.read)  # of clips not asked for
    tracker.error = NoFaceError("No face was found")
    done = read(root, actors=("W009",))
    assert done.notes[:2] == ("No face was found", "No face was found")
    assert done.notes[2].startswith("No neutral clip can be read: the clips of W009")
    assert {neutral for path, neutral in tracker.read if "W009" in path.parts} == {None}


def test_numbers_that_are_none_are_refused(root, tracker):
    video = tree.places(root, "M003", "sad", "002")[0]
    tracker.broken.add(video)
    done = read(root)
    assert done.problems == (f"What the tracker read holds numbers that are none: {video}",)
    assert (done.read, done.usable) == (11, 11)
    assert not (root.parent / "corpus" / f"{Name('M003', 'sad', '002').path}.npz").exists()
    tracker.broken.clear()
    assert (read(root).read, read(root).kept) == (1, 12)


def test_a_face_that_is_away_too_long_is_refused_and_a_glance_aside_bridged(root, tracker):
    away, aside = (tree.places(root, "M003", "sad", n)[0] for n in ("001", "002"))
    tracker.faces[away] = np.r_[np.zeros(2), np.ones(10)].astype(np.float32)
    tracker.faces[aside] = np.r_[np.ones(5), 0, np.ones(6)].astype(np.float32)
    done = read(root)
    assert done.problems == (f"In 17% of the frames no face is seen: {away}",)
    clip = done.corpus.clip(Name("M003", "sad", "002"))
    assert np.allclose(
        clip.expression[5], (clip.expression[4] + clip.expression[6]) / 2, atol=1e-3
    )
    assert clip.truth["confidence"].tolist() == [1] * 5 + [0] + [1] * 6
    again = read(root)
    assert again.problems == done.problems  # also when nothing is read


def test_silent_clips_will_do_if_wished(root, tracker):
    for audio in root.rglob("*.wav"):
        audio.unlink()
    assert read(root).usable == 0
    done = read(root, silent=True)
    assert (done.read, done.kept, done.usable) == (0, 12, 12)
    assert len(done.corpus.clip(done.corpus.entries[0].name).sound) == 0


def test_sound_inside_the_video_counts_from_its_own_start(tmp_path, tracker):
    late = [i + 5 for i in range(12)]
    sound = {"codec": "pcm_s16le", "rate": 16000, "layout": "mono", "seconds": 0.9}
    tree.film(tmp_path / "films" / "Ann" / "happy" / "hello.mov", pts=late, sound=sound)
    done = read(tmp_path / "films")
    clip = done.corpus.clip(Name("Ann", "happy", "hello"))
    assert done.layout == "folder"
    assert clip.sound_start == pytest.approx(-0.2)
    assert len(clip.sound) / RATE == pytest.approx(0.2 + 0.48, abs=0.002)
    assert done.notes[0].startswith("There is no neutral clip: the clips of Ann")


def test_actors_emotions_and_how_many(root, tracker):
    names = [e.name for e in read(root, most=6).corpus.entries]
    assert [(n.actor, n.emotion, n.sentence) for n in names] == [
        (a, e, "001") for a in ("M003", "W009") for e in ("happy", "neutral", "sad")
    ]
    done = read(root, actors=("W009",), emotions=("Joy", "sadness"))
    assert {(e.name.actor, e.name.emotion) for e in done.corpus.entries} == {
        ("W009", "happy"), ("W009", "sad"),
    }  # fmt: skip
    done = read(root, test=("W009",))
    assert {(e.name.actor, e.split) for e in done.corpus.entries if e.split == "test"} == {
        ("W009", "test")
    }
    assert all(e.split == "test" for e in done.corpus.entries if e.name.actor == "W009")
    for wishes, said in (
        ({"actors": ("X",)}, "no actor 'X'; there are M003, W009"),
        ({"test": ("X",)}, "no actor 'X'"),
        ({"emotions": ("merry",)}, "no emotion 'merry'"),
        ({"emotions": ("calm",)}, "no clip of these actors"),
        ({"test": ("W009",), "validation": ("W009",)}, "either for testing or for validation"),
    ):
        with pytest.raises(WishError, match=said):
            read(root, **wishes)


def test_where_a_corpus_may_lie(root, tracker, tmp_path):
    with pytest.raises(WishError, match="outside of the folder of the videos"):
        read_folder(root, root / "corpus", Wishes(), Ticket())
    write_list(Corpus(tmp_path / "corpus", (), {"generator": 1, "seed": 1}))
    with pytest.raises(ExchangeError, match="another corpus in this folder"):
        read(root)
    (tmp_path / "corpus" / "corpus.json").write_text("{")
    assert read(root).usable == 12


def test_a_wish_to_stop_is_heard(root, tracker):
    ticket = Ticket(lambda fraction, _: fraction > 0.5 and ticket.cancel())
    with pytest.raises(Cancelled):
        read(root, ticket=ticket)
    before = len(tracker.read)
    assert 0 < before < 12
    done = read(root)
    # The one that was under way when the wish came may have been whole already.
    assert done.read + done.kept == 12
    assert before - 1 <= done.kept <= before


@pytest.mark.parametrize("start", [-0.25, 0.0, 0.1])
@pytest.mark.parametrize("seconds", [0.2, 1.0, 3.0])
def test_sound_and_pictures_end_together(start, seconds):
    times = Times(np.arange(25, dtype=np.int64) + 7, tree.Fraction(1, 25))
    both = cut(times, 1, np.zeros(round(seconds * RATE), np.float32), start)
    end = min(1.0, start + seconds)
    assert both.frames == sum(i / 25 < end - 1e-4 for i in range(25))
    assert len(both.sound) == pytest.approx(max(0, end - start) * RATE, abs=1)
    assert both.apart == pytest.approx(max(abs(1.0 - start - seconds), abs(start)))


def test_without_sound_all_pictures_stay():
    both = cut(Times.steady(5, tree.Fraction(25)), 1, np.zeros(0, np.float32), 0.0)
    assert (both.frames, len(both.sound), both.apart) == (5, 0, 0.0)


def test_straight_lines_where_no_face_was_seen():
    rows = np.arange(5, dtype=np.float32)[:, None] * np.ones((1, 52), np.float32)
    seen = np.array([False, True, False, True, False])
    holed = np.where(seen[:, None], rows, 9).astype(np.float32)
    assert bridged(holed, seen)[:, 3].tolist() == [1, 1, 2, 3, 3]
    assert bridged(holed, np.zeros(5, bool)) is holed


def test_the_mean_of_faces_has_a_look_if_all_have_one():
    a, b = (Neutral(np.full((478, 3), v), np.full(3, v)) for v in (1.0, 2.0))
    assert mean([a, b]).look is not None
    assert mean([a, b]).points[0, 0] == 1.5
    assert mean([a, Neutral(b.points)]).look is None


def test_the_verb(root, tracker, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["data", str(root), "-o", str(out), "--workers", "1", "--test-actors", "W009"]
    assert run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["skipped"], told["usable"], told["refused"]) == (12, 0, 12, 0)
    assert told["layout"] == "mead"
    tree.places(root, "M003", "sad", "001")[1].unlink()
    assert run(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "There is no sound" in lines[0]
    assert lines[-1].startswith(
        "1 clips read, 11 skipped (read before), 1 refused, 11 to learn"
    )
    assert run([*words, "--actors", "Bob"]) == 2
    assert "there are M003, W009" in capsys.readouterr().err
    for audio in root.rglob("*.wav"):
        audio.unlink()
    assert run(words) == 1
    assert "no clip that one could learn from" in capsys.readouterr().err


@pytest.mark.slow
def test_several_processes_work_fail_stop_and_die():
    jobs = list(range(6))
    assert sorted(_each(tree.doubled, jobs, 2, Ticket())) == [0, 2, 4, 6, 8, 10]
    with pytest.raises(MediaError, match=r"Number \d cannot be read: /films/\d"):
        list(_each(tree.fails, jobs, 2, Ticket()))
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        list(_each(tree.doubled, jobs, 2, ticket))
    with pytest.raises(FaceStudioError, match="ended too early; what is read is kept"):
        list(_each(tree.dies, jobs, 2, Ticket()))
