"""The preview: exact at rest, newest last, small and quick while the playhead moves."""

from dataclasses import replace

import numpy as np
import pytest

from core.media import proxy
from core.storage import ProjectFile
from studio import edits
from studio.lane import Lane
from studio.preview import Preview
from studio.proxies import Proxies
from studio.shots import scene_of


@pytest.fixture
def document(project):
    with ProjectFile(project) as file:
        return file.project


@pytest.fixture
def preview(qtbot):
    made = Preview(256 << 20)
    made.look_ahead = False
    yield made
    made.stop()


@pytest.fixture
def shown(preview):
    got = []
    preview.ready.connect(got.append)
    return got


def happy(document, amount):
    return edits.with_emotion(document, 0, "happy", amount, None)


def exact(document, info, frame, before):
    return scene_of(document, info, None).picture(frame, before)


def answered(preview, shown):
    return bool(shown) and shown[-1].serial == preview.serial and shown[-1].whole


def test_what_is_at_rest_is_the_frame_as_it_is_exported(preview, shown, document, qtbot):
    edited = happy(document, 0.8)
    preview.show(edited)
    preview.ask(9)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    last = shown[-1]
    assert last.frame == 9
    assert last.before.shape == (360, 640, 3)
    wanted = exact(edited, preview.scene.info, 9, last.before)
    assert np.array_equal(last.after, wanted)
    assert not np.array_equal(last.after, last.before)


def test_a_drag_over_frames_and_edits_never_goes_back(preview, shown, document, qtbot):
    preview.show(document)
    preview.ask(0)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    rng = np.random.default_rng(8)
    wished = {}
    now = document
    for _ in range(60):
        if rng.random() < 0.5:
            now = happy(document, float(rng.uniform(0.2, 0.9)))
            preview.show(now)
        elif rng.random() < 0.2:
            now = document  # undone
            preview.show(now)
        frame = int(rng.integers(0, 24))
        preview.ask(frame)
        wished[preview.serial] = now, frame
        qtbot.wait(int(rng.integers(0, 12)))
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    serials = [s.serial for s in shown]
    assert serials == sorted(serials)
    info = preview.scene.info
    for one in shown[-6:]:
        if one.serial in wished:
            project, frame = wished[one.serial]
            assert one.frame == frame
            # The document may have gone on since the wish, never back.
            later = [p for s, (p, _) in wished.items() if s >= one.serial]
            pictures = [exact(p, info, frame, one.before) for p in [project, *later[:8]]]
            assert any(np.array_equal(one.after, p) for p in pictures)
    project, frame = wished[preview.serial]
    assert shown[-1].frame == frame
    assert np.array_equal(shown[-1].after, exact(project, info, frame, shown[-1].before))


def test_another_clip_drops_what_was_on_its_way(preview, shown, document, qtbot):
    preview.show(document)
    preview.ask(20)
    other = replace(document, clips=(replace(document.clips[0]),))
    preview.show(other)
    preview.show(None)
    qtbot.wait(200)
    assert shown == []
    preview.show(other)
    preview.ask(3)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    assert {s.frame for s in shown} == {3}


def test_a_far_frame_is_shown_small_first_and_whole_when_the_playhead_rests(
    preview, shown, document, qtbot
):
    preview.show(happy(document, 0.8))
    preview.ask(0)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    proxy.make_proxy(preview.scene.info)
    preview.use_proxy()
    shown.clear()
    preview.ask(18)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    assert [(s.frame, s.whole) for s in shown] == [(18, False), (18, True)]
    small, whole = shown
    assert small.after.shape == (180, 320, 3)
    import cv2

    near = cv2.resize(whole.after, (320, 180), interpolation=cv2.INTER_AREA).astype(int)
    change = np.abs(near - small.after.astype(int)).mean()
    assert change < 4
    assert np.abs(small.after.astype(int) - small.before).max() > 10  # it is edited too
    shown.clear()
    preview.ask(18)
    assert [(s.frame, s.whole) for s in shown] == [(18, True)]  # held: at once


def test_a_scrub_is_answered_by_proxies_alone_until_it_ends(preview, shown, document, qtbot):
    preview.show(document)
    preview.ask(0)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    proxy.make_proxy(preview.scene.info)
    preview.use_proxy()
    shown.clear()
    for frame in (20, 8, 16, 5):
        preview.ask(frame)
        qtbot.waitUntil(lambda f=frame: bool(shown) and shown[-1].frame == f, timeout=60_000)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    assert shown[-1].frame == 5
    assert [s.frame for s in shown if not s.whole] == [20, 8, 16, 5]


def test_a_damaged_proxy_is_deleted_and_the_clip_itself_is_shown(
    preview, shown, document, qtbot
):
    preview.show(document)
    preview.ask(0)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    place = proxy.make_proxy(preview.scene.info)
    data = place.read_bytes()
    place.write_bytes(data[: len(data) // 3])
    preview.use_proxy()
    shown.clear()
    preview.ask(18)
    qtbot.waitUntil(lambda: answered(preview, shown), timeout=60_000)
    assert [s.whole for s in shown] == [True]
    assert not place.exists()


def test_a_slow_edit_is_shown_small_from_the_frame_that_is_held(document, preview):
    lane = Lane(preview.cache)
    scene = lane.derive(happy(document, 0.8))
    lane.make(4)
    lane.derive(happy(document, 0.7))
    assert not lane.slow(4)
    lane._cost = 1.0
    assert lane.slow(4)
    before, after = lane.small(4, 0)
    assert before.shape == after.shape == (180, 320, 3)
    assert scene.small_size == (320, 180)
    lane.close()


def test_a_proxy_is_made_beside_the_queue_and_told_to_the_preview(
    desk, project, monkeypatch, qtbot
):
    monkeypatch.setattr(Proxies, "wanted", True)
    monkeypatch.setattr(proxy, "LEAST", 0)
    desk.preview.look_ahead = False
    desk.open(project)
    qtbot.waitUntil(lambda: bool(desk.jobs.all), timeout=60_000)
    job = desk.jobs.all[0]
    assert job.beside
    assert "talk.mp4" in job.title
    qtbot.waitUntil(lambda: job.over, timeout=60_000)
    assert job.state == "done", job.message
    info = desk.preview.scene.info
    assert proxy.place_of(info).exists()
    desk.close()
    desk.open(project)  # there is one: none is made
    qtbot.waitUntil(lambda: desk.preview.scene is not None, timeout=60_000)
    assert len(desk.jobs.all) == 1


def test_a_proxy_that_nobody_needs_any_more_is_cancelled(desk, project, monkeypatch, qtbot):
    import threading

    monkeypatch.setattr(Proxies, "wanted", True)
    monkeypatch.setattr(proxy, "LEAST", 0)
    entered = threading.Event()

    def forever(info, ticket):
        entered.set()
        while True:
            ticket.report(0.5)

    monkeypatch.setattr(proxy, "make_proxy", forever)
    desk.open(project)
    qtbot.waitUntil(entered.is_set, timeout=60_000)
    desk.close()
    job = desk.jobs.all[0]
    qtbot.waitUntil(lambda: job.over, timeout=60_000)
    assert job.state == "cancelled"
