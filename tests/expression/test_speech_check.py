"""What the check says of edited speech: nothing of an untouched face, and what was broken."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.exchange.check_csv import COLUMNS, write_check
from core.expression.keyframes import Envelope
from core.expression.layers import Emotion
from core.expression.speech_check import check_speech, disagreements
from core.track import ARKIT_INDEX
from tests.expression.editors import guide
from tests.expression.mouths import talking

TRACK, EVIDENCE = talking()
GUIDE = guide()
LOOKS = np.random.default_rng(0).normal(size=(len(TRACK), 20, 40)).astype(np.float32)


def opened(mm):
    """Return the track with lips that are open further throughout."""
    face = TRACK["expression"].copy()
    row = EVIDENCE.articulation.gradient[0]
    jaw = ARKIT_INDEX["jawOpen"]
    face[:, jaw] += mm / row[jaw]
    return TRACK.with_group("expression", face)


def test_an_untouched_face_has_not_drifted():
    found = check_speech(TRACK, TRACK, EVIDENCE, LOOKS, GUIDE)
    assert not found.drift.any()
    assert found.closures > 0
    assert found.lost == 0
    assert found.opening == pytest.approx(1)
    assert found.jitter == pytest.approx((1, 1))
    assert np.array_equal(found.disagreement[0], found.disagreement[1])
    assert found.worst == ()


def test_lips_that_no_longer_close_are_told_first():
    found = check_speech(TRACK, opened(3.0), EVIDENCE, None, GUIDE)
    assert found.lost == found.closures
    assert found.worst[0].reason == "closure lost"
    assert found.worst[0].amount == pytest.approx(3, abs=0.01)
    assert np.isnan(found.disagreement).all()
    assert found.drift.min() > 0
    kept = check_speech(TRACK, opened(0.3), EVIDENCE, None, GUIDE)
    assert kept.lost == 0


def test_the_guard_leaves_no_closure_to_find():
    edited = Emotion("surprised", Envelope.constant(1.5)).apply(TRACK, EVIDENCE)
    assert check_speech(TRACK, edited, EVIDENCE, None, GUIDE).lost == 0


def test_a_tremble_is_told():
    face = TRACK["expression"].copy()
    face[::2, ARKIT_INDEX["browInnerUp"]] += 0.3
    found = check_speech(TRACK, TRACK.with_group("expression", face), EVIDENCE, None, GUIDE)
    assert found.jitter[0] > 2
    assert found.jitter[1] == pytest.approx(1)


def test_disagreement_is_the_mean_difference_of_distances():
    rng = np.random.default_rng(1)
    said, heard = rng.normal(size=(2, 5, 128))
    seen = np.array([True, True, False, True, True])
    found = disagreements(GUIDE, said, heard, seen, 1.0)
    others = [1, 3]  # of the third: within two seconds, with a face
    assert np.isnan(found[2])
    wanted = np.mean(
        [
            abs(
                GUIDE.w * np.linalg.norm(said[j] - said[0])
                + GUIDE.b
                - np.linalg.norm(heard[j] - heard[0])
            )
            for j in (1,)
        ]
    )
    assert found[0] == pytest.approx(wanted)
    assert np.isfinite(found[others]).all()


def test_a_face_alone_has_nothing_to_be_compared_with():
    values = TRACK.values.copy()
    values[:, -1] = 0
    track = replace(TRACK, values=values)
    found = check_speech(track, track, EVIDENCE, LOOKS, GUIDE)
    assert np.isnan(found.disagreement).all()
    assert not found.drift.any()


def test_the_table_has_a_row_a_frame(tmp_path):
    found = check_speech(TRACK, opened(1.0), EVIDENCE, None, GUIDE)
    assert write_check(found, TRACK.times, tmp_path / "c.csv") == len(TRACK)
    with (tmp_path / "c.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [int(r["pts"]) for r in rows] == TRACK.times.pts.tolist()
    assert rows[3]["disagreement_filmed"] == ""
    apart = [float(r["opening_mm_edited"]) - float(r["opening_mm_filmed"]) for r in rows]
    assert apart == pytest.approx([1.0] * len(rows), abs=1e-3)
