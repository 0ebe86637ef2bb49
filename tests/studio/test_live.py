"""Live in the studio, with a video file as the camera: head, recording, project, end."""

import threading

import pytest

from core.errors import MediaError
from core.live import camera
from core.paths import resource
from studio import live as live_room
from studio.live import Live

WAIT = 120_000
CLIP = resource("demo/actor.mp4")


@pytest.fixture
def live(qtbot, desk, tmp_path, monkeypatch):
    monkeypatch.setattr(camera, "devices", list)
    made = Live(desk, lambda: tmp_path)
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("live")]


def test_without_a_camera_the_window_says_so(qtbot, live):
    panel = live.open()
    qtbot.waitUntil(lambda: panel._state.text() == "No camera was found", timeout=WAIT)
    assert not panel._start.isEnabled()


def test_the_head_follows_the_camera(qtbot, live):
    panel = live.open()
    live.start_file(CLIP)
    qtbot.waitUntil(lambda: live._view is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: "Measuring your head" in panel._state.text(), timeout=WAIT)
    assert not panel.mirror.image.isNull()
    state = live._view.stage.state
    before = state.vertices[0].copy()
    qtbot.waitUntil(lambda: (state.vertices[0] != before).any(), timeout=WAIT)
    qtbot.waitUntil(lambda: panel._numbers["tracked"].text() != "0.0", timeout=WAIT)
    live.stop()
    assert panel.mirror.image.isNull()
    assert panel._state.text() == "Ready"


def test_a_recording_opens_as_a_project(qtbot, live, desk, tmp_path):
    live.open()
    live.start_file(CLIP)
    qtbot.waitUntil(lambda: live._view is not None, timeout=WAIT)
    live.record()
    made = live.feed.recording
    qtbot.waitUntil(lambda: len(made.pts) > 8 and len(made.seen) > 2, timeout=WAIT)
    with qtbot.waitSignal(live.opened, timeout=WAIT):
        live.panel._record.click()
    assert live.feed is None
    clip = desk.clip
    assert clip.path.parent == tmp_path
    assert clip.path.name.startswith("live-")
    assert len(clip.times) == len(made.pts) == len(desk.take.track)
    assert (clip.times.pts - clip.times.pts[0]).tolist() == made.pts
    assert desk.session.labels == (f"Record {clip.path.name}",)


def test_closing_its_window_stops_the_camera(qtbot, live):
    panel = live.open()
    live.start_file(CLIP)
    qtbot.waitUntil(lambda: live._view is not None, timeout=WAIT)
    panel.close()
    assert live.feed is None
    again = live.open()
    assert again is panel
    assert panel.isVisible()


def test_closing_while_recording_keeps_the_film(qtbot, live, tmp_path):
    live.open()
    live.start_file(CLIP)
    qtbot.waitUntil(lambda: live._view is not None, timeout=WAIT)
    live.record()
    made = live.feed.recording
    qtbot.waitUntil(lambda: len(made.pts) > 3, timeout=WAIT)
    live.close()
    (film,) = tmp_path.glob("live-*.mp4")
    assert film.stat().st_size > 0


def test_a_camera_that_fails_is_told(qtbot, live, desk):
    told = []
    desk.failed.connect(told.append)
    panel = live.open()

    def broken():
        raise MediaError("The camera cannot be opened: Front")

    live.start(broken, "Front")
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert told == ["The camera cannot be opened: Front"]
    assert live.feed is None
    assert panel._note.text() == told[0]
    assert panel._note.property("bad")


def test_a_camera_is_chosen_by_its_place(qtbot, live, monkeypatch):
    asked = []
    front, back = camera.Device(0, "Front"), camera.Device(2, "Back")
    monkeypatch.setattr(camera, "devices", lambda: [front, back])

    def opened(device):
        asked.append(device)
        return camera.Standin(CLIP)

    monkeypatch.setattr(camera, "Webcam", opened)
    panel = live.open()
    qtbot.waitUntil(lambda: panel._devices.count() == 2, timeout=WAIT)
    panel._devices.setCurrentIndex(1)
    panel._start.click()
    qtbot.waitUntil(lambda: asked == [back], timeout=WAIT)


def test_the_window_opens_it_and_ends_it(qtbot, window, tmp_path, monkeypatch):
    monkeypatch.setattr(camera, "devices", list)
    monkeypatch.setattr(live_room, "recordings", lambda: tmp_path)
    window.trigger("file.live")
    panel = window.live.panel
    assert panel.isVisible()
    window.live.start_file(CLIP)
    window.close()
    assert window.live.panel is None
    assert not [t for t in threading.enumerate() if t.name.startswith("live")]


def test_recordings_have_a_folder_and_names_of_their_own(home, monkeypatch):
    monkeypatch.setattr(live_room.platformdirs, "user_videos_dir", lambda: str(home / "v"))
    folder = live_room.recordings()
    assert folder == home / "v" / "facestudio"
    assert folder.is_dir()
    first = live_room._free(folder)
    first.touch()
    assert live_room._free(folder) != first
