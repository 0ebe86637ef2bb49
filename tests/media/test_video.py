"""Reading pictures in order, out of order, and from damaged files."""

import threading
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MediaError
from core.media.ahead import read_ahead
from core.media.colour import Coding, as_coded, upright
from core.media.probe import probe
from core.media.video import FrameReader, frames
from tests.media.clips import MIRROR, decoded_planes, make_clip, quarter_turns

WRAP = 1 << 33


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory):
    """120 frames at uneven times, with B-frames and a key frame every twelve."""
    steps = np.random.default_rng(3).integers(1, 900, 120)
    folder = tmp_path_factory.mktemp("clips")
    return make_clip(
        folder / "long.mp4",
        pts=np.cumsum(steps).tolist(),
        base=Fraction(1, 30000),
        gop_size=12,
    )


def test_every_frame_comes_once_in_order(long_clip):
    info = probe(long_clip)
    assert len(info.keys) == 10
    read = list(frames(long_clip, info))
    assert [p.index for p in read] == list(range(120))
    assert [p.frame.pts for p in read] == info.times.pts.tolist()
    assert not any(p.stand_in for p in read)


def test_a_span(long_clip):
    info = probe(long_clip)
    assert [p.index for p in frames(long_clip, info, 31, 40)] == list(range(31, 40))
    assert [p.index for p in frames(long_clip, info, 118)] == [118, 119]
    assert list(frames(long_clip, info, 40, 40)) == []


def test_any_frame_equals_the_same_frame_in_order(long_clip):
    info = probe(long_clip)
    in_order = [p.rgb.tobytes() for p in frames(long_clip, info)]
    assert len(set(in_order)) > 10
    asked = np.random.default_rng(1).integers(0, 120, 40).tolist()
    with FrameReader(long_clip, info, threads="SLICE") as reader:
        for index in [119, 0, 1, 2, *asked]:
            picture = reader.at(index)
            assert picture.index == index
            assert picture.rgb.tobytes() == in_order[index]
        with pytest.raises(MediaError, match="does not exist"):
            reader.at(120)


@pytest.mark.parametrize("gop", [1, 2, 3])
def test_short_groups_with_b_frames(tmp_path, gop):
    clip = make_clip(tmp_path / "g.mp4", pts=range(30), gop_size=gop)
    info = probe(clip)
    in_order = [p.rgb.tobytes() for p in frames(clip, info)]
    with FrameReader(clip, info) as reader:
        for index in np.random.default_rng(2).permutation(30).tolist():
            picture = reader.at(index)
            assert not picture.stand_in
            assert picture.rgb.tobytes() == in_order[index]


def test_times_before_zero_can_be_read_from_anywhere(tmp_path):
    pts = [WRAP - 20 * 3600 + i * 3600 for i in range(40)]
    clip = make_clip(
        tmp_path / "w.ts",
        pts=pts,
        base=Fraction(1, 90000),
        options={"mpegts_copyts": "1", "max_delay": "0"},
        gop_size=10,
    )
    info = probe(clip)
    assert [p.index for p in frames(clip, info)] == list(range(40))
    with FrameReader(clip, info) as reader:
        for index in (33, 2, 25, 12):
            assert reader.at(index).frame.pts == info.times.pts[index]


def test_rgb_is_read_only_and_always_the_same_array(long_clip):
    picture = next(frames(long_clip, probe(long_clip)))
    assert picture.rgb is picture.rgb
    assert picture.rgb.shape == (48, 64, 3)
    with pytest.raises(ValueError, match="read-only"):
        picture.rgb[0, 0] = 0


@pytest.mark.parametrize(
    ("colour_range", "matrix", "form"),
    [(1, 1, "yuv444p"), (2, 1, "yuv444p"), (1, 6, "yuv444p"), (1, 9, "yuv444p10le")],
)
def test_rgb_follows_matrix_and_range(tmp_path, colour_range, matrix, form):
    clip = make_clip(
        tmp_path / "c.mp4", pts=[0], form=form, color_range=colour_range, colorspace=matrix
    )
    rgb = next(frames(clip, probe(clip))).rgb
    (_, (y, u, v)) = decoded_planes(clip)[0]
    unit = 4.0 if "10" in form else 1.0
    y, u, v = y / unit, u / unit - 128, v / unit - 128
    if colour_range == 1:
        y, u, v = (y - 16) * 255 / 219, u * 255 / 224, v * 255 / 224
    kr, kb = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}[matrix]
    r, b = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    g = (y - kr * r - kb * b) / (1 - kr - kb)
    expected = np.stack([r, g, b], -1).clip(0, 255)
    assert np.abs(rgb - expected).max() <= 2
    assert abs(float((rgb - expected).mean())) < 0.3


@pytest.mark.parametrize("matrix", [*map(quarter_turns, (0, 90, 180, 270)), MIRROR])
def test_upright_turns_as_a_player_does(tmp_path, matrix):
    plain = next(iter_rgb(make_clip(tmp_path / "p.mp4", pts=[0])))
    turned = next(iter_rgb(make_clip(tmp_path / "t.mp4", pts=[0], matrix=matrix)))
    if matrix == MIRROR:
        expected = plain[:, ::-1]
    else:
        degrees = [0, 90, 180, 270].index(
            next(d for d in (0, 90, 180, 270) if quarter_turns(d) == matrix)
        )
        expected = np.rot90(plain, -degrees)  # clockwise
    np.testing.assert_array_equal(turned, expected)


def iter_rgb(clip):
    return (p.rgb for p in frames(clip, probe(clip)))


@given(st.tuples(*[st.sampled_from([-65536, 65536])] * 2), st.booleans())
def test_as_coded_undoes_upright(signs, crossed):
    p, q = signs
    a, b, c, d = (0, p, q, 0) if crossed else (p, 0, 0, q)
    coding = Coding(
        (5, 4), Fraction(1), Fraction(1), display_matrix=(a, b, 0, c, d, 0, 0, 0, 1)
    )
    x = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    turned = upright(x, coding)
    assert turned.shape[1::-1] == coding.upright_size
    np.testing.assert_array_equal(as_coded(turned, coding), x)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.001, 0.6))
def test_damaged_packets_never_crash(long_clip, tmp_path_factory, seed, share):
    rng = np.random.default_rng(seed)
    data = np.frombuffer(long_clip.read_bytes(), np.uint8).copy()
    info = probe(long_clip)
    body = slice(200, len(data) - 8000)  # packets; the index at the end stays whole
    hit = rng.random(data[body].size) < share * 0.02
    data[body][hit] = rng.integers(0, 256, int(hit.sum()))
    broken = tmp_path_factory.mktemp("broken") / "b.mp4"
    broken.write_bytes(data.tobytes())
    try:
        read = list(frames(broken, info))
    except MediaError:
        return  # nothing at all was decodable
    assert [p.index for p in read] == list(range(120))
    for p in read:
        assert p.stand_in or p.frame.pts == info.times.pts[p.index]


def test_a_film_cut_before_its_first_key_frame(tmp_path):
    clip = make_clip(
        tmp_path / "g.ts", pts=range(0, 36000 * 6, 3600), base=Fraction(1, 90000), gop_size=12
    )
    whole = probe(clip)
    data = clip.read_bytes()
    cut = tmp_path / "cut.ts"
    cut.write_bytes(data[: 188 * 3] + data[188 * (len(data) // 188 // 5) :])
    info = probe(cut)
    assert 20 < len(info.times) < len(whole.times)
    read = list(frames(cut, info))
    assert [p.frame.pts for p in read if not p.stand_in] == info.times.pts.tolist()


def test_read_ahead_keeps_order_carries_errors_and_ends_its_thread():
    assert list(read_ahead(iter(range(50)), depth=3)) == list(range(50))

    def failing():
        yield 1
        raise MediaError("broken")

    line = read_ahead(failing())
    assert next(line) == 1
    with pytest.raises(MediaError, match="broken"):
        next(line)

    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    before = threading.active_count()
    line = read_ahead(endless())
    next(line)
    line.close()
    assert closed.is_set()
    assert threading.active_count() == before
