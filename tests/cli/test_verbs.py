"""The verbs, run as a user runs them, on a project whose face is known exactly."""

import csv
import json

import numpy as np
import pytest

from core import engine
from core.cli.app import run
from core.media.probe import probe
from core.media.sound import audio_digest
from core.media.video import frames
from core.storage import ProjectFile
from core.track import ARKIT_INDEX, ARKIT_NAMES
from tests.cli import acted


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path.parent / "state"))
    return acted.project(tmp_path)


def pictures(path):
    return frames(path, probe(path))


def ask(capsys, *words):
    code = run([*map(str, words), "--json"])
    out = capsys.readouterr()
    assert code == 0, out.err
    return [json.loads(line) for line in out.out.splitlines()]


def refuse(capsys, *words):
    code = run([*map(str, words)])
    out = capsys.readouterr()
    assert code != 0
    assert out.out == ""
    return code, out.err


def test_each_edit_is_one_committed_step(path, capsys):
    said = ask(
        capsys, "emotion", path, "--to", "happy", "--curve", "0:0,0.5:1", "--intensity", 0.5
    )
    assert said[0]["step"] == 1
    assert said[0]["edit"] == "Emotion: happy 0% at 0 s, 50% at 0.5 s"
    ask(capsys, "offset", path, "browInnerUp", "--amount", 0.4)
    ask(capsys, "scale", path, "mouth", "--gain", 1.2)
    ask(capsys, "smooth", path, "--sigma", 0.1)
    with ProjectFile(path) as file:
        kinds = [type(layer).__name__ for layer in file.project.takes[0].layers]
    assert kinds == ["Emotion", "Offset", "Scale", "Smooth"]
    steps = ask(capsys, "history", path)[0]
    assert steps["head"] == 4
    assert len(steps["steps"]) == 5


def test_an_emotion_takes_the_place_of_the_last_one_unless_added(path, capsys):
    for to in ("happy", "sad"):
        ask(capsys, "emotion", path, "--to", to)
    ask(capsys, "emotion", path, "--to", "angry", "--intensity", 0.2, "--add")
    with ProjectFile(path) as file:
        assert [layer.label for layer in file.project.takes[0].layers] == ["sad", "angry"]
        assert [len(file.at(i).takes[0].layers) for i in range(4)] == [0, 1, 1, 2]


def test_undo_and_redo(path, capsys):
    ask(capsys, "emotion", path, "--to", "happy")
    ask(capsys, "offset", path, "jawOpen", "--amount", -0.2)
    assert ask(capsys, "undo", path)[0] == {"head": 1, "edit": "Offset: jawOpen -20%"}
    assert ask(capsys, "undo", path)[0]["edit"] == "Emotion: happy 100%"
    assert refuse(capsys, "undo", path)[1] == "Error: There is nothing to undo.\n"
    assert ask(capsys, "redo", path)[0] == {"head": 1, "edit": "Emotion: happy 100%"}
    ask(capsys, "emotion", path, "--to", "sad")
    assert "nothing to redo" in refuse(capsys, "redo", path)[1]


def test_export_changes_pictures_and_keeps_times_and_sound(path, capsys, tmp_path):
    ask(capsys, "emotion", path, "--to", "happy")
    out = tmp_path / "out.mp4"
    told = ask(capsys, "export", path, "-o", out, "--preset", "ultrafast")[0]
    before, after = probe(tmp_path / "film.mp4"), probe(out)
    assert told["frames"] == 20
    assert told["changed"] == 20
    assert np.array_equal(before.times.pts, after.times.pts)
    assert before.times.base == after.times.base
    assert audio_digest(tmp_path / "film.mp4") == audio_digest(out) != ""


def test_a_part_of_another_size_without_sound_and_beside_the_filmed(path, capsys, tmp_path):
    ask(capsys, "emotion", path, "--to", "happy")
    out, table = tmp_path / "out.mp4", tmp_path / "out.csv"
    part = ["--from", 0.25, "--to", 0.5, "--width", 160, "--no-sound", "--preset", "ultrafast"]
    told = ask(capsys, "export", path, "-o", out, "--coefficients", table, "--compare", *part)
    assert [t.get("rows", t.get("frames")) for t in told] == [7, 7, 7]
    film, both = probe(out), probe(tmp_path / "out-compare.mp4")
    filmed = probe(tmp_path / "film.mp4").times
    wanted = filmed.pts[5:12] - filmed.pts[5]  # frame 5 is on screen at 0.25 s
    assert (film.size, both.size) == ((160, 120), (320, 120))
    assert film.audio is both.audio is None
    rows = list(csv.DictReader(table.read_text().splitlines()))
    for pts in (film.times.pts, both.times.pts, [int(row["pts"]) for row in rows]):
        assert list(pts) == wanted.tolist()
    with ProjectFile(path) as file:
        jaw = engine.edited(file.project.takes[0])["expression"][5:12, ARKIT_INDEX["jawOpen"]]
    assert [float(row["jawOpen"]) for row in rows] == pytest.approx(jaw.tolist())
    left, right = (np.array([p.rgb for p in pictures(f.path)]) for f in (both, film))
    assert np.abs(left[:, :, 160:].astype(int) - right).mean() < 2
    assert (left[:, :, :160] != left[:, :, 160:]).any()


def test_a_part_that_is_not_there_is_refused_before_work(path, capsys, tmp_path):
    for part in (["--from", 9], ["--from", 0.5, "--to", 0.2], ["--width", 3]):
        said = refuse(capsys, "export", path, "-o", tmp_path / "o.mp4", *part)[1]
        assert said.startswith("Error: ")
        assert said.count("\n") == 1
    assert not (tmp_path / "o.mp4").exists()


def test_intensity_0_changes_no_picture(path, capsys, tmp_path):
    ask(capsys, "emotion", path, "--to", "happy", "--intensity", 0)
    told = ask(capsys, "export", path, "-o", tmp_path / "still", "--codec", "png")[0]
    assert told["changed"] == 0
    assert len(list((tmp_path / "still").glob("*.png"))) == 20
    ask(capsys, "export", path, "-o", tmp_path / "same.mp4", "--crf", 0)
    pairs = zip(*(pictures(tmp_path / n) for n in ("film.mp4", "same.mp4")), strict=True)
    for a, b in pairs:
        assert np.array_equal(a.rgb, b.rgb)


def test_coefficients_are_exact(path, capsys, tmp_path):
    ask(capsys, "emotion", path, "--to", "happy")
    table = tmp_path / "c.csv"
    for extra in ([], ["--filmed"]):
        assert ask(capsys, "export", path, "--coefficients", table, *extra)[0]["rows"] == 20
        with ProjectFile(path) as file:
            take = file.project.takes[0]
        track = take.track if extra else engine.edited(take)
        rows = list(csv.DictReader(table.read_text().splitlines()))
        assert [int(row["pts"]) for row in rows] == track.times.pts.tolist()
        for k, name in enumerate(ARKIT_NAMES):
            column = np.array([row[name] for row in rows], np.float32)
            assert np.array_equal(column, track["expression"][:, k])
        assert float(rows[3]["seconds"]) == pytest.approx(float(track.times.pts[3] / 24000))
        assert float(rows[3]["headTranslationZ"]) == 600
        assert {row["confidence"] for row in rows} == {"1"}


def test_info_of_both_kinds_of_file(path, capsys, tmp_path):
    told = ask(capsys, "info", path)[0]
    assert told["faces"][0]["frames_with_face"] == 20
    told = ask(capsys, "info", tmp_path / "film.mp4")[0]
    assert (told["size"], told["frames"], told["time_base"]) == ([320, 240], 20, "1/24000")
    assert told["rate"] == pytest.approx(24000 / 1001)


def test_relink_finds_a_moved_clip_and_refuses_another(path, capsys, tmp_path):
    (tmp_path / "film.mp4").rename(tmp_path / "moved.mp4")
    assert "has moved" in refuse(capsys, "export", path, "-o", tmp_path / "o.mp4")[1]
    other = acted.film(tmp_path, frames=5, name="other.mp4")
    assert "not the clip" in refuse(capsys, "relink", path, other)[1]
    ask(capsys, "relink", path, tmp_path / "moved.mp4")
    ask(capsys, "export", path, "-o", tmp_path / "o.mp4")


def test_quiet_says_nothing_and_text_reads_well(path, capsys):
    assert run(["emotion", str(path), "--to", "joy", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["history", str(path), "-q"]) == 0  # what was asked for is still said
    assert "→   1  Emotion: happy 100%" in capsys.readouterr().out
    assert run(["offset", str(path), "browInnerUp"]) == 0
    assert capsys.readouterr().out.startswith("Offset: browInnerUp 100% (Face 1), step 2 of ")


def test_doctor_finds_what_is_here(capsys):
    run(["doctor", "--json"])
    told = json.loads(capsys.readouterr().out)
    names = {f["name"]: f for f in told["findings"]}
    assert names["embedded head"]["fine"]
    assert names["libx264"]["fine"]
    assert names["face_trunk.tflite"]["found"].startswith("sha256 ")
    assert told["fit"] == all(f["fine"] is not False for f in told["findings"])


def test_doctor_names_a_damaged_network_and_how_to_mend_it(capsys, tmp_path, monkeypatch):
    from core import paths

    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "net.tflite").write_bytes(b"not what it was")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  net.tflite\n")
    real = paths.resource
    monkeypatch.setattr(paths, "resource", lambda n: folder if n == "models" else real(n))
    assert run(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "MISSING  net.tflite: A network is damaged" in out
    assert "→ install facestudio again" in out
