import pytest

from core import weights
from core.errors import ModelError


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.tflite"
    path.write_bytes(b"the weights")
    weights.seal(path)
    return path


def test_a_sealed_file_is_handed_out(net):
    assert weights.checked(net) == net


def test_all_shipped_networks_match_their_list():
    folder = weights.verified("models/face_trunk.tflite").parent
    names = set(weights.listed(folder))
    assert names == {path.name for path in folder.glob("*.tflite")}
    for name in names:
        weights.verified(f"models/{name}")


def test_one_changed_byte_is_refused(net):
    weights.checked(net)
    net.write_bytes(b"the weightz")
    with pytest.raises(ModelError, match="damaged"):
        weights.checked(net)


def test_a_file_that_is_not_listed_is_refused(net):
    other = net.with_name("other.tflite")
    other.write_bytes(b"x")
    with pytest.raises(ModelError, match="no entry"):
        weights.checked(other)


def test_a_missing_file_is_named(net):
    net.unlink()
    with pytest.raises(ModelError, match=r"net\.tflite"):
        weights.checked(net)


def test_a_damaged_list_is_refused(net):
    (net.parent / weights.SUMS).write_text("what is this\n")
    with pytest.raises(ModelError, match="list of digests"):
        weights.checked(net)


def test_sealing_keeps_the_other_entries(net):
    other = net.with_name("a.tflite")
    other.write_bytes(b"y")
    weights.seal(other)
    assert set(weights.listed(net.parent)) == {"a.tflite", "net.tflite"}
    assert weights.checked(net) == net
