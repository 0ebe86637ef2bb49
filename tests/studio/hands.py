"""Mouse, keyboard and eyes of a user, with no window manager needed."""

import numpy as np
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

LONG = 120_000  # ms: a loaded machine of two cores
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier


def activate(window):
    """Give a window the keyboard: nobody else does where there is no window manager."""
    for _ in range(600):
        if QApplication.activeWindow() is window and QApplication.focusWidget() is not None:
            return
        window.activateWindow()
        QTest.qWait(20)
    raise AssertionError(
        f"{window} has not the keyboard: {QApplication.activeWindow()},"
        f" {QApplication.focusWidget()}"
    )


def focus():
    """Return the widget that has the keyboard.

    A window that was made anew, as Qt does when OpenGL comes into it, has lost it, and a
    dialog must be given it.
    """
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup
    modal = QApplication.activeModalWidget()
    top = modal or next((w for w in _tops() if isinstance(w, QMainWindow)), None)
    if top is not None and QApplication.activeWindow() is not top:
        activate(top)
    return QApplication.focusWidget() or QApplication.activeWindow()


def press(key, modifiers=PLAIN):
    """Press a key where the keyboard is."""
    QTest.keyClick(focus(), key, modifiers)


def write(text):
    """Type a text where the keyboard is."""
    QTest.keyClicks(focus(), text)


def drag(widget, *places, release=True):
    """Press the left button at the first place of a widget and move through the others.

    Places are QPointF of the widget. Mouse moves of QTest bear no buttons, so they are sent.
    """
    spots = [QPointF(place) for place in places]
    _mouse(widget, QEvent.Type.MouseButtonPress, spots[0], LEFT, LEFT)
    for spot in spots[1:]:
        _mouse(widget, QEvent.Type.MouseMove, spot, NONE, LEFT)
    if release:
        _mouse(widget, QEvent.Type.MouseButtonRelease, spots[-1], LEFT, NONE)


def click(widget, place=None):
    """Click a widget, in its middle or at a place."""
    spot = QPoint() if place is None else QPointF(place).toPoint()
    QTest.mouseClick(widget, LEFT, PLAIN, spot)


def dialog(qtbot, kind):
    """Wait for an open dialog of a kind, give it the keyboard and return it."""

    def found():
        return [w for w in _tops() if isinstance(w, kind)]

    qtbot.waitUntil(lambda: bool(found()), timeout=30_000)
    activate(found()[0])
    return found()[0]


def settle(qtbot, window, timeout=LONG):
    """Wait for the panels and for the picture of the playhead as the document stands.

    Where a panel is still to be laid out, a place of it taken now is another one a moment
    later. Returns the picture.
    """
    qtbot.waitUntil(lambda: window.settled, timeout=timeout)
    preview, got = window.desk.preview, []
    preview.ready.connect(got.append)
    try:
        preview.ask(window.desk.viewing.frame)
        qtbot.waitUntil(lambda: bool(got) and got[-1].serial == preview.serial, timeout=timeout)
    finally:
        preview.ready.disconnect(got.append)
    return got[-1]


def seen(widget):
    """Return what a widget shows: (H, W, 3) int."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    shape = (image.height(), image.bytesPerLine() // 4, 4)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(shape)
    return pixels[:, : image.width(), :3].astype(int).copy()


def _tops():
    """Return the windows that can be seen; menus of a moment ago may have died already."""
    alive = [w for w in QApplication.topLevelWidgets() if shiboken6.isValid(w)]
    return [w for w in alive if w.isVisible()]


def _mouse(widget, kind, spot, button, buttons):
    event = QMouseEvent(kind, spot, QPointF(widget.mapToGlobal(spot)), button, buttons, PLAIN)
    QApplication.sendEvent(widget, event)
