"""A studio of its own for every test: settings, data and threads leave nothing behind."""

import shutil
import threading

import pytest
from PySide6.QtWidgets import QApplication

from studio import recovery
from studio.desk import Desk
from studio.proxies import Proxies
from studio.window import Window
from tests.studio import short_clip
from tests.studio.hands import activate
from widgets import theme


@pytest.fixture(scope="session")
def qapp_args():
    return ["facestudio"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(Proxies, "wanted", False)  # the tests of proxies ask for them
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_left():
    before = set(threading.enumerate())
    yield
    ours = ("preview", "jobs", "background")
    left = [t for t in set(threading.enumerate()) - before if t.name.startswith(ours)]
    for thread in left:  # one that compiles the renderer ends when that is done
        thread.join(60)
    assert not [t for t in left if t.is_alive()]


@pytest.fixture(scope="session")
def followed(tmp_path_factory):
    """Return a folder with a short clip and its project, the face followed by the engine."""
    return short_clip.followed(tmp_path_factory.mktemp("followed"))


@pytest.fixture
def clip(followed, home):
    """Return the path of a short clip of its own."""
    return shutil.copy(followed / "talk.mp4", home / "talk.mp4")


@pytest.fixture
def project(followed, clip, home):
    """Return the path of a project of the short clip, its face followed, not edited."""
    return shutil.copy(followed / "talk.facestudio", home / "talk.facestudio")


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
def new_window(qtbot, qapp):
    """Return what opens a window that has the keyboard, with or without a window manager."""
    if not isinstance(qapp, QApplication) or not qapp.styleSheet():
        theme.dress(qapp)

    def make():
        window = Window()
        qtbot.addWidget(window)
        window.desk.preview.look_ahead = False
        window.show()
        qtbot.waitExposed(window)
        activate(window)
        return window

    return make


@pytest.fixture
def window(new_window):
    return new_window()
