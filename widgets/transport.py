"""Play, step, go to a time; loop, volume, mute."""

import qtawesome
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSlider, QToolButton, QWidget

from core.times import Times
from widgets import theme
from widgets.timecode import frame_of, timecode

VOLUME_STEPS = 100


class Transport(QWidget):
    """The buttons under the picture.

    Wishes: `play_wished` (True = play), `frame_wished` (a frame), `step_wished` (frames,
    negative = back), `loop_wished`, `volume_wished` (0..1), `mute_wished`, `scrub_wished`
    (True = the sound is heard while the playhead is moved).
    """

    play_wished = Signal(bool)
    frame_wished = Signal(int)
    step_wished = Signal(int)
    loop_wished = Signal(bool)
    volume_wished = Signal(float)
    mute_wished = Signal(bool)
    scrub_wished = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: Times | None = None
        self._frame = 0
        self._playing = False
        self._make_buttons()
        self.time = self._make_time()
        self.length = QLabel("", self)
        self.length.setFont(theme.number_font())
        self.length.setProperty("quiet", True)
        self.offset = QLabel("", self)
        self.offset.setProperty("quiet", True)
        self.offset.setToolTip(
            self.tr("How much later than the sound the picture starts, as the file says")
        )
        self.offset.setAccessibleName(self.tr("Picture against sound"))
        self._make_sound()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.SMALL, theme.GAP, theme.SMALL)
        row.setSpacing(theme.SMALL)
        row.addWidget(self.time)
        row.addWidget(self.length)
        row.addStretch(1)
        for button in (self.start, self.back, self.play, self.ahead, self.end):
            row.addWidget(button)
        row.addSpacing(theme.GAP)
        row.addWidget(self.loop)
        row.addStretch(1)
        for widget in (self.offset, self.scrub, self.mute, self.volume):
            row.addWidget(widget)
        self._refresh()

    # What is shown ----------------------------------------------------------------------

    def show_times(self, times: Times | None) -> None:
        """Show the length of a clip; None for no clip."""
        self._times = times if times is not None and len(times) else None
        self._frame = 0
        self._refresh()

    def show_frame(self, frame: int) -> None:
        """Show where the playhead is; a time being typed stays."""
        self._frame = frame
        if not self.time.isModified() and self._times is not None:
            self.time.setText(timecode(self._times, frame))

    def show_playing(self, playing: bool) -> None:
        """Show whether the clip plays."""
        if playing != self._playing:
            self._playing = playing
            words = self.tr("Pause") if playing else self.tr("Play")
            _dress(self.play, "mdi6.pause" if playing else "mdi6.play", words)

    def show_loop(self, loop: bool) -> None:
        """Show whether playback goes round in the range."""
        with QSignalBlocker(self.loop):
            self.loop.setChecked(loop)

    def show_sound(self, volume: float, muted: bool) -> None:
        """Show the volume, 0..1, and whether it is muted."""
        with QSignalBlocker(self.volume), QSignalBlocker(self.mute):
            self.volume.setValue(round(volume * VOLUME_STEPS))
            self.mute.setChecked(muted)
        words = self.tr("Sound on") if muted else self.tr("Mute")
        _dress(self.mute, "mdi6.volume-off" if muted else "mdi6.volume-high", words)

    def show_scrub(self, on: bool) -> None:
        """Show whether the sound is heard while the playhead is moved."""
        with QSignalBlocker(self.scrub):
            self.scrub.setChecked(on)

    def show_audible(self, audible: bool, why: str = "") -> None:
        """Show whether there is sound to hear; `why` not, in a tool tip."""
        for widget in (self.volume, self.mute, self.scrub):
            widget.setEnabled(audible)
        self.volume.setToolTip(self.tr("Volume") if audible else why)
        self.scrub.setToolTip(self.tr("Sound while scrubbing") if audible else why)

    def show_offset(self, seconds: float | None) -> None:
        """Show how much later than its sound the picture starts; None without a sound."""
        shown = "" if seconds is None else self.tr("A/V {:+d} ms").format(round(1000 * seconds))
        self.offset.setText(shown)

    # Inner workings ---------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self.start = self._button("mdi6.skip-backward", self.tr("Go to the first frame"))
        self.back = self._button("mdi6.step-backward", self.tr("One frame back"))
        self.play = self._button("mdi6.play", self.tr("Play"), theme.ICON + theme.SMALL)
        self.ahead = self._button("mdi6.step-forward", self.tr("One frame ahead"))
        self.end = self._button("mdi6.skip-forward", self.tr("Go to the last frame"))
        self.loop = self._button("mdi6.repeat", self.tr("Go round in the range"))
        self.loop.setCheckable(True)
        for button in (self.back, self.ahead):
            button.setAutoRepeat(True)
        self.start.clicked.connect(lambda: self.frame_wished.emit(0))
        self.end.clicked.connect(self._on_end_clicked)
        self.back.clicked.connect(lambda: self.step_wished.emit(-1))
        self.ahead.clicked.connect(lambda: self.step_wished.emit(1))
        self.play.clicked.connect(lambda: self.play_wished.emit(not self._playing))
        self.loop.toggled.connect(self.loop_wished)

    def _make_time(self) -> QLineEdit:
        time = QLineEdit(self)
        time.setFont(theme.number_font())
        digits = time.fontMetrics().horizontalAdvance("00:00:00:00")
        time.setFixedWidth(digits + 2 * theme.GAP + theme.SMALL)
        time.setAlignment(Qt.AlignmentFlag.AlignCenter)
        time.setAccessibleName(self.tr("Time"))
        time.setToolTip(
            self.tr("Time code, seconds (12.5), a frame (312) or frames from here (+10)")
        )
        time.editingFinished.connect(self._on_time_finished)
        return time

    def _make_sound(self) -> None:
        self.scrub = self._button("mdi6.waveform", self.tr("Sound while scrubbing"))
        self.scrub.setCheckable(True)
        self.scrub.setChecked(True)
        self.scrub.toggled.connect(self.scrub_wished)
        self.mute = self._button("mdi6.volume-high", self.tr("Mute"))
        self.mute.setCheckable(True)
        self.mute.toggled.connect(self.mute_wished)
        self.volume = QSlider(Qt.Orientation.Horizontal, self)
        self.volume.setRange(0, VOLUME_STEPS)
        self.volume.setValue(VOLUME_STEPS)
        self.volume.setFixedWidth(90)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.setToolTip(self.tr("Volume"))
        self.volume.valueChanged.connect(self._on_volume_changed)

    def _button(self, icon: str, words: str, size: int = theme.ICON) -> QToolButton:
        button = QToolButton(self)
        button.setIconSize(QSize(size, size))
        _dress(button, icon, words)
        return button

    def _refresh(self) -> None:
        there = self._times is not None
        buttons = (self.start, self.back, self.play, self.ahead, self.end, self.loop)
        for widget in (self.time, *buttons):
            widget.setEnabled(there)
        self.time.setModified(False)
        self.time.setText(timecode(self._times, self._frame) if self._times is not None else "")
        last = timecode(self._times, len(self._times) - 1) if self._times is not None else ""
        self.length.setText(f"/ {last}" if there else "")

    def _on_end_clicked(self) -> None:
        if self._times is not None:
            self.frame_wished.emit(len(self._times) - 1)

    def _on_volume_changed(self, step: int) -> None:
        self.volume_wished.emit(step / VOLUME_STEPS)

    def _on_time_finished(self) -> None:
        if self._times is None or not self.time.isModified():
            return
        frame = frame_of(self._times, self.time.text(), self._frame)
        self.time.setModified(False)
        self.time.setText(timecode(self._times, self._frame))
        if frame is not None and frame != self._frame:
            self.frame_wished.emit(frame)


def _dress(button: QToolButton, icon: str, words: str) -> None:
    button.setIcon(
        qtawesome.icon(
            icon, color=theme.TEXT, color_disabled=theme.LIGHT, color_on=theme.ON_ACCENT
        )
    )
    button.setToolTip(words)
    button.setAccessibleName(words)
