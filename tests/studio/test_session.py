from dataclasses import replace

import pytest

from core.storage import ProjectFile
from studio import edits
from studio.session import Session


@pytest.fixture
def session(demo, qtbot):
    session = Session()
    session.open(demo)
    yield session
    session.close()


def _happy(amount):
    return lambda p: edits.with_emotion(p, 0, "happy", amount, None)


def _amount(project):
    return [layer.amount.keys[0].value for layer in project.takes[0].layers]


def test_an_edit_is_on_disk_when_the_call_returns(session, demo, tmp_path):
    session.apply("Happy", _happy(0.5))
    copy = tmp_path / "copy.facestudio"
    session.save_as(copy)
    session.close()
    for path in (demo, copy):
        with ProjectFile(path) as file:
            assert _amount(file.project) == [0.5]
            assert file.labels[-1] == "Happy"


def test_changed_tells_the_old_and_the_new_document(session):
    told = []
    session.changed.connect(lambda old, new: told.append((old, new)))
    before = session.project
    session.apply("Happy", _happy(1.0))
    assert told == [(before, session.project)]
    session.apply("Nothing", lambda p: p)
    assert len(told) == 1


def test_a_drag_is_one_step(session):
    for amount in (0.1, 0.2, 0.3):
        session.apply("Happy", _happy(amount), "drag 1")
    session.apply("Happy", _happy(0.4), "")
    session.apply("Happy", _happy(0.9))
    assert session.labels[1:] == ("Happy", "Happy")
    session.undo()
    assert _amount(session.project) == [0.4]
    session.undo()
    assert _amount(session.project) == []


def test_an_edit_without_a_gesture_does_not_join_the_drag_before_it(session):
    session.apply("Happy", _happy(0.1), "drag 1")
    session.apply("As filmed", lambda p: edits.with_layers(p, 0, ()))
    assert session.labels[1:] == ("Happy", "As filmed")


def test_undo_and_redo_stop_at_the_ends(session):
    assert not session.can_undo
    session.undo()
    session.apply("Happy", _happy(0.5))
    assert session.can_undo
    assert not session.can_redo
    session.undo()
    session.redo()
    session.redo()
    assert _amount(session.project) == [0.5]


def test_history_survives_closing(session, demo):
    session.apply("Happy", _happy(0.5))
    session.undo()
    session.close()
    assert not session.project.clips
    session.open(demo)
    assert session.labels[-1] == "Happy"
    assert session.step == 0
    session.redo()
    assert _amount(session.project) == [0.5]


def test_a_layer_keeps_its_settings_when_its_amount_changes(session):
    session.apply("Happy", _happy(0.5))
    take = session.project.takes[0]
    layer = replace(take.layers[0], guard=0.25)
    session.apply("Guard", lambda p: edits.with_layer_at(p, 0, 0, layer))
    session.apply("Happy", _happy(0.8))
    assert session.project.takes[0].layers[0].guard == 0.25
    assert _amount(session.project) == [0.8]


def test_an_idle_session_empties_its_journal(session, demo, qtbot):
    journal = demo.with_name(f"{demo.name}-wal")
    session._idle.setInterval(20)
    session.apply("Happy", _happy(0.5))
    assert journal.stat().st_size > 0
    qtbot.waitUntil(lambda: journal.stat().st_size == 0, timeout=30_000)
    session.apply("Happy", _happy(0.7))
    session.close()
    with ProjectFile(demo) as file:
        assert _amount(file.project) == [0.7]


def test_naming_a_project_takes_its_history_along(session, demo, tmp_path):
    session.apply("Happy", _happy(0.5))
    session.apply("Happier", _happy(0.9))
    session.undo()
    session.save_as(tmp_path / "named.facestudio")
    assert session.path == tmp_path / "named.facestudio"
    assert (session.step, session.labels[1:]) == (1, ("Happy", "Happier"))
    session.redo()
    assert _amount(session.project) == [0.9]
