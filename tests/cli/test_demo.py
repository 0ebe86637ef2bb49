"""`demo`: the whole path on the clip that ships, as a new user meets it."""

import json

import cv2
import numpy as np
import pytest

from core.cli.app import run
from core.media.probe import probe
from core.media.sound import audio_digest
from core.paths import resource
from core.storage import ProjectFile


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_demo_makes_everything_it_names_anew(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    out = tmp_path / "demo"
    out.mkdir()
    for old in ("demo.facestudio", "happy.mp4", "before-after.png"):
        (out / old).write_text("of an earlier run")
    assert run(["demo", "-o", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    film, clip = out / "happy.mp4", resource("demo/actor.mp4")
    assert told["faces"] == 1
    assert told["changed"] > 0.9 * told["frames"]
    assert min(told["track_fps"], told["export_fps"]) > 0
    assert np.array_equal(probe(film).times.pts, probe(clip).times.pts)
    assert audio_digest(film) == audio_digest(clip) != ""
    sheet = cv2.imread(str(out / "before-after.png"))
    assert sheet.shape[1] > 1000
    half = (len(sheet) - 30) // 2  # the second row is not the first one again
    assert np.abs(sheet[26 : 26 + half].astype(int) - sheet[-half:]).mean() > 0.5
    assert sorted(p.name for p in out.iterdir()) == sorted(
        p.split("/")[-1] for p in told["files"]
    )
    with ProjectFile(out / "demo.facestudio") as file:
        assert file.labels[0] == "Track actor.mp4"
        assert file.project.takes[0].layers[0].label == "happy"
