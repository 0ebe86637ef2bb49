"""The verbs: fades around gaps, several faces in a frame, a film from takes."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from core.project import Take
from core.rendering.render import FADE, Shot, faded, presence, render_frame
from core.rendering.warp import WarpRenderer
from core.times import Times
from core.track import ARKIT, Track


def track_of(looks):
    rows = [
        np.concatenate([k.expression, k.rotation, k.translation, k.eyes, [k.confidence]])
        for k in looks
    ]
    return Track(ARKIT, np.array(rows, np.float32), Times.steady(len(rows), Fraction(25)))


def shot_of(studio, look, **shapes):
    track = track_of([look])
    landmarks = look.landmarks[None]
    take = Take(
        "a", 0, studio.face.name, studio.shape, studio.camera, track, landmarks, np.zeros(7)
    )
    expression = track["expression"] + studio.look(**shapes).expression
    edited = track.with_group("expression", expression) if shapes else track
    return Shot(take, edited, WarpRenderer(studio.face, studio.shape, studio.camera))


def test_presence_falls_before_a_gap_and_rises_after_it():
    confidence = np.ones(40, np.float32)
    confidence[15:20] = 0
    weight = presence(confidence)
    assert (weight[15:20] == 0).all()
    assert np.allclose(weight[: 15 - FADE], 1)
    assert np.allclose(weight[20 + FADE :], 1)
    assert (np.diff(weight[15 - FADE : 15]) < 0).all()
    assert weight[14] == pytest.approx(1 / FADE)
    assert np.allclose(weight, presence(confidence[::-1])[::-1])


def test_faded_tracks_are_the_filmed_ones_in_a_gap(studio):
    looks = [studio.look(confidence=float(not 8 <= k < 10)) for k in range(20)]
    track = track_of(looks)
    edited = track.with_group("expression", track["expression"] + np.float32(0.5))
    out = faded(track, edited)
    assert np.array_equal(out["expression"][8:10], track["expression"][8:10])
    assert np.array_equal(out["expression"][0], edited["expression"][0])
    assert 0 < out["expression"][7, 0] < 0.5
    assert faded(track, track) is track


def test_only_the_chosen_face_of_two_changes(studio):
    left = studio.look(jawOpen=0.1)
    left = replace(left, translation=np.array([-110, 0, 900], np.float32))
    left = replace(left, landmarks=studio._points(left))
    right = replace(left, translation=np.array([110, 0, 900], np.float32))
    right = replace(right, landmarks=studio._points(right))
    rgb = studio.picture(left).copy()
    rgb[:, 200:] = studio.picture(right)[:, 200:]
    still, smiling = shot_of(studio, left), shot_of(studio, right, mouthSmile=0.6)
    out = render_frame(0, rgb, [still, smiling])
    assert np.array_equal(out[:, :180], rgb[:, :180])
    assert (out[:, 220:] != rgb[:, 220:]).any()
    assert render_frame(0, rgb, [still]) is rgb
