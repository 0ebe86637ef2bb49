"""The real window, driven by mouse and keyboard on the clip that ships."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from core.expression.layers import Emotion
from core.media.probe import probe
from core.media.sound import audio_digest
from core.storage import ProjectFile
from studio import exporting, recovery
from studio.actions import TABLE
from tests.studio.hands import LONG, press, settle
from tests.studio.short_clip import FRAMES
from widgets.export_wish import Coding, ExportWish


@pytest.fixture
def editing(window, project, qtbot):
    window.desk.open(project)
    settle(qtbot, window)
    return window


def test_the_welcome_stands_until_a_project_is_open(window, qtbot):
    assert window.pages.currentWidget() is window.welcome
    assert not any(dock.isVisible() for dock in window.docks.values())
    assert not window.actions_by_id["file.export"].isEnabled()
    window.welcome.demo_wished.emit()
    assert window.pages.currentWidget() is window.video
    qtbot.waitUntil(window.docks["time"].isVisible)  # a moment after the page
    assert window.actions_by_id["file.export"].isEnabled()
    window.desk.close()
    assert window.pages.currentWidget() is window.welcome


def test_scrub_edit_undo_redo_by_keyboard(editing, qtbot):
    window = editing
    window.video.setFocus()
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Right)
    assert window.desk.viewing.frame == 11
    press(Qt.Key.Key_5)
    assert [x.label for x in window.desk.take.layers] == ["happy"]
    shown = settle(qtbot, window)
    assert shown.after is not shown.before
    control = Qt.KeyboardModifier.ControlModifier
    press(Qt.Key.Key_Z, control)
    assert not window.desk.take.layers
    press(Qt.Key.Key_Y, control)
    assert len(window.desk.take.layers) == 1
    press(Qt.Key.Key_Home)
    assert window.desk.viewing.frame == 0


def test_the_preview_shows_what_the_export_writes(editing, qtbot, tmp_path):
    window = editing
    window.choose_emotion("happy")
    window.desk.viewing.go(14)
    preview = settle(qtbot, window)
    assert preview.after is not preview.before
    target = tmp_path / "out"
    wish = ExportWish(target, Coding("png"), 0, FRAMES - 1)
    job = exporting.export(window.desk, wish)
    qtbot.waitUntil(lambda: job.over, timeout=LONG)
    assert job.state == "done", job.message
    import cv2

    written = cv2.cvtColor(cv2.imread(str(sorted(target.glob("*.png"))[14])), cv2.COLOR_BGR2RGB)
    assert np.array_equal(written, preview.after)


def test_a_film_is_exported_with_its_sound_sheet_and_table(editing, qtbot, tmp_path):
    window = editing
    window.choose_emotion("sad")
    target = tmp_path / "film.mp4"
    wish = ExportWish(
        target, Coding(crf=30, speed="ultrafast"), 0, FRAMES - 1, sheet=True, table=True
    )
    job = exporting.export(window.desk, wish)
    qtbot.waitUntil(lambda: job.over, timeout=LONG)
    assert job.state == "done", job.message
    clip = window.desk.clip
    assert probe(target).times.pts.tolist() == clip.times.pts.tolist()
    assert audio_digest(target) == audio_digest(clip.path)
    assert (tmp_path / "film-sheet.png").exists()
    assert len((tmp_path / "film.csv").read_text().splitlines()) == len(clip.times) + 1


def test_everything_is_there_after_closing_and_opening_again(editing, new_window):
    window = editing
    path = window.desk.session.path
    window.choose_emotion("fear")
    window.close()
    with ProjectFile(path) as file:
        assert isinstance(file.project.takes[0].layers[0], Emotion)
    again = new_window()
    assert recovery.recent()[0] == path
    again.desk.open(path)
    assert again.desk.session.labels[-1].startswith("Emotion: fear")
    again.close()


def test_a_drag_of_the_emotion_slider_is_one_step(editing, qtbot):
    window = editing
    panel = window.docks["emotion"].widget()
    for amount in (0.2, 0.4, 0.6):
        panel.emotion_wished.emit("happy", amount, "drag")
    panel.emotion_wished.emit("sad", 0.3, "another")
    assert window.desk.session.labels[1:] == ("Emotion: happy 60%", "Emotion: sad 30%")
    assert [x.label for x in window.desk.take.layers] == ["happy", "sad"]


def test_a_vanished_clip_is_told_and_the_window_stays(window, qtbot, demo, tmp_path):
    from dataclasses import replace

    gone = tmp_path / "gone.facestudio"
    with ProjectFile(demo) as file:
        project = file.project
    clip = replace(project.clips[0], path=Path("/nowhere/actor.mp4"))
    ProjectFile.create(gone, replace(project, clips=(clip,))).close()
    with qtbot.waitSignal(window.desk.failed, timeout=10_000) as told:
        window.desk.open(gone)
    assert "relink" in told.args[0] or "moved" in told.args[0]
    assert window.status.said.text() == told.args[0]
    window.desk.relink(project.clips[0].path)
    qtbot.waitUntil(lambda: window.desk.clip.path == project.clips[0].path, timeout=10_000)
    assert window.desk.session.labels[-1] == "Locate media"


def test_a_dropped_project_is_opened(window, qtbot, demo):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(demo))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none
    )
    window.dropEvent(event)
    qtbot.waitUntil(lambda: window.desk.session.path == demo)


def test_what_is_no_video_is_told_and_nothing_is_lost(editing, qtbot, tmp_path):
    window = editing
    path = window.desk.session.path
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"not a video")
    with qtbot.waitSignal(window.desk.failed, timeout=10_000):
        window.desk.open(bad)
    assert window.desk.session.path == path


def test_playing_moves_the_playhead_and_stops(editing, qtbot):
    window = editing
    window.desk.player.load_voice(None)
    window.desk.player.play()
    qtbot.waitUntil(lambda: window.desk.viewing.frame > 3, timeout=10_000)
    window.desk.player.pause()
    assert not window.desk.player.playing


def test_the_palette_and_the_menus_come_from_one_table(window, qtbot):
    assert set(window.actions_by_id) == {entry.id for entry in TABLE}
    keys = [key for entry in TABLE for key in entry.keys]
    assert len(keys) == len(set(keys))
    window.help.open_palette()
    assert QApplication.focusWidget() is not None or window.help is not None


def test_the_studio_starts_without_torch(tmp_path):
    import subprocess

    code = (
        "import sys, studio.app\n"
        "bad = {'torch', 'ray', 'numba', 'vispy', 'av'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
    code = "import sys, main; sys.exit('PySide6' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
