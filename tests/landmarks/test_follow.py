import weakref

import numpy as np
import pytest

from core.errors import Cancelled
from core.jobs import Ticket
from core.landmarks.finder import Finder
from core.landmarks.follow import GLANCE, Follower, follow
from core.landmarks.landmarker import Landmarker
from tests.landmarks.people import SIZE, covered, put, stage, talk

ANN, BEN = 5, 7  # a pale and a dark head


@pytest.fixture(scope="module")
def finder():
    return Finder()


def seen(face):
    return np.flatnonzero(face.confidence > 0).tolist()


def shown(who, i, x=0, width=SIZE, y=0):
    pictures, _, masks = talk(who)
    return put(stage(width), pictures[i], masks[i], x, y)


def test_every_frame_has_a_row_and_the_points_are_right(finder):
    pictures, truth, _ = talk(ANN)
    [face] = follow(pictures, finder=finder)
    assert face.points.shape == (24, 478, 3)
    assert face.points.dtype == face.confidence.dtype == np.float32
    assert not face.points.flags.writeable
    assert seen(face) == list(range(24))
    off = np.hypot(*np.moveaxis(face.points[..., :2] - truth, -1, 0)).mean(1)
    assert off.max() < 0.03 * np.ptp(truth[0], axis=0).max()


def test_what_is_said_of_every_look_has_a_row():
    light = Finder(Landmarker(describe=lambda patches: patches.mean(keepdims=True)))
    pictures = [stage(), stage(), stage(), *talk(ANN)[0], stage()]
    [face] = follow(pictures, finder=light)
    there = face.confidence > 0
    assert face.looks.shape == (28, 1)
    assert face.looks.dtype == np.float32
    assert (face.looks[there] > 20).all()
    assert not face.looks[~there].any()


def test_nobody_is_nobody(finder):
    assert follow([stage()] * 5, finder=finder) == []
    assert follow([], finder=finder) == []


def test_one_frame_is_a_clip(finder):
    [face] = follow(talk(ANN)[0][:1], finder=finder)
    assert face.confidence[0] > 0.5


def test_two_people_keep_their_rows(finder):
    frames = [
        put(shown(ANN, i, 0, 420), talk(BEN)[0][i], talk(BEN)[2][i], 210) for i in range(12)
    ]
    faces = follow(frames, finder=finder)
    assert [seen(face) for face in faces] == [list(range(12))] * 2
    left = [face.points[:, :, 0].max() < 210 for face in faces]
    assert sorted(left) == [False, True]


def test_max_faces_keeps_the_main_one(finder):
    small = talk(BEN)[0][0][::2, ::2], talk(BEN)[2][0][::2, ::2]
    frames = []
    for i in range(6):
        frame = shown(ANN, i, 0, 420)
        frame[:100, 300:400][small[1]] = small[0][small[1]]
        frames.append(frame)
    main, other = follow(frames, finder=finder)
    assert main.points[:, :, 0].max() < 250 < other.points[:, :, 0].min()
    assert main.extent() > 2 * other.extent()
    [only] = follow(frames, max_faces=1, finder=finder)
    assert np.array_equal(only.points, main.points)


def test_who_appears_is_seen_from_the_first_frame_on_and_who_goes_has_gone(finder):
    frames = [shown(ANN, i, 0, 420) for i in range(24)]
    pictures, _, masks = talk(BEN)
    for i in range(7, 18):
        put(frames[i], pictures[i], masks[i], 210)
    first, second = follow(frames, finder=finder)
    assert seen(first) == list(range(24))
    assert seen(second) == list(range(7, 18))
    assert not second.points[:7].any()
    assert not second.points[18:].any()


def test_a_face_that_comes_after_an_empty_start_loses_no_frame(finder):
    frames = [stage(SIZE)] * 8 + talk(ANN)[0][:8]
    [face] = follow(frames, finder=finder)
    assert seen(face) == list(range(8, 16))


def test_who_leaves_and_returns_is_the_same(finder):
    frames = [shown(ANN, i) for i in range(8)]
    frames += [stage(SIZE)] * 10 + [shown(ANN, i) for i in range(12, 20)]
    [face] = follow(frames, finder=finder)
    assert seen(face) == [*range(8), *range(18, 26)]


def test_people_who_cross_do_not_change_places(finder):
    frames, n = [], 24
    for i in range(n):
        left, right = round(10 + 210 * i / (n - 1)), round(220 - 210 * i / (n - 1))
        frame = shown(BEN, i, right, 430)  # behind
        frames.append(put(frame, talk(ANN)[0][i], talk(ANN)[2][i], left))
    front, behind = follow(frames, finder=finder)
    assert seen(front) == list(range(n))
    assert front.points[0, :, 0].mean() < 215 < front.points[-1, :, 0].mean()
    rows = seen(behind)
    assert rows[0] == 0
    assert rows[-1] == n - 1
    assert len(rows) < n
    assert behind.points[0, :, 0].mean() > 215 > behind.points[-1, :, 0].mean()


def test_shot_and_reverse_shot_are_two_people_in_one_place(finder):
    dark, light = [shown(BEN, i) for i in range(12)], [shown(ANN, i) + 0 for i in range(12)]
    light = [np.where(frame == 90, 230, frame).astype(np.uint8) for frame in light]
    frames = dark[:6] + light[:6] + dark[6:] + light[6:]
    faces = follow(frames, finder=finder)
    rows = sorted(seen(face) for face in faces)
    assert rows == [[*range(6), *range(12, 18)], [*range(6, 12), *range(18, 24)]]
    assert faces[0].shot.tolist() == [0] * 6 + [1] * 6 + [2] * 6 + [3] * 6


def test_confidence_falls_while_something_covers_the_mouth(finder):
    pictures, truth, _ = talk(ANN)
    frames = [
        covered(p, t) if 10 <= i < 16 else p
        for i, (p, t) in enumerate(zip(pictures, truth, strict=True))
    ]
    [face] = follow(frames, finder=finder)
    assert face.confidence[10:16].max() < 0.35
    assert np.delete(face.confidence, np.r_[10:16]).min() > 0.55


def test_a_flash_is_no_new_person(finder):
    frames = [shown(ANN, i) for i in range(12)]
    frames[6] = np.minimum(frames[6].astype(np.int16) + 70, 255).astype(np.uint8)
    [face] = follow(frames, finder=finder)
    assert seen(face) == list(range(12))
    assert not face.shot.any()


def test_frames_are_let_go(finder):
    class Frame(np.ndarray):
        pass

    alive = []

    def frames():
        for i in range(24):
            frame = shown(ANN, i).view(Frame)
            alive.append(weakref.ref(frame))
            yield frame
            assert sum(ref() is not None for ref in alive) <= GLANCE + 2

    assert len(follow(frames(), finder=finder)) == 1


def test_it_can_be_stopped_and_says_how_far_it_is(finder):
    reports = []
    ticket = Ticket(lambda fraction, _: reports.append(fraction))

    def frames():
        for i in range(24):
            if i == 5:
                ticket.cancel()
            yield shown(ANN, i)

    with pytest.raises(Cancelled):
        follow(frames(), ticket=ticket, total=24, finder=finder)
    assert reports == pytest.approx([i / 24 for i in range(5)])


def test_the_same_clip_gives_the_same_rows(finder):
    frames = [shown(BEN, i) for i in range(6)]
    a, b = (follow(frames, finder=Finder())[0] for _ in range(2))
    assert np.array_equal(a.points, b.points)
    assert np.array_equal(a.confidence, b.confidence)


def test_a_preview_may_step_by_itself(finder):
    follower = Follower(finder)
    for frame in talk(ANN)[0][:3]:
        follower.step(frame)
    assert len(follower.finish()[0].points) == 3
