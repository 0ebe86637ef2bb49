"""An export that ends early leaves the old file or none, and one sentence."""

import os
import subprocess
import sys
import time

import pytest

from core.errors import Cancelled, MediaError
from core.jobs import Ticket
from core.media.atomic import part_name, whole_file
from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from tests.media.clips import make_clip

QUICK = ExportSettings(crf=30, preset="ultrafast")


def untouched(_index, rgb):
    return rgb


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def stopping_after(n):
    def on_report(_fraction, message):
        seen.append(message)
        if len(seen) > n:
            ticket.cancel()

    seen: list[str] = []
    ticket = Ticket(on_report)
    return ticket


@pytest.mark.parametrize("after", [0, 1, 5, 38, 40])
def test_cancel_leaves_the_old_file(tmp_path, after):
    clip = make_clip(tmp_path / "in.mp4", pts=range(40), sound={"seconds": 1.0})
    (tmp_path / "out.mp4").write_bytes(b"the old one")
    with pytest.raises(Cancelled):
        export_video(clip, tmp_path / "out.mp4", untouched, QUICK, stopping_after(after))
    assert names(tmp_path) == ["in.mp4", "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"the old one"


def test_cancel_comes_through_while_a_frame_is_slow(tmp_path):
    """The wait for a frame looks at the ticket; the frame itself is let finish."""
    clip = make_clip(tmp_path / "in.mp4", pts=range(40))
    ticket = Ticket()
    asked: list[float] = []

    def slow(index, rgb):
        if index == 3:
            asked.append(time.monotonic())
            ticket.cancel()
            end = time.monotonic() + 0.3
            while time.monotonic() < end:
                pass
        return rgb

    with pytest.raises(Cancelled):
        export_video(clip, tmp_path / "out.mp4", slow, QUICK, ticket)
    assert time.monotonic() - asked[0] < 1.0
    assert names(tmp_path) == ["in.mp4"]


def test_cancel_comes_through_while_the_encoder_is_emptied(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=range(40))
    finishing: list[str] = []

    def on_report(_fraction, message):
        if message.startswith("finishing"):
            finishing.append(message)
            ticket.cancel()

    ticket = Ticket(on_report)
    with pytest.raises(Cancelled):
        export_video(clip, tmp_path / "o.mp4", untouched, ExportSettings(), ticket)
    assert len(finishing) == 1
    assert names(tmp_path) == ["in.mp4"]


def test_progress_rises_and_says_how_long(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=range(20))
    seen: list[tuple[float, str]] = []
    ticket = Ticket(lambda fraction, message: seen.append((fraction, message)))
    export_video(clip, tmp_path / "o.mp4", untouched, QUICK, ticket)
    fractions = [f for f, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert any("frame 7 of 20" in m and "s left" in m for _, m in seen)


def test_a_failing_picture_leaves_nothing(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")

    def fails(index, rgb):
        if index == 4:
            raise ZeroDivisionError
        return rgb

    with pytest.raises(ZeroDivisionError):
        export_video(clip, tmp_path / "o.mp4", fails, QUICK)
    assert names(tmp_path) == ["in.mp4"]


def test_what_a_killed_export_left_is_taken_over(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    part_name(tmp_path / "o.mp4").write_bytes(bytes(10_000_000))
    export_video(clip, tmp_path / "o.mp4", untouched, QUICK)
    assert names(tmp_path) == ["in.mp4", "o.mp4"]
    assert len(probe(tmp_path / "o.mp4").times) == 10


def test_two_exports_into_one_file(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    with whole_file(tmp_path / "o.mp4") as file:
        file.write(b"first")
        with pytest.raises(MediaError, match="Another export"):
            export_video(clip, tmp_path / "o.mp4", untouched, QUICK)
    assert (tmp_path / "o.mp4").read_bytes() == b"first"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("none/o.mp4", "folder does not exist"),
        ("taken.mp4", "is a folder"),
        ("in.mp4", "overwrite the clip itself"),
        ("o.webm", "must end in"),
        ("o", "must end in"),
        ("n" * 300 + ".mp4", "too long"),
    ],
)
def test_places_one_cannot_write_to(tmp_path, target, sentence):
    clip = make_clip(tmp_path / "in.mp4")
    (tmp_path / "taken.mp4").mkdir()
    before = (names(tmp_path), clip.read_bytes())
    with pytest.raises(MediaError, match=sentence) as caught:
        export_video(clip, tmp_path / target, untouched, QUICK)
    assert "\n" not in str(caught.value)
    assert (names(tmp_path), clip.read_bytes()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_one_may_not_write_to(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(MediaError, match="not allowed"):
        export_video(clip, tmp_path / "locked" / "o.mp4", untouched, QUICK)


@pytest.mark.parametrize("name", ["-o.mp4", "a b.mp4", "😀.mp4", "n" * 250 + ".mp4"])
def test_odd_names_are_written(tmp_path, name, monkeypatch):
    clip = make_clip(tmp_path / "in.mp4")
    monkeypatch.chdir(tmp_path)
    export_video(clip, name, untouched, QUICK)
    assert names(tmp_path) == sorted(["in.mp4", name])
    assert len(probe(name).times) == 10


FULL_DISK = """
import resource, signal, sys
from core.errors import MediaError
from core.media.encode import ExportSettings
from core.media.export import export_video
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    export_video(sys.argv[1], sys.argv[2], lambda i, x: x, ExportSettings(crf=0))
except MediaError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("room", [1, 5_000, 40_000])
def test_no_room_on_the_disk(tmp_path, room):
    clip = make_clip(tmp_path / "in.mp4", pts=range(60), size=(320, 240))
    assert clip.stat().st_size > 40_000
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(clip), str(tmp_path / "o.mp4"), str(room)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The file became larger than this disk allows")
    assert names(tmp_path) == ["in.mp4"]


@pytest.mark.slow
def test_memory_is_flat_in_the_length_of_the_clip(tmp_path):
    """Sixteen times the frames, the same room (1280x720 frames are 1.4 MB each)."""
    script = (
        "import resource, sys\n"
        "from core.media.encode import ExportSettings\n"
        "from core.media.export import export_video\n"
        "export_video(sys.argv[1], sys.argv[2], lambda i, x: x, "
        "ExportSettings(crf=40, preset='ultrafast', threads=1, workers=1))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks = []
    for n in (25, 400):
        clip = make_clip(tmp_path / f"{n}.mp4", pts=range(n), size=(1280, 720))
        done = subprocess.run(
            [sys.executable, "-c", script, str(clip), str(tmp_path / f"o{n}.mp4")],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] - peaks[0] < 60, peaks
