"""Exports as a user meets them: several wait in line, one is cancelled, one tried again."""

import threading

import numpy as np
import pytest
from PySide6.QtWidgets import QToolButton

from core import engine
from core.jobs import Ticket
from core.storage import ProjectFile
from studio import exporting
from tests.studio.film import check_film, pictures
from tests.studio.hands import LONG, click, settle
from widgets.export_wish import Coding, ExportWish

DRAFT = Coding(crf=24, speed="ultrafast")


@pytest.fixture
def editing(window, project, qtbot):
    window.desk.open(project)
    settle(qtbot, window)
    window.docks["jobs"].raise_()
    return window


class Gate:
    """Holds long work in the middle until it is opened; cancelling reaches it there."""

    def __init__(self, monkeypatch, name="export_apart", after=0.3):
        self.inside, self.open, self.after = threading.Event(), threading.Event(), after
        work = getattr(engine, name)

        def held(*given, **named):
            return work(
                *(_Held(self, x) if isinstance(x, Ticket) else x for x in given), **named
            )

        monkeypatch.setattr(engine, name, held)


class _Held(Ticket):
    def __init__(self, gate, outer):
        super().__init__()
        self._gate, self._outer = gate, outer

    @property
    def cancelled(self):
        return self._outer.cancelled

    def report(self, fraction, message=""):
        if fraction > self._gate.after:
            self._gate.inside.set()
            while not (self._gate.open.wait(0.02) or self._outer.cancelled):
                pass
        self._outer.report(fraction, message)


def _export(window, target):
    frames = window.desk.viewing.count
    return exporting.export(window.desk, ExportWish(target, DRAFT, 0, frames - 1))


def _click(window, job, text):
    """Click a button of a job in the dock of the jobs."""
    panel = window.docks["jobs"].widget()
    name = f"{text}: {job.title}"
    button = next(b for b in panel.findChildren(QToolButton) if b.accessibleName() == name)
    assert not button.isHidden()
    click(button)


def test_exports_wait_in_line_while_editing_goes_on(editing, qtbot, home, clip, monkeypatch):
    window, gate = editing, Gate(monkeypatch)
    window.choose_emotion("happy")
    jobs = [_export(window, home / "happy.mp4")]
    qtbot.waitUntil(gate.inside.is_set, timeout=LONG)
    window.choose_emotion("sad")  # while the first film is written
    jobs += [_export(window, home / "sad.mp4"), _export(window, home / "again.mp4")]
    assert [j.state for j in jobs] == ["running", "waiting", "waiting"]
    assert window.actions_by_id["edit.undo"].isEnabled()
    gate.open.set()
    qtbot.waitUntil(lambda: all(j.over for j in jobs), timeout=2 * LONG)
    assert [j.state for j in jobs] == ["done"] * 3
    films = [pictures(home / f"{name}.mp4") for name in ("happy", "sad", "again")]
    assert np.abs(films[0][12] - films[1][12]).max() > 20
    assert np.array_equal(films[1][12], films[2][12])
    check_film(home / "happy.mp4", clip, np.ones(24, bool))


def test_a_cancelled_export_leaves_no_file_and_can_be_tried_again(
    editing, qtbot, home, clip, monkeypatch
):
    window, gate = editing, Gate(monkeypatch)
    window.choose_emotion("happy")
    there = set(home.iterdir())
    first, second = _export(window, home / "first.mp4"), _export(window, home / "second.mp4")
    qtbot.waitUntil(gate.inside.is_set, timeout=LONG)
    _click(window, second, "Cancel")  # one that waits
    assert second.state == "cancelled"
    _click(window, first, "Cancel")  # one that runs
    qtbot.waitUntil(lambda: first.over, timeout=LONG)
    assert first.state == "cancelled"
    assert set(home.iterdir()) == there
    gate.open.set()
    _click(window, first, "Retry")
    qtbot.waitUntil(lambda: first.over, timeout=LONG)
    assert first.state == "done"
    assert second.state == "cancelled"
    check_film(home / "first.mp4", clip, np.ones(24, bool))
    assert set(home.iterdir()) == {*there, home / "first.mp4"}


def test_a_window_that_closes_ends_its_exports(editing, qtbot, home, monkeypatch):
    gate = Gate(monkeypatch)
    there = set(home.iterdir())
    _export(editing, home / "first.mp4")
    qtbot.waitUntil(gate.inside.is_set, timeout=LONG)
    editing.close()
    assert not editing.isVisible()
    left = {p for p in home.iterdir() if p.suffix in (".mp4", ".part")}
    assert left == {p for p in there if p.suffix in (".mp4", ".part")}


def test_faces_go_to_the_project_also_when_it_was_named_meanwhile(
    window, qtbot, home, clip, monkeypatch
):
    gate = Gate(monkeypatch, "track_apart")
    window.desk.open(home / "talk.mp4")
    qtbot.waitUntil(gate.inside.is_set, timeout=LONG)
    old = window.desk.session.path
    window.desk.save_as(home / "named.facestudio")
    gate.open.set()
    qtbot.waitUntil(lambda: window.desk.take is not None, timeout=LONG)
    assert window.desk.session.path == home / "named.facestudio"
    assert not old.exists()


@pytest.mark.parametrize("after", [0.3, 0.92])  # while it follows, and while it fits the head
def test_tracking_can_be_stopped_and_tried_again(window, qtbot, home, clip, monkeypatch, after):
    gate = Gate(monkeypatch, "track_apart", after)
    window.desk.open(home / "talk.mp4")
    qtbot.waitUntil(gate.inside.is_set, timeout=LONG)
    job = next(j for j in window.desk.jobs.all if j.title.startswith("Track"))
    window.docks["jobs"].raise_()
    _click(window, job, "Cancel")
    qtbot.waitUntil(lambda: job.over, timeout=LONG)
    assert job.state == "cancelled"
    assert window.desk.clip is not None
    assert window.desk.take is None
    gate.open.set()
    _click(window, job, "Retry")
    qtbot.waitUntil(lambda: window.desk.take is not None, timeout=LONG)
    assert window.desk.session.labels[-1] == "Track talk.mp4"


def test_faces_of_another_clip_go_where_they_belong(
    window, qtbot, home, clip, monkeypatch, demo
):
    gate = Gate(monkeypatch, "track_apart")
    window.desk.open(home / "talk.mp4")
    qtbot.waitUntil(gate.inside.is_set, timeout=LONG)
    first = window.desk.session.path
    window.desk.open(demo)
    gate.open.set()
    qtbot.waitUntil(lambda: not window.desk.jobs.active, timeout=LONG)
    assert window.desk.session.path == demo
    assert len(window.desk.session.labels) == 1
    with ProjectFile(first) as file:
        assert len(file.project.takes) == 1
        assert file.labels[-1] == "Track talk.mp4"
