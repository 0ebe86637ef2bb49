"""The history and the jobs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton

from widgets.history_list import HistoryList
from widgets.job_list import JobList, JobState, spoken

JOBS = (
    JobState(1, "Track actor.mp4", 0.4, 12.0, "following the face", "running", ("started",)),
    JobState(2, "Export out.mp4", state="waiting"),
    JobState(3, "Export b.mp4", 0.2, None, "disk full", "failed"),
    JobState(4, "Export c.mp4", 1.0, None, "", "done", (), "/films/c.mp4"),
)


@pytest.fixture
def jobs(qtbot):
    widget = JobList()
    qtbot.addWidget(widget)
    widget.resize(400, 400)
    widget.show()
    widget.heard = []
    widget.cancel_wished.connect(lambda i: widget.heard.append(("cancel", i)))
    widget.retry_wished.connect(lambda i: widget.heard.append(("retry", i)))
    widget.reveal_wished.connect(lambda i: widget.heard.append(("reveal", i)))
    widget.clear_wished.connect(lambda: widget.heard.append(("clear", 0)))
    return widget


def _press(qtbot, widget, name):
    button = next(
        b
        for b in widget.findChildren(QToolButton)
        if name in (b.accessibleName(), b.text()) and b.isVisibleTo(widget)
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_each_job_offers_what_can_be_done_with_it(jobs, qtbot):
    jobs.show_jobs(JOBS)
    assert jobs.heard == []
    _press(qtbot, jobs, "Cancel: Track actor.mp4")
    _press(qtbot, jobs, "Cancel: Export out.mp4")
    _press(qtbot, jobs, "Retry: Export b.mp4")
    _press(qtbot, jobs, "Show in folder: Export c.mp4")
    _press(qtbot, jobs, "Clear finished")
    assert jobs.heard == [
        ("cancel", 1),
        ("cancel", 2),
        ("retry", 3),
        ("reveal", 4),
        ("clear", 0),
    ]


def test_a_row_stays_the_same_widget_while_its_job_goes_on(jobs):
    jobs.show_jobs(JOBS[:1])
    row = jobs._rows[1]
    jobs.show_jobs((JobState(1, "Track actor.mp4", 0.9, 2.0, "smoothing", "running"), JOBS[1]))
    assert jobs._rows[1] is row
    assert any("90 %" in x.text() and "2 s left" in x.text() for x in row.findChildren(QLabel))
    jobs.show_jobs(())
    assert jobs._rows == {}
    assert jobs._hint.isVisible()


def test_time_is_said_as_one_says_it():
    assert [spoken(x) for x in (0.4, 59, 61, 3700)] == ["0 s", "59 s", "1:01 min", "1:01 h"]


def test_a_click_in_the_history_asks_to_go_there(qtbot):
    history = HistoryList()
    qtbot.addWidget(history)
    heard = []
    history.step_wished.connect(heard.append)
    history.show_history(["New project", "Track", "Raise joy"], 2)
    history.show_history(["New project", "Track", "Raise joy"], 1)
    assert heard == []
    history._list.setCurrentRow(0)
    assert heard == [0]
    history.show_history(["New project"], 0)
    assert history._list.count() == 1
