"""The video: the frame as filmed and as edited, compared, zoomed and explained."""

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Float, Ints, Rgb, check
from widgets import theme
from widgets.focus_ring import FocusRing
from widgets.video_canvas import Mode, VideoCanvas, mode_titles
from widgets.video_overlay import CONFIDENCE, LANDMARKS, WIRE, Box, Overlay, edges_of
from widgets.view_bar import ROOM, ViewBar

ZOOMS: tuple[float | None, ...] = (None, 0.5, 1.0, 2.0, 4.0)
OVERLAYS = (LANDMARKS, WIRE, CONFIDENCE)


class VideoView(QWidget):
    """Shows a frame before and after the edit.

    `face_wished` carries the index of a face that was clicked, `mode_changed` the name of a
    mode the user chose, `zoom_changed` screen pixels per pixel of the clip (0 = fitted),
    `remedy_wished` asks for what `show_notice` offers,
    `picture_wished` the name of what shall draw the picture ("" is the edited film).
    """

    face_wished = Signal(int)
    mode_changed = Signal(str)
    zoom_changed = Signal(float)
    picture_wished = Signal(str)
    remedy_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = VideoCanvas(self)
        self.canvas.face_wished.connect(self.face_wished)
        self.canvas.zoom_changed.connect(self._on_canvas_zoom_changed)
        self._triangles: Ints | None = None
        self._edges = edges_of(None)
        self.mode_actions: dict[Mode, QAction] = {}
        self.overlay_actions: dict[str, QAction] = {}
        self._zooms = QComboBox()
        self._pictures = QToolButton()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = self._bar()
        column.addWidget(self.bar)
        column.addWidget(self.canvas, 1)
        self._notice, self._remedy = self._make_notice()
        self.setFocusProxy(self.canvas)
        FocusRing(self.canvas)

    # What is shown

    def show_frames(self, before: Rgb | None, after: Rgb | None) -> None:
        """Show the filmed and the composed frame, (H, W, 3) uint8; None: not there yet.

        Frames may be smaller than the clip (a preview); see `show_size`.
        """
        self.canvas.show_frames(before, after)

    def show_notice(self, words: str, remedy: str = "") -> None:
        """Show in place of the picture why there is none, and a remedy; "" for neither."""
        self._notice.setText(words)
        self._notice.setVisible(bool(words))
        if remedy:
            self._remedy.setText(remedy)
        self._remedy.setVisible(bool(words and remedy))
        self.canvas.waits = not words
        self.canvas.update()

    def show_size(self, width: int, height: int) -> None:
        """Say how large the clip is: faces and points are given in its pixels, and so is zoom.

        Without it, the size of the frames counts.
        """
        self.canvas.show_grid(QSize(width, height))

    def show_overlay(
        self,
        points: Float | None,
        triangles: Ints | None = None,
        confidence: float | Float | None = None,
    ) -> None:
        """Show (L, 2) points in pixels of the clip, (T, 3) triangles, confidence 0..1.

        confidence : one number, or (L,) one for every point. Which of them are painted is
        the user's choice, see `show_overlays`.
        """
        if points is not None:
            check(np.asarray(points)[:, :2], "L 2")
        if triangles is not self._triangles:  # the same array goes with every frame
            self._triangles, self._edges = triangles, edges_of(triangles)
            self.overlay_actions[WIRE].setEnabled(len(self._edges) > 0)
        self.canvas.overlay = Overlay(points, self._edges, confidence)
        self.canvas.update()

    def show_overlays(self, names: Iterable[str]) -> None:
        """Paint the overlays named: "landmarks", "wire", "confidence"."""
        wanted = set(names)
        for name, action in self.overlay_actions.items():
            action.setChecked(name in wanted)
        self._on_overlay_triggered()

    def show_faces(self, boxes: Sequence[Box], chosen: int = 0) -> None:
        """Show boxes (left, top, right, bottom) px of the clip, one for every face.

        `chosen` stands out. They are painted only where there is a choice: from two faces on.
        """
        self.canvas.faces = [(b[0], b[1], b[2], b[3]) for b in boxes]
        self.canvas.chosen = chosen
        self.canvas.update()

    def paint_now(self) -> None:
        """Paint at once, before all that changes with the frame: the picture is waited for."""
        if self.canvas.isVisible():
            self.canvas.repaint()

    def show_mode(self, mode: str) -> None:
        """Show the frames as a `Mode` says, by its name ("edited", "wipe", …)."""
        self.canvas.show_mode(Mode(mode))
        self.mode_actions[Mode(mode)].setChecked(True)

    def show_zoom(self, zoom: float | None) -> None:
        """Show `zoom` screen pixels per pixel of the clip, None: the whole frame."""
        self.canvas.show_zoom(zoom)
        self._tell_zoom()

    def show_pictures(self, pictures: Sequence[tuple[str, str]], chosen: str = "") -> None:
        """Offer (name, title) of other pictures than the edited film; hidden if none."""
        menu = self._pictures.menu()
        menu.clear()
        group = QActionGroup(menu)
        for name, title in (("", self.tr("Edited film")), *pictures):
            action = QAction(title, menu, checkable=True)
            action.setData(name)
            group.addAction(action)
            menu.addAction(action)
        self._pictures.setVisible(bool(pictures))
        self.show_picture(chosen)

    def show_picture(self, name: str) -> None:
        """Show which picture is drawn; "" is the edited film."""
        for action in self._pictures.menu().actions():
            if action.data() == name:
                action.setChecked(True)
                self._pictures.setText(action.text() + ROOM)

    def show_wipe(self, at: float) -> None:
        """Put the line of the wipe at 0..1 of the picture."""
        self.canvas.wipe = min(max(at, 0.0), 1.0)
        self.canvas.update()

    @property
    def mode(self) -> Mode:
        """Return how the frames are shown."""
        return self.canvas.mode

    @property
    def zoom(self) -> float | None:
        """Return screen pixels per pixel of the clip, None: fitted."""
        return self.canvas.zoom

    # The bar above the picture

    def _bar(self) -> ViewBar:
        group = QActionGroup(self)
        for mode, (title, tip) in mode_titles().items():
            action = QAction(title, self, checkable=True, checked=mode is Mode.EDITED)
            action.setToolTip(tip)
            action.setData(mode)
            group.addAction(action)
            self.mode_actions[mode] = action
        group.triggered.connect(self._on_mode_triggered)
        choices = list(self.mode_actions.values())
        tools = [self._picture_button(), self._overlay_button(), self._zoom_box()]
        return ViewBar(self.tr("How the video is compared"), choices, tools)

    def _make_notice(self) -> tuple[QLabel, QPushButton]:
        words, remedy = QLabel(), QPushButton(self.tr("Help"))
        remedy.setToolTip(self.tr("Do what helps"))
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        words.setMinimumWidth(1)
        remedy.setProperty("primary", True)
        remedy.clicked.connect(self.remedy_wished)
        column = QVBoxLayout(self.canvas)
        column.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        column.setSpacing(theme.LARGE)
        column.addStretch(1)
        column.addWidget(words)
        column.addWidget(remedy, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        words.hide()
        remedy.hide()
        return words, remedy

    def _picture_button(self) -> QToolButton:
        button = self._pictures
        button.setAccessibleName(self.tr("Picture"))
        button.setToolTip(self.tr("What draws the picture: the edited film, or a plug-in"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMinimumHeight(theme.ROW)
        menu = QMenu(button)
        menu.triggered.connect(self._on_pictures_triggered)
        button.setMenu(menu)
        button.hide()  # until there is a choice
        return button

    def _overlay_button(self) -> QToolButton:
        titles = {
            LANDMARKS: self.tr("Landmarks"),
            WIRE: self.tr("Wire"),
            CONFIDENCE: self.tr("Confidence"),
        }
        button = QToolButton()
        button.setText(self.tr("Overlays") + ROOM)
        button.setToolTip(self.tr("What is drawn over the picture"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for name in OVERLAYS:
            action = QAction(titles[name], self, checkable=True)
            action.triggered.connect(self._on_overlay_triggered)
            menu.addAction(action)
            self.overlay_actions[name] = action
        self.overlay_actions[WIRE].setEnabled(False)  # until there are triangles
        button.setMenu(menu)
        button.setMinimumHeight(theme.ROW)
        return button

    def _zoom_box(self) -> QComboBox:
        box = self._zooms
        box.setAccessibleName(self.tr("Zoom of the video"))
        box.setToolTip(self.tr("Zoom; the wheel zooms at the mouse, a double click to 100 %"))
        for zoom in ZOOMS:
            box.addItem(self.tr("Fit") if zoom is None else f"{zoom * 100:.0f} %", zoom)
        box.setEditable(True)
        line = box.lineEdit()
        if line is not None:
            line.setReadOnly(True)
        box.setFixedWidth(84)
        box.setMinimumHeight(theme.ROW - theme.SMALL)
        box.activated.connect(self._on_zooms_activated)
        return box

    def _on_mode_triggered(self, action: QAction) -> None:
        mode = Mode(str(action.data()))
        self.canvas.show_mode(mode)
        self.mode_changed.emit(str(mode))

    def _on_pictures_triggered(self, action: QAction) -> None:
        self.picture_wished.emit(str(action.data()))

    def _on_overlay_triggered(self) -> None:
        shown = {name for name, action in self.overlay_actions.items() if action.isChecked()}
        self.canvas.overlays = shown
        self.canvas.update()

    def _on_zooms_activated(self, index: int) -> None:
        self.show_zoom(ZOOMS[index])
        self.zoom_changed.emit(ZOOMS[index] or 0.0)

    def _on_canvas_zoom_changed(self) -> None:
        self._tell_zoom()
        self.zoom_changed.emit(self.canvas.zoom or 0.0)

    def _tell_zoom(self) -> None:
        zoom = self.canvas.zoom
        if zoom in ZOOMS:
            self._zooms.setCurrentIndex(ZOOMS.index(zoom))
        else:
            self._zooms.setEditText(f"{(zoom or 1) * 100:.0f} %")
