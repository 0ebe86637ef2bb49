"""Layers: pure, hashable, and silent where they have nothing to say."""

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import WishError
from core.expression.emotions import LABELS, OPTIONAL, prototypes
from core.expression.groups import UPPER, select
from core.expression.keyframes import Envelope
from core.expression.layers import LAYERS, Emotion, Offset, Scale, Smooth, compose
from core.expression.replace import DROP, LOWEST, soft_add
from core.track import ARKIT_INDEX, ARKIT_NAMES
from tests.expression.mouths import talking

SHAPES = st.sampled_from(
    [*ARKIT_NAMES, "mouthSmile", "brows", "eyes", "cheeks", "jaw", "mouth", "expression"]
)
ONE, NONE = Envelope.constant(1), Envelope.constant(0)
TRACK, EVIDENCE = talking()


def same(a, b):
    return a.values.tobytes() == b.values.tobytes()


@pytest.mark.parametrize("label", [*LABELS, *OPTIONAL])
def test_no_amount_is_the_very_same_track(label):
    assert Emotion(label, NONE).apply(TRACK, EVIDENCE) is TRACK
    assert compose(TRACK, [Emotion(label, enabled=False)], EVIDENCE) is TRACK


@given(SHAPES)
def test_idle_layers_return_the_very_same_track(shape):
    for layer in (Offset(shape, NONE), Scale(shape, ONE), Smooth(0.0, shape)):
        assert layer.apply(TRACK, EVIDENCE) is TRACK


@settings(max_examples=40)
@given(SHAPES, st.floats(-1, 1, width=32), st.floats(0, 2, width=32), st.floats(0.02, 0.5))
def test_a_layer_touches_only_its_shapes(shape, amount, gain, sigma):
    others = np.setdiff1d(np.arange(TRACK.values.shape[1]), select(shape))
    for layer in (
        Offset(shape, Envelope.constant(amount)),
        Scale(shape, Envelope.constant(gain)),
        Smooth(sigma, shape),
    ):
        edited = layer.apply(TRACK, EVIDENCE)
        assert np.array_equal(edited.values[:, others], TRACK.values[:, others])
        assert edited["expression"].min() >= 0
        assert edited["expression"].max() <= 1


@given(st.floats(0, 1, width=32), st.floats(-1, 1, width=32), st.floats(-1, 1, width=32))
def test_soft_add_stays_in_range_and_rises_with_the_offset(c, a, b):
    low, high = sorted((a, b))
    x = soft_add(np.float32([c, c]), np.float32([low, high]))
    assert 0 <= x[0] <= x[1] + 1e-6 <= 1 + 2e-6
    assert soft_add(np.float32([c]), np.float32([0]))[0] == np.float32(c)


@pytest.mark.parametrize("label", LABELS[1:])
def test_frames_without_amount_or_face_stay_bit_for_bit(label):
    values = TRACK.values.copy()
    values[30:34, -1] = 0
    track = replace(TRACK, values=values)
    layer = Emotion(label, Envelope.span(Fraction(1), Fraction(3)))
    edited = layer.apply(track, EVIDENCE)
    outside = np.r_[0:26, 30:34, 75:120]
    assert np.array_equal(edited.values[outside], track.values[outside])
    assert not np.array_equal(edited.values[50], track.values[50])


def test_what_is_not_expression_is_never_edited():
    edited = compose(TRACK, [Emotion("happy"), Offset("brows", ONE), Smooth(0.1)], EVIDENCE)
    assert np.array_equal(edited.values[:, 52:], TRACK.values[:, 52:])


def test_more_amount_is_more_smile_and_more_brow():
    smile, brow = ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["browDownLeft"]
    for label, column in (("happy", smile), ("sad", brow)):
        levels = [
            Emotion(label, Envelope.constant(a))
            .apply(TRACK, EVIDENCE)["expression"][:, column]
            .mean()
            for a in (0.25, 0.5, 1.0, 1.5)
        ]
        assert np.diff(levels).min() > 0.02


def test_a_smiling_actor_gets_no_second_smile():
    track, evidence = talking(smile=0.55)
    smile = ARKIT_INDEX["mouthSmileLeft"]
    plain = Emotion("happy").apply(TRACK, EVIDENCE)["expression"][:, smile]
    edited = Emotion("happy").apply(track, evidence)["expression"][:, smile]
    piled_up = soft_add(track["expression"][:, smile], prototypes()["happy"].weights[smile])
    assert edited.max() < 0.75 < piled_up.min()
    assert edited.mean() >= plain.mean()


def test_a_smile_gives_way_to_another_emotion_also_where_the_neutral_hides_it():
    smile = ARKIT_INDEX["mouthSmileLeft"]
    track, evidence = talking(smile=0.5)
    assert Emotion("sad").apply(track, evidence)["expression"][:, smile].max() < 0.25
    hidden = replace(EVIDENCE, resting_emotion=np.float32([0, 0, 0, 0, 1, 0, 0]))
    edited = Emotion("sad").apply(TRACK, hidden)["expression"]
    assert edited[:, smile].mean() < -0.2
    kept = Emotion("happy").apply(TRACK, hidden)["expression"][:, smile]
    assert kept.mean() < Emotion("happy").apply(TRACK, EVIDENCE)["expression"][:, smile].mean()


def test_removal_zero_takes_nothing_away():
    track, evidence = talking(smile=0.5)
    evidence = replace(evidence, resting_emotion=np.float32([0, 0, 0, 0, 1, 0, 0]))
    edited = Emotion("surprised", removal=0.0).apply(track, evidence)["expression"]
    assert edited[:, ARKIT_INDEX["mouthSmileLeft"]].min() > 0.45


def test_a_second_layer_blends_and_does_not_undo_the_first():
    half = Envelope.constant(0.5)
    both = compose(TRACK, [Emotion("happy", half), Emotion("surprised", half)], EVIDENCE)[
        "expression"
    ]
    happy = Emotion("happy", half).apply(TRACK, EVIDENCE)["expression"]
    surprised = Emotion("surprised", half).apply(TRACK, EVIDENCE)["expression"]
    smile, brow = ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["browInnerUp"]
    assert both[:, smile].mean() == pytest.approx(happy[:, smile].mean(), abs=0.03)
    assert both[:, brow].mean() == pytest.approx(surprised[:, brow].mean(), abs=0.03)


def test_the_switches_hold_back_half_a_face():
    mouth = np.setdiff1d(np.arange(52), np.r_[UPPER, select("cheeks")])
    upper_only = Emotion("sad", mouth=False).apply(TRACK, EVIDENCE)["expression"]
    assert upper_only[:, mouth] == pytest.approx(TRACK["expression"][:, mouth], abs=1e-6)
    mouth_only = Emotion("sad", upper=False).apply(TRACK, EVIDENCE)["expression"]
    assert mouth_only[:, UPPER] == pytest.approx(TRACK["expression"][:, UPPER], abs=1e-6)
    left = Emotion("sad", asymmetry=1.0).apply(TRACK, EVIDENCE)["expression"]
    assert left[:, ARKIT_INDEX["browDownLeft"]].mean() > 0.1
    assert left[:, ARKIT_INDEX["browDownRight"]].max() < 1e-6


def test_blinks_stay_whatever_the_emotion():
    values = TRACK.values.copy()
    blink = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
    values[60, blink] = 0.95
    track = replace(TRACK, values=values)
    for label in LABELS[1:]:
        edited = Emotion(label).apply(track, replace(EVIDENCE, filmed=track))["expression"]
        assert edited[60, blink].min() >= 0.949
        assert edited[60, ARKIT_INDEX["eyeWideLeft"]] < 0.25


def test_smooth_lets_blinks_and_closures_through():
    values = TRACK.values.copy()
    values[60, ARKIT_INDEX["eyeBlinkLeft"]] = 0.9
    track = replace(TRACK, values=values)
    evidence = replace(EVIDENCE, filmed=track)
    calm = Smooth(0.2).apply(track, evidence)["expression"]
    assert calm[60, ARKIT_INDEX["eyeBlinkLeft"]] == pytest.approx(0.9)
    closed = EVIDENCE.lip_gap < 0.005
    jaw = ARKIT_INDEX["jawOpen"]
    assert calm[closed, jaw] == pytest.approx(track["expression"][closed, jaw], abs=1e-6)
    loose = Smooth(0.2, guard=False).apply(track, evidence)["expression"]
    assert loose[60, ARKIT_INDEX["eyeBlinkLeft"]] < 0.3


def test_layers_are_values():
    for kind in LAYERS:
        layer = (
            kind("happy")
            if kind is Emotion
            else Smooth(0.1)
            if kind is Smooth
            else kind("brows")
        )
        assert hash(layer) == hash(replace(layer))
        assert layer == replace(layer)
        for f in fields(layer):
            if "choices" in f.metadata:
                assert getattr(layer, f.name) in f.metadata["choices"]
            else:
                assert not f.metadata or f.metadata["min"] < f.metadata["max"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Emotion("bored"),
        lambda: Emotion("happy", Envelope.constant(1.6)),
        lambda: Emotion("happy", removal=2),
        lambda: Emotion("happy", guard=float("nan")),
        lambda: Offset("mouthSmirk", ONE),
        lambda: Offset("brows", Envelope.constant(-1.1)),
        lambda: Scale("brows", Envelope.constant(3)),
        lambda: Smooth(-1.0),
    ],
)
def test_impossible_wishes_are_refused_in_a_sentence(make):
    with pytest.raises(WishError) as e:
        make()
    assert str(e.value).endswith(".")


def test_heavy_lids_are_not_lowered_further():
    blink = [ARKIT_INDEX["eyeBlinkRight"], ARKIT_INDEX["eyeBlinkLeft"]]
    frames = len(TRACK.times)
    heavy = np.full((frames, 2), 0.1, np.float32)
    heavy[:, 1] = 0.3  # the left eye is open
    edited = Emotion("sad").apply(TRACK, replace(EVIDENCE, lid_gap=heavy))
    added = (edited["expression"] - TRACK["expression"])[:, blink].mean(0)
    free = Emotion("sad").apply(TRACK, EVIDENCE)["expression"] - TRACK["expression"]
    assert abs(added[0]) < 1e-6
    assert added[1] == pytest.approx(free[:, blink[1]].mean(), abs=1e-6)
    assert added[1] > 0.1


def test_heavy_lids_may_still_be_raised():
    wide = [ARKIT_INDEX["eyeWideRight"], ARKIT_INDEX["eyeWideLeft"]]
    heavy = np.full((len(TRACK.times), 2), 0.1, np.float32)
    edited = Emotion("surprised").apply(TRACK, replace(EVIDENCE, lid_gap=heavy))
    assert (edited["expression"] - TRACK["expression"])[:, wide].mean() > 0.3


def test_a_brow_that_stands_low_is_lowered_less():
    frown = [ARKIT_INDEX["browDownRight"], ARKIT_INDEX["browDownLeft"]]
    height = np.full((len(TRACK.times), 2), 1.0, np.float32)
    height[:, 0] = 0.5
    edited = Emotion("angry").apply(TRACK, replace(EVIDENCE, brow_height=height))
    added = (edited["expression"] - TRACK["expression"])[:, frown]
    assert added[:, 0].max() < (0.5 - LOWEST) / DROP + 1e-5
    assert added[:, 1].min() > 0.8
    happy = [
        Emotion("happy").apply(TRACK, e)
        for e in (EVIDENCE, replace(EVIDENCE, brow_height=height))
    ]
    assert same(*happy)
