"""Projects written by every released version still open, and say what they said."""

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from core.arrays import digest
from core.expression.keyframes import Envelope, Key
from core.expression.layers import Emotion, Offset, Scale, Smooth
from core.schema import VERSION
from core.storage import ProjectFile

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_project_of_each_version_opens(version, tmp_path):
    path = tmp_path / "old.facestudio"
    shutil.copy(GOLDEN / f"v{version}.facestudio", path)
    with ProjectFile(path) as file:
        assert file.labels == ("Track clip.mp4", "Emotion", "Offset", "Scale", "Smooth")
        assert file.history.head == 3
        last, take = file.redo().takes[0], file.at(0).takes[0]
        file.push("And on", file.project)
    curve = Envelope(
        (
            Key(Fraction(0), 0.0),
            Key(Fraction(3, 2), 1.0, "linear"),
            Key(Fraction(4), 0.3, "hold"),
        )
    )
    assert last.layers == (
        Emotion("happy", curve, guard=0.75),
        Offset("browInnerUp", Envelope.constant(0.4)),
        Scale("mouth", Envelope.constant(1.2)),
        Smooth(0.1, "jaw"),
    )
    assert take.layers == ()
    assert digest(take.track.values) == "63b27d416e222906df30159ebd043c29"
    assert digest(take.landmarks) == "876c39173ebc98f53e83170302af3bc6"
    assert (take.name, take.face, take.camera.focal) == ("Face 1", "built-in", 1536.0)
