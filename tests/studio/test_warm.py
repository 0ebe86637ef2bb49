"""What the first clip would stall on is done beforehand, and changes nothing that is seen."""

import gc

from PySide6.QtCore import QTimer

from studio.head_dock import HeadDock
from studio.warm import WarmUp


def test_a_window_is_prepared_step_by_step(window, qtbot, monkeypatch):
    painted = []
    for dock in window.docks.values():
        panel = dock.widget()
        monkeypatch.setattr(panel, "grab", lambda panel=panel: painted.append(panel))
    before = window.grab().toImage()
    warm = WarmUp(window)
    warm.begin()
    head = window.docks["head"].widget()
    assert isinstance(head, HeadDock)
    qtbot.waitUntil(lambda: head.wiring is not None, timeout=20_000)
    assert painted == [dock.widget() for dock in window.docks.values()]
    assert not any(dock.isVisible() for dock in window.docks.values())
    assert window.grab().toImage() == before
    assert gc.isenabled()
    qtbot.waitUntil(lambda: not any(t.isActive() for t in warm.findChildren(QTimer)))


def test_a_clip_that_is_opened_ends_the_preparation(window, project, qtbot, monkeypatch):
    painted = []
    warm = WarmUp(window)
    warm.begin()
    window.desk.open(project)
    for dock in window.docks.values():
        monkeypatch.setattr(dock.widget(), "grab", lambda: painted.append(1))
    qtbot.waitUntil(lambda: not warm.findChildren(QTimer)[0].isActive())
    assert painted == []
