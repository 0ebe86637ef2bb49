"""Welcome, command palette, About and the shortcuts."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from widgets.about import About, Part
from widgets.command_palette import Command, CommandPalette, fit
from widgets.preferences import Preferences, Shortcut
from widgets.tour import Step, Tour
from widgets.welcome import Recent, Welcome

COMMANDS = (
    Command("file.open", "Open…", "File", "Ctrl+O"),
    Command("file.export", "Export…", "File", "Ctrl+E"),
    Command("face.track", "Track faces", "Face"),
    Command("edit.redo", "Redo", "Edit", "", enabled=False),
)
SHORTCUTS = (
    Shortcut("file.open", "Open…", "File", ("Ctrl+O",), ("Ctrl+O",)),
    Shortcut("edit.redo", "Redo", "Edit", ("Ctrl+R",), ("Ctrl+Y",)),
    Shortcut("view.reset", "Reset the layout", "View", (), ()),
)


def test_the_welcome_asks_for_what_is_pressed(qtbot, tmp_path):
    page = Welcome()
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    heard = []
    page.open_wished.connect(lambda: heard.append("open"))
    page.demo_wished.connect(lambda: heard.append("demo"))
    page.recent_wished.connect(heard.append)
    assert not page._recent.isVisible()
    paths = [tmp_path / "a.facestudio", tmp_path / "b.facestudio"]
    page.show_recent([Recent(path, path.stem, "~", "today") for path in paths])
    assert heard == []
    for button in page.findChildren(QPushButton):
        if button.isVisible():
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    item = page._recent.item(1)
    place = page._recent.visualItemRect(item).center()
    qtbot.mouseClick(page._recent.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard[:3] == ["open", "demo", tmp_path / "b.facestudio"]
    assert isinstance(heard[2], Path)


def test_letters_in_order_fit_and_word_starts_fit_best():
    assert fit("tf", "Track faces") < fit("tf", "Set in point, far")
    assert fit("xq", "Export") is None
    assert fit("", "Export") == len("Export")


@pytest.fixture
def palette(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    palette = CommandPalette(window)
    palette.over = window
    palette.heard = []
    palette.chosen.connect(palette.heard.append)
    palette.show_commands(COMMANDS)
    return palette


def test_the_palette_offers_what_can_be_done_and_chooses_by_return(palette, qtbot):
    assert palette._list.count() == 3
    qtbot.keyClicks(palette._field, "trf")
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert palette.heard == ["face.track"]
    assert not palette.isVisible()


def test_the_palette_moves_by_arrows_and_closes_by_escape(palette, qtbot):
    qtbot.keyClick(palette._field, Qt.Key.Key_Down)
    assert palette._list.currentRow() == 1
    qtbot.keyClick(palette._field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    palette.show_commands(COMMANDS)
    qtbot.keyClicks(palette._field, "zzz")
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert palette.heard == []


@pytest.mark.parametrize(
    ("licence", "light"),
    [
        ("Apache-2.0", "free"),
        ("BSD 3-Clause License", "free"),
        ("LGPL-3.0-only OR GPL-2.0-only", "free"),
        ("CC-BY-NC-SA-4.0", "noncommercial"),
        ("Non-commercial research use", "noncommercial"),
        ("limited permit", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_traffic_light_reads_licences(licence, light):
    assert Part("x", "1", licence).light == light


def test_about_counts_the_lights(qtbot):
    about = About("0.1.0")
    qtbot.addWidget(about)
    about.show_parts([Part("b", "1", "MIT"), Part("a", "", "?")])
    assert about._sum.text() == "1 free  ·  0 non-commercial  ·  1 unknown"
    assert about._tree.topLevelItem(0).text(1) == "a"


@pytest.fixture
def preferences(qtbot):
    widget = Preferences()
    qtbot.addWidget(widget)
    widget.show()
    widget.heard = []
    widget.keys_wished.connect(lambda *wish: widget.heard.append(wish))
    widget.show_shortcuts(SHORTCUTS)
    return widget


def test_new_keys_are_wished_unless_another_action_has_them(preferences):
    preferences._tree.setCurrentItem(preferences._items["view.reset"])
    assert preferences.heard == []
    preferences._edit.setKeySequence(QKeySequence("Ctrl+O"))
    preferences._edit.editingFinished.emit()
    assert preferences.heard == []
    assert "Open" in preferences._note.text()
    preferences._edit.setKeySequence(QKeySequence("Ctrl+Alt+R"))
    preferences._edit.editingFinished.emit()
    assert preferences.heard == [("view.reset", ("Ctrl+Alt+R",))]


def test_keys_are_taken_away_and_go_back_to_default(preferences, qtbot):
    preferences._tree.setCurrentItem(preferences._items["edit.redo"])
    qtbot.mouseClick(preferences._none, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(preferences._default, Qt.MouseButton.LeftButton)
    assert preferences.heard == [("edit.redo", ()), ("edit.redo", ("Ctrl+Y",))]


def test_the_search_finds_titles_and_keys(preferences):
    preferences._search.setText("ctrl+r")
    hidden = [id_ for id_, item in preferences._items.items() if item.isHidden()]
    assert hidden == ["file.open", "view.reset"]


def test_a_tour_leads_through_its_steps_and_can_be_left(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    part = QWidget(window)
    part.setGeometry(20, 200, 200, 150)
    window.show()
    asked = []

    def show():
        asked.append(part)
        return part

    tour = Tour(window, [Step("One", "first words", show), Step("Two", "more", lambda: None)])
    over = []
    tour.ended.connect(lambda: over.append(True))
    tour.go(0)
    assert asked == [part]
    assert tour.ring.geometry() == part.geometry()
    assert not tour.callout.back.isEnabled()
    part.setGeometry(500, 200, 200, 150)
    assert tour.ring.geometry() == part.geometry()
    assert window.rect().contains(tour.callout.geometry())
    assert not tour.callout.geometry().intersects(part.geometry().adjusted(20, 20, -20, -20))
    qtbot.mouseClick(tour.callout.next, Qt.MouseButton.LeftButton)
    assert tour.step == 1
    assert not tour.ring.isVisible()
    qtbot.mouseClick(tour.callout.back, Qt.MouseButton.LeftButton)
    assert tour.step == 0
    window.grab()
    qtbot.keyClick(tour.callout, Qt.Key.Key_Escape)
    assert over == [True]
    assert not tour.callout.isVisible()
    tour.go(1)
    qtbot.mouseClick(tour.callout.next, Qt.MouseButton.LeftButton)
    assert over == [True, True]
