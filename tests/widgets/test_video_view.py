import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from widgets.focus_ring import FocusRing
from widgets.picture_pair import PicturePair, difference
from widgets.video_canvas import Mode
from widgets.video_overlay import edges_of, lines_path
from widgets.video_view import VideoView

RED, BLUE = (210, 15, 15), (15, 15, 210)


def flat(colour, size=(90, 160)):
    return np.full((*size, 3), colour, np.uint8)


@pytest.fixture
def view(qtbot):
    made = VideoView()
    qtbot.addWidget(made)
    made.resize(500, 340)
    made.show_frames(flat(RED), flat(BLUE))
    made.show()
    qtbot.waitExposed(made)
    return made


def near(c):
    """Return a colour as a screen of 16 bits can still tell it."""
    return tuple(round(x / 15) * 15 for x in (c.red(), c.green(), c.blue()))


def colour_at(view, x, y):
    """Return the (red, green, blue) painted at fractions x, y of the picture seen."""
    place = view.canvas.places()[0]
    seen = place.target.intersected(place.panel)
    at = QPointF(seen.x() + x * seen.width(), seen.y() + y * seen.height()).toPoint()
    c = view.canvas.grab().toImage().pixelColor(at)
    return near(c)


def send(canvas, kind, at, buttons=Qt.MouseButton.LeftButton):
    button = Qt.MouseButton.LeftButton
    position = QPointF(at)
    event = QMouseEvent(
        kind,
        position,
        canvas.mapToGlobal(position),
        Qt.MouseButton.NoButton if kind is QMouseEvent.Type.MouseMove else button,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)


def drag(canvas, start, end):
    send(canvas, QMouseEvent.Type.MouseButtonPress, start)
    for share in (0.3, 0.6, 1.0):
        at = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        send(canvas, QMouseEvent.Type.MouseMove, at)
    send(canvas, QMouseEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton)


def test_modes_show_what_they_say(view):
    view.show_mode("edited")
    assert colour_at(view, 0.5, 0.5) == BLUE
    view.show_mode("original")
    assert colour_at(view, 0.5, 0.5) == RED
    view.show_mode("wipe")
    assert (colour_at(view, 0.25, 0.2), colour_at(view, 0.75, 0.2)) == (RED, BLUE)
    view.show_mode("difference")
    assert colour_at(view, 0.5, 0.5) == (255, 0, 255)
    view.show_mode("side by side")
    first, second = view.canvas.places()
    picture = view.canvas.grab().toImage()
    shown = [picture.pixelColor(p.panel.center().toPoint()) for p in (first, second)]
    assert [near(c) for c in shown] == [RED, BLUE]


def test_flicker_alternates_and_its_timer_rests_otherwise(view, qtbot):
    view.show_mode("flicker")
    assert view.canvas._flicker.isActive()
    assert colour_at(view, 0.5, 0.5) == BLUE
    view.canvas._on_flicker_timeout()
    assert colour_at(view, 0.5, 0.5) == RED
    view.hide()
    assert not view.canvas._flicker.isActive()


def test_showing_emits_nothing(view, qtbot):
    with (
        qtbot.assertNotEmitted(view.mode_changed),
        qtbot.assertNotEmitted(view.zoom_changed),
        qtbot.assertNotEmitted(view.face_wished),
    ):
        view.show_mode("wipe")
        view.show_zoom(2.0)
        view.show_wipe(0.2)
        view.show_faces([(0, 0, 10, 10), (20, 20, 60, 60)], 1)
        view.show_overlays(["landmarks"])
    assert view.mode is Mode.WIPE
    assert view.mode_actions[Mode.WIPE].isChecked()


def test_the_wipe_is_dragged_by_its_line(view):
    view.show_mode("wipe")
    y = view.canvas.height() // 2
    start = QPoint(round(view.canvas.wipe_at()), y)
    drag(view.canvas, start, QPoint(start.x() + 100, y))
    assert view.canvas.wipe_at() == pytest.approx(start.x() + 100, abs=1)
    assert colour_at(view, 0.6, 0.2) == RED


def test_a_click_on_a_face_wishes_it_and_a_drag_does_not(view, qtbot):
    view.show_size(1280, 720)  # the frames shown are a preview of an eighth
    view.show_faces([(100, 100, 400, 500), (800, 100, 1100, 500)])
    place = view.canvas.places()[0]
    second = place.to_widget(QPointF(900, 300)).toPoint()
    with qtbot.waitSignal(view.face_wished) as wish:
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=second)
    assert wish.args == [1]
    with qtbot.assertNotEmitted(view.face_wished):
        drag(view.canvas, second, second + QPoint(60, 0))
        empty = place.to_widget(QPointF(600, 650)).toPoint()
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=empty)


def test_zoom_keeps_the_pixel_under_the_mouse_and_a_drag_pans(view, qtbot):
    view.show_size(1280, 720)
    at = QPointF(120, 150)
    canvas = view.canvas
    before = canvas.places()[0].to_picture(at)
    with qtbot.waitSignal(view.zoom_changed):
        wheel = QWheelEvent(
            at,
            canvas.mapToGlobal(at),
            QPoint(),
            QPoint(0, 600),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, wheel)
    after = canvas.places()[0].to_picture(at)
    assert view.zoom > 0.6
    assert (after - before).manhattanLength() < 1
    drag(canvas, QPoint(300, 150), QPoint(200, 150))
    moved = canvas.places()[0].to_picture(at)
    assert moved.x() == pytest.approx(after.x() + 100 / canvas.places()[0].scale, abs=0.5)


def test_a_preview_fills_the_clip_and_a_missing_frame_is_replaced(view):
    view.show_size(320, 180)
    view.show_zoom(1.0)
    assert view.canvas.places()[0].target.width() == 320 / view.devicePixelRatioF()
    view.show_frames(flat(RED), None)
    view.show_mode("edited")
    assert colour_at(view, 0.5, 0.5) == RED
    view.show_frames(None, None)
    view.grab()  # says that there is no picture


def test_overlay_is_painted_where_asked(view):
    assert not view.overlay_actions["wire"].isEnabled()
    points = np.array([[40, 45], [80, 45], [80, 80.0]])
    view.show_overlay(points, np.array([[0, 1, 2]]), np.array([0.9, 0.5, 0.1]))
    assert view.overlay_actions["wire"].isEnabled()
    plain = view.canvas.grab().toImage()
    for names in (["landmarks"], ["wire"], ["confidence"]):
        view.show_overlays(names)
        assert view.canvas.grab().toImage() != plain
    view.show_overlays([])
    assert view.canvas.grab().toImage() == plain


def test_difference_is_symmetric_and_saturates():
    a, b = flat((10, 100, 0)), flat((20, 0, 0))
    assert (difference(a, b) == (40, 252, 0)).all()
    assert (difference(a, b) == difference(b, a)).all()


def test_derived_pictures_are_made_once():
    pair = PicturePair()
    rgb = flat(RED)
    pair.show(rgb, rgb)
    assert pair.image("after") is pair.image("after")
    assert pair.image("before") is pair.image("after")
    assert pair.size.width() == 160


def test_edges_are_unique_and_lines_become_one_path():
    edges = edges_of(np.array([[0, 1, 2], [2, 1, 3]]))
    assert edges.tolist() == [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
    path = lines_path(np.array([[[0, 1], [2, 3]], [[4, 5], [6, 7.5]]]))
    assert path.elementCount() == 4
    last = path.elementAt(3)
    assert (last.x, last.y, last.isLineTo()) == (6, 7.5, True)
    assert edges_of(None).shape == (0, 2)


def test_a_ring_shows_where_the_keyboard_is_and_not_where_the_mouse_was(view, qtbot):
    ring = view.canvas.findChild(FocusRing)
    view.activateWindow()
    assert QTest.qWaitForWindowActive(view, 30_000)
    view.canvas.clearFocus()
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.isVisible()
    view.resize(420, 300)
    QApplication.processEvents()
    assert ring.geometry() == view.canvas.rect()
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton)
    assert not ring.isVisible()


def test_a_notice_says_why_there_is_no_picture(view, qtbot):
    asked = []
    view.remedy_wished.connect(lambda: asked.append(True))
    view.show_frames(None, None)
    view.show_notice("It is gone", "Find it")
    button = view.findChild(QPushButton)
    assert button.isVisible()
    assert button.text() == "Find it"
    view.grab()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [True]
    view.show_notice("")
    assert not button.isVisible()
