"""The six stations of the first tour, on the real parts of a window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from studio import recovery
from widgets.tour import Step, Tour

if TYPE_CHECKING:
    from studio.window import Window

SEEN = "tour/seen"


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Tour", text)


def steps(window: "Window") -> list[Step]:
    """Return the stations, each with what leads there."""

    def dock(name: str) -> Callable[[], QWidget | None]:
        def show() -> QWidget | None:
            holder = window.docks[name]
            holder.show()
            holder.raise_()
            return holder

        return show

    def keys(id_: str) -> str:
        return window.actions_by_id[id_].shortcut().toString()

    return [
        Step(
            said("The film, as it will be exported"),
            said(
                "Every edit shows here. Wipe, pair, difference and flicker compare it with"
                " what was filmed; the wheel zooms, a click on a face chooses it."
            ),
            lambda: window.video,
        ),
        Step(
            said("How the face feels"),
            said(
                "Point at an emotion to try it, click to keep it, or drag its intensity. The"
                " field below blends the nearest ones. What is said stays on the lips."
            ),
            dock("emotion"),
        ),
        Step(
            said("When it feels so"),
            said(
                "Each layer has its curve here: double click for a key, drag it, draw a box"
                " round several. Click where confidence is low to look at those frames."
            ),
            dock("time"),
        ),
        Step(
            said("Shape by shape"),
            said(
                "All 52 shapes, with what moves each of them. Drag, type or double click to"
                " reset; the diamond sets a key; keep a set of them as a preset."
            ),
            dock("shapes"),
        ),
        Step(
            said("The head from every side"),
            said(
                "The face in three dimensions: drag to turn it, Change paints how many"
                " millimetres the edit moves the skin."
            ),
            dock("head"),
        ),
        Step(
            said("Everything has a name"),
            said(
                "{palette} finds every command, {export} writes the film. Nothing has to be"
                " saved: each step is on disk, and undo goes back to the first."
            ).format(palette=keys("help.palette"), export=keys("file.export")),
            window.menuBar,
        ),
    ]


def begin(window: "Window") -> Tour:
    """Lead through the window; it is not offered of itself again."""
    recovery.settings().setValue(SEEN, True)
    tour = Tour(window, steps(window))
    tour.go(0)
    return tour


def was_seen() -> bool:
    """Return whether the tour was shown before."""
    return recovery.settings().value(SEEN, False, bool) is True
