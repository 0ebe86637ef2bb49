"""The export dialog: what it asks for, what it warns of, what it offers."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QWidget

from core.media.cut import Cut
from core.media.encode import CONTAINERS, PRESETS, PROFILES, ExportSettings
from widgets import export_wish, theme
from widgets.export_dialog import OFFERS, ExportDialog
from widgets.export_wish import Coding, Film, expected, expected_bytes, fitted, size_said
from widgets.size_field import FULL, HALF, OWN

FILM = Film(250, Fraction(25), (1280, 720), True, 30.0, (50, 99))


@pytest.fixture
def dialog(qtbot, tmp_path):
    dialog = ExportDialog(offers=OFFERS)
    qtbot.addWidget(dialog)
    dialog.show_film(FILM, tmp_path / "out.mp4")
    dialog.show()
    dialog.heard = []
    dialog.export_wished.connect(dialog.heard.append)
    return dialog


def test_what_is_offered_is_what_the_encoder_takes():
    for coding in export_wish.PRESETS.values():
        ExportSettings(coding.codec, coding.crf, coding.speed, coding.profile)
    assert set(export_wish.SPEEDS) <= set(PRESETS)
    assert set(export_wish.PROFILES) <= set(PROFILES)
    assert set(export_wish.SUFFIXES["h264"]) == set(CONTAINERS)


def test_accepting_wishes_once_with_everything_chosen(dialog, tmp_path):
    dialog._range.setCurrentIndex(1)
    dialog._table.setChecked(True)
    dialog._sound.setChecked(False)
    assert dialog.heard == []
    dialog.accept()
    (wish,) = dialog.heard
    assert wish.target == tmp_path / "out.mp4"
    assert (wish.first, wish.last) == (50, 99)
    assert (wish.table, wish.sound, wish.sheet) == (True, False, False)
    assert wish.coding == Coding()
    assert not dialog.isVisible()


def test_a_preset_sets_the_fields_and_the_name_and_own_settings_are_told(dialog):
    dialog._preset.setCurrentIndex(dialog._preset.findData("prores"))
    assert dialog.wish.target.suffix == ".mov"
    assert not dialog._form.isRowVisible(dialog._speed)
    assert dialog._form.isRowVisible(dialog._profile)
    dialog._preset.setCurrentIndex(dialog._preset.findData("high"))
    dialog._quality.wish(20)
    assert dialog._preset.currentData() == ""
    assert dialog.coding.crf == 31


def test_what_cannot_be_written_is_said_and_not_wished(dialog, tmp_path):
    (tmp_path / "old.mp4").touch()
    for name, able, word in (
        ("old.mp4", True, "replaced"),
        ("new.avi", False, "another name"),
        ("absent/new.mp4", False, "no such folder"),
    ):
        dialog._target.setText(str(tmp_path / name))
        assert dialog._export.isEnabled() is able
        assert word in dialog._note.text()
    dialog._target.setText("")
    dialog.accept()
    assert dialog.heard == []
    assert dialog.isVisible()


def test_the_cost_follows_range_and_quality(dialog):
    assert "250 frames" in dialog._cost.text()
    assert "8 s" in dialog._cost.text()
    dialog._range.setCurrentIndex(1)
    assert "50 frames" in dialog._cost.text()
    fine, coarse = (expected_bytes(FILM, Coding(crf=crf), 250) for crf in (17, 23))
    assert 1.5 < fine / coarse < 2
    assert size_said(2_500_000) == "2.5 MB"


def test_the_size_is_full_half_or_a_width(dialog):
    size = dialog._size
    assert dialog.wish.width == 0
    size._choice.setCurrentIndex(HALF)
    assert dialog.wish.width == 640
    assert size._choice.currentText() == "50 %, 640 × 360"
    assert not size._own.isVisible()
    size._choice.setCurrentIndex(OWN)
    assert size._own.isVisible()
    size._own.setValue(500)
    assert dialog.wish.width == 500
    assert "500 × 282" in size._choice.currentText()
    size._choice.setCurrentIndex(FULL)
    assert dialog.wish.width == 0


def test_the_films_of_a_wish(dialog, tmp_path):
    dialog._range.setCurrentIndex(1)
    dialog._size._choice.setCurrentIndex(HALF)
    for box in (dialog._comparison, dialog._sheet, dialog._table, dialog._reveal):
        box.setChecked(True)
    dialog._sound.setChecked(False)
    wish = dialog.wish
    cut = Cut(50, 99, 640, sound=False)
    assert wish.films == (
        (tmp_path / "out.mp4", cut),
        (tmp_path / "out-compare.mp4", replace(cut, compare=True)),
    )
    assert [p.name for p in wish.files] == [
        "out.mp4",
        "out-compare.mp4",
        "out-sheet.png",
        "out.csv",
    ]
    assert wish.reveal


def test_the_cost_follows_size_sound_and_comparison(dialog):
    silent = replace(FILM, sound=False)
    whole, seconds = expected(silent, dialog.wish)
    assert seconds == pytest.approx(250 / 30)
    dialog._size._choice.setCurrentIndex(HALF)
    half, sooner = expected(silent, dialog.wish)
    assert half == pytest.approx(whole / 4)
    assert sooner == pytest.approx(seconds * 0.7)
    text = dialog._cost.text()
    dialog._comparison.setChecked(True)
    both, later = expected(silent, dialog.wish)
    assert both == pytest.approx(half * 3)
    assert later == pytest.approx(seconds * (0.7 + 0.8))
    assert dialog._cost.text() != text
    dialog._sound.setChecked(False)
    assert expected(FILM, dialog.wish)[0] == pytest.approx(both)


def test_everything_that_would_be_replaced_is_named(dialog, tmp_path):
    (tmp_path / "out-compare.mp4").touch()
    assert dialog._note.text() == ""
    dialog._comparison.setChecked(True)
    assert "replaced: out-compare.mp4" in dialog._note.text()
    assert dialog._export.isEnabled()
    (tmp_path / "out.csv").mkdir()
    dialog._table.setChecked(True)
    assert not dialog._export.isEnabled()


@pytest.mark.parametrize("preset", ["high", "prores", "png"])
def test_the_keyboard_reaches_everything_in_its_order(dialog, qtbot, preset):
    dialog.show_film(replace(FILM, pictures=(("clay", "Clay"),)), Path("a.mp4").absolute())
    dialog._size._choice.setCurrentIndex(OWN)
    dialog._preset.setCurrentIndex(dialog._preset.findData(preset))
    dialog.activateWindow()
    dialog._preset.setFocus()
    qtbot.waitUntil(dialog._preset.hasFocus)
    reached = []
    while QApplication.focusWidget() not in reached:
        reached.append(QApplication.focusWidget())
        qtbot.keyClick(reached[-1], Qt.Key.Key_Tab)
    there = [
        w
        for w in dialog.findChildren(QWidget)
        if w.isVisible()
        and w.isEnabled()
        and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and w.focusProxy() is None
        and not isinstance(w, QLabel)
    ]
    assert set(there) <= set(reached)
    tops = [(w.mapTo(dialog, w.rect().center()).y() // 8) for w in reached]
    assert tops == sorted(tops)
    for widget in reached:
        assert widget.accessibleName() or widget.text(), widget


def test_the_width_can_be_read_in_the_dress_of_the_studio(dialog, qtbot):
    dialog.setStyleSheet(theme.style_sheet())
    dialog._size._choice.setCurrentIndex(OWN)
    number = dialog._size._own.findChild(QLineEdit)
    room = number.fontMetrics().horizontalAdvance(number.text())
    qtbot.waitUntil(lambda: number.width() > room)


def test_it_fits_a_small_screen(dialog):
    dialog._comparison.setChecked(True)
    dialog._size._choice.setCurrentIndex(OWN)
    need = dialog.minimumSizeHint()
    assert need.width() <= 1280
    assert need.height() <= 640


def test_only_what_the_studio_can_do_is_there(qtbot):
    plain = ExportDialog(offers=("table",))
    qtbot.addWidget(plain)
    plain.show()
    shown = [b.text() for b in plain.findChildren(QCheckBox) if b.isVisible()]
    assert shown == ["The coefficients (CSV)"]
    assert not plain._range.isVisible()


@pytest.mark.parametrize(
    ("name", "codec", "fits"),
    [
        ("a.mp4", "prores", "a.mov"),
        ("a.b", "h264", "a.b.mp4"),
        ("a.mp4", "png", "a"),
        ("a", "h264", "a.mp4"),
    ],
)
def test_names_are_made_to_fit(name, codec, fits):
    assert fitted(Path(name), codec) == Path(fits)


def test_the_picture_is_a_choice_where_there_is_one(qtbot, tmp_path):
    dialog = ExportDialog()
    qtbot.addWidget(dialog)
    got = []
    dialog.export_wished.connect(got.append)
    plain = Film(10, Fraction(25), (64, 48), True)
    dialog.show_film(plain, tmp_path / "a.mp4")
    dialog.show()
    assert not dialog._picture.isVisible()
    pictures = (("clay", "Clay head"), ("normals", "Normal map"))
    dialog.show_film(replace(plain, pictures=pictures, picture="clay"), tmp_path / "a.mp4")
    assert dialog._picture.isVisible()
    assert dialog.wish.picture == "clay"
    dialog._picture.setCurrentIndex(2)
    dialog.accept()
    assert got[0].picture == "normals"
