"""The coefficient panel: 52 rows, wishes out, values in."""

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QRegion
from PySide6.QtWidgets import QApplication, QLineEdit

from core.expression.keyframes import Envelope
from core.expression.layers import Emotion, Offset
from core.track import ARKIT_NAMES
from widgets import theme
from widgets.coefficients import REGIONS, CoefficientPanel, partner
from widgets.shape_row import MARKS, ShapeRow

LAYERS = (
    Emotion("happy"),
    Offset("jawOpen", Envelope.of((0, 0.2), (1, 0.6))),
    Offset("browInnerUp", Envelope.constant(-0.4)),
    Offset("brows", Envelope.constant(0.1)),
)


@pytest.fixture
def panel(qtbot):
    panel = CoefficientPanel()
    qtbot.addWidget(panel)
    panel.resize(440, 800)
    panel.show()
    panel.heard = []
    panel.offset_wished.connect(lambda *wish: panel.heard.append(wish))
    panel.key_wished.connect(lambda *wish: panel.heard.append(wish))
    panel.layers_wished.connect(lambda *wish: panel.heard.append(wish))
    return panel


def _click(qtbot, row, mark):
    place = row._mark_place(MARKS.index(mark)).center().toPoint()
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=place)


def test_every_shape_stands_in_one_region():
    assert sorted(s for shapes in REGIONS.values() for s in shapes) == sorted(ARKIT_NAMES)


def test_opposites_are_not_sides():
    assert partner("mouthSmileLeft") == "mouthSmileRight"
    assert partner("jawLeft") is partner("mouthRight") is partner("jawOpen") is None


def test_showing_emits_nothing_and_tells_what_drives_a_shape(panel):
    panel.show_layers(LAYERS)
    panel.show_moment(Fraction(1))
    panel.show_values(np.full(52, 0.2, np.float32), np.full(52, 0.5, np.float32))
    assert panel.heard == []
    state = panel.row("jawOpen").state
    assert (state.offset, state.keyed, state.here) == (pytest.approx(0.6), True, True)
    assert panel.row("browInnerUp").state.drivers == ("browInnerUp", "brows")
    assert "happy" in panel.row("mouthSmileLeft").state.drivers
    assert panel.row("jawOpen").slider.value == pytest.approx(0.6)


def test_a_drag_is_one_gesture_and_moves_both_sides_when_they_are_linked(panel, qtbot):
    slider = panel.row("mouthSmileLeft").slider
    panel._linked.setChecked(True)
    place = QPoint(slider.width() // 2, slider.height() // 2)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(slider, place + QPoint(10, 0))
    qtbot.mouseMove(slider, place + QPoint(20, 0))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=place + QPoint(20, 0))
    assert {wish[0] for wish in panel.heard} == {"mouthSmileLeft", "mouthSmileRight"}
    assert len({wish[2] for wish in panel.heard}) == 1
    assert panel.heard[-1][1] > panel.heard[0][1] > 0


def test_a_locked_side_stays_where_it_is(panel, qtbot):
    panel._linked.setChecked(True)
    _click(qtbot, panel.row("mouthSmileRight"), "lock")
    panel.row("mouthSmileLeft").slider.wish(0.3)
    assert [wish[:2] for wish in panel.heard] == [("mouthSmileLeft", 0.3)]
    assert not panel.row("mouthSmileRight").slider.isEnabled()


def test_mute_solo_and_reset_switch_layers(panel, qtbot):
    panel.show_layers(LAYERS)
    _click(qtbot, panel.row("jawOpen"), "mute")
    layers, label, _ = panel.heard[-1]
    assert [x.enabled for x in layers] == [True, False, True, True]
    assert label == "Mute jawOpen"
    _click(qtbot, panel.row("jawOpen"), "solo")
    layers, _, _ = panel.heard[-1]
    assert [x.enabled for x in layers] == [True, True, False, False]
    panel.show_layers(layers)
    assert panel.row("jawOpen").state.solo
    _click(qtbot, panel.row("jawOpen"), "solo")
    assert panel.heard[-1][0] == LAYERS
    panel.show_layers(LAYERS)
    panel.presets.reset_action.trigger()
    assert panel.heard[-1][0] == (LAYERS[0], LAYERS[3])


def test_a_key_bears_the_offset_that_is_shown(panel, qtbot):
    panel.show_layers(LAYERS)
    _click(qtbot, panel.row("browInnerUp"), "key")
    assert [wish[:2] for wish in panel.heard] == [("browInnerUp", pytest.approx(-0.4))]
    panel.heard.clear()
    panel._linked.setChecked(True)
    _click(qtbot, panel.row("mouthSmileLeft"), "key")
    assert [wish[0] for wish in panel.heard] == ["mouthSmileLeft", "mouthSmileRight"]
    assert len({wish[2] for wish in panel.heard}) == 1


def test_a_mark_without_an_offset_does_nothing(panel, qtbot):
    _click(qtbot, panel.row("tongueOut"), "mute")
    _click(qtbot, panel.row("tongueOut"), "solo")
    assert panel.heard == []


def test_the_search_finds_words_of_name_region_and_driver(panel):
    panel.show_layers(LAYERS)
    search = panel._search
    search.setText("smile left")
    assert [s for s in ARKIT_NAMES if panel.row(s).isVisible()] == ["mouthSmileLeft"]
    search.setText("happy")
    assert panel.row("mouthSmileRight").isVisible()
    search.setText("nonsense")
    assert panel._nothing.isVisible()
    search.setText("")
    panel._edited_only.setChecked(True)
    assert panel.row("jawOpen").isVisible()
    assert not panel.row("tongueOut").isVisible()


def test_a_typed_number_is_a_wish(panel, qtbot):
    row = panel.row("jawOpen")
    qtbot.mouseDClick(row, Qt.MouseButton.LeftButton, pos=row._number().center().toPoint())
    field = row.findChild(QLineEdit)
    field.setText("0,45")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert panel.heard[0][:2] == ("jawOpen", 0.45)


def test_arrows_belong_to_the_slider_that_has_the_focus(panel):
    slider = panel.row("jawOpen").slider
    press = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier
    )
    press.ignore()
    QApplication.sendEvent(slider, press)
    assert press.isAccepted()


def test_the_tip_names_the_drivers(panel):
    panel.show_layers(LAYERS)
    assert "brows" in panel.row("browInnerUp")._tip(QPointF(5, 5))


def test_a_row_that_is_painted_in_part_is_the_row_painted_whole(qtbot):
    row = ShapeRow("jawOpen", QColor(theme.ACCENT))
    qtbot.addWidget(row)
    row.resize(360, row.sizeHint().height())
    row.show()
    row.show_values(0.2, 0.5)
    row.grab()
    seen = []
    row.update = seen.append  # what the row asks to be painted anew
    kept = row.grab()
    row.show_values(0.25, 0.6)
    assert seen
    for part in seen:
        row.render(kept, part.topLeft(), QRegion(part))
    del row.update
    assert kept.toImage() == row.grab().toImage()
