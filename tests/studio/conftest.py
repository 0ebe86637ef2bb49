"""A studio of its own for every test: settings, data and threads leave nothing behind."""

import threading

import pytest
from PySide6.QtWidgets import QApplication

from studio import recovery
from studio.desk import Desk
from studio.window import Window
from widgets import theme


@pytest.fixture(scope="session")
def qapp_args():
    return ["facestudio"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_left():
    before = set(threading.enumerate())
    yield
    ours = ("preview", "jobs", "background")
    left = [t for t in set(threading.enumerate()) - before if t.name.startswith(ours)]
    assert not left


@pytest.fixture
def demo(home):
    """Return the path of a fresh project: the clip that ships, its face followed."""
    return recovery.demo_project()


@pytest.fixture
def desk(qtbot):
    desk = Desk()
    yield desk
    desk.stop()


@pytest.fixture
def window(qtbot, qapp):
    if not isinstance(qapp, QApplication) or not qapp.styleSheet():
        theme.dress(qapp)
    window = Window()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window
