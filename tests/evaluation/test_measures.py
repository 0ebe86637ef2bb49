"""Scores against numbers written out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ShapeError
from core.evaluation.expression.measures import (
    MOUTH,
    Head,
    correlation,
    head,
    is_bilabial,
    score,
    summary,
)
from core.expression.emotions import LABELS, units
from core.face.model import built_in
from core.synthetic.speech.visemes import LEAD_S, Phoneme
from core.synthetic.talk.actors import everybody
from core.synthetic.talk.make import true_face
from core.track import ARKIT_INDEX
from tests.evaluation.faces import STEP, clip_of
from tests.expression.mouths import articulation

JAW, CLOSE, BROW = (ARKIT_INDEX[n] for n in ("jawOpen", "mouthClose", "browInnerUp"))
MM = 38.0  # of aperture for a whole jawOpen of the simple mouth


def simple():
    """Return a head whose numbers are round: two lip vertices and one brow."""
    lips = np.zeros((52, 2, 3), np.float32)
    lips[JAW] = [[0, -3, 0], [0, -30, 40]]
    upper = np.zeros(52, np.float32)
    upper[BROW] = 6
    return Head(articulation(), lips, upper)


def talking(F=50):
    """Return (F, 52) with an open mouth which closes at frames 20..22, and what is said."""
    face = np.zeros((F, 52), np.float32)
    face[:, JAW] = 0.2 + 0.05 * np.sin(np.arange(F))
    face[20:23, JAW] = 0
    at = 20 * STEP + LEAD_S
    said = [
        Phoneme("a", LEAD_S, at), Phoneme("b", at, at + 2 * STEP),
        Phoneme("a", at + 2 * STEP, F * STEP),
    ]  # fmt: skip
    return face, said


def test_the_truth_against_itself_is_perfect():
    who = everybody(1, "test")[0]
    clip = clip_of(who, "happy", 7)
    phonemes = [
        Phoneme(str(n), *t)
        for n, t in zip(clip.truth["phonemes"], clip.truth["phoneme_times"], strict=True)
    ]
    for emotion in LABELS:
        truth = true_face(who, clip, emotion)
        found = score(truth, truth, phonemes, STEP, head())
        assert (found.mouth_mm, found.lip_mm, found.upper_mm) == (0, 0, 0)
        assert (found.closures, found.missed, found.false_closures) == (3, 0, 0)
        assert found.jaw == pytest.approx(1)
        assert found.aperture == pytest.approx(1)
        assert found.jitter == 1
        assert found.seconds == pytest.approx(len(truth) * STEP)


def test_millimetres_are_those_of_the_coordinates():
    face, said = talking()
    edited = face.copy()
    edited[::2, JAW] += 0.1
    edited[:, BROW] += 0.5
    found = score(edited, face, said, STEP, simple())
    gradient = articulation().gradient[[articulation().names.index(n) for n in MOUTH], JAW]
    assert found.mouth_mm == pytest.approx(math.sqrt((0.1 * gradient) @ (0.1 * gradient) / 12))
    assert found.lip_mm == pytest.approx(0.1 * 50 / 2)  # the worse vertex, every other frame
    assert found.upper_mm == pytest.approx(3)


def test_lip_vertices_and_brows_are_those_of_the_head_that_ships():
    face, on = built_in(), head()
    one = np.zeros((1, 52), np.float32)
    one[0, [JAW, BROW]] = 0.3, 0.2
    moved = face.deformed(face.neutral, one) - face.neutral
    far = np.linalg.norm(moved[0, face.parts["lips"]], axis=1).max()
    found = score(one, np.zeros_like(one), [], STEP, on)
    assert found.lip_mm == pytest.approx(far, rel=1e-3)
    many = np.count_nonzero(on.upper)
    assert found.upper_mm == pytest.approx(0.2 * units()[BROW] / math.sqrt(many), rel=1e-5)


def test_a_lip_opened_by_two_millimetres_at_a_b_is_a_miss():
    face, said = talking()
    for mm, missed in ((0, 0), (0.9, 0), (1.1, 1), (2, 1)):
        edited = face.copy()
        edited[:, JAW] += mm / MM
        found = score(edited, face, said, STEP, simple())
        assert (found.closures, found.missed) == (1, missed)
    # A frame of closing anywhere in the sound, or one beside it, is a closure.
    for frame, missed in ((19, 0), (21, 0), (23, 0), (18, 1), (24, 1)):
        edited = face.copy()
        edited[:, JAW] += 2 / MM
        edited[frame, JAW] = 0
        assert score(edited, face, said, STEP, simple()).missed == missed


def test_a_closure_is_one_only_where_the_truth_closes():
    face, said = talking()
    lazy = face.copy()
    lazy[20:23, JAW] = 3 / MM
    found = score(face, lazy, said, STEP, simple())
    assert (found.closures, found.missed) == (0, 0)
    assert math.isnan(summary([found]).missed)


def test_lips_that_close_in_the_middle_of_a_vowel_are_false():
    face, said = talking()
    edited = face.copy()
    edited[8:11, JAW] = 0
    edited[40, JAW] = 0
    assert score(edited, face, said, STEP, simple()).false_closures == 2
    early = face.copy()
    early[19, JAW] = 0  # a frame too soon is not another closure
    assert score(early, face, said, STEP, simple()).false_closures == 0
    silent = [replace(p, name="") for p in said]
    assert score(edited, face, silent, STEP, simple()).false_closures == 0


@pytest.mark.parametrize("name", ["p", "b", "m", "ˈm", "mː", "m̩", "ˌb"])
def test_marks_hide_no_bilabial(name):
    assert is_bilabial(name)


@pytest.mark.parametrize("name", ["", "f", "ˈ", "a", "n̩", "w"])
def test_other_sounds_are_none(name):
    assert not is_bilabial(name)


def test_jitter_is_the_ratio_of_second_differences():
    face, said = talking()
    face[20:23, JAW] = 0.2  # no closures
    shaken = face.copy()
    shaken[:, BROW] = 0.1 * (np.arange(50) % 2)
    bend = np.abs(np.diff(face[:, JAW], 2))
    expected = np.hypot(bend, 0.4 * 0.5 * 2 * 0.5).mean()  # 0.1 up and down bends by 0.2
    assert score(shaken, face, said, STEP, simple()).jitter == pytest.approx(
        expected / bend.mean(), rel=1e-4
    )


def test_correlation_is_pearsons():
    a, b = np.random.default_rng(3).normal(size=(2, 40))
    assert correlation(a, b) == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert correlation(a, -2 * a + 1) == pytest.approx(-1)
    assert correlation(np.ones(40), b) == 0
    assert math.isnan(correlation(a, np.ones(40)))
    assert math.isnan(correlation(a[:1], b[:1]))


def test_what_cannot_be_said_is_nan_and_left_out_of_means():
    still = np.zeros((2, 52), np.float32)
    empty = score(still, still, [], STEP, simple())
    assert (empty.mouth_mm, empty.closures) == (0, 0)
    assert all(math.isnan(x) for x in (empty.jaw, empty.aperture, empty.jitter))
    none = score(still[:0], still[:0], [Phoneme("b", 0, 0.1)], STEP, simple())
    assert (none.closures, none.false_closures) == (0, 0)
    assert math.isnan(none.lip_mm)
    face, said = talking()
    full = score(face, face, said, STEP, simple())
    both = summary([empty, full])
    assert (both.clips, both.closures, both.jaw, both.jitter) == (2, 1, pytest.approx(1), 1)
    assert math.isnan(summary([]).mouth_mm)


def test_rates_are_of_all_closures_and_all_minutes():
    face, said = talking()
    one = score(face, face, said, STEP, simple())
    found = summary(
        [
            replace(one, closures=9, missed=1, false_closures=1, seconds=10.0),
            replace(one, closures=1, missed=1, false_closures=2, seconds=20.0),
        ]
    )
    assert (found.missed, found.false_closures) == (pytest.approx(0.2), pytest.approx(6))


def test_lengths_that_differ_are_refused():
    face, said = talking()
    with pytest.raises(ShapeError):
        score(face[:-1], face, said, STEP, simple())
