"""Edits as a user meets them: history, layers and recent projects by hand."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPointF, Qt
from PySide6.QtWidgets import QListWidget

from studio import edits, recovery
from tests.studio.hands import click, drag, press, settle
from widgets.sliders import GestureSlider

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def editing(window, project, qtbot):
    window.desk.open(project)
    settle(qtbot, window)
    for label, amount in (("happy", 0.3), ("sad", 0.5), ("fear", 0.7)):
        window.desk.edit(
            f"Feel {label}",
            lambda p, i, x=label, a=amount: edits.with_emotion(p, i, x, a, None),
        )
    return window


def _felt(window):
    return [x.label for x in window.desk.take.layers]


def _list(window, dock):
    """Bring a dock to the front, give its list the keyboard and return it."""
    window.docks[dock].show()
    window.docks[dock].raise_()
    found = window.docks[dock].findChild(QListWidget)
    found.setFocus()
    return found


def _click_row(found, row):
    item = found.item(row)
    found.scrollToItem(item)
    click(found.viewport(), QPointF(found.visualItemRect(item).center()))


def test_a_click_in_the_history_goes_there_and_back(editing):
    steps = _list(editing, "history")
    assert steps.count() == 4
    _click_row(steps, 1)
    assert _felt(editing) == ["happy"]
    _click_row(steps, 3)
    assert _felt(editing) == ["happy", "sad", "fear"]
    _click_row(steps, 0)
    assert _felt(editing) == []
    press(Qt.Key.Key_Down)
    assert _felt(editing) == ["happy"]
    editing.choose_emotion("angry")  # what had been taken back is gone
    assert steps.count() == 3


def test_layers_are_copied_from_one_project_to_another(editing, qtbot, project, home):
    layers = _list(editing, "layers")
    _click_row(layers, 1)
    press(Qt.Key.Key_C, CONTROL)
    press(Qt.Key.Key_V, CONTROL)
    assert _felt(editing) == ["happy", "sad", "sad", "fear"]
    press(Qt.Key.Key_Z, CONTROL)
    editing.trigger("edit.copy")  # all of them
    other = Path(shutil.copy(home / "talk.facestudio", home / "other.facestudio"))
    editing.desk.close()
    editing.desk.open(other)
    settle(qtbot, editing)
    editing.trigger("edit.clear")
    editing.trigger("edit.paste")
    assert _felt(editing) == ["happy", "sad", "fear"]
    _list(editing, "layers")
    press(Qt.Key.Key_V, CONTROL)
    assert _felt(editing) == ["happy", "sad", "fear", "sad"]


def test_layers_change_places_by_keyboard_and_by_hand(editing):
    layers = _list(editing, "layers")
    _click_row(layers, 0)
    press(Qt.Key.Key_Down, ALT)
    assert _felt(editing) == ["sad", "happy", "fear"]
    assert layers.currentRow() == 1
    top = QModelIndex()
    assert layers.model().moveRow(top, 2, top, 0)  # as a drag of the row does
    assert _felt(editing) == ["fear", "sad", "happy"]
    assert [layers.item(i).text().split("  ·  ")[1] for i in range(3)] == _felt(editing)
    assert editing.desk.session.labels[-2:] == ("Reorder layers", "Reorder layers")
    press(Qt.Key.Key_Z, CONTROL)
    assert _felt(editing) == ["sad", "happy", "fear"]


def test_a_layer_is_switched_off_and_made_weaker_as_one_step_each(editing):
    layers = _list(editing, "layers")
    _click_row(layers, 2)
    steps = len(editing.desk.session.labels)
    press(Qt.Key.Key_Space)
    assert not editing.desk.take.layers[2].enabled
    strength = next(
        s for s in editing.docks["layers"].findChildren(GestureSlider)
        if s.accessibleName() == "Strength"
    )  # fmt: skip
    width, y = strength.width(), strength.height() / 2
    drag(strength, *(QPointF(width * x, y) for x in (0.8, 0.6, 0.4, 0.2)))
    assert editing.desk.take.layers[2].amount.keys[0].value < 0.5
    assert len(editing.desk.session.labels) == steps + 2


def test_recent_projects_are_offered_newest_first_and_those_that_are_gone_are_not(
    new_window, qtbot, project, home
):
    window = new_window()
    kept = [Path(project)]
    for name in ("b", "c"):
        kept.insert(0, Path(shutil.copy(project, home / f"{name}.facestudio")))
    for path in reversed(kept):
        window.desk.open(path)
    window.desk.open(kept[1])
    window.desk.close()
    assert recovery.recent() == [kept[1], kept[0], kept[2]]
    kept[0].unlink()
    assert recovery.recent() == [kept[1], kept[2]]
    window.close()
    again = new_window()
    offered = again.welcome.findChild(QListWidget)
    assert offered.count() == 2
    _click_row(offered, 0)
    qtbot.waitUntil(lambda: again.desk.session.path == kept[1])
    again.close()
