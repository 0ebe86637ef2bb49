"""The verbs of the talking corpus, of styles and of the learned emotion."""

import ctypes.util
import json
from types import SimpleNamespace

import numpy as np
import pytest

from core import engine
from core.cli.app import run
from core.corpus.files import read_corpus
from core.errors import NoFaceError
from core.expression import layers, learned, manipulator
from core.expression.emotions import LABELS
from core.storage import ProjectFile
from tests.cli import acted
from tests.expression.editors import editor


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path.parent / "state"))
    return acted.project(tmp_path)


@pytest.fixture
def net(monkeypatch):
    """Return random networks as the editor that ships."""
    net = editor(out=0.1)
    for room in (manipulator, learned, layers):
        monkeypatch.setattr(room, "shipped", lambda: net)
    for room in (manipulator, learned):
        monkeypatch.setattr(room, "reader", lambda: net)
    return net


@pytest.fixture
def filmed(path, monkeypatch):
    """Return the project; its face is what is followed in any video."""
    with ProjectFile(path) as file:
        document = file.project
    asked = []

    def reconstruct(video, **wishes):
        asked.append((video.name, wishes.get("neutral")))
        return document.clips[0], list(document.takes)

    monkeypatch.setattr(engine, "reconstruct", reconstruct)
    monkeypatch.setattr(engine, "neutral_of", lambda video, **_: f"rest of {video.name}")
    return SimpleNamespace(path=path, take=document.takes[0], asked=asked)


def ask(capsys, *words):
    code = run([*map(str, words), "--json"])
    out = capsys.readouterr()
    assert code == 0, out.err
    return [json.loads(line) for line in out.out.splitlines()]


def refuse(capsys, *words):
    """Return the exit code and the one sentence of a refusal."""
    code = run([*map(str, words)])
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.startswith("Error: ")
    assert out.err.count("\n") == 1
    return code, out.err


def last(path):
    with ProjectFile(path) as file:
        return file.project.takes[0].layers[-1]


def steps(path):
    with ProjectFile(path) as file:
        return len(file.labels)


def test_a_tiny_corpus_is_made(capsys, tmp_path):
    if ctypes.util.find_library("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian: apt-get install espeak-ng)")
    folder = tmp_path / "c"
    words = ["corpus", folder, "--small", "--voices", 1, "--sentences", 1, "--workers", 1]
    told = ask(capsys, *words, "--exact")[0]
    assert told["clips"] == 3 * 3  # splits, emotions
    made = read_corpus(folder)
    assert sum(e.frames for e in made.entries) == told["frames"]
    assert made.made["tracker"] is False
    clip = made.clip(made.entries[0].name)
    assert np.array_equal(clip.expression.astype(np.float16), clip.truth["expression"])
    code, said = refuse(capsys, *words)
    assert code == 2
    assert said.endswith(f"a new or an empty folder: {folder}\n")
    assert read_corpus(folder).entries == made.entries


def test_a_corpus_is_not_written_over_anything(capsys, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    for place in (tmp_path, tmp_path / "mine.txt"):
        code, said = refuse(capsys, "corpus", place, "--voices", 1, "--sentences", 1)
        assert code == 2
        assert "new or an empty folder" in said
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]


def test_an_emotion_has_to_be_said_somehow(capsys, path):
    code, said = refuse(capsys, "emotion", path)
    assert code == 2
    assert "--to happy, --reference VIDEO or --style FILE" in said
    assert steps(path) == 1


def test_there_is_no_other_method(capsys, path, net):
    code, said = refuse(capsys, "emotion", path, "--to", "happy", "--method", "nonsense")
    assert code == 2
    assert "direct or learned, not nonsense" in said
    code, said = refuse(capsys, "emotion", path, "--to", "contempt", "--method", "learned")
    assert code == 2
    assert "contempt" in said
    assert steps(path) == 1


def test_the_method_is_kept_in_the_project(capsys, path, net):
    ask(capsys, "emotion", path, "--to", "joy", "--method", "learned")
    assert (last(path).label, last(path).method, last(path).style) == ("happy", "learned", ())
    ask(capsys, "emotion", path, "--to", "sad")
    assert last(path).method == "direct"
    with ProjectFile(path) as file:
        learned_take, direct = file.at(1).takes[0], file.project.takes[0]
    filmed = direct.track["expression"]
    edits = [engine.edited(take)["expression"] - filmed for take in (learned_take, direct)]
    assert all(np.abs(x).max() > 0.01 for x in edits)


def test_a_style_is_taken_from_a_video_and_put_on(capsys, filmed, net, tmp_path):
    style = tmp_path / "s.safetensors"
    told = ask(capsys, "style", tmp_path / "film.mp4", "-o", style, "--name", "My joy")[0]
    assert told["nearest"] in LABELS
    ask(capsys, "emotion", filmed.path, "--style", style)
    layer = last(filmed.path)
    assert layer.method == "learned"
    assert layer.label == told["nearest"]
    found = engine.style_of(tmp_path / "film.mp4", engine.Ticket())
    assert layer.style[:16] == pytest.approx(found.numbers.tolist())
    assert found.name == "film"
    ask(capsys, "emotion", filmed.path, "--style", style, "--to", "sad")
    assert last(filmed.path).label == "sad"
    assert last(filmed.path).style == layer.style


def test_a_reference_is_the_same_without_a_file(capsys, filmed, net, tmp_path):
    ask(capsys, "emotion", filmed.path, "--reference", tmp_path / "film.mp4")
    found = engine.style_of(tmp_path / "film.mp4", engine.Ticket())
    assert last(filmed.path).style[:16] == pytest.approx(found.numbers.tolist())


def test_a_neutral_video_is_what_the_face_is_read_against(capsys, filmed, net, tmp_path):
    words = ["style", tmp_path / "film.mp4", "-o", tmp_path / "s.safetensors"]
    ask(capsys, *words, "--neutral", tmp_path / "calm.mp4")
    ask(capsys, *words)
    assert filmed.asked == [("film.mp4", "rest of calm.mp4"), ("film.mp4", None)]


def test_a_reference_is_not_put_on_directly(capsys, filmed, net, tmp_path):
    words = ["--reference", tmp_path / "film.mp4", "--method", "direct"]
    code, said = refuse(capsys, "emotion", filmed.path, *words)
    assert code == 2
    assert "leave out --method" in said
    assert filmed.asked == []  # before any work


def test_a_style_of_other_networks_is_refused(capsys, filmed, net, tmp_path, monkeypatch):
    style = tmp_path / "s.safetensors"
    ask(capsys, "style", tmp_path / "film.mp4", "-o", style)
    monkeypatch.setattr(manipulator, "reader", lambda: editor(seed=1))
    code, said = refuse(capsys, "emotion", filmed.path, "--style", style)
    assert code == 1
    assert "other networks" in said
    code, said = refuse(capsys, "emotion", filmed.path, "--style", tmp_path / "none")
    assert code == 1
    assert steps(filmed.path) == 1


def test_a_style_into_a_folder_that_is_not_there_is_refused_before_work(
    capsys, filmed, net, tmp_path
):
    refuse(capsys, "style", tmp_path / "film.mp4", "-o", tmp_path / "no" / "s.safetensors")
    assert filmed.asked == []


def test_a_reference_without_a_face_is_one_sentence(capsys, path, net, tmp_path, monkeypatch):
    def nobody(video, **_):
        raise NoFaceError(f"No face was seen: {video}")

    monkeypatch.setattr(engine, "reconstruct", nobody)
    code, said = refuse(capsys, "emotion", path, "--reference", tmp_path / "film.mp4")
    assert code == 1
    assert "No face" in said
    assert steps(path) == 1


def test_the_check_of_an_unedited_project_finds_nothing(capsys, path, tmp_path):
    found = ask(capsys, "check", path, "-o", tmp_path / "check.csv")[-1]
    assert found["lost"] == 0
    assert found["drift"] == 0
    assert found["opening"] == pytest.approx(1)
    assert found["disagreement_before"] == pytest.approx(found["disagreement_after"])
    rows = (tmp_path / "check.csv").read_text().splitlines()
    assert len(rows) == 21
    assert float(rows[1].split(",")[3]) > 0  # the film has sound


def test_the_check_hears_and_sees_an_edit(capsys, path):
    before = ask(capsys, "check", path)[-1]
    ask(capsys, "emotion", path, "--to", "surprised")
    after = ask(capsys, "check", path)[-1]
    assert after["drift"] > 0.1
    assert after["disagreement_before"] == pytest.approx(before["disagreement_before"])
    assert after["disagreement_after"] != pytest.approx(after["disagreement_before"])


def test_a_check_without_its_film_is_one_sentence(capsys, path):
    (path.parent / "film.mp4").unlink()
    code, said = refuse(capsys, "check", path)
    assert code == 1
    assert "film.mp4" in said
