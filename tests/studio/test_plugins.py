"""Plug-ins in the window: added, drawn, exported; one that fails is named and left out."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

from core import builtin, loader
from core.paths import data
from core.registry import Plugin
from core.storage import ProjectFile
from studio import exporting, plugins
from studio.window import Window

WAIT = 60_000


@pytest.fixture(autouse=True)
def fresh(home):
    builtin.forget()
    yield
    builtin.forget()


def begun(qtbot, window):
    qtbot.waitUntil(lambda: window.plugins.begun, timeout=WAIT)
    return window


@pytest.fixture
def edited(qtbot, window, demo):
    begun(qtbot, window).desk.open(demo)
    qtbot.waitUntil(lambda: window.desk.preview.scene is not None, timeout=WAIT)
    return window


def test_a_layer_is_added_with_its_controls(edited):
    rows = edited.docks["layers"].widget()
    offered = [a.data() for a in rows._add.menu().actions()]
    assert offered == ["scale", "smooth", "tremor"]
    rows._add.menu().actions()[-1].trigger()
    (layer,) = edited.desk.take.layers
    assert type(layer).__name__ == "Tremor"
    fields = edited.docks["layer"].widget()
    fields.controls["rate"].wish(9.0)
    assert edited.desk.take.layers[0].rate == 9.0
    assert edited.desk.session.labels[-2:] == ("Add Unrest", "Unrest: Rate")
    edited.desk.undo()
    assert edited.desk.take.layers == (layer,)
    assert fields.controls["rate"].value == layer.rate


def test_the_layer_that_is_chosen_is_shown(qtbot, edited):
    edited.choose_emotion("happy")
    edited.plugins.add_layer("smooth")
    fields = edited.docks["layer"].widget()
    assert "sigma" in fields.controls
    edited.docks["layers"].widget()._list.setCurrentRow(0)
    assert "removal" in fields.controls


def test_a_renderer_draws_the_video(qtbot, edited):
    desk = edited.desk
    shown = []
    desk.preview.ready.connect(shown.append)
    menu = edited.video._pictures.menu()
    assert [a.data() for a in menu.actions()] == ["", "clay", "normals"]
    menu.actions()[1].trigger()

    def drawn(changed):
        return bool(shown) and (shown[-1].before is not shown[-1].after) == changed

    qtbot.waitUntil(lambda: drawn(True), timeout=WAIT)
    menu.actions()[0].trigger()
    desk.preview.ask(desk.viewing.frame)
    qtbot.waitUntil(lambda: drawn(False), timeout=WAIT)


def test_a_renderer_that_fails_gives_way_to_ours(qtbot, edited, monkeypatch):
    import plugins.clay_renderer

    monkeypatch.setattr(plugins.clay_renderer, "clay", lambda rgb, shot: 1 / 0)
    told = []
    edited.desk.failed.connect(told.append)
    edited.desk.viewing.choose_picture("clay")
    qtbot.waitUntil(lambda: edited.desk.viewing.picture == "", timeout=WAIT)
    assert any("“clay_renderer” was switched off" in text for text in told)
    assert not edited.video._pictures.isVisible()  # the plug-in brought both


def test_a_layer_that_fails_is_shown_as_switched_off(qtbot, edited, monkeypatch):
    made = builtin.kinds().get("layer", "tremor").load()
    monkeypatch.setattr(made, "apply", lambda self, track, evidence: track.absent)
    told = []
    edited.desk.failed.connect(told.append)
    edited.choose_emotion("happy")
    edited.plugins.add_layer("tremor")
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert "“tremor_layer” was switched off: Unrest failed (AttributeError" in told[0]
    rows = edited.docks["layers"].widget()
    assert rows._list.item(1).text() == "Unrest  ·  switched off"
    desk = edited.desk
    qtbot.waitUntil(lambda: desk.preview.scene.project is desk.session.project, timeout=WAIT)
    assert desk.preview.scene.edited[0] is not desk.take.track  # the emotion still works


def test_a_broken_file_is_named_and_the_window_stands(qtbot):
    folder = data() / "plugins"
    folder.mkdir(parents=True)
    (folder / "no_good.py").write_text("API = 1\nimport nothing_of_that_name\n")
    window = Window()
    qtbot.addWidget(window)
    told = []
    window.desk.failed.connect(told.append)
    window.show()
    begun(qtbot, window)
    assert len(told) == 1
    assert "“no_good” was switched off" in told[0]
    assert window.isVisible()


def test_an_exporter_writes_as_a_job(qtbot, edited, tmp_path, monkeypatch):
    assert edited.actions_by_id["file.animation"].isEnabled()
    opened = []
    monkeypatch.setattr(QFileDialog, "open", lambda self: opened.append(self))
    edited.trigger("file.animation")
    (dialog,) = opened
    assert dialog.nameFilters() == ["Live Link Face for Unreal (*.csv)"]
    assert dialog.defaultSuffix() == "csv"
    target = tmp_path / "face.csv"
    dialog.fileSelected.emit(str(target))
    qtbot.waitUntil(lambda: edited.desk.last_export == target, timeout=WAIT)
    assert target.read_text().startswith("Timecode,BlendShapeCount,")


def test_without_an_exporter_nothing_is_offered(qtbot, edited, monkeypatch):
    table = builtin.kinds()
    name = "live_link_face_export"
    table.plugins[name] = Plugin(name, "", table.plugins[name].entries, "it failed")
    edited.plugins._on_something_ran()
    assert not plugins.exporters()
    assert not edited.actions_by_id["file.animation"].isEnabled()
    assert loader.API == 1


def test_the_export_takes_the_picture_that_is_shown(edited):
    edited.desk.viewing.choose_picture("normals")
    film = exporting.film_of(edited.desk)
    assert film.pictures == (("clay", "Clay head"), ("normals", "Normal map"))
    assert film.picture == "normals"


def test_a_project_of_a_missing_plugin_opens_edits_and_gets_it_back(
    qtbot, window, demo, monkeypatch
):
    made = builtin.kinds().get("layer", "tremor").load()(seed=5)
    with ProjectFile(demo) as file:
        take = replace(file.project.takes[0], layers=(made,))
        file.push("Add", file.project.with_take(0, take))
    begun(qtbot, window)
    table = builtin.kinds()
    with monkeypatch.context() as without:
        entries = {k: e for k, e in table._entries.items() if e.plugin != "tremor_layer"}
        without.setattr(table, "_entries", entries)
        window.desk.open(demo)
        rows = window.docks["layers"].widget()
        assert rows._list.item(0).text() == "tremor  ·  plug-in missing"
        assert "missing" in window.docks["layer"].widget()._note.text()
        window.choose_emotion("sad")
        qtbot.waitUntil(lambda: window.desk.preview.scene is not None, timeout=WAIT)
        assert rows._list.count() == 2
        window.desk.close()
    window.desk.open(demo)
    assert window.desk.take.layers[0] == made
    assert window.desk.take.layers[1].label == "sad"
