"""The docks: which widget stands where, and how it is joined to the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio import wiring, wiring_edit, wiring_time
from studio.desk import Desk
from studio.head_dock import HeadDock, head
from widgets.coefficients import CoefficientPanel
from widgets.emotion import EmotionPanel
from widgets.history_list import HistoryList
from widgets.job_list import JobList
from widgets.layer_list import LayerList

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


@dataclass(frozen=True)
class Dock:
    """A dock.

    wire : joins a new widget to the desk and returns what shows the document in it.
    tab : the dock it shares its place with. size : px across the area, then along it.
    """

    id: str
    title: str
    make: Callable[[], QWidget]
    wire: Callable[[Desk, Any], Any]
    area: str
    tab: str = ""
    size: tuple[int, int] = (300, 300)


DOCKS: tuple[Dock, ...] = (
    Dock("emotion", "Emotion", EmotionPanel, wiring.emotion, "left", "", (310, 480)),
    Dock("layers", "Layers", LayerList, wiring_edit.layers, "left", "", (310, 240)),
    Dock("history", "History", HistoryList, wiring_edit.history, "left", "layers", (310, 240)),
    Dock("jobs", "Jobs", JobList, wiring_edit.jobs, "left", "history", (310, 240)),
    Dock("head", "Head", HeadDock, head, "right", "", (370, 340)),
    Dock(
        "shapes", "Coefficients", CoefficientPanel, wiring_edit.coefficients, "right", "",
        (370, 340),
    ),
    Dock(
        "time", "Timeline", wiring_time.TimePanel, wiring_time.time, "bottom", "", (320, 1600)
    ),
)  # fmt: skip
FRONT = ("layers",)
