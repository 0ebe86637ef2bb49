"""What the export dialog asks for is what is written: a part, its size, its sound, the rest."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.media.probe import probe
from core.media.sound import audio_digest
from studio import asking
from studio.exporting import OFFERS, film_of
from tests.studio.film import pictures
from tests.studio.hands import LONG, settle
from widgets import export_dialog
from widgets.export_dialog import ExportDialog
from widgets.size_field import HALF

FIRST, LAST = 7, 18


@pytest.fixture
def editing(window, project, qtbot):
    window.desk.open(project)
    settle(qtbot, window)
    window.choose_emotion("happy")
    window.desk.viewing.set_range(FIRST, LAST)
    return window


@pytest.fixture
def shown(monkeypatch):
    """What would be shown by the file manager of the desktop."""
    urls = []
    monkeypatch.setattr(asking.QDesktopServices, "openUrl", urls.append)
    return urls


def _dialog(window):
    window.trigger("file.export")
    return window.findChild(ExportDialog)


def _written(qtbot, window, dialog, target):
    dialog._preset.setCurrentIndex(dialog._preset.findData("draft"))
    dialog._target.setText(str(target))
    dialog.accept()
    (job,) = [j for j in window.desk.jobs.all if j.title.startswith("Export")]
    qtbot.waitUntil(lambda: job.over, timeout=LONG)
    assert job.state == "done", job.message


def test_the_studio_does_everything_that_the_dialog_can_ask():
    assert set(OFFERS) == set(export_dialog.OFFERS)


def test_the_dialog_knows_the_clip(editing):
    film = film_of(editing.desk)
    assert (film.frames, film.size, film.span) == (24, (640, 360), (FIRST, LAST))
    assert film.speed > 0
    editing.desk.viewing.set_range(0, 23)
    assert film_of(editing.desk).span is None


def test_a_part_at_half_the_size_with_all_that_goes_along(editing, qtbot, home, clip, shown):
    dialog = _dialog(editing)
    dialog._range.setCurrentIndex(1)
    dialog._size._choice.setCurrentIndex(HALF)
    for box in (dialog._comparison, dialog._sheet, dialog._table, dialog._reveal):
        box.setChecked(True)
    _written(qtbot, editing, dialog, home / "part.mp4")
    film, both = probe(home / "part.mp4"), probe(home / "part-compare.mp4")
    count = LAST - FIRST + 1
    filmed = probe(clip).times.pts[FIRST : LAST + 1]
    assert (film.size, both.size) == ((320, 180), (640, 180))
    for info in (film, both):
        assert info.times.pts.tolist() == (filmed - filmed[0]).tolist()
    assert audio_digest(film.path) == audio_digest(both.path) != ""
    pair, part = np.array(pictures(both.path)), np.array(pictures(film.path))
    whole = np.array(
        [cv2.resize(p, (320, 180), interpolation=cv2.INTER_AREA) for p in pictures(clip)]
    )[FIRST : LAST + 1]
    assert np.abs(pair[:, :, :320] - whole).mean() < 4
    assert np.abs(pair[:, :, 320:] - part).mean() < 4
    assert np.abs(pair[:, :, :320] - pair[:, :, 320:]).max() > 40
    rows = list(csv.DictReader((home / "part.csv").read_text().splitlines()))
    assert [int(r["pts"]) for r in rows] == film.times.pts.tolist()
    sheet = cv2.imread(str(home / "part-sheet.png"))
    assert sheet is not None
    assert sheet.std() > 20
    assert [url.toLocalFile() for url in shown] == [str(home)]
    assert len(rows) == count


def test_the_demo_is_not_exported_among_the_files_of_the_program(window, demo, qtbot):
    window.desk.open(demo)
    settle(qtbot, window)
    dialog = _dialog(window)
    assert dialog.wish.target.parent == Path.home()
    dialog.reject()


def test_without_sound_and_without_being_shown(editing, qtbot, home, shown):
    dialog = _dialog(editing)
    dialog._sound.setChecked(False)
    _written(qtbot, editing, dialog, home / "silent.mp4")
    info = probe(home / "silent.mp4")
    assert info.audio is None
    assert len(info.times) == 24
    assert shown == []
