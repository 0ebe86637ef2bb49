import pytest

from core.errors import WishError
from core.history import History


def test_undo_and_redo_walk_the_list():
    history = History.start("a").push("to b", "b").push("to c", "c")
    assert [history.document, history.undo().document, history.undo().undo().document] == [
        "c",
        "b",
        "a",
    ]
    assert history.undo().redo() == history


def test_an_edit_after_undo_drops_what_was_undone():
    history = History.start(0).push("1", 1).push("2", 2).undo().push("3", 3)
    assert [s.document for s in history.steps] == [0, 1, 3]


def test_a_gesture_is_one_step():
    history = History.start(0).push("drag", 1, "g1").push("drag", 2, "g1").push("drag", 3, "g2")
    assert [s.document for s in history.steps] == [0, 2, 3]


def test_undo_ends_a_gesture():
    history = History.start(0).push("drag", 1, "g").undo().push("drag", 2, "g")
    assert [s.document for s in history.steps] == [0, 2]


def test_the_ends_of_the_list_say_so():
    history = History.start(0)
    with pytest.raises(WishError, match="nothing to undo"):
        history.undo()
    with pytest.raises(WishError, match="nothing to redo"):
        history.redo()
    with pytest.raises(WishError, match="no step 7"):
        history.move(7)
