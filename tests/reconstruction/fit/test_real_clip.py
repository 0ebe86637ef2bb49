"""A real clip from file to take."""

import os
from pathlib import Path

import numpy as np
import pytest

from core.face.rotation import head_to_camera
from core.jobs import Ticket
from core.reconstruction.reconstruct import reconstruct

DATA = Path(os.environ.get("FACESTUDIO_TEST_DATA", "../shared/data"))
CLIP = DATA / "talk" / "LipNet__bbaf2n.mpg"


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not CLIP.exists(), reason="needs the clips of FACESTUDIO_TEST_DATA")
def test_a_real_clip_becomes_one_take_that_lies_on_the_pixels(model) -> None:
    heard: list[float] = []
    clip, takes = reconstruct(CLIP, ticket=Ticket(lambda done, _: heard.append(done)))
    (take,) = takes
    assert len(take.track) == len(clip.times) == 75
    assert (take.track["confidence"] > 0.7).all()
    points = model.embeddings["478"].points(model.vertices(take.shape, take.track))
    X = head_to_camera(points, take.track["head_rotation"], take.track["head_translation"])
    gap = np.linalg.norm(take.camera.project(X) - take.landmarks, axis=2)[:, :468]
    size = np.ptp(take.landmarks[:, :468], axis=1).max(1)
    assert (gap.mean(1) / size).mean() < 0.011
    assert take.track["expression"][:, 8:10].max() > 0.6  # he blinks once
    assert heard == sorted(heard)
