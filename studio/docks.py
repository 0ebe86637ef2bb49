"""The docks: which widget stands where, and how it is joined to the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from studio import plugins, wiring, wiring_edit, wiring_time
from studio.desk import Desk
from studio.head_dock import HeadDock, head
from widgets.coefficients import CoefficientPanel
from widgets.emotion import EmotionPanel
from widgets.history_list import HistoryList
from widgets.job_list import JobList
from widgets.layer_fields import LayerFields
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
    """

    id: str
    title: str
    make: Callable[[], QWidget]
    wire: Callable[[Desk, Any], Any]
    area: str


DOCKS: tuple[Dock, ...] = (
    Dock("emotion", "Emotion", EmotionPanel, wiring.emotion, "left"),
    Dock("layer", "Layer", LayerFields, plugins.layer_fields, "left"),
    Dock("layers", "Layers", LayerList, wiring_edit.layers, "left"),
    Dock("history", "History", HistoryList, wiring_edit.history, "left"),
    Dock("jobs", "Jobs", JobList, wiring_edit.jobs, "left"),
    Dock("head", "Head", HeadDock, head, "right"),
    Dock("shapes", "Coefficients", CoefficientPanel, wiring_edit.coefficients, "right"),
    Dock("time", "Timeline", wiring_time.TimePanel, wiring_time.time, "bottom"),
)
LOW = 840  # a window that is lower shows one dock on the left at a time


def arrange(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
    """Give the docks their first places and sizes, by the room the window has."""
    wide, high = window.width(), window.height()
    low = high < LOW
    across, along = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    left_ones = [docks[dock.id] for dock in DOCKS if dock.area == "left"]
    for holder in left_ones:  # a dock that is split off a tab would come back as a tab
        window.removeDockWidget(holder)
    window.addDockWidget(AREAS["left"], docks["emotion"])
    if low:
        window.tabifyDockWidget(docks["emotion"], docks["layers"])
    else:
        window.splitDockWidget(docks["emotion"], docks["layers"], along)
    window.tabifyDockWidget(docks["emotion"], docks["layer"])
    window.tabifyDockWidget(docks["layers"], docks["history"])
    window.tabifyDockWidget(docks["history"], docks["jobs"])
    for holder in left_ones:
        holder.show()
    docks["emotion"].raise_()
    if not low:
        docks["layers"].raise_()
    left, right = round(min(max(0.19 * wide, 300), 400)), round(min(max(0.23 * wide, 340), 480))
    window.resizeDocks([docks["emotion"], docks["shapes"]], [left, right], across)
    below = 270 if low else round(min(max(0.357 * high, 325), 470))
    window.resizeDocks([docks["time"]], [below], along)
    above = high - below - 90
    if not low:
        list_px = max(110, above - 470)
        window.resizeDocks(
            [docks["emotion"], docks["layers"]], [above - list_px, list_px], along
        )
    share = 0.45 if low else 0.5
    window.resizeDocks(
        [docks["head"], docks["shapes"]],
        [round(share * above), above - round(share * above)],
        along,
    )
