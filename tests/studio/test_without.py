"""The studio where something is missing: sound, OpenGL, the clip, a right, a face."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.storage import ProjectFile
from studio import exporting, recovery
from studio.player import Voice
from tests.media.clips import make_clip
from tests.studio.hands import LONG, settle
from widgets.export_wish import Coding, ExportWish

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def editing(window, project, qtbot):
    window.desk.open(project)
    settle(qtbot, window)
    return window


def _told(qtbot, window, act):
    """Return the sentence the window shows after `act` failed."""
    with qtbot.waitSignal(window.desk.failed, timeout=LONG) as told:
        act()
    assert window.status.said.text() == told.args[0]
    assert "Error" not in told.args[0]
    return told.args[0]


# Sound.


@pytest.mark.parametrize("missing", ["device", "library"])
def test_playing_is_silent_and_says_so(editing, qtbot, monkeypatch, home, missing):
    if missing == "library":
        (home / "lib").mkdir()
        (home / "lib" / "sounddevice.py").write_text("raise OSError('PortAudio not found')")
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        monkeypatch.syspath_prepend(home / "lib")
    else:
        sounddevice = pytest.importorskip("sounddevice", exc_type=OSError)

        def refuse(*args, **kwargs):
            raise sounddevice.PortAudioError("Error querying device -1")

        monkeypatch.setattr(sounddevice, "OutputStream", refuse)
    desk = editing.desk
    desk.player.load_voice(Voice(np.zeros(48000, np.float32), 48000))
    with qtbot.waitSignal(desk.noted) as told:
        desk.player.play()
    assert "silent" in told.args[0]
    assert editing.status.said.text() == told.args[0]
    qtbot.waitUntil(lambda: desk.viewing.frame > 2, timeout=LONG)
    desk.player.pause()


# OpenGL.

NO_GL = """
import sys
from PySide6.QtCore import QEventLoop, QTimer
from studio.app import application
application()
from studio.window import Window
window = Window()
window.show()
window.desk.open(__import__("pathlib").Path(sys.argv[1]))
loop, ticks = QEventLoop(), QTimer(interval=50)
def look():
    wiring = window.docks["head"].widget().wiring
    view = getattr(wiring, "view", None)
    if view is not None and not view.stage.state.empty:
        loop.quit()
ticks.timeout.connect(look)
ticks.start()
QTimer.singleShot(90_000, loop.quit)
loop.exec()
ticks.stop()
view = window.docks["head"].widget().wiring.view
picture = view.screenshot()
colours = {picture.pixel(x, picture.height() // 2) for x in range(0, picture.width(), 3)}
print(view.software, view.stage.note.isVisible(), view.stage.note.text(), len(colours) > 10)
window.close()
"""


@pytest.mark.slow
def test_the_head_is_drawn_without_opengl_and_says_so(project, home):
    env = os.environ | {"QT_XCB_GL_INTEGRATION": "none", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", NO_GL, str(project)],
        env=env, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[-2] == "True True Drawn without OpenGL True"


# The clip.


def test_a_vanished_clip_is_told_edits_go_on_and_it_can_be_located(
    window, qtbot, project, clip, home
):
    hidden = home / "elsewhere" / "renamed.mp4"
    hidden.parent.mkdir()
    Path(clip).rename(hidden)
    assert "Locate media" in _told(qtbot, window, lambda: window.desk.open(project))
    assert window.actions_by_id["file.relink"].isEnabled()
    window.choose_emotion("sad")
    assert [x.label for x in window.desk.take.layers] == ["sad"]
    wish = ExportWish(home / "out.mp4", Coding(), 0, 23)
    job = exporting.export(window.desk, wish)
    qtbot.waitUntil(lambda: job.over, timeout=LONG)
    assert job.state == "failed"
    assert "Locate media" in job.message
    window.desk.relink(hidden)
    qtbot.waitUntil(lambda: window.desk.clip.path == hidden, timeout=LONG)
    shown = settle(qtbot, window)
    assert shown.after is not shown.before
    assert window.desk.session.labels[-1] == "Locate media"
    window.actions_by_id["edit.undo"].trigger()
    assert [x.label for x in window.desk.take.layers] == ["sad"]


def test_another_clip_is_not_taken_for_the_vanished_one(editing, qtbot, home):
    other = make_clip(home / "other.mp4")
    before = editing.desk.session.project
    assert "content differs" in _told(qtbot, editing, lambda: editing.desk.relink(other))
    assert editing.desk.session.project is before


# The right to write.


def _forbid(monkeypatch, folder):
    """Let nobody write in `folder`: root may everywhere, so the question is answered for it."""
    may = os.access

    def access(path, mode, **more):
        inside = Path(path).resolve().is_relative_to(folder)
        return may(path, mode, **more) and not (mode & os.W_OK and inside)

    monkeypatch.setattr(os, "access", access)


def test_a_project_in_a_folder_of_others_is_worked_on_as_a_copy(
    window, qtbot, followed, tmp_path_factory, monkeypatch, home
):
    theirs = tmp_path_factory.mktemp("theirs")
    for name in ("talk.mp4", "talk.facestudio"):
        (theirs / name).write_bytes((followed / name).read_bytes())
    was = (theirs / "talk.facestudio").read_bytes()
    _forbid(monkeypatch, theirs)
    with qtbot.waitSignal(window.desk.noted) as told:
        window.desk.open(theirs / "talk.facestudio")
    assert "may not be written" in told.args[0]
    assert recovery.is_unsaved(window.desk.session.path)
    assert window.desk.clip.path == theirs / "talk.mp4"
    window.choose_emotion("happy")
    shown = settle(qtbot, window)
    assert shown.after is not shown.before
    window.desk.save_as(home / "mine.facestudio")
    window.desk.close()
    with ProjectFile(home / "mine.facestudio") as file:
        assert file.project.takes[0].layers[0].label == "happy"
        assert file.project.clips[0].path == theirs / "talk.mp4"
    assert (theirs / "talk.facestudio").read_bytes() == was
    assert sorted(p.name for p in theirs.iterdir()) == ["talk.facestudio", "talk.mp4"]


def test_an_edit_that_cannot_be_written_is_told_and_loses_nothing(editing, qtbot, home):
    window, desk = editing, editing.desk
    window.choose_emotion("happy")
    layers = desk.take.layers
    desk.session._file._db.execute("PRAGMA query_only = ON")  # as a full or failed disk does
    assert "may not be written" in _told(qtbot, window, lambda: window.choose_emotion("sad"))
    assert desk.take.layers == layers
    undo = window.actions_by_id["edit.undo"]
    assert "may not be written" in _told(qtbot, window, undo.trigger)
    assert desk.take.layers == layers
    assert desk.session.labels[-1].startswith("Emotion: happy")
    desk.save_as(home / "rescued.facestudio")
    assert desk.session.path == home / "rescued.facestudio"
    window.choose_emotion("sad")
    assert [x.label for x in desk.take.layers] == ["sad"]


def test_where_nothing_may_be_kept_a_sentence_says_so(window, qtbot, clip, home):
    (home / "data").write_text("a file where the folder should be")
    assert "cannot be kept" in _told(qtbot, window, window.desk.open_demo)
    assert "cannot be kept" in _told(qtbot, window, lambda: window.desk.open(Path(clip)))
    qtbot.waitUntil(lambda: not window.desk.jobs.active, timeout=LONG)
    assert window.pages.currentWidget() is window.welcome


def test_an_export_into_a_folder_of_others_is_told(editing, qtbot, home, monkeypatch):
    theirs = home / "theirs"
    theirs.mkdir()
    _forbid(monkeypatch, theirs)
    wish = ExportWish(theirs / "out.mp4", Coding(), 0, 23)
    told = _told(qtbot, editing, lambda: exporting.export(editing.desk, wish))
    assert "not allowed to write" in told
    assert not list(theirs.iterdir())


# Projects that are none.


@pytest.mark.parametrize("fault", ["cut", "newer", "text", "absent"])
def test_a_project_that_cannot_be_used_is_told_and_the_open_one_stays(
    editing, qtbot, project, followed, home, fault
):
    bad = home / "bad.facestudio"
    if fault != "absent":
        bad.write_bytes((followed / "talk.facestudio").read_bytes())
    if fault == "cut":
        bad.write_bytes(bad.read_bytes()[: bad.stat().st_size // 2])
    elif fault == "newer":
        db = sqlite3.connect(bad)
        db.execute("PRAGMA user_version = 99")
        db.close()
    elif fault == "text":
        bad.write_text("This is no project.")
    told = _told(qtbot, editing, lambda: editing.desk.open(bad))
    words = {"newer": "newer facestudio", "absent": "no such project"}
    assert words.get(fault, "damaged") in told
    assert str(bad) in told
    assert editing.desk.session.path == Path(project)
    assert editing.desk.take is not None


def test_a_project_that_is_open_elsewhere_is_told(window, qtbot, project):
    with ProjectFile(Path(project)):
        told = _told(qtbot, window, lambda: window.desk.open(project))
    assert "open in another window" in told
    window.desk.open(project)
    assert window.desk.take is not None


# Faces.


def test_a_video_without_a_face_stays_open_and_says_so(window, qtbot, home):
    film = make_clip(home / "empty.mp4", pts=range(10), size=(320, 240))
    assert "No face" in _told(qtbot, window, lambda: window.desk.open(film))
    assert window.desk.clip.path == film
    assert window.desk.take is None
    assert not window.actions_by_id["face.happy"].isEnabled()
    assert not window.actions_by_id["file.export"].isEnabled()
    shown = settle(qtbot, window)
    assert shown.after is shown.before
    window.actions_by_id["play.toggle"].trigger()
    qtbot.waitUntil(lambda: window.desk.viewing.frame > 0, timeout=LONG)
    window.actions_by_id["play.toggle"].trigger()


def test_a_project_whose_clip_has_changed_says_so(window, qtbot, project, clip):
    make_clip(Path(clip))
    assert "has changed" in _told(qtbot, window, lambda: window.desk.open(project))
    assert window.desk.take is not None
