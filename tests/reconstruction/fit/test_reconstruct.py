"""From followed faces to takes: a row for every frame, the truth recovered, errors."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath

import av
import numpy as np
import pytest

from core.errors import MediaError, NoFaceError
from core.face.rotation import axis_angle, head_to_camera
from core.jobs import Ticket
from core.landmarks.follow import FollowedFace
from core.project import Clip
from core.reconstruction.coefficients import Estimate
from core.reconstruction.gaze import full_turns, lids
from core.reconstruction.reconstruct import BY_ANGLE, Models, reconstruct, takes_of
from core.times import Times

NONE = np.zeros((120, 0), np.float32)  # looks


@dataclass
class TrueNet:
    """Knows the coefficients, so that only the fit is tested."""

    expression: np.ndarray

    def estimate(self, points, confidence, patches, neutral=None) -> Estimate:
        F = len(confidence)
        rest = np.zeros(52, np.float32)
        return Estimate(self.expression, np.zeros((F, 3)), np.zeros((478, 3)), rest)


@pytest.fixture(scope="module")
def followed(scene):
    points = np.concatenate([scene.seen(0.5).pixels, np.zeros((120, 478, 1))], 2)
    confidence = np.ones(120, np.float32)
    confidence[[0, 1, 60, 61, 119]] = 0
    points[confidence == 0] = 0
    return FollowedFace(points.astype(np.float32), NONE, confidence, np.zeros(120, np.int32))


@pytest.fixture(scope="module")
def takes(scene, model, head, followed):
    clip = Clip(PurePath("a.mp4"), "", Times.steady(120, Fraction(25)), (1280, 720))
    models = Models(model, head, TrueNet(scene.expression.astype(np.float32)))
    other = replace(followed, points=followed.points[:, :, [0, 1, 2]])
    return takes_of([followed, other], clip, models, ticket=Ticket())


def test_every_frame_has_a_row(takes, followed) -> None:
    track = takes[0].track
    gone = followed.confidence == 0
    assert len(track) == 120
    assert (track["confidence"][gone] == 0).all()
    assert (track["confidence"][~gone] > 0.5).all()
    assert (track["expression"][gone] == 0).all()
    assert (takes[0].landmarks[gone] == 0).all()
    np.testing.assert_array_equal(track["head_rotation"][60], track["head_rotation"][59])
    np.testing.assert_array_equal(track["head_rotation"][0], track["head_rotation"][2])


def test_the_truth_is_recovered(takes, scene, model, followed) -> None:
    track, seen = takes[0].track, followed.confidence > 0
    turn = axis_angle(scene.pose.rotation)
    assert np.rad2deg(np.abs(track["head_rotation"] - turn)[seen]).mean() < 1.0
    assert np.rad2deg(np.abs(track["eyes"] - scene.eyes)[seen]).mean() < 3.0
    # The lids follow what the networks say and in part the eyeballs, against their rest.
    eyes = track["eyes"].astype(float)
    looks = lids(eyes - np.median(eyes[seen], axis=0), full_turns(model))
    read = scene.expression[:, 10:18]
    both = read + BY_ANGLE * (looks - read)
    assert np.abs(track["expression"][:, 10:18] - both)[seen].max() < 1e-5


def test_the_mesh_lies_on_the_pixels(takes, model, followed) -> None:
    take, seen = takes[0], followed.confidence > 0
    vertices = model.vertices(take.shape, take.track)
    points = model.embeddings["478"].points(vertices)
    X = head_to_camera(points, take.track["head_rotation"], take.track["head_translation"])
    gap = np.linalg.norm(take.camera.project(X) - take.landmarks, axis=2)[seen, :468]
    size = np.ptp(take.landmarks[seen, :468], axis=1).max(1)
    assert (gap.mean(1) / size).mean() < 0.011


def test_all_takes_share_the_camera(takes) -> None:
    assert [t.name for t in takes] == ["Face 1", "Face 2"]
    assert takes[0].camera == takes[1].camera
    assert np.array_equal(takes[0].track.values, takes[1].track.values)


def test_what_has_not_the_shape_of_a_face_is_no_take(scene, model, head, followed) -> None:
    rng = np.random.default_rng(0)
    fist = followed.points.copy()
    fist[:, :, :2] = fist[:, rng.permutation(478), :2]
    clip = Clip(PurePath("a.mp4"), "", Times.steady(120, Fraction(25)), (1280, 720))
    models = Models(model, head, TrueNet(scene.expression.astype(np.float32)))
    wrong = replace(followed, points=fist)
    only = takes_of([wrong, followed], clip, models, ticket=Ticket())
    assert [t.name for t in only] == ["Face 1"]
    assert (only[0].track["confidence"][5:50] > 0.5).all()
    with pytest.raises(NoFaceError):
        takes_of([wrong], clip, models, ticket=Ticket())


def test_what_is_not_a_video_is_refused(tmp_path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("no video")
    with pytest.raises(MediaError):
        reconstruct(path, ticket=Ticket())


def test_a_video_without_a_face_says_so(tmp_path) -> None:
    path = tmp_path / "grey.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        grey = np.full((240, 320, 3), 127, np.uint8)
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(NoFaceError, match=r"grey\.mp4"):
        reconstruct(path, ticket=Ticket())
