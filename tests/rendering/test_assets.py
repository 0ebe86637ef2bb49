"""What a clip tells beyond a frame: glasses, hands, folds, the edge of the lips, grain."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from core.rendering.atlas import chosen_frames
from core.rendering.detail import let_go, without_folds
from core.rendering.field import grid_around
from core.rendering.glasses import eye_region, held, worn
from core.rendering.grain import grain_level, grained
from core.rendering.mouth import UPPER, mouth_slot, plate_share
from core.rendering.occlusion import free, hidden, laid_out, usual_of
from core.rendering.slots import slot_of
from core.rendering.snap import snapped
from core.times import Times
from core.track import ARKIT, Track


@pytest.fixture(scope="module")
def takes(studio):
    """Eight frames of a head that turns and talks a little."""
    looks = [studio.look(yaw=0.05 * k - 0.2, jawOpen=0.05 * k) for k in range(8)]
    return [(studio.picture(look), look.landmarks) for look in looks]


def with_glasses(rgb, points):
    out = rgb.copy()
    for outer, inner in ((33, 133), (263, 362)):
        middle = (points[outer] + points[inner]) / 2
        r = int(0.8 * np.hypot(*(points[outer] - points[inner])))
        cv2.circle(out, tuple(int(v) for v in middle), r, (40, 35, 30), 2)
    cv2.line(
        out, *(tuple(int(v) for v in points[i] + (0, -2)) for i in (133, 362)), (40, 35, 30), 2
    )
    return out


def test_glasses_are_seen_and_held(takes):
    assert worn([eye_region(rgb, points) for rgb, points in takes]) is None
    glasses = worn([eye_region(with_glasses(rgb, points), points) for rgb, points in takes])
    assert glasses is not None
    points = takes[4][1]
    grid = grid_around(points, 220, (400, 360))
    hold = held(glasses, points, grid)
    row, column = grid.nodes(points[[168]])[0, ::-1].astype(int)
    assert hold[row - 6 : row + 6, column].max() > 0.9
    mouth = grid.nodes(points[[13]])[0, ::-1].astype(int)
    assert hold[tuple(mouth)] == 0


def test_a_hand_is_left_alone(takes):
    usual = usual_of([laid_out(rgb, points) for rgb, points in takes])
    assert usual is not None
    rgb, points = takes[3]
    assert hidden(rgb, points, usual) is None
    covered = rgb.copy()
    middle = tuple(int(v) for v in points[[61, 17]].mean(0))
    cv2.circle(covered, middle, 34, (90, 60, 160), -1)
    patch = hidden(covered, points, usual)
    assert patch is not None
    grid = grid_around(points, 220, (400, 360))
    keep = free(patch, points, grid)
    at = lambda p: keep[tuple(grid.nodes(np.array([p]))[0, ::-1].astype(int))]  # noqa: E731
    assert at(middle) < 0.05
    assert at(points[105]) > 0.95


def test_too_few_frames_say_nothing(takes):
    assert usual_of([laid_out(*takes[0])] * 5) is None
    assert worn([eye_region(*takes[0])] * 2) is None


def skin_over(picture, skin, lines):
    """Return how much brighter the skin is than the lines on it."""
    return picture[skin].mean() - picture[lines].mean()


def test_frown_lines_ease_and_the_rest_stays(studio):
    look = studio.look(browDown=0.9)
    rgb = studio.picture(look).copy()
    x, y = look.landmarks[9].astype(int)
    for dx in (-4, 4):
        cv2.line(rgb, (x + dx, y - 9), (x + dx, y + 9), (120, 85, 70), 2)
    relaxed = replace(look, expression=look.expression * 0)
    amounts = let_go(look, relaxed)
    assert amounts[0] > 0.8
    assert amounts[1:].max() < 0.3
    out = without_folds(rgb, look.landmarks, 220, amounts)
    lines = np.s_[y - 5 : y + 6, [x - 4, x + 4], 0]
    skin = np.s_[y - 5 : y + 6, x - 1 : x + 2, 0]
    assert skin_over(rgb, skin, lines) > 60
    assert skin_over(out, skin, lines) < 0.6 * skin_over(rgb, skin, lines)
    below = int(look.landmarks[1, 1])
    assert np.array_equal(out[below:], rgb[below:])
    assert without_folds(rgb, look.landmarks, 220, let_go(look, look)) is rgb


def test_lip_points_find_the_lips_edge(studio):
    look = studio.look(jawOpen=0.5, mouthUpperUp=0.5)
    rgb, points = studio.picture(look), look.landmarks
    settled = snapped(rgb, points)
    inner = UPPER[3:-3]
    for shift in (-4.0, 4.0):
        wrong = points.copy()
        wrong[inner, 1] += shift
        before = np.abs(wrong[inner, 1] - settled[inner, 1]).mean()
        after = np.abs(snapped(rgb, wrong)[inner, 1] - settled[inner, 1]).mean()
        assert after < 0.6 * before
    shut = studio.look()
    assert snapped(studio.picture(shut), shut.landmarks) is shut.landmarks


def test_grain_is_measured_as_it_was_made(studio):
    look = studio.look()
    clean = studio.picture(look)
    noisy = np.clip(clean + np.random.default_rng(1).normal(0, 6, clean.shape), 0, 255)
    assert grain_level(noisy.astype(np.uint8), look.landmarks) == pytest.approx(6, rel=0.25)
    flat = np.full((200, 200, 3), 128, np.uint8)
    assert grained(flat, 5.0).std() == pytest.approx(5, rel=0.1)
    assert np.array_equal(grained(flat, 5.0, 3), grained(flat, 5.0, 3))
    assert grained(flat, 0.0) is flat


def test_edges_that_cross_close_the_slot():
    x = np.linspace(0, 40, 11)
    upper = np.stack([x, 3 * np.sin(x / 40 * np.pi)], 1)
    lower = np.stack([x, -2 * np.sin(x / 40 * np.pi)], 1)
    slot = slot_of(upper, lower)
    assert slot.gap.min() >= 0
    assert slot.gap.max() == pytest.approx(0, abs=1e-4)
    assert slot.length == pytest.approx(40)
    points = slot.frame_of(slot.local(upper))
    assert np.allclose(points, upper, atol=1e-4)


def test_a_plate_is_wanted_only_for_a_mouth_that_opens_far(studio):
    def mouth(**shapes):
        return mouth_slot(studio.look(**shapes).landmarks)

    little, wide = mouth(jawOpen=0.1), mouth(jawOpen=0.45)
    assert plate_share(wide, wide, 0.0) == 0
    assert plate_share(wide, little, 0.0) == 0
    assert plate_share(little, wide, 0.0) == 1
    assert plate_share(mouth(jawOpen=0.3), wide, 1.0) < plate_share(
        mouth(jawOpen=0.3), wide, 0.0
    )


def test_chosen_frames_are_sure_ones_and_the_widest(studio):
    F = 40
    values = np.zeros((F, ARKIT.width), np.float32)
    values[:, ARKIT.slices["confidence"]] = 1
    values[10:14, ARKIT.slices["confidence"]] = 0.1
    landmarks = np.repeat(studio.look().landmarks[None], F, 0)
    landmarks[27] = studio.look(jawOpen=0.7).landmarks
    landmarks[12] = studio.look(jawOpen=0.9).landmarks
    track = Track(ARKIT, values, Times.steady(F, Fraction(25)))
    chosen = chosen_frames(track, landmarks)
    assert 27 in chosen
    assert not {10, 11, 12, 13} & set(chosen)
    assert chosen == sorted(chosen)
    assert chosen_frames(track, landmarks * 0) == []
