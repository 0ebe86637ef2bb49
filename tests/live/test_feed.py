"""Camera, tracker and recorder together, with a video file as the camera."""

import threading
import time
from fractions import Fraction

import numpy as np
import pytest

from core.errors import MediaError, NoFaceError
from core.jobs import Ticket
from core.live import camera, feed, tracker
from core.live.camera import Caught, Device, Standin, Webcam
from core.live.feed import Feed
from core.live.recorder import BASE, Recorder, Recording, project_of
from core.media.probe import probe
from core.media.video import FrameReader
from core.paths import resource

WAIT = 60.0


class Fixed:
    """A camera that gives prepared pictures as fast as they are wanted."""

    title = "fixed"

    def __init__(self, caught):
        self.caught = iter(caught)
        self.closed = False

    def read(self):
        return next(self.caught, None)

    def wake(self):
        pass

    def close(self):
        self.closed = True


@pytest.fixture(scope="module")
def pictures():
    info = probe(resource("demo/actor.mp4"))
    with FrameReader(info.path, info) as reader:
        return [reader.at(i).rgb for i in range(12)]


def until(there):
    end = time.monotonic() + WAIT
    while not there():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.01)


def uneven(pictures):
    """Return pictures at uneven times, as cameras give them; in ns of a steady clock."""
    at = 10**12 + np.cumsum([0, 33, 41, 29, 33, 70, 33, 33, 34, 32, 33, 33]) * 10**6
    return [Caught(rgb, int(t)) for rgb, t in zip(pictures, at, strict=True)]


class TestCamera:
    def test_no_camera_is_an_empty_list(self, monkeypatch, tmp_path):
        monkeypatch.setattr(camera, "DEVICES", tmp_path / "absent")
        monkeypatch.setattr(camera.sys, "platform", "linux")
        assert camera.devices() == []

    def test_linux_lists_the_first_node_of_each(self, monkeypatch, tmp_path):
        for node, index, name in (("video0", 0, "Front"), ("video1", 1, "Front"),
                                  ("video10", 0, "Back")):  # fmt: skip
            (tmp_path / node).mkdir()
            (tmp_path / node / "index").write_text(f"{index}\n")
            (tmp_path / node / "name").write_text(f"{name}\n")
        monkeypatch.setattr(camera, "DEVICES", tmp_path)
        monkeypatch.setattr(camera.sys, "platform", "linux")
        assert camera.devices() == [Device(0, "Front"), Device(10, "Back")]

    def test_elsewhere_they_are_tried(self, monkeypatch):
        class Capture:
            def release(self):
                pass

        monkeypatch.setattr(camera.sys, "platform", "darwin")
        monkeypatch.setattr(camera, "_opened", lambda i: Capture() if i < 2 else None)
        assert [d.title for d in camera.devices()] == ["Camera 1", "Camera 2"]

    def test_one_that_cannot_be_opened_is_told_in_a_sentence(self, capfd):
        with pytest.raises(MediaError, match=r"cannot be opened.*Desk camera"):
            Webcam(Device(97, "Desk camera"))
        assert capfd.readouterr().err == ""

    def test_one_that_goes_deaf_ends(self, monkeypatch):
        class Deaf:
            def set(self, *a):
                pass

            def grab(self):
                return False

            def release(self):
                pass

        monkeypatch.setattr(camera, "_opened", lambda i: Deaf())
        monkeypatch.setattr(camera, "DEAF", 0.02)
        assert Webcam(Device(0, "x")).read() is None

    def test_pictures_of_a_webcam_are_rgb_with_their_time(self, monkeypatch):
        class One:
            def set(self, *a):
                pass

            def grab(self):
                return True

            def retrieve(self):
                blue = np.zeros((4, 6, 3), np.uint8)
                blue[..., 0] = 255
                return True, blue

        monkeypatch.setattr(camera, "_opened", lambda i: One())
        before = time.monotonic_ns()
        caught = Webcam(Device(0, "x")).read()
        assert caught.rgb[0, 0].tolist() == [0, 0, 255]
        assert before <= caught.at <= time.monotonic_ns()

    def test_a_file_stands_in_at_its_own_pace_and_over_again(self):
        source = Standin(resource("demo/actor.mp4"))
        first, second = source.read(), source.read()
        step = (second.at - first.at) / 1e9 * 25
        assert step == pytest.approx(round(step), abs=1e-6)
        assert second.at <= time.monotonic_ns()
        source.wake()
        assert source.read() is None
        source.close()

    def test_a_file_goes_on_where_the_machine_is_too_slow(self, monkeypatch):
        now = [10**12]
        monkeypatch.setattr(camera.time, "monotonic_ns", lambda: now[0])
        source = Standin(resource("demo/actor.mp4"))
        times = []
        for _ in range(5):
            now[0] += 600 * 10**6  # fifteen frames late, each time
            times.append(source.read().at)
        assert times == sorted(set(times))
        assert now[0] - times[-1] < camera.BEHIND * 1e9
        source.wake()
        source.close()


class TestFeed:
    def test_pictures_are_tracked_and_both_threads_end(self, pictures):
        moments, ends = [], []
        run = Feed(lambda: Standin(resource("demo/actor.mp4")), moments.append, ends.append)
        run.start()
        until(lambda: len(moments) > 3)
        assert run.stop() is None
        assert ends == [""]
        assert not [t for t in threading.enumerate() if t.name.startswith("live")]
        assert any(m.face is not None for m in moments)
        at = [m.at for m in moments]
        assert at == sorted(set(at))

    def test_the_newest_wins_and_the_others_are_counted(self, pictures, monkeypatch):
        busy, seen = threading.Event(), []

        class Slow:
            def __init__(self, frame):
                pass

            def step(self, rgb, seconds):
                seen.append(seconds)
                busy.wait(WAIT)

        monkeypatch.setattr(tracker, "LiveTracker", Slow)
        caught = uneven(pictures)
        taken = threading.Event()

        def given():
            yield caught[0]
            until(lambda: seen)
            yield from caught[1:]
            taken.set()
            until(lambda: len(seen) == 2)

        moments = []
        run = Feed(lambda: Fixed(given()), moments.append, lambda s: None)
        run.start()
        assert taken.wait(WAIT)
        busy.set()
        until(lambda: len(moments) == 2)
        run.stop()
        assert seen == [caught[0].at / 1e9, caught[-1].at / 1e9]
        assert run.dropped == len(caught) - 2

    @pytest.mark.parametrize(
        ("error", "words"),
        [(MediaError("The camera cannot be opened: x"), "cannot be opened"),
         (RuntimeError("bus"), "RuntimeError: bus")],
    )  # fmt: skip
    def test_a_camera_that_fails_ends_with_a_sentence(self, error, words):
        ends = []

        def broken():
            raise error

        run = Feed(broken, lambda m: None, ends.append)
        run.start()
        until(lambda: ends)
        run.stop()
        assert words in ends[0]

    def test_a_camera_that_is_unplugged_says_so(self, pictures):
        ends = []
        source = Fixed(uneven(pictures)[:2])
        run = Feed(lambda: source, lambda m: None, ends.append)
        run.start()
        until(lambda: ends)
        run.stop()
        assert "no more pictures: fixed" in ends[0]
        assert source.closed

    def test_a_rate_counts_what_was_of_late(self):
        rate = feed.Rate()
        assert rate.value() == 0
        for _ in range(3):
            rate.tick()
        assert rate.value() > 0


class TestRecording:
    def test_the_film_has_the_times_of_the_pictures(self, pictures, tmp_path):
        caught = uneven(pictures)
        recorder = Recorder(tmp_path / "a.mp4")
        for each in caught:
            recorder.put(each)
        made = recorder.stop()
        assert not made.failure
        info = probe(made.path)
        wanted = [round(Fraction(c.at - caught[0].at, 10**9) / BASE) for c in caught]
        assert info.times.base == BASE
        assert (info.times.pts - info.times.pts[0]).tolist() == wanted == made.pts
        with FrameReader(info.path, info) as reader:
            near = reader.at(7).rgb.astype(int) - pictures[7]
        assert np.abs(near).mean() < 4

    def test_equal_times_still_rise(self, pictures, tmp_path):
        recorder = Recorder(tmp_path / "a.mp4")
        for _ in range(3):
            recorder.put(Caught(pictures[0], 5))
        assert recorder.stop().pts == [0, 1, 2]

    def test_nothing_recorded_is_told(self, tmp_path):
        made = Recorder(tmp_path / "a.mp4").stop()
        assert "no picture" in made.failure
        with pytest.raises(MediaError, match="no picture"):
            project_of(made, Ticket())

    def test_a_folder_that_cannot_be_written_is_told(self, pictures, tmp_path):
        recorder = Recorder(tmp_path / "absent" / "a.mp4")
        for each in uneven(pictures):
            recorder.put(each)
        assert "folder does not exist" in recorder.stop().failure

    def test_it_becomes_a_project_with_a_row_for_every_frame(self, pictures, tmp_path):
        caught = uneven(pictures)
        moments, recorded = [], threading.Event()

        def given():
            yield from caught
            recorded.set()
            until(lambda: moments and moments[-1].at == caught[-1].at)

        run = Feed(lambda: Fixed(given()), moments.append, lambda s: None)
        run.record(tmp_path / "take.mp4")
        run.start()
        assert recorded.wait(WAIT)
        until(lambda: moments and moments[-1].at == caught[-1].at)
        made = run.stop()
        assert len(made.pts) == len(caught)
        project = project_of(made, Ticket())
        (take,) = project.takes
        assert len(take.track) == len(caught)
        assert (take.track["confidence"][:, 0] > 0).all()
        assert project.clips[0].path == made.path
        assert take.landmarks.any(axis=(1, 2)).all()

    def test_without_a_face_there_is_no_take(self, tmp_path):
        recorder = Recorder(tmp_path / "a.mp4")
        recorder.put(Caught(np.zeros((48, 64, 3), np.uint8), 0))
        recorder.put(Caught(np.zeros((48, 64, 3), np.uint8), 10**8))
        made = recorder.stop()
        with pytest.raises(NoFaceError, match="No face was seen"):
            project_of(made, Ticket())
        assert isinstance(made, Recording)
        assert made.seconds == pytest.approx(0.1)
