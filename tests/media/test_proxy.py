import os
from fractions import Fraction

import cv2
import numpy as np
import pytest

from core.errors import Cancelled, MediaError
from core.jobs import Ticket
from core.media import proxy
from core.media.probe import probe
from core.media.video import frames
from tests.media.clips import make_clip

ROTATED = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
ODD_TIMES = [3, 4, 9, 10, 11, 20, 21, 22, 40, 41, 42, 43]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def clip(tmp_path, **more):
    more = {"size": (192, 108), "pts": ODD_TIMES} | more
    return probe(make_clip(tmp_path / f"clip{len(list(tmp_path.iterdir()))}.mp4", **more))


def small(rgb, size):
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(int)


@pytest.mark.parametrize("matrix", [None, ROTATED])
@pytest.mark.parametrize("form", ["yuv420p", "yuv444p", "yuv420p10le"])
def test_every_frame_is_there_small_and_any_of_them_first(tmp_path, form, matrix):
    info = clip(tmp_path, form=form, matrix=matrix)
    assert proxy.open_proxy(info) is None
    path = proxy.make_proxy(info)
    assert path == proxy.place_of(info)
    whole = [p.rgb for p in frames(info.path, info)]
    with proxy.open_proxy(info) as found:
        assert found.size == ((96, 54) if matrix is None else (54, 96))
        order = np.random.default_rng(2).permutation(len(whole))
        for i in [0, *order, *reversed(order)]:
            want = small(whole[i], found.size)
            got = found.at(int(i)).astype(int)
            assert got.shape == want.shape
            assert np.abs(got - want).mean() < 4
            others = [np.abs(got - small(w, found.size)).mean() for w in whole]
            assert int(np.argmin(others)) == i


def test_the_size_is_half_and_even_and_never_too_long():
    assert proxy.proxy_size((1280, 720)) == (640, 360)
    assert proxy.proxy_size((1081, 1921)) == (540, 960)
    assert proxy.proxy_size((3840, 2160)) == (960, 540)
    assert proxy.proxy_size((3, 3)) == (2, 2)


@pytest.mark.parametrize("harm", ["cut", "emptied", "other"])
def test_a_damaged_proxy_is_deleted(tmp_path, harm):
    info = clip(tmp_path)
    path = proxy.make_proxy(info)
    data = path.read_bytes()
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "emptied":
        path.write_bytes(b"")
    else:  # the proxy of another clip, with another number of frames
        other = clip(tmp_path, pts=range(5))
        path.write_bytes(proxy.make_proxy(other).read_bytes())
    assert proxy.open_proxy(info) is None
    assert not path.exists()


def test_a_frame_that_was_damaged_is_told_and_the_proxy_can_be_discarded(tmp_path):
    info = clip(tmp_path)
    path = proxy.make_proxy(info)
    data = bytearray(path.read_bytes())
    pictures = [k for k in range(len(data) - 3) if data[k : k + 3] == b"\xff\xd8\xff"]
    assert len(pictures) == len(ODD_TIMES)
    start, end = pictures[5], pictures[6]
    data[start:end] = bytes(end - start)
    path.write_bytes(bytes(data))
    found = proxy.open_proxy(info)
    assert found is not None
    found.at(4)
    with pytest.raises(MediaError, match="damaged"):
        found.at(5)
    found.discard()
    assert not path.exists()


def test_a_cancelled_proxy_leaves_nothing(tmp_path):
    info = clip(tmp_path)
    ticket = Ticket(lambda f, m: ticket.cancel() if f > 0.5 else None)
    with pytest.raises(Cancelled):
        proxy.make_proxy(info, ticket)
    assert list(proxy.folder().iterdir()) == []


def test_the_longest_unused_leave_first(tmp_path):
    infos = [clip(tmp_path, pts=range(5 + k), base=Fraction(1, 25)) for k in range(3)]
    paths = [proxy.make_proxy(info) for info in infos]
    for age, path in zip((30, 10, 20), paths, strict=True):
        os.utime(path, (1e9 - age, 1e9 - age))
    with proxy.open_proxy(infos[0]):
        pass
    proxy.tidy(sum(p.stat().st_size for p in paths) - 1)
    assert [p.exists() for p in paths] == [True, True, False]


def test_a_proxy_that_would_fill_the_room_alone_is_not_kept(tmp_path):
    info = clip(tmp_path)
    with pytest.raises(MediaError, match="too long"):
        proxy.make_proxy(info, limit=100)
    assert list(proxy.folder().iterdir()) == []


def test_where_nothing_can_be_written_is_told(tmp_path):
    info = clip(tmp_path)
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(MediaError):
        proxy.make_proxy(info)
    assert proxy.open_proxy(info) is None
