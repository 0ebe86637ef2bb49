"""The learned editor on tracks: gaps, frame rates, blinks, and the layer that asks it.

The networks are random: what is stated here holds whatever was learned.
"""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core import codec
from core.arrays import digest
from core.errors import WishError
from core.expression import layers, learned, manipulator
from core.expression.groups import BLINKS, MOUTH
from core.expression.keyframes import Envelope, Key
from core.expression.layers import Emotion, compose
from core.expression.learned import style_of, wished
from core.expression.manipulator import Style, geometric_median
from core.expression.scmc import faces
from core.times import Times
from core.track import ARKIT_INDEX, ARKIT_NAMES
from tests.document.toy import project, same
from tests.expression.editors import editor
from tests.expression.mouths import articulation, talking

MOUTH_MM = articulation()
STYLE = np.random.default_rng(1).normal(size=16).astype(np.float32)
NUMBERS = tuple(float(x) for x in STYLE)
TRACK, EVIDENCE = talking()
EYES = np.array([n.startswith("eye") for n in ARKIT_NAMES])
FREE = {"method": "learned", "guard": 0.0, "keep_lips": 0.0}


@pytest.fixture
def net(monkeypatch):
    """Return the random editor that ships for the length of a test."""
    net = editor(out=0.1)
    for room in (manipulator, learned, layers):
        monkeypatch.setattr(room, "shipped", lambda: net)
    for room in (manipulator, learned):
        monkeypatch.setattr(room, "reader", lambda: net)
    return net


def slow(moments):
    """Return (F, 52): a face that moves slowly, everywhere."""
    phase = np.random.default_rng(2).uniform(0, 6, 52)
    return (0.3 + 0.2 * np.sin(2 * np.pi * 0.5 * moments[:, None] + phase)).astype(np.float32)


def asked(source, rate=25, seen=None, style=STYLE, net=None):
    seen = np.ones(len(source), bool) if seen is None else seen
    times = Times.steady(len(source), Fraction(rate))
    return wished(source, style, times, seen, MOUTH_MM, net or editor(out=0.1))


def test_at_the_rate_it_was_trained_at_it_is_asked_of_the_very_frames(net):
    source = slow(np.arange(40) / 25)
    source[:, BLINKS] = 0
    change = asked(source)
    assert change == pytest.approx(net.change(faces(source, MOUTH_MM), STYLE), abs=1e-5)
    assert np.array_equal(change, asked(source, net=editor(out=0.1)))


def test_it_never_looks_across_a_gap(net):
    source = slow(np.arange(60) / 25)
    seen = np.ones(60, bool)
    seen[28:31] = False
    before = asked(source, seen=seen)
    other = source.copy()
    other[28:] = np.random.default_rng(3).random((32, 52), np.float32)
    after = asked(other, seen=seen)
    assert np.array_equal(before[:28], after[:28])
    assert not np.array_equal(before[31:], after[31:])
    assert not before[28:31].any()
    other = source.copy()
    other[:31] = 0.9
    assert np.array_equal(before[31:], asked(other, seen=seen)[31:])


def test_a_face_seen_in_one_frame_or_in_none(net):
    source = slow(np.arange(12) / 25)
    nobody = np.zeros(12, bool)
    assert not asked(source, seen=nobody).any()
    nobody[5] = True
    change = asked(source, seen=nobody)
    assert np.flatnonzero(change.any(1)).tolist() == [5]
    assert not asked(source[:0]).any()


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(24000, 1001), Fraction(60)])
def test_the_frame_rate_hardly_matters(net, rate):
    seconds = 4
    usual = np.arange(25 * seconds) / 25
    moments = np.arange(int(rate * (seconds - 0.1))) / float(rate)
    at_25, other = asked(slow(usual)), asked(slow(moments), rate)
    there = np.stack([np.interp(moments, usual, column) for column in at_25.T], 1)
    inside = slice(8, -8)  # windows at the ends of a clip are fewer
    apart = np.abs(other - there)[inside]
    assert at_25.std(0).mean() > 0.01
    assert apart.max() < 0.15 * np.ptp(at_25, 0).max()
    assert apart.mean() < 0.02 * np.ptp(at_25, 0).mean()


def test_lids_shut_in_a_blink_stay_shut(net):
    source = slow(np.arange(50) / 25)
    source[:, BLINKS] = 0.1
    source[20:23, BLINKS] = 1
    change = asked(source)
    assert not change[20:23, EYES].any()
    assert np.abs(change[21, ~EYES]).max() > 0.01  # the rest of the face goes on feeling
    assert np.abs(change[40, EYES]).max() > 0.01
    open_eyes = source.copy()
    open_eyes[:, BLINKS] = 0
    free = net.change(faces(source, MOUTH_MM), STYLE)
    assert change[40, EYES] == pytest.approx(0.9 * free[40, EYES], abs=1e-5)


def test_a_style_for_each_frame_is_that_of_its_frame(net):
    source, other = slow(np.arange(60) / 25), STYLE[::-1].copy()
    both = np.where(np.arange(60)[:, None] < 30, STYLE, other)
    change = asked(source, style=both)
    assert np.array_equal(change[:20], asked(source)[:20])
    assert np.array_equal(change[40:], asked(source, style=other)[40:])


def test_the_style_of_a_clip_is_that_of_its_longest_run(net):
    source = slow(np.arange(70) / 25)
    seen = np.ones(70, bool)
    seen[20:22] = False
    times = Times.steady(70, Fraction(25))
    style = style_of(source, times, seen, MOUTH_MM, "mine")
    assert style.name == "mine"
    face = faces(source[22:], MOUTH_MM)
    windows = np.stack([face[i : i + 10] for i in range(len(face) - 9)])
    assert style.numbers == pytest.approx(geometric_median(net.styles(windows)), abs=1e-5)
    other = source.copy()
    other[:20] = 0.8
    assert np.array_equal(style_of(other, times, seen, MOUTH_MM, "").numbers, style.numbers)


def test_amount_0_returns_the_very_same_track(net):
    layer = Emotion("happy", Envelope.constant(0.0), method="learned")
    assert layer.apply(TRACK, EVIDENCE) is TRACK


def test_half_the_amount_is_half_the_change(net):
    def change(amount):
        layer = Emotion("happy", Envelope.constant(amount), **FREE)
        return layer.apply(track, EVIDENCE)["expression"] - track["expression"]

    values = TRACK.values.copy()
    values[:, :52] = 0.4 + 0.1 * values[:, :52]  # far from the ends, which do not scale
    track = replace(TRACK, values=values)
    whole, half = change(1.0), change(0.5)
    assert np.abs(whole).max() > 0.05
    assert half == pytest.approx(0.5 * whole, abs=0.01)


def test_a_label_is_its_style_and_another_style_another_face(net):
    by_label = Emotion("sad", **FREE).apply(TRACK, EVIDENCE)
    numbers = tuple(float(x) for x in net.style_of_label("sad").numbers)
    by_style = Emotion("happy", style=numbers, **FREE).apply(TRACK, EVIDENCE)
    assert np.array_equal(by_label.values, by_style.values)
    other = Emotion("sad", style=NUMBERS, **FREE).apply(TRACK, EVIDENCE)
    assert np.abs(other.values - by_label.values).max() > 0.01
    direct = Emotion("sad", guard=0.0, keep_lips=0.0).apply(TRACK, EVIDENCE)
    assert np.abs(direct.values - by_label.values).max() > 0.01


def test_the_direct_method_does_not_ask_the_networks(monkeypatch):
    def never():
        raise AssertionError

    for room in (manipulator, learned, layers):
        monkeypatch.setattr(room, "shipped", never)
    assert Emotion("happy").apply(TRACK, EVIDENCE) is not TRACK


def test_the_guard_holds_the_learned_editor_too(net):
    layer = Emotion("happy", Envelope.constant(1.5), method="learned", style=NUMBERS)
    closed = EVIDENCE.lip_gap < 0.005
    report = layer.report(TRACK, EVIDENCE)
    assert np.abs(report.wished_mm[closed, 0]).max() > 1
    assert report.over_mm.max() < 0.15
    edited = layer.apply(TRACK, EVIDENCE)
    gap = (edited["expression"] - TRACK["expression"]) @ MOUTH_MM.gradient[0]
    assert gap[closed].max() < 1e-3


def test_a_keyed_amount_rises_with_its_curve(net):
    curve = Envelope((Key(Fraction(1), 0.0, "linear"), Key(Fraction(3), 1.0, "linear")))
    values = TRACK.values.copy()
    values[:, :52] = values[50, :52]  # a still face: only the curve moves it
    track = replace(TRACK, values=values)
    edited = Emotion("happy", curve, **FREE).apply(track, EVIDENCE)
    change = np.abs(edited["expression"] - track["expression"]).sum(1)
    assert not change[:25].any()
    assert change[75] > 0.05
    assert (np.diff(change[28:72]) > 0).all()
    assert change[50] == pytest.approx(0.5 * change[75:].mean(), rel=0.15)


def test_frames_without_a_face_stay_as_they_are(net):
    values = TRACK.values.copy()
    values[40:50, -1] = 0
    track = replace(TRACK, values=values)
    edited = Emotion("happy", **FREE).apply(track, EVIDENCE)
    assert np.array_equal(edited.values[40:50], track.values[40:50])
    assert not np.array_equal(edited.values[:40], track.values[:40])


def test_switches_leave_their_part_of_the_face_alone(net):
    no_mouth = Emotion("happy", mouth=False, **FREE).apply(TRACK, EVIDENCE)
    change = no_mouth["expression"] - TRACK["expression"]
    assert not change[:, MOUTH].any()
    assert np.abs(change[:, ARKIT_INDEX["browInnerUp"]]).max() > 0.01
    no_upper = Emotion("happy", upper=False, **FREE).apply(TRACK, EVIDENCE)
    change = no_upper["expression"] - TRACK["expression"]
    assert not change[:, ARKIT_INDEX["browInnerUp"]].any()
    assert np.abs(change[:, MOUTH]).max() > 0.01


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"method": "magic"}, "direct or learned, not magic"),
        ({"method": "learned", "style": (0.0,) * 15}, r"has 16 .*numbers, not 15"),
        ({"style": (0.0,)}, r"has 16 .*numbers, not 1\."),
        ({"label": "contempt", "method": "learned"}, "for 'contempt' use the direct one"),
        ({"label": "calm", "method": "learned"}, "reference clip"),
    ],
)
def test_wishes_that_cannot_be_are_refused_at_once(wishes, said):
    with pytest.raises(WishError, match=said) as told:
        Emotion(**{"label": "happy", **wishes})
    assert "\n" not in str(told.value)


def test_contempt_may_be_put_on_by_a_reference(net):
    layer = Emotion("contempt", method="learned", style=NUMBERS)
    assert layer.apply(TRACK, EVIDENCE) is not TRACK


class Shelf(dict):
    def put(self, x):
        self[digest(x)] = x
        return digest(x)

    def get(self, name, /):
        return self[name]


def test_such_a_layer_comes_back_from_a_project():
    shelf, home = Shelf(), Path("/projects")
    curve = Envelope((Key(Fraction(1, 3), 0.1, "hold"), Key(Fraction(2), 1 / 3, "linear")))
    made = (Emotion("sad", curve, method="learned", style=NUMBERS), Emotion("happy"))
    p = project(3, *made)
    body = codec.encode(p, shelf, home)
    back = codec.decode(body, shelf, home)
    assert same(p, back)
    assert back.takes[0].layers == made
    assert hash(back.takes[0].layers[0]) == hash(made[0])
    # A project of before has neither field.
    data = json.loads(body)
    for row in data["takes"][0]["layers"]:
        del row["method"], row["style"]
    old = codec.decode(json.dumps(data), shelf, home)
    assert [(x.method, x.style) for x in old.takes[0].layers] == [("direct", ())] * 2


def crossing(first, second, **wishes):
    """Return two learned layers whose curves cross between seconds 1 and 3."""
    curves = [
        Envelope((Key(Fraction(1), a, "linear"), Key(Fraction(3), 1 - a, "linear")))
        for a in (1.0, 0.0)
    ]
    return [
        replace(x, amount=c, **wishes) for x, c in zip((first, second), curves, strict=True)
    ]


def test_learned_emotions_that_follow_each_other_blend_in_style_space(net):
    layers = crossing(Emotion("happy", **FREE), Emotion("sad", **FREE))
    both = compose(TRACK, layers, EVIDENCE)["expression"]
    happy, sad = (
        Emotion(e, **FREE).apply(TRACK, EVIDENCE)["expression"] for e in ("happy", "sad")
    )
    assert both[:15] == pytest.approx(happy[:15], abs=1e-4)
    assert both[85:] == pytest.approx(sad[85:], abs=1e-4)
    middle = (net.style_of_label("happy").numbers + net.style_of_label("sad").numbers) / 2
    half = Emotion("happy", style=tuple(map(float, middle)), **FREE)
    mixed = half.apply(TRACK, EVIDENCE)["expression"]
    assert both[50] == pytest.approx(mixed[50], abs=0.02)


def test_direct_emotions_between_are_put_on_in_their_order(net):
    direct = Emotion("happy", Envelope.constant(0.5))
    learned_one = Emotion("sad", **FREE)
    in_turn = learned_one.apply(direct.apply(TRACK, EVIDENCE), EVIDENCE)
    assert np.array_equal(
        compose(TRACK, [direct, learned_one], EVIDENCE).values, in_turn.values
    )


def test_a_reference_brings_its_mean_face_along(net):
    rng = np.random.default_rng(5)
    face = np.where(rng.random(52) < 0.3, 0.6, 0.1).astype(np.float32)
    style = Style(STYLE, "somebody", face)
    values = TRACK.values.copy()
    values[:, :52] = 0.3 + 0.1 * rng.random((len(TRACK), 52))
    track = replace(TRACK, values=values)
    layer = Emotion("happy", method="learned", style=style.flat, guard=0.0, keep_lips=0.0)
    open_eyes = np.setdiff1d(np.arange(52), np.flatnonzero(EYES))
    found = np.clip(layer.apply(track, EVIDENCE)["expression"], 0, 1).mean(0)
    assert found[open_eyes] == pytest.approx(face[open_eyes], abs=0.04)
    assert Style.of(style.flat, "somebody").face == pytest.approx(face)


def test_a_change_is_made_once_for_all_amounts(net, monkeypatch):
    count = []
    inner = net.change
    monkeypatch.setattr(net, "change", lambda *a, **k: count.append(1) or inner(*a, **k))
    values = TRACK.values.copy()
    track = replace(TRACK, values=values)
    for amount in (0.2, 0.7, 1.0):
        Emotion("happy", Envelope.constant(amount), method="learned").apply(track, EVIDENCE)
    assert len(count) == 1
