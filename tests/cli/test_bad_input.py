"""Bad input: one clear sentence, a non-zero exit code, and nothing left behind."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import pytest

from core import schema
from core.cli.app import run
from core.media.probe import probe
from core.media.sound import audio_digest
from core.storage import ProjectFile
from tests.cli import acted
from tests.media.clips import add_sound_stream, write_sound

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_log(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def contents(folder):
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(capsys, folder, *words, code=1):
    """Return the one sentence of a verb that must fail and change nothing in `folder`."""
    before = contents(folder)
    assert run([str(word) for word in words]) == code
    out = capsys.readouterr()
    assert out.out == ""
    assert contents(folder) == before
    return sentence(out.err)


def sentence(err):
    lines = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    assert "fault of facestudio" not in err
    return lines[0].removeprefix("Error: ")


VERBS = {
    "track": lambda video, folder: ("track", video, "-o", folder / "new.facestudio"),
    "emotion": lambda video, folder: (
        "emotion",
        video,
        "--to",
        "sad",
        "-o",
        folder / "new.mp4",
    ),
}


@pytest.fixture(params=sorted(VERBS))
def words(request, tmp_path):
    return lambda video: VERBS[request.param](video, tmp_path)


def test_not_a_video(words, capsys, tmp_path):
    video = tmp_path / "notes.mp4"
    video.write_text("These are my notes. " * 200)
    assert refused(capsys, tmp_path, *words(video)).startswith("This is not a video file")


def test_truncated_file(words, capsys, tmp_path):
    film = acted.film(tmp_path)
    video = tmp_path / "cut.mp4"
    video.write_bytes(film.read_bytes()[:3000])
    assert "cut off or damaged" in refused(capsys, tmp_path, *words(video))


def test_empty_file(words, capsys, tmp_path):
    (tmp_path / "empty.mp4").touch()
    assert "empty" in refused(capsys, tmp_path, *words(tmp_path / "empty.mp4"))


def test_no_video_stream(words, capsys, tmp_path):
    video = tmp_path / "song.mp4"
    with av.open(str(video), "w") as out:
        stream = add_sound_stream(out)
        out.start_encoding()
        write_sound(out, stream)
    assert "no video stream" in refused(capsys, tmp_path, *words(video))


def test_zero_frames(words, capsys, tmp_path):
    video = tmp_path / "nothing.mp4"
    with av.open(str(video), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.codec_context.width, stream.codec_context.height = 64, 48
        stream.codec_context.pix_fmt = "yuv420p"
        out.start_encoding()
    said = refused(capsys, tmp_path, *words(video))
    assert "no frame" in said or "no video stream" in said


def test_no_face_anywhere(words, capsys, tmp_path):
    video = acted.film(tmp_path)  # a gradient and a moving block
    assert refused(capsys, tmp_path, *words(video)).startswith("No face was found")


def test_missing_file(words, capsys, tmp_path):
    assert "no such file" in refused(capsys, tmp_path, *words(tmp_path / "none.mp4"))


def test_a_folder_for_a_video(words, capsys, tmp_path):
    (tmp_path / "dir").mkdir()
    assert "folder" in refused(capsys, tmp_path, *words(tmp_path / "dir"))


@pytest.fixture
def open_folder():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_unreadable_path(verb, capsys, open_folder):
    tmp_path, words = open_folder, lambda video: VERBS[verb](video, open_folder)
    video = acted.film(tmp_path)
    assert run([str(w) for w in words(tmp_path / "none.mp4")]) == 1  # loads all modules
    capsys.readouterr()
    video.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:  # root may read everything
            os.seteuid(65534)
        code = run([str(w) for w in words(video)])
    finally:
        os.seteuid(user)
    assert code == 1
    assert "not allowed to read" in sentence(capsys.readouterr().err)
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


def test_an_address_is_not_fetched(words, capsys, tmp_path):
    said = refused(capsys, tmp_path, *words("http://127.0.0.1:9/a.mp4"))
    assert said.startswith(("Only files on this computer", "There is no such file"))


def test_output_folder_missing(capsys, tmp_path):
    path = acted.project(tmp_path)
    none = tmp_path / "none"
    for words in (
        ("export", path, "-o", none / "a.mp4"),
        ("export", path, "--coefficients", none / "a.csv"),
        ("emotion", path, "--to", "sad", "-o", none / "a.mp4"),
        ("track", tmp_path / "film.mp4", "-o", none / "a.facestudio"),
    ):
        assert "folder does not exist" in refused(capsys, tmp_path, *words)


def test_output_is_a_folder_or_the_clip_itself(capsys, tmp_path):
    path = acted.project(tmp_path)
    (tmp_path / "d.mp4").mkdir()
    assert "folder" in refused(capsys, tmp_path, "export", path, "-o", tmp_path / "d.mp4")
    clip = tmp_path / "film.mp4"
    assert "overwrite the clip" in refused(capsys, tmp_path, "export", path, "-o", clip)


def test_unknown_kind_of_output(capsys, tmp_path):
    path = acted.project(tmp_path)
    assert "must end in" in refused(capsys, tmp_path, "export", path, "-o", tmp_path / "a.gif")
    words = ("export", path, "-o", tmp_path / "a.mp4", "--codec", "vp9")
    assert "h264, prores, png" in refused(capsys, tmp_path, *words, code=2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits file sizes")
def test_output_disk_full(tmp_path):
    path = acted.project(tmp_path)
    before = contents(tmp_path)
    # A limit on the size of files stands in for the full disk: the same errors of write().
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "from core.cli.app import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    for words in (
        ["export", path, "-o", tmp_path / "a.mp4", "--crf", "0"],
        ["export", path, "--coefficients", tmp_path / "a.csv"],
    ):
        child = subprocess.run(
            [sys.executable, "-c", code, *map(str, words)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert child.returncode == 1, child.stderr
        assert "larger than this disk allows" in sentence(child.stderr)
        assert contents(tmp_path) == before


def test_unknown_emotion_lists_the_known(capsys, tmp_path):
    path = acted.project(tmp_path)
    said = refused(capsys, tmp_path, "emotion", path, "--to", "gleeful", code=2)
    for known in ("happy", "sad", "angry", "surprised", "fear", "disgusted", "neutral"):
        assert known in said
    said = refused(capsys, tmp_path, "emotion", "none.mp4", "--to", "x", "-o", "y.mp4", code=2)
    assert "gleeful" not in said


MALFORMED = ("0", "0:x", "a:1", "0:0,0:1", "2:0,1:1", "0:0;1:1", "0:1:wobbly", "0:nan", "-1:0")


@pytest.mark.parametrize("curve", [*MALFORMED, "0:9", "1/0:1", ",", "0:0,"])
def test_malformed_curve(capsys, tmp_path, curve):
    path = acted.project(tmp_path)
    refused(capsys, tmp_path, "emotion", path, "--to", "happy", f"--curve={curve}", code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("--intensity", "2"),
        ("--intensity", "nan"),
        ("--guard", "1.5"),
        ("--face", "2"),
        ("--face", "0"),
        ("--face", "left"),
        ("--intensity", "much"),
    ],
)
def test_options_out_of_range(capsys, tmp_path, words):
    path = acted.project(tmp_path)
    refused(capsys, tmp_path, "emotion", path, "--to", "happy", *words, code=2)


def test_unknown_shape_verb_and_option(capsys, tmp_path):
    path = acted.project(tmp_path)
    said = refused(capsys, tmp_path, "offset", path, "smileMore", code=2)
    assert "browInnerUp" in said
    refused(capsys, tmp_path, "ofset", path, code=2)
    refused(capsys, tmp_path, "undo", path, "--sideways", code=2)
    refused(capsys, tmp_path, "export", path, code=2)
    refused(capsys, tmp_path, "emotion", tmp_path / "film.mp4", "--to", "sad", code=2)


def test_damaged_project(capsys, tmp_path):
    path = acted.project(tmp_path)
    path.write_bytes(path.read_bytes()[:20000])
    for words in (["info", path], ["undo", path], ["emotion", path, "--to", "sad"]):
        assert "damaged" in refused(capsys, tmp_path, *words)


def test_a_video_named_like_a_project(capsys, tmp_path):
    path = acted.film(tmp_path).rename(tmp_path / "p.facestudio")
    assert "not a facestudio project" in refused(capsys, tmp_path, "info", path)


def test_project_of_a_newer_version(capsys, tmp_path):
    path = acted.project(tmp_path)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()
    for words in (["export", path, "-o", tmp_path / "a.mp4"], ["history", path]):
        said = refused(capsys, tmp_path, *words)
        assert said.startswith("A newer facestudio made this project")


def test_project_open_elsewhere(capsys, tmp_path):
    path = acted.project(tmp_path)
    with ProjectFile(path):
        assert run(["undo", str(path)]) == 1
        assert "open in another window" in sentence(capsys.readouterr().err)


def test_track_does_not_write_over_a_project(capsys, tmp_path):
    path = acted.project(tmp_path)
    said = refused(capsys, tmp_path, "track", tmp_path / "film.mp4", "-o", path)
    assert "--replace" in said


def test_clip_missing_or_changed(capsys, tmp_path):
    path = acted.project(tmp_path)
    clip, out = tmp_path / "film.mp4", tmp_path / "a.mp4"
    data = clip.read_bytes()
    clip.write_bytes(data[:-20] + bytes(20))
    assert "has changed" in refused(capsys, tmp_path, "export", path, "-o", out)
    clip.unlink()
    assert "relink" in refused(capsys, tmp_path, "export", path, "-o", out)


def test_audio_longer_than_video_works(capsys, tmp_path):
    path = acted.project(tmp_path, frames=10, seconds=3.0)
    out = tmp_path / "out.mp4"
    assert run(["emotion", str(path), "--to", "happy", "-o", str(out), "-q"]) == 0
    assert capsys.readouterr().err == ""
    assert audio_digest(out) == audio_digest(tmp_path / "film.mp4") != ""
    assert len(probe(out).times) == 10


def test_a_fault_of_the_program_is_owned_up_to(capsys, tmp_path, monkeypatch):
    from core import engine

    def broken(*_):
        raise RuntimeError("deep inside\nsecond line")

    monkeypatch.setattr(engine, "faces", broken)
    assert run(["emotion", str(acted.project(tmp_path)), "--to", "sad"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Error: This is a fault of facestudio (RuntimeError: deep inside)")
    log = Path(err.split("details are in ")[1].strip())
    assert "second line" in log.read_text()
