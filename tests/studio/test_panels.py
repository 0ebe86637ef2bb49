"""What stands round the film: trying an emotion, presets, help, names one can hear."""

import subprocess
import tomllib
from datetime import datetime
from pathlib import Path

import numpy as np
import PySide6
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QPointF, Qt, QTranslator
from PySide6.QtGui import QEnterEvent, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from core.errors import ExchangeError
from core.expression.layers import Offset
from studio import edits, language, licences, presets, recents, recovery, screenshots, tour
from studio.actions import TABLE
from studio.window import Window
from studio.wiring_video import landmark_wire
from widgets.emotion import EmotionButton, EmotionPanel

LONG = 60_000  # ms


@pytest.fixture
def editing(window, project, qtbot):
    window.desk.open(project)
    qtbot.waitUntil(lambda: window.desk.preview.scene is not None, timeout=LONG)
    return window


def enter(widget):
    spot = QPointF(3, 3)
    QApplication.sendEvent(widget, QEnterEvent(spot, spot, spot))


def leave(widget):
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def happy(window):
    panel = window.docks["emotion"].widget()
    return next(b for b in panel.findChildren(EmotionButton) if b.text() == "Happy")


def test_pointing_at_an_emotion_shows_it_and_commits_nothing(editing, qtbot):
    desk, button = editing.desk, happy(editing)
    before, labels = desk.session.project, desk.session.labels
    seen = []
    desk.preview.ready.connect(lambda shown: seen.append(not np.array_equal(*_both(shown))))
    enter(button)
    qtbot.waitUntil(lambda: True in seen, timeout=LONG)
    assert desk.session.project is before
    assert desk.session.labels == labels
    seen.clear()
    leave(button)
    qtbot.waitUntil(lambda: seen[-1:] == [False], timeout=LONG)
    qtbot.waitUntil(lambda: desk.preview.scene.project is before, timeout=LONG)
    assert not desk.take.layers


def _both(shown):
    return shown.before, shown.after


def test_a_click_while_trying_keeps_what_was_tried(editing, qtbot):
    desk, button = editing.desk, happy(editing)
    enter(button)
    qtbot.waitUntil(lambda: bool(desk.preview.scene.project.takes[0].layers), timeout=LONG)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [layer.label for layer in desk.take.layers] == ["happy"]
    leave(button)
    qtbot.waitUntil(lambda: desk.preview.scene.project is desk.session.project, timeout=LONG)
    assert [layer.label for layer in desk.take.layers] == ["happy"]


def test_a_preset_is_kept_set_as_one_step_and_dropped(editing):
    desk, panel = editing.desk, editing.docks["shapes"].widget()
    moment = desk.moment
    wanted = {"jawOpen": 0.25, "browInnerUp": -0.5}
    desk.edit("Offsets", lambda p, i: edits.with_offsets(p, i, wanted, moment))
    panel.preset_kept.emit("Doubt & more")
    assert presets.names() == ["Doubt & more"]
    assert presets.load("Doubt & more") == wanted
    desk.edit("None", lambda p, i: edits.with_layers(p, i, ()))
    steps = len(desk.session.labels)
    named = {a.text(): a for a in panel.presets.menu().actions()}
    named["Doubt && more"].trigger()
    assert len(desk.session.labels) == steps + 1
    assert {x.shape: x.amount.keys[0].value for x in desk.take.layers} == wanted
    desk.session.undo()
    assert not desk.take.layers
    panel.preset_wished.emit("Doubt & more", frozenset({"jawOpen"}))
    assert [x.shape for x in desk.take.layers if isinstance(x, Offset)] == ["browInnerUp"]
    panel.preset_dropped.emit("Doubt & more")
    assert presets.names() == []
    failed = []
    desk.failed.connect(failed.append)
    panel.preset_wished.emit("Doubt & more", frozenset())
    assert len(failed) == 1


def test_presets_that_are_none_and_folders_that_refuse(home, monkeypatch):
    presets.save(" Two  words ", {"jawOpen": 1.0})
    assert presets.names() == ["Two words"]
    for name, text in (("a", "{"), ("b", "[]"), ("c", '{"name": "x", "offsets": {"no": 1}}')):
        (presets.folder() / f"{name}.json").write_text(text)
    assert presets.names() == ["Two words"]
    with pytest.raises(ExchangeError, match="name"):
        presets.save("  ", {})
    with pytest.raises(ExchangeError):
        presets.load("nobody")
    blocked = home / "file"
    blocked.write_text("")
    monkeypatch.setattr(presets, "folder", lambda: blocked / "presets")
    assert presets.names() == []
    with pytest.raises(ExchangeError, match="cannot be kept"):
        presets.save("x", {})


def test_the_tour_points_at_parts_that_are_there_and_comes_once(editing, qtbot):
    window = editing
    window.help.offer_tour()
    assert not tour.was_seen()
    window.trigger("help.tour")
    walk = window.help.tour
    assert tour.was_seen()
    shown = []
    while walk.step >= 0:
        shown.append(walk.callout.title.text())
        assert walk.callout.isVisible()
        assert window.rect().contains(walk.callout.geometry())
        if walk.ring.isVisible():
            assert window.rect().adjusted(-1, -1, 1, 1).contains(walk.ring.geometry())
        qtbot.mouseClick(walk.callout.next, Qt.MouseButton.LeftButton)
    assert len(shown) == len(set(shown)) == 6
    assert window.help.tour is None


def _walked(window):
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView)
    for widget in window.findChildren(QWidget):
        takes = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if not widget.objectName().startswith("qt_") and (takes or isinstance(widget, kinds)):
            yield widget


def _ours(widget):
    """Return whether a widget is one of its own, not the inside of another one of Qt's."""
    inside, parent = (QAbstractItemView, QComboBox, QLineEdit, QTabBar), widget.parent()
    while parent is not None and not isinstance(parent, inside):
        parent = parent.parent()
    return parent is None and type(widget).__name__ not in (
        "QScrollBar", "QScrollArea", "QTabBar", "CanvasBackendDesktop", "QMenu", "QMenuBar",
        "QDockWidgetTitleButton",
    )  # fmt: skip


def test_whoever_only_hears_the_window_is_told_what_everything_is(editing):
    for dock in editing.docks.values():
        dock.show()
        dock.raise_()
    QApplication.processEvents()
    walked = [w for w in _walked(editing) if _ours(w)]
    assert len(walked) > 80
    nameless = [
        f"{type(w).__module__}.{type(w).__name__} in {type(w.parent()).__name__}"
        for w in walked
        if not (w.accessibleName() or getattr(w, "text", str)())
    ]
    assert nameless == []


def test_every_button_has_a_tool_tip(editing):
    buttons = [w for w in _walked(editing) if isinstance(w, QAbstractButton) and _ours(w)]
    silent = [b.text() or b.accessibleName() for b in buttons if not b.toolTip()]
    assert not silent, "; ".join(silent)


class Backwards(QTranslator):
    """A language in which everything is written backwards."""

    def translate(self, context, text, disambiguation=None, n=-1):
        return text[::-1] if context in ("Actions", "Window") else ""

    def isEmpty(self):
        return False


def test_a_language_can_be_added(qtbot, home):
    language = Backwards()
    assert QCoreApplication.installTranslator(language)
    try:
        window = Window()
        qtbot.addWidget(window)
        for entry in TABLE:
            assert entry.shown == entry.title[::-1]
        texts = {id_: a.text() for id_, a in window.actions_by_id.items()}
        same = [e.id for e in TABLE if texts[e.id].split(":")[0] != e.title[::-1]]
        assert same == []
        window.close()
    finally:
        QCoreApplication.removeTranslator(language)
    assert TABLE[0].shown == TABLE[0].title


def test_about_names_every_package_with_a_licence_one_can_tell():
    text = Path(licences.__file__).parent.parent.joinpath("pyproject.toml").read_text()
    asked = tomllib.loads(text)["project"]["dependencies"]
    names = {line.split(">")[0].split("=")[0].split("<")[0].split("[")[0] for line in asked}
    assert names == set(licences.PACKAGES)
    found = licences.parts()
    assert {"facestudio", "demo clip", "numpy", "PySide6", "Qt"} <= {p.name for p in found}
    assert len({p.name for p in found}) == len(found)
    assert [p.name for p in found if p.light == "noncommercial"] == []


def test_recent_projects_have_a_name_a_place_and_a_picture(editing, project, qtbot):
    now = datetime(2026, 3, 5, 12, 0)
    assert recents.day(datetime(2026, 3, 5, 9, 30), now) == "today, 09:30"
    assert recents.day(datetime(2026, 3, 4, 9, 30), now) == "yesterday, 09:30"
    assert "2026" in recents.day(datetime(2026, 1, 4), now)
    frames = []
    editing.desk.preview.ready.connect(frames.append)
    editing.desk.preview.ask(1)
    qtbot.waitUntil(lambda: bool(frames), timeout=LONG)
    path = Path(project)
    editing.desk.close()
    shown = recents.shown(path)
    assert shown.name == "talk"
    assert shown.picture is not None
    assert editing.welcome.choices["open"].isVisible()
    unnamed = recovery.unsaved_folder() / "face-20260305-120000.facestudio"
    unnamed.write_bytes(path.read_bytes())
    assert recents.shown(unnamed).name == "face"


def test_the_wire_is_the_same_for_all_frames_and_leaves_the_mouth_open(editing):
    from core.landmarks import sets

    triangles = landmark_wire(editing.desk.take.landmarks)
    assert 700 < len(triangles) < 1000
    assert triangles.max() < sets.MESH
    assert not np.isin(triangles, sets.INNER_LIPS).all(1).any()


def test_markers_outlive_the_project(editing, project, qtbot):
    line = editing.docks["time"].widget().timeline
    line.marker_wished.emit(3)
    line.marker_wished.emit(7)
    line.marker_wished.emit(3)
    assert line.canvas.rows.ruler.markers == (7,)
    editing.desk.close()
    editing.desk.open(project)
    assert line.canvas.rows.ruler.markers == (7,)
    editing.trigger("play.mark_next")
    assert editing.desk.viewing.frame == 7
    editing.trigger("play.mark")
    assert line.canvas.rows.ruler.markers == ()
    scale = line.canvas.axis.scale
    editing.trigger("view.closer")
    assert line.canvas.axis.scale > scale
    editing.trigger("view.whole")
    assert line.canvas.axis.scale == scale


def test_a_picture_that_is_not_there_is_explained_with_a_remedy(window, project, clip, qtbot):
    Path(clip).unlink()
    asked = []
    window.video.remedy_wished.disconnect()
    window.video.remedy_wished.connect(lambda: asked.append(True))
    window.desk.open(project)
    button = next(b for b in window.video.findChildren(QPushButton))
    qtbot.waitUntil(button.isVisible, timeout=LONG)
    window.grab()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [True]


def test_a_picture_of_the_head_can_be_kept(editing, home, qtbot):
    dock = editing.docks["head"].widget()
    qtbot.waitUntil(lambda: dock.wiring is not None, timeout=LONG)
    dock.wiring.keep_picture(home / "head")
    assert not QImage(str(home / "head.png")).isNull()
    failed = []
    editing.desk.failed.connect(failed.append)
    dock.wiring.keep_picture(home / "nowhere" / "head.png")
    assert len(failed) == 1


def test_pictures_want_a_folder(capsys):
    assert screenshots.main([]) == 2
    assert screenshots.main(["--help"]) == 2
    assert "FOLDER" in capsys.readouterr().err


def test_a_translation_is_written_made_and_spoken(qapp, home):
    lrelease = Path(PySide6.__file__).parent / "lrelease"
    if not lrelease.exists():
        pytest.skip("this build of Qt brings no tool for translations")
    known = language.sentences()
    assert sum(len(texts) for texts in known.values()) > 400
    assert "As filmed" in known["EmotionPanel"]
    assert "Timeline" in known["Window"]
    assert "Emotion: {words}" in known["Wiring"]
    assert language.install(qapp, QLocale("de")) == []
    source = home / "facestudio_de.ts"
    assert language.main([str(source)]) == 0
    lines = []
    for line in source.read_text(encoding="utf-8").splitlines():
        text = line.removeprefix("<message><source>").split("</source>")[0]
        empty = '<translation type="unfinished"></translation>'
        lines.append(line.replace(empty, f"<translation>«{text}»</translation>"))
    source.write_text("\n".join(lines), encoding="utf-8")
    language.folder().mkdir(parents=True)
    made = language.folder() / "facestudio_de.qm"
    subprocess.run([lrelease, source, "-qm", made], check=True, capture_output=True)
    spoken = language.install(qapp, QLocale("de"))
    try:
        assert spoken
        assert TABLE[0].shown == f"«{TABLE[0].title}»"
        panel = EmotionPanel()
        texts = {button.text() for button in panel.findChildren(QPushButton)}
        assert {"«As filmed»", "«Happy»"} <= texts
    finally:
        for translator in spoken:
            qapp.removeTranslator(translator)
    assert language.main([]) == 2
