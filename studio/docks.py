"""The docks: which widget stands where, and how it is joined to the desk."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from studio import wiring

if TYPE_CHECKING:
    from studio.window import Window

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


@dataclass(frozen=True)
class Dock:
    """A dock. tab : the dock it shares its place with. front : whether it lies on top there."""

    id: str
    title: str
    place: str  # module:class
    area: str
    wire: Callable[[Any, Any], None]
    tab: str = ""
    front: bool = False


DOCKS: tuple[Dock, ...] = (
    Dock("emotion", "Emotion", "widgets.emotion:EmotionPanel", "left", wiring.emotion),
)


def made(dock: Dock, window: "Window") -> QWidget | None:
    """Return the widget of a dock, wired; None if it is not there."""
    widget = found(dock.place)
    if widget is not None:
        dock.wire(window.desk, widget)
    return widget


def found(place: str) -> QWidget | None:
    """Return a new widget of ``module:class``, None if there is no such module."""
    module, name = place.split(":")
    try:
        return getattr(importlib.import_module(module), name)()
    except ModuleNotFoundError as e:
        if e.name != module:
            raise
        return None


def central(window: "Window") -> tuple[QWidget, QWidget]:
    """Return the two pages of the middle: the welcome, and the video."""
    welcome = found("widgets.welcome:Welcome")
    if welcome is not None:
        wiring.welcome(window, welcome)
    video = found("widgets.video_view:VideoView")
    if video is not None:
        wiring.video(window.desk, video)
    return welcome or QLabel(), video or QLabel()
