"""The timeline: bar, names, lanes and scroll bars of one clip and one take."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QScrollBar, QWidget

from core.arrays import Bools, Float, Rgb
from core.expression.layers import Layer
from core.expression.speech import Interval
from core.times import Times
from core.track import Track
from widgets.audio_peaks import Peaks
from widgets.focus_ring import FocusRing
from widgets.timeline.axis import MARGIN_PX
from widgets.timeline.hand import HandCanvas
from widgets.timeline.heads import Heads
from widgets.timeline.tools import ZOOM, Tools


class TimelineView(QWidget):
    """Frames from left to right; from the top time code, picture, sound, doubts, curves.

    Setters `show_*` show and say nothing. Wishes: `frame_wished` (a frame), `range_wished`
    (first and last frame), `marker_wished` (a frame whose marker is set or taken away),
    `layer_wished` (index, the layer as it should be, gesture). The gesture is one name
    during a drag and "" at its end, with the last layer once more: "" ends a step and is
    never one of its own.
    """

    frame_wished = Signal(int)
    range_wished = Signal(int, int)
    layer_wished = Signal(int, object, str)
    marker_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track: Track | None = None
        self.canvas = HandCanvas(self)
        self.canvas.setAccessibleName(self.tr("Timeline"))
        self.canvas.setAccessibleDescription(
            self.tr("Ctrl+arrows go from key to key, Alt+arrows move it, Insert adds one.")
        )
        self.tools = Tools(self.canvas, self)
        self._heads = Heads(self.canvas, self)
        self.tools.offer_lanes(self._heads.lanes_menu)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        self._down = QScrollBar(Qt.Orientation.Vertical, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.tools, 0, 0, 1, 3)
        grid.addWidget(self._heads, 1, 0)
        grid.addWidget(self.canvas, 1, 1)
        grid.addWidget(self._down, 1, 2)
        grid.addWidget(self._across, 2, 1)
        self.setFocusProxy(self.canvas)
        FocusRing(self.canvas)
        self._connect()

    def _connect(self) -> None:
        self.canvas.frame_wished.connect(self.frame_wished)
        self.canvas.range_wished.connect(self.range_wished)
        self.canvas.layer_wished.connect(self.layer_wished)
        self.canvas.marker_wished.connect(self.marker_wished)
        self.canvas.axis_changed.connect(self._on_canvas_axis_changed)
        self.canvas.rows_changed.connect(self._on_canvas_rows_changed)
        self.canvas.revealed.connect(self._on_canvas_revealed)
        self._across.valueChanged.connect(self._on_across_changed)
        self._down.valueChanged.connect(self._on_down_changed)

    # What is shown ----------------------------------------------------------------------

    def show_times(self, times: Times) -> None:
        """Show a clip, whole; what belonged to the frames of the last one is forgotten."""
        self._track = None
        self.canvas.show_times(times)
        ruler = self.canvas.rows.ruler
        ruler.show_range(None)
        ruler.show_markers(())
        ruler.show_cached(np.zeros(0, np.bool_))
        self.canvas.rows.confidence.show(np.zeros(0, np.float32))
        self.canvas.update()

    def show_frame(self, frame: int) -> None:
        """Show the playhead at `frame`."""
        self.canvas.show_frame(frame)
        self._heads.update(0, 0, self._heads.width(), self.canvas.rows.ruler.height)

    def show_track(self, track: Track) -> None:
        """Show how sure the tracker is, frame by frame."""
        if track is not self._track:
            self._track = track
            self.show_confidence(track["confidence"][:, 0])

    def show_confidence(self, confidence: Float) -> None:
        """Show (F,) 0..1 how sure the tracker is; 0 = no face."""
        self.canvas.rows.confidence.show(confidence)
        self.canvas.update()

    def show_speech(self, intervals: Sequence[Interval]) -> None:
        """Show what the speech guard holds."""
        self.canvas.rows.speech.show(intervals)
        self.canvas.update()

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show a lane for every layer that has a curve; selected keys stay selected."""
        self.canvas.show_layers(layers)

    def show_cached(self, cached: Bools) -> None:
        """Show (F,) which frames play without waiting."""
        self.canvas.rows.ruler.show_cached(cached)
        self.canvas.update(0, 0, self.canvas.width(), self.canvas.rows.ruler.height)

    def show_range(self, first: int, last: int) -> None:
        """Show in and out, both frames included; the whole clip shows as no range."""
        whole = first <= 0 and last >= len(self.canvas.axis.times) - 1
        self.canvas.rows.ruler.show_range(None if whole else (first, last))
        self.canvas.update()

    def show_loop(self, loop: bool) -> None:
        """Show whether playback goes round in the range."""
        self.canvas.rows.ruler.show_loop(loop)
        self.canvas.update()

    def show_markers(self, markers: Sequence[int]) -> None:
        """Show markers at frames."""
        self.canvas.rows.ruler.show_markers(tuple(sorted(markers)))
        self.canvas.update()

    def show_thumbnails(self, thumbnails: Sequence[tuple[int, Rgb]]) -> None:
        """Show (frame, (H, W, 3) uint8) pictures of the clip."""
        self.canvas.rows.thumbnails.show(thumbnails)
        self.canvas.update()

    def show_peaks(self, peaks: Peaks | None) -> None:
        """Show the sound, as `widgets.audio_peaks.peaks` gives it; None for a silent clip."""
        self.canvas.rows.wave.show(peaks)
        self.canvas.update()

    # Commands for menus and shortcuts ---------------------------------------------------

    def zoom_in(self) -> None:
        """Show less of the clip, larger, about the playhead."""
        self.tools.zoom(ZOOM)

    def zoom_out(self) -> None:
        """Show more of the clip, smaller."""
        self.tools.zoom(1 / ZOOM)

    def zoom_fit(self) -> None:
        """Show the whole clip."""
        self.tools.fit()

    def zoom_range(self) -> None:
        """Show the range from in to out."""
        self.tools.fit_range()

    def mark(self) -> None:
        """Set a marker at the playhead, or take the one there away."""
        if len(self.canvas.axis.times):
            self.marker_wished.emit(self.canvas.frame)

    def go_marker(self, step: int) -> None:
        """Go to the next (1) or previous (-1) marker."""
        here, marks = self.canvas.frame, self.canvas.rows.ruler.markers
        found = [m for m in marks if (m > here if step > 0 else m < here)]
        if found:
            self.frame_wished.emit(found[0] if step > 0 else found[-1])

    def add_key(self) -> None:
        """Add a key to the active curve at the playhead."""
        self.canvas.add_key()

    def delete_keys(self) -> None:
        """Delete the selected keys."""
        self.canvas.delete_keys()

    def has_selection(self) -> bool:
        """Return whether keys are selected."""
        return bool(self.canvas.chosen_lanes())

    # Inner workings ---------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, 340)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(480, 230)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._down.setValue(self._down.value() - round(event.angleDelta().y() / 2))
        event.accept()

    def _on_canvas_axis_changed(self) -> None:
        axis = self.canvas.axis
        total = round(axis.end * axis.scale + 2 * MARGIN_PX)
        with QSignalBlocker(self._across):
            self._across.setRange(0, max(total - axis.width, 0))
            self._across.setPageStep(axis.width)
            self._across.setSingleStep(max(axis.width // 20, 1))
            self._across.setValue(round(axis.left * axis.scale + MARGIN_PX))

    def _on_canvas_rows_changed(self) -> None:
        rows = self.canvas.rows
        seen = max(self.canvas.height() - rows.head, 1)
        self._down.setRange(0, max(rows.height - seen, 0))
        self._down.setPageStep(seen)
        self._down.setSingleStep(20)
        self._down.setVisible(rows.height > seen)

    def _on_canvas_revealed(self, top: int, height: int) -> None:
        seen, here = self._down.pageStep(), self._down.value()
        if top < here or height > seen:
            self._down.setValue(top)
        elif top + height > here + seen:
            self._down.setValue(top + height - seen)

    def _on_across_changed(self, value: int) -> None:
        axis = self.canvas.axis
        here = axis.left * axis.scale + MARGIN_PX
        self.canvas.show_axis(axis.scrolled(value - here))

    def _on_down_changed(self, value: int) -> None:
        self.canvas.show_offset(value)
        self._heads.refresh()
