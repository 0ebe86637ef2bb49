import zipfile

import numpy as np
import pytest

from core.errors import ModelError
from core.landmarks.cut import DIGESTS, cut, part
from core.landmarks.nets import interpreter
from core.weights import verified


def run(model, picture):
    net = interpreter(model)
    net.set_tensor(net.get_input_details()[0]["index"], picture)
    net.invoke()
    return {d["name"]: net.get_tensor(d["index"]) for d in net.get_output_details()}


def test_a_part_computes_what_the_whole_computes():
    whole = verified("models/face_trunk.tflite").read_bytes()
    half = part(whole, ["input_1"], ["p_re_lu_3"])
    assert len(half) < len(whole)
    picture = np.random.default_rng(0).random((1, 192, 192, 3), np.float32)
    assert np.array_equal(run(half, picture)["p_re_lu_3"], run(whole, picture)["p_re_lu_3"])


def test_a_part_between_given_tensors_needs_nothing_before_them():
    whole = verified("models/face_trunk.tflite").read_bytes()
    rest = interpreter(part(whole, ["p_re_lu_3"], ["output_mesh"]))
    assert [d["name"] for d in rest.get_input_details()] == ["p_re_lu_3"]


def test_cutting_is_repeatable():
    whole = verified("models/face_trunk.tflite").read_bytes()
    assert part(whole, ["input_1"], ["output_mesh"]) == part(
        whole, ["input_1"], ["output_mesh"]
    )


def test_another_wheel_is_refused(tmp_path):
    wheel = tmp_path / "mediapipe.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in DIGESTS:
            archive.writestr(name, b"another version")
    with pytest.raises(ModelError, match=r"Not the file of mediapipe 0\.10\.21"):
        cut(wheel, tmp_path)
