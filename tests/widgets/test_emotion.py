"""The emotion selector: wishes out, values in, one gesture a drag."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QPushButton

from core.expression.emotions import LABELS
from widgets.emotion import EmotionPanel
from widgets.emotion_pad import ANCHORS, blend_at, point_of
from widgets.sliders import GestureSlider


@pytest.fixture
def panel(qtbot):
    panel = EmotionPanel()
    qtbot.addWidget(panel)
    panel.resize(320, 620)
    panel.show()
    panel.heard = []
    panel.emotion_wished.connect(lambda *wish: panel.heard.append(wish))
    panel.blend_wished.connect(lambda *wish: panel.heard.append(wish))
    return panel


def _slider(panel, word):
    return next(s for s in panel.findChildren(GestureSlider) if word in s.accessibleName())


@pytest.mark.parametrize("name", ANCHORS)
def test_the_place_of_an_emotion_is_that_emotion_alone(name):
    assert blend_at(*ANCHORS[name]) == ((name, 1.0),)
    assert point_of([(name, 1.0)]) == pytest.approx(ANCHORS[name])


def test_between_two_emotions_both_are_asked_for_and_the_middle_asks_for_none():
    assert {n for n, _ in blend_at(0.55, 0.6)} == {"happy", "surprised"}
    assert {n for n, _ in blend_at(0.5, -0.05)} == {"happy", "calm"}
    assert blend_at(0.01, -0.02) == ()
    assert sum(x for _, x in blend_at(0.2, 0.2)) < sum(x for _, x in blend_at(0.5, 0.5)) <= 1


def test_showing_emits_nothing(panel):
    panel.show_emotions([("happy", 0.7), ("sad", 0.2)])
    panel.show_scope("range")
    assert panel.heard == []
    assert panel.scope == "range"
    assert _slider(panel, "Happy").value == 0.7


def test_a_drag_of_an_intensity_is_one_gesture_and_the_next_is_another(panel, qtbot):
    slider = _slider(panel, "Angry")
    y = slider.height() // 2
    for _ in range(2):
        qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(40, y))
        qtbot.mouseMove(slider, QPoint(60, y))
        qtbot.mouseMove(slider, QPoint(80, y))
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(80, y))
    names, amounts, gestures = zip(*panel.heard, strict=True)
    assert set(names) == {"angry"}
    assert amounts[:3] == tuple(sorted(amounts[:3]))
    assert len(set(gestures)) == 2
    assert slider.value == 0, "it moves only when it is shown"


def test_a_label_asks_for_itself_alone_and_as_filmed_for_nothing(panel, qtbot):
    buttons = {b.text(): b for b in panel.findChildren(QPushButton)}
    assert len(buttons) == len(LABELS) + 1
    qtbot.mouseClick(buttons["Surprised"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["As filmed"], Qt.MouseButton.LeftButton)
    assert [blend for blend, _ in panel.heard] == [(("surprised", 1.0),), ()]
    assert not buttons["Surprised"].isChecked()


def test_the_pad_follows_the_hand_and_the_arrow_keys(panel, qtbot):
    pad = panel._pad
    place = pad._place(*ANCHORS["sad"]).toPoint()
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=place)
    (blend, _gesture) = panel.heard[-1]
    assert max(blend, key=lambda pair: pair[1])[0] == "sad"
    panel.show_emotions(blend)
    assert QPointF(*pad.point).toTuple() == pytest.approx(ANCHORS["sad"], abs=0.02)
    before = pad.point
    qtbot.keyClick(pad, Qt.Key.Key_Right)
    panel.show_emotions(panel.heard[-1][0])
    assert pad.point[0] == pytest.approx(before[0] + 0.05)


def test_a_slider_steps_by_keys_and_resets_by_a_double_click(panel, qtbot):
    slider = _slider(panel, "Fear")
    slider.show_value(0.3)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_End)
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert [round(wish[1], 3) for wish in panel.heard[:2]] == [0.315, 1.5]
    assert panel.heard[-1][1] == 0
