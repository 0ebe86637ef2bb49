"""The synthetic actor: exact visemes, a whole performance, and a picture."""

import contextlib
import json
import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera import Camera
from core.face.model import built_in
from core.paths import resource
from core.storage import ProjectFile
from core.synthetic.actor.performance import blink, frame_times, perform
from core.synthetic.actor.scene import Scene, developed
from core.synthetic.speech.visemes import (
    CONTROLS,
    RATE,
    TARGETS,
    Phoneme,
    articulation,
    expression,
)
from core.track import ARKIT_INDEX

WORD = [Phoneme("a", 0.2, 0.35), Phoneme("b", 0.35, 0.40), Phoneme("a", 0.40, 0.60)]


@given(st.sampled_from(["p", "b", "m"]), st.floats(0.03, 0.12))
def test_bilabials_close_whatever_surrounds_them(name, length):
    phonemes = [
        Phoneme("aɪ", 0.1, 0.3),
        Phoneme(name, 0.3, 0.3 + length),
        Phoneme("ɑ", 0.3 + length, 0.7),
    ]
    closed = articulation(phonemes, 0.8)[:, CONTROLS.index("closed")]
    assert closed.max() >= 0.95
    assert (closed > 0.9).sum() / RATE >= 0.02  # a 25th of a second cannot miss it


def test_the_mouth_opens_between_closures():
    curves = expression(articulation(WORD, 0.8))
    jaw = curves[:, ARKIT_INDEX["jawOpen"]]
    closure = int((0.375 - 0.03) * RATE)
    assert jaw[closure] < 0.1 < 0.3 < jaw.max()
    assert curves.min() >= 0
    assert curves.max() <= 1
    assert (curves[:, ARKIT_INDEX["mouthClose"]] <= jaw + 1e-9).all()


def test_rounded_vowels_pucker_and_spread_ones_do_not():
    pucker = CONTROLS.index("pucker")
    for vowel, rounded in (("uː", True), ("iː", False)):
        curves = articulation([Phoneme(vowel, 0.1, 0.5)], 0.7)
        assert bool(curves[:, pucker].max() > 0.5) is rounded


def test_every_target_names_a_control():
    assert {c for t in TARGETS.values() for c in t} <= set(CONTROLS)


def test_blinks_are_complete_and_short():
    t = np.arange(0, 5, 0.001)
    lids = blink(t)
    assert lids.max() == 1
    assert (lids > 0).mean() < 0.3


def test_a_performance_is_repeatable_and_in_range():
    times = frame_times(2)
    first, second = (perform(WORD, times, 3) for _ in range(2))
    assert np.array_equal(first.values, second.values)
    assert first["expression"].min() >= 0
    assert first["expression"].max() <= 1
    assert (first["confidence"] == 1).all()


def test_developing_is_monotone_and_black_stays_black():
    ramp = np.repeat(np.linspace(0, 3, 400)[None, :, None], 64, 0).repeat(3, 2)
    shown = developed(ramp, 0).mean((0, 2))
    assert shown[0] < 3
    assert np.diff(np.convolve(shown, np.ones(20) / 20, "valid")).min() >= -0.2
    assert shown[-1] > 230


@pytest.mark.slow
def test_a_picture_shows_skin_hair_and_the_room():
    face = built_in()
    track = perform(WORD, frame_times(1), 3)
    scene = Scene(face, np.zeros(len(face.identity), np.float32), Camera.of_frame(320, 180), 1)
    picture = scene.frame(track.look(0), track.look(0), 0)
    assert picture.shape == (180, 320, 3)
    middle, corner = picture[90:110, 150:170].mean((0, 1)), picture[5:15, 5:15].mean((0, 1))
    assert middle[0] > middle[2] + 20  # skin is red
    assert middle.mean() > corner.mean() + 40
    assert np.array_equal(picture, scene.frame(track.look(0), track.look(0), 0))


def test_the_bundled_truth_fits_the_bundled_head():
    face = built_in()
    with np.load(resource("demo/actor.npz"), allow_pickle=False) as truth:
        assert truth["shape"].shape == (len(face.identity),)
        assert len(truth["pts"]) == len(truth["values"]) == len(truth["landmarks_478"])
        marks = truth["landmarks_478"]
    assert marks.min() > 0
    assert (marks.max((0, 1)) < (1280, 720)).all()


def test_the_bundled_project_names_no_folder_of_the_machine_that_made_it(tmp_path):
    copy = tmp_path / "actor.facestudio"
    copy.write_bytes(resource("demo/actor.facestudio").read_bytes())
    with contextlib.closing(sqlite3.connect(copy)) as db:
        bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM documents")]
    clips = [clip for body in bodies for clip in body["clips"]]
    assert [(clip["path"], clip["was_at"]) for clip in clips] == [("actor.mp4", "actor.mp4")]
    with ProjectFile(copy) as file:
        assert len(file.project.takes) == 1
        assert file.project.clips[0].path == tmp_path / "actor.mp4"
