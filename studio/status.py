"""The line below: the last word of the program, and how far the running job is."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from studio.desk import Desk
from studio.jobs import Job
from widgets import theme


class Status(QStatusBar):
    """Shows notes and failures on the left, the running job with its cancel on the right."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job: Job | None = None
        self.said = QLabel()
        self.said.setAccessibleName(self.tr("Message"))
        self.said.setTextFormat(self.said.textFormat().PlainText)
        self.said.setMinimumWidth(1)
        self.addWidget(self.said, 1)
        self._name = QLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(180)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._stop = QToolButton()
        self._stop.setText(self.tr("Cancel"))
        self._stop.setAccessibleName(self.tr("Cancel the running job"))
        self._stop.setToolTip(self._stop.accessibleName())
        self._stop.clicked.connect(self._on_stop_clicked)
        for part in (self._name, self._bar, self._stop):
            self.addPermanentWidget(part)
            part.hide()
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(8000)
        self._fade.timeout.connect(self.said.clear)
        desk.noted.connect(self.show_note)
        desk.failed.connect(self.show_failure)
        for signal in (desk.jobs.added, desk.jobs.changed, desk.jobs.finished):
            signal.connect(self._on_jobs_changed)

    def show_note(self, text: str) -> None:
        """Show a sentence for a while."""
        self._say(text, "")
        self._fade.start()

    def show_failure(self, text: str) -> None:
        """Show what went wrong until something else is said."""
        self._fade.stop()
        self._say(text, f"color: {theme.BAD};")

    def _say(self, text: str, style: str) -> None:
        self.said.setStyleSheet(style)
        self.said.setText(text)
        self.said.setToolTip(text)

    def _on_jobs_changed(self, job: Job) -> None:
        del job
        active = self._desk.jobs.active
        self._job = active[0] if active else None
        for part in (self._name, self._bar, self._stop):
            part.setVisible(self._job is not None)
        if self._job is not None:
            self._name.setText(self._line(self._job, len(active) - 1))
            self._bar.setValue(round(1000 * self._job.fraction))

    def _line(self, job: Job, more: int) -> str:
        parts = [job.title]
        if job.left is not None:
            parts.append(self.tr("{seconds:.0f} s left").format(seconds=job.left))
        if more:
            parts.append(self.tr("{count} more").format(count=more))
        return ", ".join(parts)

    def _on_stop_clicked(self) -> None:
        if self._job is not None:
            self._desk.jobs.cancel(self._job)
