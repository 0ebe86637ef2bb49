"""The streaming tracker says about what the whole-clip one says, from past frames alone."""

import numpy as np
import pytest

from core.live import tracker as tracker_room
from core.live.tracker import LOCK_AT, LiveTracker
from core.media.probe import probe
from core.media.video import frames
from core.paths import resource
from core.storage import ProjectFile
from core.track import ARKIT_INDEX


@pytest.fixture(scope="module")
def clip():
    return probe(resource("demo/actor.mp4"))


@pytest.fixture(scope="module")
def pictures(clip):
    return [picture.rgb for picture in frames(clip.path, clip)]


@pytest.fixture(scope="module")
def faces(clip, pictures):
    tracker = LiveTracker(clip.size)
    return [tracker.step(rgb, float(clip.times.moment(i))) for i, rgb in enumerate(pictures)]


@pytest.fixture(scope="module")
def careful(tmp_path_factory):
    copy = tmp_path_factory.mktemp("careful") / "demo.facestudio"
    copy.write_bytes(resource("demo/actor.facestudio").read_bytes())
    with ProjectFile(copy) as file:
        return file.project.takes[0]


def test_every_frame_gets_a_face(faces):
    assert all(face is not None for face in faces)
    assert min(face.look.confidence for face in faces) > 0.5


@pytest.mark.parametrize(
    ("shape", "least"), [("jawOpen", 0.95), ("eyeBlinkLeft", 0.95), ("mouthPucker", 0.8)]
)
def test_shapes_move_as_in_the_careful_track(faces, careful, shape, least):
    column = ARKIT_INDEX[shape]
    live = np.array([face.look.expression[column] for face in faces[30:]])
    whole = careful.track["expression"][30:, column]
    assert np.corrcoef(live, whole)[0, 1] > least
    assert np.abs(live - whole).mean() < 0.1


def test_the_head_stands_where_it_stood(faces, careful):
    live = np.stack([face.look.rotation for face in faces])
    off = np.rad2deg(np.linalg.norm(live - careful.track["head_rotation"], axis=1))
    assert np.median(off[60:]) < 6


def test_the_head_becomes_the_persons_own_once(faces):
    own = [face.own for face in faces]
    first = own.index(True)
    assert all(own[first:])
    assert faces[first].learnt == 1.0
    assert len({id(face.person) for face in faces}) == 2
    assert not np.allclose(faces[0].person, faces[-1].person)
    assert first >= LOCK_AT


def test_it_reads_no_frame_that_has_not_come(clip, pictures, faces):
    tracker = LiveTracker(clip.size)
    for i in range(8):
        again = tracker.step(pictures[i], float(clip.times.moment(i)))
    assert np.array_equal(again.look.expression, faces[7].look.expression)
    assert np.array_equal(again.look.rotation, faces[7].look.rotation)


def test_nobody_is_nobody_and_who_comes_back_is_found(clip, pictures):
    tracker = LiveTracker(clip.size)
    empty = np.full_like(pictures[0], 60)
    assert tracker.step(empty, 0.0) is None
    found = [tracker.step(pictures[0], 0.1 * (i + 1)) for i in range(6)]
    assert found[-1] is not None
    assert tracker.step(empty, 1.0) is None
    found = [tracker.step(pictures[5], 1.1 + 0.1 * i) for i in range(6)]
    assert found[-1] is not None


@pytest.mark.parametrize("another", [True, False])
def test_another_person_is_learnt_anew(clip, pictures, monkeypatch, another):
    monkeypatch.setattr(tracker_room, "ANOTHER", -1.0 if another else 1e9)
    tracker = LiveTracker(clip.size)
    empty = np.full_like(pictures[0], 60)
    for i in range(8):
        before = tracker.step(pictures[i], 0.2 * i)
    tracker.step(empty, 2.0)
    found = [tracker.step(pictures[9], 2.2 + 0.2 * i) for i in range(6)]
    seen = [face for face in found if face is not None]
    assert (seen[0].learnt < before.learnt) == another
