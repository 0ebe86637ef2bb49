"""Live: choose a camera, see oneself and the head that follows, record."""

from collections.abc import Sequence
from dataclasses import dataclass

import qtawesome
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.mirror_view import MirrorView

SIDE = 320  # px of the column beside the head


@dataclass(frozen=True)
class LiveFigures:
    """How live work goes. caught, tracked : pictures a second. dropped : pictures that were
    overtaken by newer ones. recorded : seconds, None while nothing is recorded. left_out :
    pictures missing in the recording.
    """

    caught: float = 0.0
    tracked: float = 0.0
    dropped: int = 0
    recorded: float | None = None
    left_out: int = 0


class LivePanel(QWidget):
    """The window of live work.

    `start_wished(index)` names a camera by its place in the list, `file_wished` wants a video
    file in its place; `stop_wished`, `record_wished(on)`, `look_wished` (for cameras again).
    """

    start_wished = Signal(int)
    file_wished = Signal()
    stop_wished = Signal()
    record_wished = Signal(bool)
    look_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Live"))
        self.setAccessibleName(self.tr("Live"))
        self.resize(1080, 680)
        self.setMinimumSize(760, 520)
        self.mirror = MirrorView()
        self._devices = QComboBox()
        self._start, self._record = QPushButton(), QPushButton()
        self._file, self._look = QPushButton(self.tr("Video file…")), QPushButton()
        self._state, self._note = QLabel(), QLabel()
        self._numbers: dict[str, QLabel] = {}
        self._running = self._recording = False
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self._empty = QLabel(self.tr("The head appears when the camera runs."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("quiet", True)
        self._empty.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._place.addWidget(self._empty)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._place, 1)
        row.addWidget(self._side())
        self._connect()
        self.show_devices([])
        self.show_running(False)
        self.show_figures(LiveFigures())

    def hold(self, view: QWidget) -> None:
        """Put the view of the head into its place."""
        self._empty.hide()
        self._place.addWidget(view, 1)

    def show_devices(self, titles: Sequence[str], looking: bool = False) -> None:
        """Show the cameras there are; emits nothing."""
        chosen = self._devices.currentText()
        self._devices.clear()
        self._devices.addItems(list(titles))
        if not titles:
            text = self.tr("Looking for cameras…") if looking else self.tr("No camera found")
            self._devices.addItem(text)
        self._devices.setEnabled(bool(titles) and not self._running)
        self._devices.setCurrentIndex(max(0, self._devices.findText(chosen)))
        self._none = not titles
        failed = bool(self._note.property("bad"))  # stays until one looks for cameras again
        if not self._running and (looking or not failed):
            self._show_idle(found=bool(titles) or looking)
        self._show_buttons()

    def _show_idle(self, found: bool) -> None:
        if found:
            self.show_state(self.tr("Ready"), self.tr("Look straight ahead when you start."))
            return
        text = self.tr(
            "Connect one and look again, or take a video file in its place: "
            "it is played like a camera."
        )
        self.show_state(self.tr("No camera was found"), text)

    def show_running(self, running: bool, title: str = "") -> None:
        """Show whether a camera runs, and which one; emits nothing."""
        self._running = running
        self._devices.setToolTip(title)
        if self._none:  # a file runs in place of a camera
            self._devices.setItemText(0, title if running else self.tr("No camera found"))
        if not running:
            self.show_figures(LiveFigures())
            self._recording = False
            self.mirror.show_picture(None)
            self.mirror.show_text(self.tr("No picture"))
        self._show_buttons()

    def show_recording(self, recording: bool) -> None:
        """Show whether it is recorded; emits nothing."""
        self._recording = recording
        self._show_buttons()

    def show_state(self, state: str, note: str = "", bad: bool = False) -> None:
        """Show in words how it goes; `bad` stands out."""
        self._state.setText(state)
        self._note.setText(note)
        self._note.setProperty("bad", bad)
        self._note.setProperty("quiet", not bad)
        self._note.style().polish(self._note)

    def show_figures(self, figures: LiveFigures) -> None:
        """Show how fast it goes."""
        recorded = figures.recorded
        seconds = "–" if recorded is None else f"{int(recorded // 60):02}:{recorded % 60:04.1f}"
        for name, text in {
            "caught": f"{figures.caught:.1f}",
            "tracked": f"{figures.tracked:.1f}",
            "dropped": f"{figures.dropped}",
            "recorded": seconds,
            "left out": "–" if recorded is None else f"{figures.left_out}",
        }.items():
            if self._numbers[name].text() != text:
                self._numbers[name].setText(text)

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        self._devices.setAccessibleName(self.tr("Camera"))
        self._look.setAccessibleName(self.tr("Look for cameras again"))
        self._look.setToolTip(self.tr("Look for cameras again"))
        self._look.setIcon(qtawesome.icon("mdi6.refresh", color=theme.TEXT))
        self._look.setFixedWidth(theme.ROW + theme.GAP)
        self._file.setToolTip(self.tr("Play a video file as if it were a camera"))
        choice = QHBoxLayout()
        choice.addWidget(self._devices, 1)
        choice.addWidget(self._look)
        firm = self._state.font()
        firm.setWeight(QFont.Weight.DemiBold)
        self._state.setFont(firm)
        self._state.setWordWrap(True)
        self._note.setWordWrap(True)
        self._note.setMinimumHeight(3 * self._note.fontMetrics().height())
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._start.setProperty("primary", True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._start, 1)
        buttons.addWidget(self._file, 1)
        column.addWidget(self.mirror)
        column.addLayout(choice)
        column.addLayout(buttons)
        column.addSpacing(theme.SMALL)
        column.addWidget(self._state)
        column.addWidget(self._note)
        column.addLayout(self._figures())
        column.addStretch(1)
        column.addWidget(self._record)
        return side

    def _figures(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.WIDE)
        form.setVerticalSpacing(theme.SMALL)
        for name, title, tip in (
            ("caught", self.tr("Camera, pictures/s"), self.tr("Pictures the camera gives")),
            (
                "tracked",
                self.tr("Tracked, pictures/s"),
                self.tr("Pictures that were looked at"),
            ),
            (
                "dropped",
                self.tr("Overtaken"),
                self.tr("Pictures a newer one took the place of"),
            ),
            ("recorded", self.tr("Recorded"), self.tr("Minutes and seconds")),
            (
                "left out",
                self.tr("Not recorded"),
                self.tr("Pictures the disk was too slow for"),
            ),
        ):
            label, number = QLabel(title), QLabel()
            label.setProperty("quiet", True)
            label.setToolTip(tip)
            number.setFont(theme.number_font())
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setAccessibleName(title)
            form.addRow(label, number)
            self._numbers[name] = number
        return form

    def _connect(self) -> None:
        self._start.clicked.connect(self._on_start_clicked)
        self._record.clicked.connect(self._on_record_clicked)
        self._file.clicked.connect(self.file_wished)
        self._look.clicked.connect(self.look_wished)

    def _on_start_clicked(self) -> None:
        if self._running:
            self.stop_wished.emit()
        else:
            self.start_wished.emit(self._devices.currentIndex())

    def _on_record_clicked(self) -> None:
        self.record_wished.emit(not self._recording)

    def _show_buttons(self) -> None:
        self._start.setText(self.tr("Stop") if self._running else self.tr("Start camera"))
        self._start.setEnabled(self._running or not self._none)
        for widget in (self._look, self._file):
            widget.setEnabled(not self._running)
        self._devices.setEnabled(not self._running and not self._none)
        text = self.tr("Stop and open the recording") if self._recording else self.tr("Record")
        self._record.setText(text)
        icon = "mdi6.stop" if self._recording else "mdi6.record-circle"
        colour = theme.BAD if self._running else theme.DISABLED
        self._record.setIcon(qtawesome.icon(icon, color=colour))
        self._record.setEnabled(self._running)
