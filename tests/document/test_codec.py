import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core import codec
from core.arrays import digest
from core.codec import UnknownLayer
from core.errors import PluginError, ProjectError
from core.expression.keyframes import Envelope, Key
from core.project import Project
from tests.document.toy import Tint, project, same

HOME = Path("/projects")


class Shelf(dict):
    def put(self, x):
        self[digest(x)] = x
        return digest(x)

    def get(self, name, /):
        return self[name]


def test_a_project_comes_back_bit_for_bit():
    curve = Envelope((Key(Fraction(1, 3), 0.1, "hold"), Key(Fraction(2), 1 / 3, "linear")))
    layers = (
        Tint(curve, ("a", "b"), Fraction(7, 11), 0.1 + 0.2, None),
        Tint(curve, enabled=False),
    )
    shelf, p = Shelf(), project(3, *layers)
    back = codec.decode(codec.encode(p, shelf, HOME), shelf, HOME)
    assert same(p, back)
    assert back.takes[0].layers == layers


def test_an_unknown_layer_survives_a_round_trip_and_edits_nothing():
    shelf = Shelf()
    p = project(0, Tint(Envelope.constant(1.0)))
    data = json.loads(codec.encode(p, shelf, HOME))
    strange = {"kind": "glow", "deep": [{"kind": "halo", "r": 0.1}, {"array": "ab" * 16}]}
    newer = {**data["takes"][0]["layers"][0], "a_field_of_the_future": 3}
    data["takes"][0]["layers"] += [strange, newer]
    body = json.dumps(data)
    back = codec.decode(body, shelf, HOME)
    known, one, two = back.takes[0].layers
    assert isinstance(known, Tint)
    assert isinstance(one, UnknownLayer)
    assert isinstance(two, UnknownLayer)
    assert (one.kind, two.kind, one.enabled) == ("glow", "tint", False)
    again = json.loads(codec.encode(back, shelf, HOME))
    assert again["takes"][0]["layers"][1:] == [strange, newer]
    assert "ab" * 16 in codec.arrays_named(body)


def test_paths_are_relative_to_the_project(tmp_path):
    shelf = Shelf()
    (tmp_path / "old").mkdir()
    (tmp_path / "old/clip.mp4").write_bytes(b"x")
    p = project()
    p = Project((codec.Clip(tmp_path / "old/clip.mp4", "d", p.clips[0].times, (4, 2)),))
    body = codec.encode(p, shelf, tmp_path / "old")
    assert json.loads(body)["clips"][0]["path"] == "clip.mp4"
    (tmp_path / "old").rename(tmp_path / "new")  # the folder moves as a whole
    assert (
        codec.decode(body, shelf, tmp_path / "new").clips[0].path == tmp_path / "new/clip.mp4"
    )
    # only the project moves: the clip is still where it was
    body = codec.moved(body, tmp_path / "new", tmp_path)
    assert json.loads(body)["clips"][0]["path"] == "new/clip.mp4"
    (tmp_path / "far/away").mkdir(parents=True)
    found = codec.decode(body, shelf, tmp_path / "far/away").clips[0].path
    assert found == tmp_path / "new/clip.mp4"


def test_a_layer_nobody_registered_cannot_be_saved():
    class Rogue(Tint):
        pass

    with pytest.raises(PluginError, match="Rogue"):
        codec.encode(project(0, Rogue(Envelope.constant(0))), Shelf(), HOME)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("takes"),
        lambda d: d["takes"][0].pop("camera"),
        lambda d: d["takes"][0].update(clip=5),
        lambda d: d["clips"][0]["times"].update(base="1/0"),
        lambda d: d["clips"][0].update(size=[1]),
        lambda d: d["takes"][0]["space"].update(groups=[["expression", 3]]),
        lambda d: d["takes"][0].update(layers=7),
    ],
)
def test_a_damaged_body_is_one_sentence(spoil):
    shelf = Shelf()
    data = json.loads(codec.encode(project(), shelf, HOME))
    spoil(data)
    with pytest.raises(ProjectError, match="damaged"):
        codec.decode(json.dumps(data), shelf, HOME)


def test_not_a_number_is_never_written():
    with pytest.raises(ValueError, match="JSON"):
        codec.encode(
            project(0, Tint(Envelope.constant(0), strength=float("nan"))), Shelf(), HOME
        )


def test_arrays_are_shared_by_content():
    shelf = Shelf()
    p = project()
    twice = Project(p.clips, (p.takes[0], p.takes[0]))
    codec.encode(twice, shelf, HOME)
    assert len(shelf) == len({digest(np.asarray(x)) for x in shelf.values()}) == 5
