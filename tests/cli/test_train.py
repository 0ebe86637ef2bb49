"""The training verb, on a handful of pictures."""

import json

import pytest

from core.cli.app import run
from core.reconstruction.coefficients import CoefficientNet
from core.weights import checked


def test_without_torch_it_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(["train", "coefficients", "-o", str(tmp_path / "new")]) == 1
    assert "pip install 'facestudio[train]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_training_makes_weights_with_a_card_and_a_digest(tmp_path, capsys):
    pytest.importorskip("torch")
    words = ["train", "coefficients", "-o", str(tmp_path / "new"), "--clips", "40"]
    assert run([*words, "--epochs", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    path = tmp_path / "new" / "coefficients.safetensors"
    assert told["weights"] == str(path)
    CoefficientNet.of_file(checked(path))
    assert "facestudio train coefficients" in path.with_suffix(".md").read_text()
