"""The guide at run time: what it sees, what it hears, how far speech has drifted."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.errors import ModelError, ShapeError
from core.expression.scmc import Guide, faces
from core.track import ARKIT_INDEX
from tests.expression.editors import guide, guide_arrays
from tests.expression.mouths import articulation, talking

JAW = ARKIT_INDEX["jawOpen"]
FACE = talking(frames=30)[0]["expression"]


def test_the_53rd_number_is_the_gap_of_the_lips_in_centimetres():
    face = np.zeros((3, 52), np.float32)
    face[1, JAW] = 0.5  # 38 mm at 1
    face[2, [JAW, ARKIT_INDEX["mouthClose"]]] = 0.5
    seen = faces(face, articulation())
    assert seen.dtype == np.float32
    assert np.array_equal(seen[:, :52], face)
    assert seen[:, 52] == pytest.approx([0, 1.9, 0.1])
    with pytest.raises(ShapeError):
        faces(face[:, :51], articulation())


def test_embeddings_have_a_row_a_frame():
    g = guide()
    seen = g.see(faces(FACE, articulation()))
    assert seen.shape == (30, 128)
    assert np.abs(seen).max() <= 1
    heard = g.hear(np.random.default_rng(0).normal(size=(5, 20, 40)).astype(np.float32))
    assert heard.shape == (5, 128)
    assert np.abs(heard).max() <= 1
    with pytest.raises(ShapeError):
        g.see(FACE)
    with pytest.raises(ShapeError):
        g.hear(np.zeros((5, 20, 41), np.float32))


def test_a_frame_is_seen_with_the_one_before_it_and_no_other():
    face = faces(FACE, articulation())
    other = face.copy()
    other[10] += 0.2
    apart = np.abs(guide().see(face) - guide().see(other)).max(1)
    assert np.flatnonzero(apart).tolist() == [10, 11]


def test_what_is_seen_against_a_written_out_perceptron():
    face, a = faces(FACE, articulation()), guide_arrays()
    seen = guide().see(face)
    for f in (0, 17):
        pair = [np.clip((face[i] - a["mean"]) / a["sd"], -5, 5) for i in (max(f - 1, 0), f)]
        x = np.concatenate(pair)
        x = np.maximum(x @ a["face.w0"] + a["face.b0"], 0)
        x = np.maximum(x @ a["face.w1"] + a["face.b1"], 0)
        assert seen[f] == pytest.approx(np.tanh(x @ a["face.w2"] + a["face.b2"]), abs=1e-5)


def test_the_drift_of_a_face_from_itself_is_b():
    face = faces(FACE, articulation())
    assert guide(b=0.35).drift(face, face) == pytest.approx(np.full(30, 0.35))


def test_the_drift_grows_as_the_mouth_opens():
    rest = np.zeros((4, 52), np.float32)
    drifts = []
    for opened in (0.02, 0.1, 0.3):
        moved = rest.copy()
        moved[:, JAW] = opened
        mouth = articulation()
        drifts.append(guide(w=2.0, b=0.1).drift(faces(rest, mouth), faces(moved, mouth)).mean())
    assert 0.1 < drifts[0] < drifts[1] < drifts[2]


def test_the_drift_is_linear_in_the_scale():
    one, other = faces(FACE, articulation()), faces(FACE[::-1].copy(), articulation())
    plain, double = (guide(w=w, b=0.5).drift(one, other) for w in (1.0, 2.0))
    assert double - 0.5 == pytest.approx(2 * (plain - 0.5), rel=1e-5)


def test_a_guide_comes_back_from_its_file(tmp_path):
    save_file(guide_arrays(), tmp_path / "g.safetensors")
    back = Guide.of_file(tmp_path / "g.safetensors")
    face = faces(FACE, articulation())
    assert np.array_equal(back.see(face), guide().see(face))
    assert (back.w, back.b, back.tau) == pytest.approx((1.5, 0.2, 3.0))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda a: a.pop("scale"), "lacks numbers"),
        (lambda a: a.pop("mean"), "lacks numbers"),
        (lambda a: a.update(scale=np.zeros(2, np.float32)), "lacks numbers"),
        (lambda a: a.update(mean=np.zeros(52, np.float32)), "another kind"),
        (lambda a: a.update({"face.w0": np.zeros((104, 128), np.float32)}), "another kind"),
    ],
)
def test_another_kind_of_guide_is_refused(spoil, said):
    arrays = guide_arrays()
    spoil(arrays)
    with pytest.raises(ModelError, match=said) as told:
        Guide(arrays)
    assert "\n" not in str(told.value)


def test_a_damaged_or_missing_file_is_named(tmp_path):
    path = tmp_path / "g.safetensors"
    for content in (None, b"", b"rubbish" * 50):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ModelError, match=r"cannot be read: .*g\.safetensors"):
            Guide.of_file(path)
