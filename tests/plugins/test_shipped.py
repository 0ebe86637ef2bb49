"""The plug-ins that ship: a layer, an exporter and renderers that do what they promise."""

import csv
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from core import builtin, engine
from core.camera import Camera
from core.errors import ExchangeError, MediaError, PluginError, WishError
from core.expression.keyframes import Envelope
from core.expression.layers import compose
from core.face.model import built_in
from core.paths import resource
from core.registry import Entry, Plugin
from core.rendering.plugged import PluggedRenderer
from core.stages import Articulation, Evidence
from core.storage import ProjectFile
from core.times import Times
from core.track import ARKIT, ARKIT_INDEX, CoeffSpace, Look, Track
from tests.document import toy

NOBODY = Evidence(
    Articulation(("aperture",), np.zeros(1, np.float32), np.zeros((1, 52), np.float32)),
    np.full(50, 0.1, np.float32),
    np.zeros(7, np.float32),
)


def still(frames: int = 50, value: float = 0.3) -> Track:
    values = np.zeros((frames, ARKIT.width), np.float32)
    values[:, ARKIT.slices["expression"]] = value
    values[:, -1] = 1
    return Track(ARKIT, values, Times.steady(frames, Fraction(25)))


def kind(what, name):
    return builtin.kinds().get(what, name).load()


class TestUnrest:
    def test_it_moves_its_place_alone_and_a_little(self):
        layer = kind("layer", "tremor")(Envelope.constant(1.0), place="brows")
        track = still()
        moved = layer.apply(track, NOBODY)
        change = np.abs(moved["expression"] - track["expression"])
        assert 0.01 < change[:, ARKIT_INDEX["browInnerUp"]].max() < 0.25
        assert change[:, ARKIT_INDEX["jawOpen"]].max() == 0
        assert np.array_equal(moved.values[:, 52:], track.values[:, 52:])

    def test_none_of_it_is_the_very_same_track(self):
        track = still()
        assert kind("layer", "tremor")(Envelope.constant(0.0)).apply(track, NOBODY) is track

    def test_it_is_repeatable_and_varies_by_its_seed(self):
        made = kind("layer", "tremor")
        a, b, c = (made(seed=s).apply(still(), NOBODY).values for s in (3, 3, 4))
        assert np.array_equal(a, b)
        assert not np.array_equal(a, c)

    def test_it_stays_in_range(self):
        for value in (0.0, 1.0):
            face = kind("layer", "tremor")(Envelope.constant(1.0)).apply(
                still(value=value), NOBODY
            )["expression"]
            assert face.min() >= 0
            assert face.max() <= 1

    def test_frames_without_a_face_stay(self):
        track = still()
        track = track.with_group("confidence", np.zeros((50, 1), np.float32))
        assert kind("layer", "tremor")().apply(track, NOBODY) is track

    def test_values_out_of_range_are_refused(self):
        with pytest.raises(WishError, match="goes from"):
            kind("layer", "tremor")(rate=99.0)
        with pytest.raises(WishError, match="There is no place"):
            kind("layer", "tremor")(place="left foot")

    def test_it_is_saved_and_read_again(self, tmp_path):
        layer = kind("layer", "tremor")(Envelope.constant(0.25), place="eyes", seed=7)
        path = tmp_path / "a.facestudio"
        ProjectFile.create(path, toy.project(1, layer)).close()
        with ProjectFile(path) as file:
            assert file.project.takes[0].layers == (layer,)


class TestMissing:
    def test_a_layer_whose_plugin_is_missing_is_kept(self, tmp_path, monkeypatch):
        layer = kind("layer", "tremor")(seed=9)
        path = tmp_path / "a.facestudio"
        ProjectFile.create(path, toy.project(1, layer)).close()
        table = builtin.kinds()
        gone = {k: e for k, e in table._entries.items() if k != ("layer", "tremor")}
        with monkeypatch.context() as m:
            m.setattr(table, "_entries", gone)
            with ProjectFile(path) as file:
                project = file.project
                (found,) = project.takes[0].layers
                assert found.kind == "tremor"
                assert not found.enabled
                assert engine.left_out(project) == (
                    "the layer “tremor” was left out: its plug-in is missing",
                )
                again = replace(project.takes[0], name="Renamed")
                file.push("rename", project.with_take(0, again))
        with ProjectFile(path) as file:
            assert file.project.takes[0].layers == (layer,)
            assert file.project.takes[0].name == "Renamed"

    def test_a_layer_that_raises_is_left_out_from_then_on(self, monkeypatch):
        table = builtin.kinds()
        entry = table.get("layer", "tremor")
        monkeypatch.setattr(table, "plugins", dict(table.plugins))
        cls = entry.load()
        monkeypatch.setattr(cls, "apply", lambda self, track, evidence: 1 / 0)
        with pytest.raises(PluginError, match=r"tremor_layer.*ZeroDivisionError"):
            compose(still(), (cls(),), NOBODY)
        track = still()
        assert compose(track, (cls(),), NOBODY) is track
        assert engine.left_out(toy.project(1, cls()))

    @pytest.mark.parametrize("wrong", [None, still(3), "nan"])
    def test_a_layer_that_gives_back_nonsense_is_left_out(self, monkeypatch, wrong):
        table = builtin.kinds()
        monkeypatch.setattr(table, "plugins", dict(table.plugins))
        cls = table.get("layer", "tremor").load()
        given = wrong
        if wrong == "nan":
            given = still().with_group("expression", np.full((50, 52), np.nan, np.float32))
        monkeypatch.setattr(cls, "apply", lambda self, track, evidence: given)
        with pytest.raises(PluginError, match="gives back"):
            compose(still(), (cls(),), NOBODY)


def read(table):
    with table.open() as file:
        return list(csv.DictReader(file))


class TestLiveLinkFace:
    def test_a_row_a_frame_with_the_shapes_in_the_apps_order(self, tmp_path):
        track = still(30)
        face = track["expression"].copy()
        face[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0, 1.2, 30)
        target = tmp_path / "a.csv"
        kind("exporter", "live-link-face")(track.with_group("expression", face), target)
        rows = read(target)
        assert len(rows) == 30
        assert list(rows[0])[:4] == [
            "Timecode", "BlendShapeCount", "EyeBlinkLeft", "EyeLookDownLeft",
        ]  # fmt: skip
        assert len(rows[0]) == 2 + 52 + 9
        assert rows[0]["BlendShapeCount"] == "61"
        assert rows[26]["Timecode"] == "00:00:01:01.000"
        assert float(rows[15]["JawOpen"]) == pytest.approx(15 * 1.2 / 29, abs=1e-6)
        assert rows[29]["JawOpen"] == "1.00000000"

    @pytest.mark.parametrize(
        ("rotation", "column", "turn"),
        [((0, -0.3, 0), "HeadYaw", 0.3), ((0.2, 0, 0), "HeadPitch", 0.2),
         ((0, 0, -0.1), "HeadRoll", 0.1)],
    )  # fmt: skip
    def test_turns_of_the_head(self, tmp_path, rotation, column, turn):
        # D R D turns about the head's own axes, y and z of which point the other way.
        track = still(2).with_group("head_rotation", np.array([rotation, rotation], np.float32))
        target = tmp_path / "a.csv"
        kind("exporter", "live-link-face")(track, target)
        row = read(target)[0]
        for name in ("HeadYaw", "HeadPitch", "HeadRoll"):
            wanted = turn if name == column else 0
            assert float(row[name]) == pytest.approx(wanted, abs=1e-6)

    def test_another_space_is_refused(self, tmp_path):
        space = CoeffSpace("toy", (("expression", 1),))
        track = Track(space, np.zeros((2, 1), np.float32), Times.steady(2, Fraction(25)))
        with pytest.raises(ExchangeError, match="not described"):
            kind("exporter", "live-link-face")(track, tmp_path / "a.csv")


def look(**changes) -> Look:
    zero = np.zeros(3, np.float32)
    there = np.array([0, 0, 600], np.float32)
    made = Look(np.zeros(52, np.float32), zero, there, np.zeros(4, np.float32), 1.0)
    return replace(made, **changes)


class TestRenderers:
    CAMERA = Camera.of_frame(320, 240)
    RGB = np.full((240, 320, 3), 90, np.uint8)

    def renderer(self, name):
        head = built_in()
        shape = np.zeros(len(head.identity), np.float32)
        entry = builtin.kinds().get("renderer", name)
        return PluggedRenderer(entry, head, shape, self.CAMERA)

    @pytest.mark.parametrize("name", ["clay", "normals"])
    def test_they_draw_the_face_and_leave_the_rest(self, name):
        made = self.renderer(name).frame(self.RGB, look(), look())
        changed = (made != 90).any(-1)
        assert 0.05 < changed.mean() < 0.6
        assert not changed[:5].any()
        assert (self.RGB == 90).all()

    def test_normals_face_the_camera(self):
        made = self.renderer("normals").frame(self.RGB, look(), look())
        nose = made[110:130, 155:165].reshape(-1, 3).mean(0)
        assert nose[2] > 180

    def test_the_edit_is_drawn(self):
        smile = np.zeros(52, np.float32)
        smile[ARKIT_INDEX["jawOpen"]] = 0.8
        renderer = self.renderer("clay")
        a = renderer.frame(self.RGB, look(), look())
        b = renderer.frame(self.RGB, look(), look(expression=smile))
        assert (a != b).any()

    def test_a_smaller_picture_shows_the_same(self):
        small = np.ascontiguousarray(self.RGB[::2, ::2])
        made = self.renderer("clay").frame(small, look(), look())
        whole = self.renderer("clay").frame(self.RGB, look(), look())
        assert abs((made != 90).any(-1).mean() - (whole != 90).any(-1).mean()) < 0.02

    def test_a_frame_without_a_face_stays(self):
        away = look(confidence=0.0)
        assert self.renderer("clay").frame(self.RGB, away, away) is self.RGB

    @pytest.mark.parametrize(
        "made", [None, np.zeros((2, 2, 3), np.uint8), np.zeros((240, 320, 3))]
    )
    def test_nonsense_switches_off(self, monkeypatch, made):
        table = builtin.kinds()
        monkeypatch.setattr(table, "plugins", {**table.plugins, "odd": Plugin("odd", "")})
        monkeypatch.setattr(Entry, "load", lambda self: lambda rgb, shot: made)
        head = built_in()
        shape = np.zeros(len(head.identity), np.float32)
        entry = Entry("renderer", "odd", "Odd", "nowhere:at_all", plugin="odd")
        renderer = PluggedRenderer(entry, head, shape, self.CAMERA)
        with pytest.raises(PluginError, match="“odd” was switched off: Odd gives back no"):
            renderer.frame(self.RGB, look(), look())


def test_the_engine_writes_with_an_exporter_and_a_renderer(tmp_path):
    copy = tmp_path / "demo.facestudio"
    copy.write_bytes(resource("demo/actor.facestudio").read_bytes())
    with ProjectFile(copy) as file:
        project = file.project
    made = engine.export_with(project, "1", "live-link-face", tmp_path / "a")
    assert made == tmp_path / "a.csv"
    assert len(made.read_text().splitlines()) == 1 + len(project.takes[0].track)
    with pytest.raises(WishError, match="There is no exporter"):
        engine.export_with(project, "1", "nothing", tmp_path / "a")
    with pytest.raises(MediaError, match="folder does not exist"):
        engine.export_with(project, "1", "live-link-face", tmp_path / "b" / "a.csv")
    with pytest.raises(WishError, match="There is no renderer"):
        engine.check_renderer("nothing")
    engine.check_renderer("clay")
