"""Any sequence of edits, undo, redo and reopening equals a plain list."""

import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.expression.keyframes import Envelope, Key
from core.history import History
from core.storage import ProjectFile
from tests.document.toy import Tint, project, same

finite = st.floats(allow_nan=False, allow_infinity=False)
moments = st.fractions(0, 1000, max_denominator=30000)


@st.composite
def tints(draw):
    times = sorted(draw(st.sets(moments, min_size=1, max_size=4)))
    kinds = st.sampled_from(["hold", "linear", "smooth"])
    keys = tuple(Key(t, draw(finite), draw(kinds)) for t in times)
    return Tint(
        Envelope(keys),
        tuple(draw(st.lists(st.text(max_size=5), max_size=3))),
        draw(st.fractions(max_denominator=10**9)),
        draw(finite),
        draw(st.none() | st.text(max_size=5)),
        draw(st.booleans()),
    )


class Document(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "p.facestudio"
        self.file = ProjectFile.create(self.path, project(), "Start")
        self.documents, self.head, self.gesture = [((),)], 0, None
        self.history = History.start(((),))

    @rule(
        layers=st.lists(tints(), max_size=3).map(tuple),
        gesture=st.sampled_from([None, None, "a", "b"]),
    )
    def edit(self, layers, gesture):
        p = self.file.project
        label = f"{len(layers)} layers"
        self.file.push(label, p.with_take(0, replace(p.takes[0], layers=layers)), gesture)
        self.history = self.history.push(label, (layers,), gesture)
        self.documents[self.head + (gesture is None or gesture != self.gesture) :] = [(layers,)]
        self.head, self.gesture = len(self.documents) - 1, gesture

    @precondition(lambda self: self.head > 0)
    @rule()
    def undo(self):
        self.file.undo()
        self.history = self.history.undo()
        self.head, self.gesture = self.head - 1, None

    @precondition(lambda self: self.head < len(self.documents) - 1)
    @rule()
    def redo(self):
        self.file.redo()
        self.history = self.history.redo()
        self.head, self.gesture = self.head + 1, None

    @rule()
    def reopen(self):
        self.file.close()
        self.file = ProjectFile(self.path)
        self.history = replace(self.history, gesture=None)
        self.gesture = None

    @rule()
    def vacuum(self):
        self.file.vacuum()

    @invariant()
    def the_file_is_the_list(self):
        assert [step.document for step in self.history.steps] == self.documents
        assert self.history.head == self.file.history.head == self.head
        assert len(self.file.labels) == len(self.documents)
        for i, (layers,) in enumerate(self.documents):
            assert self.file.at(i).takes[0].layers == layers
        assert same(self.file.at(0), project())

    def teardown(self):
        self.file.close()
        self.folder.cleanup()


TestDocument = Document.TestCase
TestDocument.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def test_a_fraction_and_a_float_come_back_exactly(tmp_path):
    tint = Tint(Envelope.constant(5e-324), start=Fraction(10**40, 3), strength=0.1 + 0.2)
    with ProjectFile.create(tmp_path / "p.facestudio", project(0, tint)) as file:
        pass
    with ProjectFile(tmp_path / "p.facestudio") as file:
        assert file.project.takes[0].layers == (tint,)
