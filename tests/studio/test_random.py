"""Two thousand random things a user does, against plain lists: document and view stay equal."""

import gc
import os
import random
import threading
from dataclasses import replace

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QListWidget

from core.expression.layers import Emotion, Offset
from core.storage import ProjectFile
from core.times import Times
from studio.window import Window
from tests.studio.hands import drag, settle
from tests.studio.plain import Plain
from widgets.sliders import GestureSlider

SEEDS = 4
ACTIONS = int(os.environ.get("FACESTUDIO_ACTIONS", "2000")) // SEEDS
SHAPES = ("browInnerUp", "jawOpen", "mouthSmileLeft", "mouthSmileRight", "eyeBlinkLeft")
LABELS = ("Happy", "Sad", "Angry", "Fear", "Surprised")
WALK = {"next": 1, "previous": -1, "leap": 10, "leap_back": -10}


class User:
    """Does random things in a window; what it does, it also does to the plain lists."""

    def __init__(self, window, seed):
        self.window, self.desk = window, window.desk
        self.rng = random.Random(seed)
        self.plain = Plain(len(self.desk.session.project.takes), self.desk.clip.times)
        self.did = []
        at = {name: dock.widget() for name, dock in window.docks.items()}
        self.emotions, self.shapes, self.layers = at["emotion"], at["shapes"], at["layers"]
        self.history, self.canvas = at["history"], at["time"].timeline.canvas
        self.line, self.bar = at["time"].timeline, at["time"].transport
        self.scope = self.emotions.findChild(QComboBox)
        self.listed = self.layers.findChild(QListWidget)
        self.steps = self.history.findChild(QListWidget)
        self.strength = next(
            s
            for s in self.layers.findChildren(GestureSlider)
            if s.accessibleName() == "Strength"
        )
        self._listen()

    def _listen(self):
        """What panels wish is the input of the plain lists; how they wish it is under test."""
        plain = self.plain

        def where():
            scope = self.emotions.scope
            moment = plain.moment if scope == "playhead" else None
            return (plain.span if scope == "range" else None), moment

        def one(label, value, gesture):
            plain.feel_one(label, value, gesture or None, *where())

        def blend(pairs, gesture):
            plain.feel(list(pairs), gesture or None, *where())

        def whole(layers, _label, gesture):
            plain.become(layers, gesture or None)

        self.emotions.emotion_wished.connect(one)
        self.emotions.blend_wished.connect(blend)
        self.shapes.offset_wished.connect(lambda s, v, g: plain.offset(s, v, g or None))
        self.shapes.key_wished.connect(plain.offset_key)
        self.shapes.layers_wished.connect(whole)
        self.layers.layers_wished.connect(whole)
        self.line.layer_wished.connect(plain.replace_layer)

    def act(self):
        """Do one random thing."""
        doing = self.rng.choices(*zip(*self.HABITS, strict=True))[0]
        self.did.append(doing.__name__)
        doing(self)
        QApplication.processEvents()

    # The table of actions.

    def choose_emotion(self):
        label = self.rng.choice(("neutral", "angry", "disgusted", "fear", "happy", "sad"))
        self.window.trigger(f"face.{label}")
        self.plain.feel([(label, 1.0)], None, self.plain.span)

    def undo(self):
        self.window.trigger("edit.undo")
        self.plain.go(self.plain.head - 1)

    def redo(self):
        self.window.trigger("edit.redo")
        self.plain.go(self.plain.head + 1)

    def copy(self):
        if self.plain.layers:
            self.plain.copied = self.plain.layers
        self.window.trigger("edit.copy")

    def paste(self):
        if len(self.plain.layers) < 12:
            self.window.trigger("edit.paste")
            self.plain.become([*self.plain.layers, *self.plain.copied])

    def clear(self):
        self.window.trigger("edit.clear")
        self.plain.become(())

    def walk(self):
        name = self.rng.choice((*WALK, "first", "last"))
        self.window.trigger(f"play.{name}")
        last = len(self.plain.times) - 1
        goal = {"first": 0, "last": last}.get(name, self.plain.frame + WALK.get(name, 0))
        self.plain.frame = min(max(goal, 0), last)

    def limit(self):
        name = self.rng.choice(("in", "out", "whole"))
        self.window.trigger(f"play.{name}")
        at, (first, last) = self.plain.frame, self.plain.range
        self.plain.range = {
            "in": (at, max(at, last)),
            "out": (min(at, first), at),
            "whole": (0, len(self.plain.times) - 1),
        }[name]

    def look(self):
        modes = (
            "edited",
            "original",
            "wipe",
            "side by side",
            "difference",
            "fit",
            "one",
            "two",
        )
        self.window.trigger(f"view.{self.rng.choice(modes)}")
        self.window.trigger("play.loop")

    def switch_face(self):
        take = self.rng.randrange(len(self.desk.session.project.takes))
        self.window.video.face_wished.emit(take)
        self.plain.take = take

    # Panels.

    def slide_emotion(self):
        name = f"{self.rng.choice(LABELS)}, intensity"
        sliders = self.emotions.findChildren(GestureSlider)
        self._slide(next(s for s in sliders if s.accessibleName() == name))

    def change_scope(self):
        self.scope.setCurrentIndex(self.rng.randrange(self.scope.count()))

    def slide_shape(self):
        self._slide(self.shapes.row(self.rng.choice(SHAPES)).slider)

    def key_shape(self):
        self.shapes.row(self.rng.choice(SHAPES)).mark_wished.emit(
            self.rng.choice(SHAPES), "key"
        )

    def mute_shape(self):
        mark = self.rng.choice(("mute", "solo"))
        row = self.shapes.row(self.rng.choice(SHAPES))
        row.mark_wished.emit(row.shape, mark)

    def slide_strength(self):
        if self.plain.layers and self.strength.isEnabled():
            self._slide(self.strength)

    def list_layers(self):
        if not self.listed.count():
            return
        self.listed.setCurrentRow(self.rng.randrange(self.listed.count()))
        names = ("Move up", "Move down", "Delete", "Copy", "Paste")
        name = self.rng.choice(names if self.listed.count() < 12 else names[:4])
        next(a for a in self.listed.actions() if a.text() == name).trigger()

    def tick_layer(self):
        if self.listed.count():
            item = self.listed.item(self.rng.randrange(self.listed.count()))
            on = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def go_back(self):
        row = self.rng.randrange(max(0, self.steps.count() - 12), self.steps.count())
        self.steps.setCurrentRow(row)
        self.plain.go(row)

    # Timeline.

    def drag_key(self):
        lane = self._lane()
        if lane is None or not self._in_sight(lane):
            return
        keys = lane.curve.envelope.keys
        start = lane.spot(self.canvas.axis, self.rng.choice(keys))
        start += QPointF(0, self.canvas.top(lane))
        hop = QPointF(self.rng.randint(-60, 60), self.rng.randint(-30, 30))
        ways = [start + hop * i / 4 for i in range(5)]
        drag(self.canvas, *ways)

    def add_key(self):
        lane = self._lane()
        if lane and self._in_sight(lane) and len(lane.curve.envelope.keys) < 8:
            x = self.rng.uniform(0, self.canvas.axis.frame_x(len(self.plain.times) - 1))
            y = self.canvas.top(lane) + lane.height * self.rng.uniform(0.2, 0.8)
            at = QPointF(x, y).toPoint()
            QTest.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, pos=at)

    def keys_by_keyboard(self):
        alt, none = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
        key, held = self.rng.choice(
            ((Qt.Key.Key_Left, alt), (Qt.Key.Key_Right, alt), (Qt.Key.Key_Up, alt),
             (Qt.Key.Key_Down, alt), (Qt.Key.Key_Delete, none), (Qt.Key.Key_Insert, none))
        )  # fmt: skip
        if key != Qt.Key.Key_Delete or self.canvas.chosen_lanes():
            QTest.keyClick(self.canvas, key, held)

    def scrub(self):
        row = self.canvas.rows.ruler.height - 12
        ways = [self.rng.randrange(len(self.plain.times)) for _ in range(3)]
        drag(self.canvas, *(QPointF(self.canvas.axis.frame_x(f) + 1, row) for f in ways))
        self.plain.frame = ways[-1]

    HABITS = (
        (choose_emotion, 4), (undo, 6), (redo, 5), (copy, 1), (paste, 1), (clear, 1),
        (walk, 5), (limit, 2), (look, 1), (switch_face, 2), (slide_emotion, 6),
        (change_scope, 2), (slide_shape, 6), (key_shape, 2), (mute_shape, 2),
        (slide_strength, 2), (list_layers, 4), (tick_layer, 2), (go_back, 2),
        (drag_key, 6), (add_key, 4), (keys_by_keyboard, 3), (scrub, 4),
    )  # fmt: skip

    def _lane(self):
        """Return a random curve that is shown whole, None if there is none."""
        lanes = self.canvas.rows.curves
        if not lanes:
            return None
        lane = self.rng.choice(lanes)
        if lane.folded:
            self.canvas.fold_lane(lane)
        self.canvas.reveal(lane)
        QApplication.processEvents()
        return lane

    def _in_sight(self, lane):
        top, last = self.canvas.top(lane), self.canvas.height() - 1
        ends = (self.canvas.lane_at(top), self.canvas.lane_at(top + lane.height - 1))
        return ends == (lane, lane) and top + lane.height <= last

    def _slide(self, slider):
        xs = [self.rng.uniform(0, slider.width()) for _ in range(self.rng.randint(2, 4))]
        drag(slider, *(QPointF(x, slider.height() / 2) for x in xs))

    # What must be equal.

    def check_document(self):
        session, plain = self.desk.session, self.plain
        takes = tuple(take.layers for take in session.project.takes)
        assert takes == plain.documents[plain.head]
        assert (session.step, len(session.labels)) == (plain.head, len(plain.documents))
        viewing = self.desk.viewing
        assert (viewing.frame, viewing.take) == (plain.frame, plain.take)
        assert viewing.range == plain.range
        assert self.window.actions_by_id["edit.undo"].isEnabled() == (plain.head > 0)
        more = plain.head < len(plain.documents) - 1
        assert self.window.actions_by_id["edit.redo"].isEnabled() == more
        assert self.window.actions_by_id["edit.clear"].isEnabled() == bool(plain.layers)

    def check_views(self):
        for name in ("emotion", "layers", "history", "shapes"):
            self.window.docks[name].raise_()
            QApplication.processEvents()
            getattr(self, f"_check_{name}")()
        self._check_time()

    def _check_emotion(self):
        felt = {x.label: self._now(x.amount) for x in self.plain.layers
                if isinstance(x, Emotion) and x.enabled}  # fmt: skip
        for slider in self.emotions.findChildren(GestureSlider):
            name, _, what = slider.accessibleName().partition(", ")
            if what == "intensity":
                assert slider.value == pytest.approx(felt.get(name.lower(), 0.0), abs=1e-5)

    def _check_layers(self):
        assert self.listed.count() == len(self.plain.layers)
        for row, layer in enumerate(self.plain.layers):
            item = self.listed.item(row)
            on = item.checkState() == Qt.CheckState.Checked
            assert on == layer.enabled
            assert (layer.label if isinstance(layer, Emotion) else layer.shape) in item.text()

    def _check_history(self):
        assert self.steps.currentRow() == self.plain.head
        labels = self.desk.session.labels
        assert self.steps.count() == len(labels) == len(self.plain.documents)
        assert all(self.steps.item(i).text().endswith(text) for i, text in enumerate(labels))

    def _check_shapes(self):
        for shape in SHAPES:
            own = [x for x in self.plain.layers if isinstance(x, Offset) and x.shape == shape]
            state = self.shapes.row(shape).state
            assert state.own == bool(own)
            if own:
                assert state.offset == pytest.approx(self._now(own[0].amount), abs=1e-5)
                assert state.muted == (not own[0].enabled)

    def _check_time(self):
        assert tuple(lane.layer for lane in self.canvas.rows.curves) == self.plain.layers
        assert self.canvas.frame == self.plain.frame
        whole = self.plain.range == (0, len(self.plain.times) - 1)
        assert self.canvas.rows.ruler.range == (None if whole else self.plain.range)

    def _now(self, envelope):
        times, frame = self.plain.times, self.plain.frame
        here = Times(times.pts[[0, frame]] if frame else times.pts[:1], times.base)
        return float(envelope.at(here)[-1])


def _two_faced(path):
    """Give a project a second face, the first one once more."""
    with ProjectFile(path) as file:
        take = file.project.takes[0]
        moved = take.landmarks + np.float32([40, 0])
        second = replace(take, name="Face 2", landmarks=moved)
        project = replace(file.project, takes=(take, second))
    path.unlink()
    ProjectFile.create(path, project, "Two faces").close()


def _timers():
    # By its type: to ask some objects of other libraries for their class is to be warned.
    return [t for t in gc.get_objects() if issubclass(type(t), QTimer) and shiboken6.isValid(t)
            and t.isActive()]  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_actions_leave_document_and_view_equal_and_nothing_behind(
    qtbot, qapp, project, home, seed
):
    path = home / "talk.facestudio"
    _two_faced(path)
    threads, timers = set(threading.enumerate()), _timers()
    tops = set(QApplication.topLevelWidgets())
    window = Window()
    window.resize(1500, 950)
    window.desk.preview.look_ahead = False
    window.show()
    qtbot.waitExposed(window)
    window.desk.open(path)
    settle(qtbot, window)
    faults = []
    window.desk.failed.connect(faults.append)
    user = User(window, seed)
    for n in range(ACTIONS):
        user.act()
        try:
            user.check_document()
            if n % 20 == 19:
                user.check_views()
        except AssertionError as e:
            window.close()
            raise AssertionError(f"after {n + 1} actions: {user.did[-6:]}") from e
    assert not faults
    shown = settle(qtbot, window)
    assert shown.frame == user.plain.frame
    last = tuple(take.layers for take in window.desk.session.project.takes)

    window.close()
    assert not [t for t in window.findChildren(QTimer) if t.isActive()]
    window.deleteLater()
    del user, window
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert set(threading.enumerate()) <= threads
    assert [t for t in _timers() if t not in timers] == []
    assert {w for w in QApplication.topLevelWidgets() if w not in tops} == set()
    with ProjectFile(path) as file:
        assert tuple(take.layers for take in file.project.takes) == last
