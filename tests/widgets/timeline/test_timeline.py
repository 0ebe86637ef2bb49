from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from core.expression.layers import Emotion
from core.expression.speech import Interval
from tests.widgets.timeline.hands import (
    CURVE,
    LAYERS,
    LEFT,
    NONE,
    TIMES,
    drag,
    mouse,
    place,
    spot,
)
from widgets.timeline import TimelineView


def test_layers_with_curves_have_lanes_and_what_is_shown_wishes_nothing(view, answer):
    assert [lane.title for lane in view.canvas.rows.curves] == ["Happy", "± jawOpen"]
    assert [lane.folded for lane in view.canvas.rows.curves] == [False, True]
    view.show_speech([Interval(3, 9, "closed", 1.0)])
    view.show_cached(np.ones(200, np.bool_))
    view.show_range(10, 90)
    view.show_loop(True)
    view.show_markers((5, 3))
    view.show_frame(60)
    view.show_thumbnails([(0, np.zeros((9, 16, 3), np.uint8))])
    view.show_layers(LAYERS[:1])
    view.grab()
    assert answer.layer_wishes + answer.frames + answer.ranges + answer.markers == []


def test_one_drag_is_one_gesture_ending_with_nothing_new(view, answer):
    start = spot(view, 1)
    drag(view, start, start + QPointF(20, 0), start + QPointF(50, 11), place(view, 3.0, 0.7))
    names = [gesture for _, _, gesture in answer.layer_wishes]
    assert len(set(names[:-1])) == 1
    assert names[-1] == ""
    assert names[0].startswith("timeline")
    assert answer.layer_wishes[-1][1] == answer.layer_wishes[-2][1]
    assert answer.points() == [(0, 0), (3, 0.7), (4, 0.5), (6, 0)]
    assert view.canvas.rows.curves[0].chosen == {Fraction(3)}


def test_a_click_selects_and_is_no_edit(view, answer):
    drag(view, spot(view, 2), spot(view, 2) + QPointF(1, 1))
    assert answer.layer_wishes == []
    assert view.canvas.rows.curves[0].chosen == {Fraction(4)}


def test_passing_over_a_key_and_coming_back_leaves_it(view, answer):
    start = spot(view, 1)
    drag(
        view, start, place(view, 4.0, 1.0), place(view, 5.0, 1.0), start + QPointF(30, 0), start
    )
    assert answer.layers == LAYERS


def test_snapping_draws_to_the_playhead_and_lies_on_frames(view, answer):
    view.show_frame(83)
    near = place(view, float(TIMES.moment(83)), 1.0) + QPointF(5, 0)
    drag(view, spot(view, 1), near)
    assert answer.layers[0].amount.keys[1].time == TIMES.moment(83)
    drag(view, spot(view, 1), spot(view, 1) + QPointF(37.3, 0))
    frames = answer.layers[0].amount.keys[1].time * 25
    assert frames.denominator == 1


def test_without_snapping_a_key_lies_between_frames(view, answer):
    view.tools.snap.setChecked(False)
    start = spot(view, 1)
    drag(view, start, start + QPointF(33.4, 0))
    assert (answer.layers[0].amount.keys[1].time * 25).denominator != 1


def test_a_box_selects_and_all_move_together(view, answer):
    drag(view, place(view, 1.5, 1.4), place(view, 4.5, 0.2))
    assert view.canvas.rows.curves[0].chosen == {Fraction(2), Fraction(4)}
    drag(view, spot(view, 1), place(view, 2.4, 1.0))
    assert answer.points() == [(0, 0), (2.4, 1), (4.4, 0.5), (6, 0)]


def test_double_click_adds_a_key_and_delete_takes_it_away(view, answer, qtbot):
    at = place(view, 3.0, 0.25)
    mouse(view, QEvent.Type.MouseButtonDblClick, at)
    assert (3.0, 0.25) in answer.points()
    assert answer.layer_wishes[-1][2] == ""
    qtbot.keyClick(view.canvas, Qt.Key.Key_Delete)
    assert answer.layers == LAYERS


def test_keys_travel_by_the_clipboard(view, answer, qtbot):
    drag(view, place(view, 1.5, 1.4), place(view, 4.5, 0.2))
    qtbot.keyClick(view.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().split(",")) == 2
    view.canvas.show_active(view.canvas.rows.curves[1])
    view.show_frame(25)
    qtbot.keyClick(view.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert answer.points(2) == [(0, 0.25), (1, 1), (3, 0.5)]
    QGuiApplication.clipboard().setText("a shopping list")
    before = answer.layers
    view.canvas.paste_keys()
    assert answer.layers == before


def test_the_keyboard_alone_edits_a_curve(view, answer, qtbot):
    control, alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
    canvas = view.canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, control)
    assert answer.frames == [50]
    qtbot.keyClick(canvas, Qt.Key.Key_Right, alt)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, alt)
    assert answer.points()[1] == (2.04, pytest.approx(0.95))
    view.show_frame(75)
    qtbot.keyClick(canvas, Qt.Key.Key_Insert)
    assert len(answer.points()) == 5
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.chosen_keys() == []
    qtbot.keyClick(canvas, Qt.Key.Key_A, control)
    assert len(canvas.chosen_keys()) == 5
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.rows.curves[0].folded


def test_the_bar_shows_and_sets_what_is_selected(view, answer, qtbot):
    drag(view, spot(view, 1), spot(view, 1))
    field = view.tools.value
    assert field.text() == "1.00"
    field.selectAll()
    qtbot.keyClicks(field, "40%")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert answer.points()[1] == (2, 0.4)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert answer.points()[1] == (2, 0.45)
    qtbot.keyClicks(field, "nan")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "0.45"
    qtbot.mouseClick(view.tools.joins["linear"], LEFT)
    assert answer.layers[0].amount.keys[1].interpolation == "linear"
    assert view.tools.joins["linear"].isChecked()
    qtbot.mouseClick(view.tools.delete, LEFT)
    assert len(answer.points()) == 3


def test_lanes_that_only_show_scrub(view, answer):
    lane = view.canvas.rows.confidence
    y = view.canvas.top(lane) + 5.0
    xs = [view.canvas.axis.frame_x(f) + 1 for f in (20, 20, 40, 199)]
    drag(view, *(QPointF(x, y) for x in xs))
    assert answer.frames == [20, 40, 199]


def test_the_range_is_dragged_drawn_and_taken_back(view, answer):
    axis = view.canvas.axis
    drag(view, QPointF(axis.frame_x(0), 4), QPointF(axis.frame_x(30) + 2, 4))
    assert answer.ranges[-1] == (30, 199)
    view.show_range(30, 199)
    drag(view, QPointF(axis.frame_x(60), 4), QPointF(axis.frame_x(90) + 2, 4))
    assert answer.ranges[-1] == (60, 90)
    count = len(answer.ranges)
    drag(view, QPointF(axis.frame_x(100), 4), QPointF(axis.frame_x(100) + 1, 4))
    assert len(answer.ranges) == count
    mouse(view, QEvent.Type.MouseButtonDblClick, QPointF(axis.frame_x(100), 4))
    assert answer.ranges[-1] == (0, 199)
    mouse(view, QEvent.Type.MouseButtonDblClick, QPointF(axis.frame_x(77) + 1, 25))
    assert answer.markers == [77]


def test_the_wheel_zooms_at_the_pointer(view):
    canvas = view.canvas
    at = QPointF(400, 300)
    before = canvas.axis.seconds(400)
    none, begun = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    control = Qt.KeyboardModifier.ControlModifier
    event = QWheelEvent(at, at, QPoint(), QPoint(0, 240), none, control, begun, False)
    scale = canvas.axis.scale
    QApplication.sendEvent(canvas, event)
    assert canvas.axis.scale > 1.3 * scale
    assert canvas.axis.seconds(400) == pytest.approx(before)
    view.zoom_fit()
    assert canvas.axis.scale == pytest.approx(scale)


def test_the_view_follows_a_playhead_it_was_following(view):
    for _ in range(4):
        view.zoom_in()
    assert 0 <= view.canvas.axis.frame_x(0) <= view.canvas.axis.width
    view.show_frame(199)
    assert 0 <= view.canvas.axis.frame_x(199) <= view.canvas.axis.width
    view.canvas.show_axis(view.canvas.axis.scrolled(-10_000))
    here = view.canvas.axis
    view.show_frame(198)
    assert view.canvas.axis is here


def test_selected_keys_which_an_undo_takes_away_are_no_longer_selected(view, answer):
    mouse(view, QEvent.Type.MouseButtonDblClick, place(view, 3.0, 0.25))
    assert view.has_selection()
    view.show_layers(LAYERS)
    assert not view.has_selection()


def test_an_empty_clip_can_be_shown_and_touched(qtbot):
    view = TimelineView()
    qtbot.addWidget(view)
    view.show()
    view.show_layers(LAYERS)
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
        mouse(view, kind, QPointF(50, 20))
    for name in ("zoom_in", "zoom_out", "zoom_fit", "zoom_range", "add_key", "delete_keys"):
        getattr(view, name)()
    view.grab()


def test_painting_depends_on_what_is_shown_alone(view):
    """A row kept as a picture is the row painted anew."""
    view.show_frame(50)
    view.show_layers((Emotion("happy", CURVE.scaled(0.5)), *LAYERS[1:]))
    view.canvas.choose(lambda lane: [Fraction(2)] if lane.index == 0 else ())
    kept = view.canvas.grab().toImage()
    view.canvas._pictures.clear()
    assert view.canvas.grab().toImage() == kept


def test_a_drag_on_a_lane_that_goes_is_over(view, answer):
    mouse(view, QEvent.Type.MouseButtonPress, spot(view, 1))
    mouse(view, QEvent.Type.MouseMove, spot(view, 1) + QPointF(40, 0))
    count = len(answer.layer_wishes)
    assert count
    answer.layers = LAYERS[1:]
    view.show_layers(LAYERS[1:])
    mouse(view, QEvent.Type.MouseMove, QPointF(300, 300))
    mouse(view, QEvent.Type.MouseButtonRelease, QPointF(300, 300))
    assert len(answer.layer_wishes) == count


def test_no_shortcut_of_the_window_comes_between_a_drag(view):
    undo = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    )
    undo.ignore()
    QApplication.sendEvent(view.canvas, undo)
    assert not undo.isAccepted()
    mouse(view, QEvent.Type.MouseButtonPress, spot(view, 1))
    QApplication.sendEvent(view.canvas, undo)
    assert undo.isAccepted()
    mouse(view, QEvent.Type.MouseButtonRelease, spot(view, 1))


def test_what_is_granted_is_what_is_shown_whatever_the_hand_does(view, answer, qtbot):
    """600 random presses, moves and keys leave view and document equal, every curve whole."""
    rng = np.random.default_rng(7)
    keys = [Qt.Key.Key_Delete, Qt.Key.Key_Insert, Qt.Key.Key_Up, Qt.Key.Key_Down,
            Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_A, Qt.Key.Key_C,
            Qt.Key.Key_X, Qt.Key.Key_V, Qt.Key.Key_Escape]  # fmt: skip
    holds = [NONE, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier,
             Qt.KeyboardModifier.ShiftModifier]  # fmt: skip
    kinds = [QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseMove,
             QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick]  # fmt: skip
    for _ in range(600):
        hold = holds[rng.integers(len(holds))]
        if rng.random() < 0.3:
            qtbot.keyClick(view.canvas, keys[rng.integers(len(keys))], hold)
            continue
        lane = int(rng.integers(len(view.canvas.rows.curves)))
        count = len(view.canvas.rows.curves[lane].curve.envelope.keys)
        near = spot(view, int(rng.integers(count)), lane)
        far = QPointF(*(rng.random(2) * [view.canvas.width(), view.canvas.height()]))
        at = near if rng.random() < 0.5 else far
        mouse(view, kinds[rng.integers(len(kinds))], at, hold)
    mouse(view, QEvent.Type.MouseButtonRelease, QPointF(5, 5))
    assert len(answer.layer_wishes) > 50
    for lane in view.canvas.rows.curves:
        assert lane.layer == answer.layers[lane.index]
        times = {key.time for key in lane.curve.envelope.keys}
        assert lane.chosen <= times
        assert max(times) <= TIMES.moment(199)


def test_a_new_curve_is_scrolled_into_a_low_view(view):
    view.resize(900, 240)
    QApplication.processEvents()
    shown = (*LAYERS, Emotion("sad"))
    view.show_layers(shown)
    canvas = view.canvas
    assert canvas.active is canvas.rows.curves[-1]
    top = canvas.top(canvas.active)
    assert top >= canvas.rows.head - canvas.active.height
    assert top + canvas.active.height <= canvas.height() + 1
    canvas.show_active(canvas.rows.curves[0])
    assert canvas.lane_at(canvas.top(canvas.active) + 3) is canvas.active


def test_lanes_can_be_left_out(view):
    canvas = view.canvas
    height = canvas.rows.head
    menu = view._heads.lanes_menu()
    menu.actions()[0].trigger()
    assert canvas.rows.head == height - canvas.rows.thumbnails.height
    assert canvas.rows.thumbnails not in canvas.rows.pinned
    view.grab()
    menu.actions()[0].trigger()
    assert canvas.rows.head == height
    canvas.fold_all(True)
    assert all(lane.folded for lane in canvas.rows.curves)


def test_picture_sound_and_strips_stay_while_curves_scroll(view):
    view.resize(900, 260)
    view.show_layers((*LAYERS, Emotion("sad"), Emotion("angry")))
    QApplication.processEvents()
    canvas, rows = view.canvas, view.canvas.rows
    canvas.show_offset(60)
    for lane in rows.pinned:
        assert canvas.lane_at(canvas.top(lane) + 2) is lane
    assert rows.head < canvas.height() - 40
    first = next(lane for lane in rows.curves if canvas.top(lane) + lane.height > rows.head)
    assert canvas.lane_at(rows.head + 1) is first


def test_a_box_takes_no_key_that_is_scrolled_out_of_view(view):
    view.resize(900, 260)
    view.show_layers((*LAYERS, Emotion("sad", CURVE), Emotion("angry", CURVE)))
    QApplication.processEvents()
    canvas = view.canvas
    canvas.show_offset(canvas.rows.curves[0].height)
    seen = next(lane for lane in canvas.rows.curves if lane.title == "Sad")
    low = QPointF(canvas.width() - 2, canvas.top(seen) + seen.height / 2)
    drag(view, low, QPointF(2, 2))
    assert not canvas.rows.curves[0].chosen


def test_a_button_offers_the_lanes(view, qtbot):
    button = next(
        b for b in view.tools.findChildren(QToolButton) if b.accessibleName() == "Lanes to show"
    )
    qtbot.mouseClick(button, LEFT)
    menu = next(m for m in view._heads.findChildren(QMenu) if m.isVisible())
    menu.actions()[1].trigger()
    assert view.canvas.rows.wave not in view.canvas.rows.pinned
    menu.close()
