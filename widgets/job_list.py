"""Work that takes time: progress, time left, cancel, retry and the log of each job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

Stand = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class JobState:
    """What is known of a job. fraction : 0..1. left : seconds, None = not known yet.

    message : what it does now, or why it failed. log : its lines, oldest first. result : the
    path of the file it made, or "".
    """

    id: int
    title: str
    fraction: float = 0.0
    left: float | None = None
    message: str = ""
    state: Stand = "waiting"
    log: tuple[str, ...] = ()
    result: str = ""


class _Row(QWidget):
    """One job."""

    cancel_wished = Signal()
    retry_wished = Signal()
    reveal_wished = Signal()

    def __init__(self, job: JobState) -> None:
        super().__init__()
        self.job = job
        self._title = _Elided()
        self._title.show_text(job.title)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(job.title)
        self._line = _Elided()
        self._log: QPlainTextEdit | None = None  # made when it is looked at: it costs 5 ms
        self._show_log = self._button(self.tr("Log"))
        self._show_log.setCheckable(True)
        self._show_log.toggled.connect(self._open_log)
        self._cancel = self._button(self.tr("Cancel"))
        self._cancel.clicked.connect(self.cancel_wished)
        self._retry = self._button(self.tr("Retry"))
        self._retry.clicked.connect(self.retry_wished)
        self._reveal = self._button(self.tr("Show in folder"))
        self._reveal.clicked.connect(self.reveal_wished)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        for button in (self._reveal, self._show_log, self._retry, self._cancel):
            head.addWidget(button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.SMALL, theme.GAP, theme.GAP)
        column.setSpacing(theme.SMALL)
        column.addLayout(head)
        column.addWidget(self._bar)
        column.addWidget(self._line)
        self.show_job(job)

    def show_job(self, job: JobState) -> None:
        self.job = job
        self._bar.setValue(round(job.fraction * 1000))
        over = job.state in ("done", "failed", "cancelled")
        self._bar.setVisible(not over)
        self._cancel.setVisible(not over)
        self._retry.setVisible(job.state in ("failed", "cancelled"))
        self._reveal.setVisible(job.state == "done" and bool(job.result))
        self._show_log.setVisible(bool(job.log))
        self._line.show_text(self._said(job))
        self._line.show_kind("bad" if job.state == "failed" else "quiet")
        self._fill_log()

    def _open_log(self, seen: bool) -> None:
        if self._log is None:
            self._log = QPlainTextEdit()
            self._log.setReadOnly(True)
            self._log.setFont(theme.number_font())
            self._log.setMaximumHeight(120)
            self._log.setAccessibleName(self.tr("Log"))
            self._column.addWidget(self._log)
        self._log.setVisible(seen)
        self._fill_log()

    def _fill_log(self) -> None:
        if self._log is None or self._log.isHidden():
            return
        log = "\n".join(self.job.log)
        if log != self._log.toPlainText():
            self._log.setPlainText(log)
            bar = self._log.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _said(self, job: JobState) -> str:
        if job.state == "running":
            parts = [f"{job.fraction * 100:.0f} %", job.message]
            if job.left is not None:
                parts.append(self.tr("{time} left").format(time=spoken(job.left)))
            return "  ·  ".join(part for part in parts if part)
        stand = {
            "waiting": self.tr("Waiting"),
            "done": self.tr("Done"),
            "failed": self.tr("Failed"),
            "cancelled": self.tr("Cancelled"),
        }[job.state]
        return "  ·  ".join(part for part in (stand, job.message) if part)

    def _button(self, text: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(f"{text}: {self.job.title}")
        return button


class _Elided(QLabel):
    """One line of text that ends in … where there is no room; the whole is its tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        self._whole = text
        self._fit()

    def show_kind(self, kind: str) -> None:
        """Colour it: "quiet" or "bad"."""
        if not self.property(kind):
            self.setProperty("bad", kind == "bad")
            self.setProperty("quiet", kind == "quiet")
            self.style().unpolish(self)
            self.style().polish(self)

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        self._fit()

    def _fit(self) -> None:
        fits = QFontMetrics(self.font()).elidedText(
            self._whole, Qt.TextElideMode.ElideMiddle, max(40, self.width())
        )
        self.setText(fits)
        self.setToolTip("" if fits == self._whole else self._whole)


class JobList(QWidget):
    """The jobs, newest first. Wishes bear the id of the job."""

    cancel_wished = Signal(int)
    retry_wished = Signal(int)
    reveal_wished = Signal(int)  # show the file it made in its folder
    clear_wished = Signal()  # forget the jobs that are over

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Jobs"))
        self._rows: dict[int, _Row] = {}
        self._hint = QLabel(self.tr("Tracking and exports appear here."))
        self._hint.setProperty("quiet", True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._clear = QToolButton()
        self._clear.setText(self.tr("Clear finished"))
        self._clear.setToolTip(self.tr("Take the jobs that have ended off the list"))
        self._clear.clicked.connect(self.clear_wished)
        page = QWidget()
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setSpacing(0)
        self._page.addWidget(self._hint)
        self._page.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SMALL, 0, theme.SMALL)
        column.addWidget(scroll, 1)
        column.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignRight)
        self.show_jobs(())

    def show_jobs(self, jobs: Sequence[JobState]) -> None:
        """Show these jobs, oldest first given; a row stays the same widget. Emits nothing."""
        known = {job.id for job in jobs}
        for gone in self._rows.keys() - known:
            row = self._rows.pop(gone)
            self._page.removeWidget(row)
            row.deleteLater()
        for job in jobs:
            row = self._rows.get(job.id)
            if row is None:
                self._add(job)
            elif row.job != job:
                row.show_job(job)
        self._hint.setVisible(not jobs)
        over = any(job.state in ("done", "failed", "cancelled") for job in jobs)
        self._clear.setVisible(over)

    def _add(self, job: JobState) -> None:
        row, id_ = _Row(job), job.id
        row.cancel_wished.connect(lambda: self.cancel_wished.emit(id_))
        row.retry_wished.connect(lambda: self.retry_wished.emit(id_))
        row.reveal_wished.connect(lambda: self.reveal_wished.emit(id_))
        self._rows[job.id] = row
        self._page.insertWidget(0, row)
        row.show()


def spoken(seconds: float) -> str:
    """Return a span of time as one says it: "8 s", "2:05 min", "1:10 h".

    >>> spoken(125)
    '2:05 min'
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"
