from core.media.probe import probe
from core.media.video import FrameReader
from tests.media.clips import make_clip


def test_going_forward_in_a_long_group_of_pictures_decodes_each_frame_once(
    tmp_path, monkeypatch
):
    path = make_clip(tmp_path / "long.mp4", range(60)) or tmp_path / "long.mp4"
    info = probe(path)
    assert info.keys.tolist() == [0]
    starts = []
    read = FrameReader.read
    monkeypatch.setattr(
        FrameReader, "read", lambda self, k=0: starts.append(k) or read(self, k)
    )
    with FrameReader(path, info) as reader:
        assert [reader.at(k).index for k in (3, 30, 59, 5, 40)] == [3, 30, 59, 5, 40]
    assert starts == [3, 5]
