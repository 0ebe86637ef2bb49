from fractions import Fraction

import pytest

from core.expression.layers import Offset
from core.storage import ProjectFile
from studio import edits


@pytest.fixture
def project(demo):
    with ProjectFile(demo) as file:
        return file.project


def _layers(project):
    return project.takes[0].layers


def test_emotions_take_the_place_of_emotions_only(project):
    project = edits.with_offset(project, 0, "jawOpen", 0.2, Fraction(0))
    project = edits.with_emotion(project, 0, "sad", 0.5, None)
    project = edits.with_emotions(project, 0, [("happy", 0.6), ("calm", 0.4)], None)
    names = [getattr(x, "label", None) or x.shape for x in _layers(project)]
    assert names == ["jawOpen", "happy", "calm"]


def test_an_emotion_of_nothing_is_taken_away(project):
    project = edits.with_emotion(project, 0, "sad", 0.5, None)
    assert not _layers(edits.with_emotion(project, 0, "sad", 0.0, None))


def test_an_emotion_in_a_range_is_zero_outside(project):
    span = (Fraction(1), Fraction(2))
    project = edits.with_emotion(project, 0, "sad", 0.5, span)
    times = project.clips[0].times
    amount = _layers(project)[0].amount.at(times)
    seconds = times.moments()
    assert (amount[(seconds < 1) | (seconds > 2)] == 0).all()
    assert amount.max() == 0.5


def test_a_key_moves_the_one_that_lies_there(project):
    project = edits.with_emotion_key(project, 0, "fear", 0.5, Fraction(1))
    project = edits.with_emotion_key(project, 0, "fear", 0.7, Fraction(1))
    keys = _layers(project)[0].amount.keys
    assert [(k.time, k.value) for k in keys] == [(0, 0.0), (1, 0.7)]


def test_an_offset_with_keys_is_changed_at_the_playhead_only(project):
    project = edits.with_offset(project, 0, "jawOpen", 0.1, Fraction(0))
    project = edits.with_offset_key(project, 0, "jawOpen", 0.3, Fraction(1))
    project = edits.with_offset(project, 0, "jawOpen", 0.5, Fraction(2))
    layer = _layers(project)[0]
    assert isinstance(layer, Offset)
    assert [(k.time, k.value) for k in layer.amount.keys] == [(0, 0.1), (1, 0.3), (2, 0.5)]


def test_what_changes_nothing_returns_the_same_document(project):
    assert edits.with_layers(project, 0, ()) is project
    assert edits.with_layer_at(project, 0, 3, Offset("jawOpen")) is project
