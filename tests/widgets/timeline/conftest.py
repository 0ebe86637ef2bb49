import pytest
from PySide6.QtWidgets import QApplication

from tests.widgets.timeline.hands import LAYERS, TIMES, Answer
from widgets.timeline import TimelineView


@pytest.fixture
def view(qtbot):
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(1180, 520)
    view.show()
    view.show_times(TIMES)
    view.show_layers(LAYERS)
    QApplication.processEvents()
    return view


@pytest.fixture
def answer(view):
    return Answer(view, LAYERS)
