"""A real face: the asked change is there when the landmark net looks again."""

from dataclasses import replace

import numpy as np
import pytest

from core.engine import evidence
from core.expression.layers import Emotion
from core.jobs import Ticket
from core.landmarks.landmarker import Landmarker, around
from core.media.probe import probe
from core.media.video import FrameReader
from core.reconstruction.reconstruct import reconstruct
from core.rendering.render import prepared, render_frame

FRAMES = (10, 30, 50)


def corner_lift(points):
    """Return how far the mouth corners lie above the lips' middle, over the eyes' distance."""
    apart = np.hypot(*(points[33] - points[263]))
    return (points[[0, 17], 1].mean() - points[[61, 291], 1].mean()) / apart


@pytest.mark.data
@pytest.mark.slow
def test_a_real_face_smiles_and_nothing_else_changes(test_data):
    path = test_data / "talk" / "LipNet__bbaf2n.mpg"
    _, takes = reconstruct(path, ticket=Ticket())
    take = replace(takes[0], layers=(Emotion("happy"),))
    info = probe(path)
    shots = prepared(info, [(take, evidence(take))])
    still = prepared(info, [(takes[0], evidence(takes[0]))])
    net = Landmarker()
    with FrameReader(path, info) as reader:
        for frame in FRAMES:
            rgb = reader.at(frame).rgb
            assert render_frame(frame, rgb, still) is rgb
            out, report = shots[0].renderer.examine(rgb, *shots[0].look(frame))
            assert np.array_equal(out, render_frame(frame, rgb, shots))
            assert np.array_equal(out[~report.mask], rgb[~report.mask])
            roi = around(take.landmarks[frame])
            before, after = (corner_lift(net.points(x, roi).points[:, :2]) for x in (rgb, out))
            assert after > before + 0.02
