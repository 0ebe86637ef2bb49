"""Plug-ins on the command line: listed, used by name, named when they fail."""

import json

import pytest

from core import builtin
from core.cli.app import run
from core.media.probe import probe
from core.paths import data
from tests.cli import acted


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    builtin.forget()
    yield
    builtin.forget()


def test_doctor_lists_those_that_work_and_those_that_fail(capsys):
    folder = data() / "plugins"
    folder.mkdir(parents=True)
    (folder / "no_good.py").write_text("API = 9\ndef register(registry): ...\n")
    run(["doctor", "--json"])
    found = {f["name"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert found["clay_renderer"]["found"] == "renderer clay, renderer normals"
    assert found["live_link_face_export"]["fine"] is True
    assert "written for API 9" in found["no_good"]["found"]
    assert str(folder / "no_good.py") in found["no_good"]["mend"]


def test_export_takes_an_exporter_and_a_renderer(tmp_path, capsys):
    path = acted.project(tmp_path, frames=6)
    assert run(["export", str(path), "--exporter", "live-link-face", "-o",
                str(tmp_path / "face")]) == 0  # fmt: skip
    assert len((tmp_path / "face.csv").read_text().splitlines()) == 7
    film = tmp_path / "clay.mp4"
    assert run(["export", str(path), "--renderer", "clay", "-o", str(film),
                "--preset", "ultrafast"]) == 0  # fmt: skip
    assert len(probe(film).times) == 6
    capsys.readouterr()


@pytest.mark.parametrize("kind", ["exporter", "renderer"])
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(tmp_path, capsys, kind):
    path = acted.project(tmp_path, frames=6)
    out = tmp_path / "out.mp4"
    assert run(["export", str(path), f"--{kind}", "nothing", "-o", str(out)]) == 2
    told = capsys.readouterr().err
    assert f"There is no {kind} “nothing”; there are: " in told
    assert not out.exists()
