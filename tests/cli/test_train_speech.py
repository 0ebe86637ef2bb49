"""The six stages of the speech-aware training, run as a user runs them."""

import json

import numpy as np
import pytest

from core.cli.app import run
from core.expression.manipulator import Manipulator
from core.expression.scmc import Guide
from core.weights import checked

pytest.importorskip("torch")


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "work"


def ask(capsys, *words):
    code = run(["train", *map(str, words), "--json"])
    out = capsys.readouterr()
    assert code == 0, out.err
    return json.loads(out.out.splitlines()[-1])


def refuse(capsys, *words):
    """Return the exit code and the one sentence of a refusal."""
    code = run(["train", *map(str, words)])
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.startswith("Error: ")
    assert out.err.count("\n") == 1
    return code, out.err


@pytest.mark.slow
def test_all_stages_one_after_the_other(capsys, tones, work, tmp_path):
    few = ["--steps", 3]
    there = [tones.folder, "--work", work]
    told = ask(capsys, "scmc-align", *there)
    assert told["refused"] == []
    assert told["pairs"] > 200
    table = json.loads((work / "aligned.json").read_text())["aligned"]
    assert set(table["en-us"]) == {"angry", "happy"}
    for verb, name in (("scmc-audio", "voice"), ("scmc-expression", "face")):
        told = ask(capsys, verb, *there, *few)
        assert len(told["losses"]) == 3
        assert set(told["scores"]) == {
            f"{name} {x}" for x in ("top 1", "top 5", "same", "others")
        }
        assert (work / f"{name}.ckpt").exists()
    kept = (work / "voice.ckpt").read_bytes()
    told = ask(capsys, "scmc-joint", *there, *few)
    assert (work / "voice.ckpt").read_bytes() == kept  # taken up, not trained anew
    guide = Guide.of_file(checked(work / "scmc.safetensors"))
    assert told["report"] == json.loads((work / "report.json").read_text())
    told = ask(capsys, "scmc-distances", *there)
    assert set(told["within"]) == {
        "neutral>happy", "happy>neutral", "neutral>angry", "angry>neutral"
    }  # fmt: skip
    assert (work / "distances.safetensors").exists()
    out = tmp_path / "new"
    told = ask(capsys, "manipulator", *there, *few, "-o", out, "--device", "cpu")
    path = out / "manipulator_read.safetensors"
    assert told["weights"] == str(path)
    assert {"paired", "distance", "cycle"} <= set(told["metrics"])
    trained = Manipulator.of_file(checked(path))
    face = np.zeros((12, 53), np.float32)
    change = trained.change(face, trained.style_of_label("happy").numbers)
    assert change.any()
    assert guide.see(face).shape == (12, 128)
    assert "--supervision both" in path.with_suffix(".md").read_text()
    again = ask(capsys, "manipulator", *there, *few, "-o", tmp_path / "two", "--device", "cpu")
    assert again["metrics"] == told["metrics"]
    ask(capsys, "scmc-joint", tones.folder, "--work", work / "acted", *few, "--acted")
    there = [tones.folder, "--work", work / "acted", "--acted"]
    told = ask(capsys, "manipulator", *there, *few, "-o", out, "--device", "cpu")
    assert told["weights"] == str(out / "manipulator.safetensors")


def test_stages_that_need_an_earlier_one_say_which(capsys, tones, work, tmp_path):
    for verb in ("scmc-distances", "manipulator"):
        code, said = refuse(capsys, verb, tones.folder, "--work", work)
        assert code == 1
        assert "facestudio train scmc-joint" in said


def test_what_is_no_corpus_is_refused(capsys, work, tmp_path):
    code, said = refuse(capsys, "scmc-align", tmp_path, "--work", work)
    assert code == 1
    assert "facestudio corpus" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--supervision", "pared"], "no supervision 'pared'"),
        (["--size", "huge"], "no size 'huge'"),
    ],
)
def test_settings_that_are_not_there_are_refused(capsys, tones, work, words, said, tmp_path):
    out = tmp_path / "new"
    code, told = refuse(capsys, "manipulator", tones.folder, "--work", work, "-o", out, *words)
    assert code == 2
    assert said in told
    assert not out.exists()


@pytest.mark.parametrize("verb", ["scmc-align", "scmc-joint", "scmc-distances", "manipulator"])
def test_without_torch_it_says_what_to_install(verb, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, said = refuse(capsys, verb, tmp_path, "--work", tmp_path / "w")
    assert code == 1
    assert "pip install 'facestudio[train]'" in said
    assert list(tmp_path.iterdir()) == []
