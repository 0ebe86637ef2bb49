"""From a video to an edited film and back, as a user does it: by mouse, and by keyboard."""

import shutil

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTabBar,
    QWidget,
)

from core.storage import ProjectFile
from tests.studio.film import check_film, check_painted, check_shown
from tests.studio.hands import LONG, click, dialog, drag, focus, press, settle, write
from widgets.export_dialog import ExportDialog

Key = Qt.Key
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
REAL = pytest.param("LipNet__bbaf2n.mpg", marks=pytest.mark.data)  # 75 frames, 360x288


def _button(widget, text, kind=QPushButton):
    return next(b for b in widget.findChildren(kind) if b.text().replace("&", "") == text)


def _named(widget, name):
    """Return the widget of an accessible name."""
    return next(w for w in widget.findChildren(QWidget) if w.accessibleName() == name)


def _choose(qtbot, window, id_):
    """Choose an entry of a menu with the mouse."""
    action, menu = window.actions_by_id[id_], window.menus[id_.split(".")[0]]
    assert action.isEnabled()
    bar = window.menuBar()
    click(bar, bar.actionGeometry(menu.menuAction()).center())
    qtbot.waitUntil(menu.isVisible)
    click(menu, menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: not menu.isVisible())


def _raise(qtbot, window, title):
    """Click the tab of a dock, if it shares its place with others."""
    for bar in window.findChildren(QTabBar):
        for i in range(bar.count()):
            if bar.tabText(i) == title and bar.isVisible():
                click(bar, bar.tabRect(i).center())
                qtbot.waitUntil(lambda bar=bar, i=i: bar.currentIndex() == i)


def _followed(qtbot, window):
    """Wait until the clip was opened and its face followed."""
    qtbot.waitUntil(lambda: window.desk.take is not None, timeout=LONG)
    settle(qtbot, window)


def _exported(qtbot, window):
    qtbot.waitUntil(lambda: bool(window.desk.jobs.active), timeout=LONG)
    qtbot.waitUntil(lambda: not window.desk.jobs.active, timeout=2 * LONG)
    job = next(j for j in reversed(window.desk.jobs.all) if j.title.startswith("Export"))
    assert job.state == "done", job.message
    assert window.desk.last_export is not None


def _layer(window):
    (layer,) = window.desk.take.layers
    assert layer.label == "happy"
    return layer


@pytest.fixture(params=["synthetic", REAL])
def video(request, home, followed):
    """Return the path of a clip no project knows yet."""
    if request.param == "synthetic":
        return shutil.copy(followed / "talk.mp4", home / "new clip.mp4")
    data = request.getfixturevalue("test_data") / "talk" / request.param
    if not data.is_file():
        pytest.skip(f"the clip is absent: {data}")
    return shutil.copy(data, home / data.name)


# By mouse.


@pytest.mark.slow
def test_by_mouse(window, new_window, qtbot, video, home):
    check_painted(window)
    click(_named(window.welcome, "Open a video or project"))
    asked = dialog(qtbot, QFileDialog)
    write(str(video))
    click(asked.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open))
    _followed(qtbot, window)
    filmed = check_painted(window.video.canvas)

    key, pulled = _bend_by_mouse(qtbot, window)
    _scrub_by_mouse(window)
    check_shown(window, settle(qtbot, window))
    assert not np.array_equal(check_painted(window.video.canvas), filmed)
    _choose(qtbot, window, "edit.undo")
    assert _layer(window).amount.keys[1] == key
    _choose(qtbot, window, "edit.redo")
    assert _layer(window).amount.keys[1] == pulled
    _export_by_mouse(qtbot, window, home / "film.mp4")
    check_film(home / "film.mp4", video, np.ones(len(window.desk.clip.times), bool))

    path, labels, layer = window.desk.session.path, window.desk.session.labels, _layer(window)
    _choose(qtbot, window, "file.close")
    assert window.pages.currentWidget() is window.welcome
    with ProjectFile(path) as file:
        assert file.labels == labels
        assert file.project.takes[0].layers == (layer,)
    window.close()
    again = new_window()
    check_painted(again)
    recent = again.welcome.findChild(QListWidget)
    click(recent.viewport(), recent.visualItemRect(recent.item(0)).center())
    _is_back(qtbot, again, path, labels, layer)


def _bend_by_mouse(qtbot, window):
    """Choose happy, give its curve a key and pull it down; return the key before and after."""
    _raise(qtbot, window, "Emotion")
    happy = _button(window.docks["emotion"], "Happy")
    assert not happy.visibleRegion().isEmpty()
    click(happy)
    assert [k.value for k in _layer(window).amount.keys] == [1.0]
    canvas = window.docks["time"].widget().timeline.canvas
    lane, middle = canvas.rows.curves[0], window.desk.viewing.count // 2
    spot = QPointF(canvas.axis.frame_x(middle), canvas.top(lane) + lane.y(1.0) + 6)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert len(_layer(window).amount.keys) == 2
    steps, key = len(window.desk.session.labels), _layer(window).amount.keys[1]
    start = lane.spot(canvas.axis, key) + QPointF(0, canvas.top(lane))
    drag(canvas, *(start + QPointF(0, 2 * i) for i in range(6)))
    pulled = _layer(window).amount.keys[1]
    assert 0.1 < pulled.value < key.value - 0.1
    assert pulled.time == key.time
    assert len(window.desk.session.labels) == steps + 1  # the drag is one step
    return key, pulled


def _scrub_by_mouse(window):
    """Drag along the time code: the playhead follows the hand."""
    canvas = window.docks["time"].widget().timeline.canvas
    row, way = canvas.rows.ruler.height - 12, range(2, window.desk.viewing.count // 2, 3)
    drag(canvas, *(QPointF(canvas.axis.frame_x(frame) + 1, row) for frame in way))
    assert window.desk.viewing.frame == way[-1]


def _export_by_mouse(qtbot, window, target):
    _choose(qtbot, window, "file.export")
    export = dialog(qtbot, ExportDialog)
    name = export.findChild(QLineEdit)
    qtbot.mouseDClick(name, Qt.MouseButton.LeftButton)
    name.selectAll()
    write(str(target))
    click(_button(export, "Export"))
    _exported(qtbot, window)


# By keyboard.


@pytest.mark.slow
def test_by_keyboard(window, new_window, qtbot, video, home):
    desk = window.desk
    _open_by_keyboard(qtbot, video)
    _followed(qtbot, window)

    key, pulled = _bend_by_keyboard(window)
    press(Key.Key_Left, SHIFT)
    press(Key.Key_Home)
    press(Key.Key_Right)
    assert desk.viewing.frame == 1
    check_shown(window, settle(qtbot, window))
    press(Key.Key_Z, CONTROL)
    assert _layer(window).amount.keys[1].value > pulled.value
    press(Key.Key_Y, CONTROL)
    assert _layer(window).amount.keys[1] == pulled
    assert pulled.time == key.time

    _to_slider(window, "Sad, intensity")
    press(Key.Key_Right)
    assert [x.label for x in desk.take.layers] == ["happy", "sad"]
    press(Key.Key_Z, CONTROL)
    assert _layer(window).amount.keys[1] == pulled

    _export_by_keyboard(qtbot, window, home / "film.mp4")
    check_film(home / "film.mp4", video, np.ones(len(desk.clip.times), bool))

    named = home / "named.facestudio"
    press(Key.Key_S, CONTROL | SHIFT)
    dialog(qtbot, QFileDialog)
    press(Key.Key_A, CONTROL)
    write(str(named))
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: desk.session.path == named)
    labels, layer = desk.session.labels, _layer(window)
    press(Key.Key_W, CONTROL)
    assert desk.session.path is None
    press(Key.Key_Q, CONTROL)
    assert not window.isVisible()
    with ProjectFile(named) as file:
        assert file.labels == labels
    again = new_window()
    _open_by_keyboard(qtbot, named)
    _is_back(qtbot, again, named, labels, layer)


def _open_by_keyboard(qtbot, path):
    press(Key.Key_O, CONTROL)
    dialog(qtbot, QFileDialog)
    write(str(path))
    press(Key.Key_Return)


def _bend_by_keyboard(window):
    """Choose happy by its digit, add a key by Insert, lower it by Alt and the arrows."""
    press(Key.Key_5)
    assert [k.value for k in _layer(window).amount.keys] == [1.0]
    _to_timeline(window)
    press(Key.Key_Right, SHIFT)
    press(Key.Key_Right)
    assert window.desk.viewing.frame == 11
    press(Key.Key_Insert)
    assert len(_layer(window).amount.keys) == 2
    key = _layer(window).amount.keys[1]
    assert key.time == window.desk.clip.times.moment(11)
    for _ in range(8):
        press(Key.Key_Down, ALT)
    pulled = _layer(window).amount.keys[1]
    assert pulled.value == pytest.approx(0.6)
    return key, pulled


def _export_by_keyboard(qtbot, window, target):
    """Open the menu by its letter, walk down to Export, type a name and accept."""
    menu, wanted = window.menus["file"], window.actions_by_id["file.export"]
    press(Key.Key_F, ALT)
    qtbot.waitUntil(menu.isVisible)
    for _ in range(30):
        if menu.activeAction() is wanted:
            break
        press(Key.Key_Down)
    press(Key.Key_Return)
    export = dialog(qtbot, ExportDialog)
    for _ in range(30):
        if isinstance(focus(), QLineEdit):
            break
        press(Key.Key_Tab)
    press(Key.Key_A, CONTROL)
    write(str(target))
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: not export.isVisible())
    _exported(qtbot, window)


def _is_back(qtbot, window, path, labels, layer):
    """Assert that a project stands in the window as it was left."""
    qtbot.waitUntil(lambda: window.desk.session.path == path)
    assert _layer(window) == layer
    assert window.desk.session.labels == labels
    settle(qtbot, window)
    check_painted(window)
    window.close()


def _to_timeline(window):
    """Walk the panels until the keyboard is in the timeline."""
    canvas = window.docks["time"].widget().timeline.canvas
    for _ in range(len(window.docks) + 1):
        if canvas.hasFocus():
            return
        press(Key.Key_F6)
    raise AssertionError("F6 does not reach the timeline")


def _to_slider(window, name):
    """Walk to the emotions, then press Tab until the slider of that name has the keyboard."""
    for _ in range(len(window.docks) + 1):
        if window.docks["emotion"].isAncestorOf(focus()):
            break
        press(Key.Key_F6)
    for _ in range(60):
        if focus().accessibleName() == name:
            return
        press(Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {name}")
