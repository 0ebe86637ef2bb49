"""The live window shows what it is told and wishes what is clicked."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from widgets.live_panel import LiveFigures, LivePanel


@pytest.fixture
def panel(qtbot):
    made = LivePanel()
    qtbot.addWidget(made)
    made.show()
    return made


def heard(panel):
    got = []
    panel.start_wished.connect(lambda i: got.append(("start", i)))
    panel.stop_wished.connect(lambda: got.append(("stop",)))
    panel.record_wished.connect(lambda on: got.append(("record", on)))
    panel.file_wished.connect(lambda: got.append(("file",)))
    panel.look_wished.connect(lambda: got.append(("look",)))
    return got


def texts(panel):
    return [label.text() for label in panel.findChildren(QLabel)]


def test_without_a_camera_it_says_what_to_do(panel, qtbot):
    got = heard(panel)
    panel.show_devices([])
    assert "No camera was found" in texts(panel)
    assert not panel._start.isEnabled()
    assert not panel._record.isEnabled()
    for button in (panel._look, panel._file):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert got == [("look",), ("file",)]


def test_start_stop_and_record(panel, qtbot):
    got = heard(panel)
    panel.show_devices(["Front", "Back"])
    panel._devices.setCurrentIndex(1)
    qtbot.mouseClick(panel._start, Qt.MouseButton.LeftButton)
    panel.show_running(True, "Back")
    assert not panel._devices.isEnabled()
    qtbot.mouseClick(panel._record, Qt.MouseButton.LeftButton)
    panel.show_recording(True)
    qtbot.mouseClick(panel._record, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel._start, Qt.MouseButton.LeftButton)
    assert got == [("start", 1), ("record", True), ("record", False), ("stop",)]
    panel.show_running(False)
    assert not panel._record.isEnabled()
    assert panel._devices.isEnabled()


def test_cameras_that_come_keep_the_choice(panel):
    panel.show_devices(["Front", "Back"])
    panel._devices.setCurrentIndex(1)
    panel.show_devices(["New", "Front", "Back"])
    assert panel._devices.currentText() == "Back"


def test_figures_and_states(panel):
    panel.show_figures(LiveFigures(29.97, 24.0, 7, 75.25, 2))
    assert {"30.0", "24.0", "7", "01:15.2", "2"} <= set(texts(panel))
    panel.show_state("The camera has stopped", "It was unplugged.", bad=True)
    assert panel._note.property("bad")


def test_the_picture_is_mirrored_with_its_points(panel):
    rgb = np.zeros((90, 160, 3), np.uint8)
    rgb[:, :80] = (255, 0, 0)
    panel.mirror.show_picture(rgb, np.array([[10.0, 20.0]]))
    image = panel.mirror.image
    assert image.pixelColor(120, 45).red() == 255
    assert image.pixelColor(40, 45).red() == 0
    assert panel.mirror._points.tolist() == [[150.0, 20.0]]
    assert not panel.mirror.grab().isNull()
    panel.mirror.show_picture(None)
    assert panel.mirror.image.isNull()


def test_everything_has_a_name_for_those_who_do_not_see(panel):
    for button in panel.findChildren(QPushButton):
        assert button.text() or button.accessibleName()
    assert panel._devices.accessibleName()


def test_a_failure_stays_until_cameras_are_looked_for_again(qtbot):
    panel = LivePanel()
    qtbot.addWidget(panel)
    panel.show_state("The camera has stopped", "It cannot be opened.", bad=True)
    panel.show_devices([])
    assert panel._note.text() == "It cannot be opened."
    panel.show_devices([], looking=True)
    panel.show_devices([])
    assert "Connect one" in panel._note.text()
