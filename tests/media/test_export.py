"""A clip in, the same clip with other pictures out: what must stay, stays."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MediaError, ShapeError, WishError
from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from core.media.sound import audio_digest
from core.media.video import frames
from tests.media.clips import MIRROR, RATE_24, decoded_planes, make_clip, quarter_turns

LOSSLESS = ExportSettings(crf=0, preset="ultrafast")
QUICK = ExportSettings(crf=30, preset="ultrafast")
WRAP = 1 << 33


def untouched(_index, rgb):
    return rgb


def boxed(_index, rgb):
    """Paint an even-aligned box."""
    new = rgb.copy()
    new[12:24, 20:40] = (200, 90, 60)
    return new


def same_times(a, b):
    x, y = probe(a, thorough=True), probe(b, thorough=True)
    assert x.times.base == y.times.base
    assert x.times.pts.tolist() == y.times.pts.tolist()
    assert x.tail == y.tail


@pytest.mark.parametrize("name", ["o.mp4", "o.mov"])
@pytest.mark.parametrize(
    ("pts", "base"),
    [
        (range(0, 12012, 1001), 1 / (RATE_24 * 1001)),
        (range(0, 12012, 1001), Fraction(1, 30000)),
        ([0, 417, 834, 900, 1001, 1500, 3000, 3001], Fraction(1, 10000)),
        ([7001 + 512 * i for i in range(9)], Fraction(1, 12800)),
        ([90001 + 3003 * i for i in range(5)], Fraction(1, 90000)),
        ([33333 * i for i in range(30)], Fraction(1, 1000000)),
        ([0], Fraction(1, 25)),
    ],
)
def test_times_stay(tmp_path, name, pts, base):
    clip = make_clip(tmp_path / "in.mp4", pts=pts, base=base, sound={"rate": 48000})
    report = export_video(clip, tmp_path / name, boxed, QUICK)
    same_times(clip, tmp_path / name)
    assert report.frames == len(pts)
    assert report.audio == "copied"
    assert audio_digest(clip) == audio_digest(tmp_path / name)


@settings(max_examples=20, deadline=None)
@given(
    steps=st.lists(st.integers(1, 5000), min_size=1, max_size=25),
    start=st.integers(0, 100_000),
    ticks=st.sampled_from([600, 12800, 24000, 30000, 90000]),
)
def test_any_rising_times_stay(tmp_path_factory, steps, start, ticks):
    folder = tmp_path_factory.mktemp("times")
    pts = (start + np.cumsum(steps)).tolist()
    clip = make_clip(folder / "in.mp4", pts=pts, base=Fraction(1, ticks))
    assert probe(clip).times.pts.tolist() == pts
    export_video(clip, folder / "out.mp4", untouched, QUICK)
    same_times(clip, folder / "out.mp4")


def test_a_film_before_time_zero_moves_as_a_whole(tmp_path):
    pts = [WRAP - 5 * 3600 + i * 3600 for i in range(10)]
    clip = make_clip(
        tmp_path / "w.ts",
        pts=pts,
        base=Fraction(1, 90000),
        options={"mpegts_copyts": "1", "max_delay": "0"},
    )
    report = export_video(clip, tmp_path / "o.mp4", untouched, QUICK)
    before, after = probe(clip).times.pts, probe(tmp_path / "o.mp4").times.pts
    np.testing.assert_array_equal(after, before - before[0])
    assert any("before time zero" in note for note in report.notes)


@pytest.mark.parametrize(
    "form", ["yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuv420p10le", "yuv422p10le"]
)
def test_untouched_frames_reach_the_encoder_bit_for_bit(tmp_path, form):
    clip = make_clip(tmp_path / "in.mp4", form=form)
    report = export_video(clip, tmp_path / "out.mp4", untouched, LOSSLESS)
    assert report.changed == (0,) * 10
    assert report.pixel_format == form
    for (_, a), (_, b) in zip(
        decoded_planes(clip), decoded_planes(tmp_path / "out.mp4"), strict=True
    ):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("form", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("degrees", [0, 90])
def test_an_edit_changes_its_box_and_nothing_else(tmp_path, form, degrees):
    size = (64, 48) if degrees == 0 else (48, 64)
    clip = make_clip(tmp_path / "in.mp4", form=form, size=size, matrix=quarter_turns(degrees))
    out = tmp_path / "out.mp4"
    report = export_video(clip, out, boxed, LOSSLESS)
    assert report.changed == (12 * 20,) * 10
    box = np.zeros((48, 64), bool)
    box[12:24, 20:40] = True
    coded = box if degrees == 0 else np.rot90(box)  # a player turns it back clockwise
    for (_, a), (_, b) in zip(decoded_planes(clip), decoded_planes(out), strict=True):
        for x, y in zip(a, b, strict=True):
            sy, sx = coded.shape[0] // x.shape[0], coded.shape[1] // x.shape[1]
            np.testing.assert_array_equal((x != y) & ~coded[::sy, ::sx], False)
    for picture in frames(out, probe(out)):
        inside = picture.rgb[14:22, 24:36].reshape(-1, 3).astype(int)
        assert np.abs(inside.mean(0) - (200, 90, 60)).max() < 3
    assert probe(out).coding.display_matrix == quarter_turns(degrees)


def test_a_frame_shown_by_the_decoder_later_is_not_spoilt_by_an_edit(tmp_path):
    """P- and B-frames refer to pictures whose planes an edit must not touch."""
    clip = make_clip(tmp_path / "in.mp4", pts=range(24), gop_size=24)

    def first_only(index, rgb):
        return boxed(index, rgb) if index == 0 else rgb

    report = export_video(clip, tmp_path / "out.mp4", first_only, LOSSLESS)
    assert [bool(n) for n in report.changed] == [True] + [False] * 23
    after = decoded_planes(tmp_path / "out.mp4")
    for (_, a), (_, b) in zip(decoded_planes(clip)[1:], after[1:], strict=True):
        np.testing.assert_array_equal(a[0], b[0])


@pytest.mark.parametrize("matrix", [*map(quarter_turns, (90, 180, 270)), MIRROR])
def test_rotation_metadata_stays(tmp_path, matrix):
    clip = make_clip(tmp_path / "in.mp4", matrix=matrix)
    export_video(clip, tmp_path / "out.mp4", untouched, QUICK)
    assert probe(tmp_path / "out.mp4").coding.display_matrix == matrix


@pytest.mark.parametrize("colour_range", [1, 2])
@pytest.mark.parametrize(
    ("matrix", "primaries", "transfer"), [(1, 1, 1), (6, 5, 6), (9, 9, 16)]
)
def test_colour_tags_and_pixel_aspect_stay(tmp_path, colour_range, matrix, primaries, transfer):
    clip = make_clip(
        tmp_path / "in.mp4",
        color_range=colour_range,
        colorspace=matrix,
        color_primaries=primaries,
        color_trc=transfer,
        sample_aspect_ratio=Fraction(4, 3),
    )
    source = probe(clip).coding
    assert source.colour_range == colour_range
    assert source.aspect == Fraction(4, 3)
    for name in ("out.mp4", "out.mov"):
        export_video(clip, tmp_path / name, boxed, QUICK)
        assert probe(tmp_path / name).coding == source


def test_an_odd_size_stays(tmp_path):
    clip = make_clip(tmp_path / "in.mkv", size=(63, 47), base=Fraction(1, 1000), codec="ffv1")
    report = export_video(clip, tmp_path / "out.mp4", untouched, LOSSLESS)
    assert probe(tmp_path / "out.mp4").size == (63, 47)
    assert report.pixel_format == "yuv444p"
    assert any("odd size" in note for note in report.notes)
    pairs = zip(decoded_planes(clip), decoded_planes(tmp_path / "out.mp4"), strict=True)
    for (_, a), (_, b) in pairs:
        np.testing.assert_array_equal(a[0], b[0])  # luma bit for bit


def test_transparency_is_left_out_and_said(tmp_path):
    clip = make_clip(tmp_path / "in.mkv", form="yuva420p", base=Fraction(1, 1000), codec="ffv1")
    report = export_video(clip, tmp_path / "out.mp4", boxed, QUICK)
    assert report.frames == 10
    assert any("transparency" in note for note in report.notes)


@pytest.mark.parametrize("form", ["bgr0", "gray", "yuv444p12le"])
def test_other_pixel_formats(tmp_path, form):
    codec = "ffv1"
    clip = make_clip(tmp_path / "in.mkv", form=form, base=Fraction(1, 1000), codec=codec)
    report = export_video(clip, tmp_path / "out.mp4", untouched, LOSSLESS)
    before = [p.rgb.astype(int) for p in frames(clip, probe(clip))]
    out = tmp_path / "out.mp4"
    after = [p.rgb.astype(int) for p in frames(out, probe(out))]
    assert np.abs(np.array(before) - np.array(after)).mean() < 1.5
    assert report.frames == 10


def test_matroska_only_where_it_keeps_the_times(tmp_path):
    steady = make_clip(tmp_path / "a.mp4", pts=range(0, 5120, 512), base=Fraction(1, 12800))
    export_video(steady, tmp_path / "a.mkv", untouched, QUICK)
    a, b = probe(steady).times, probe(tmp_path / "a.mkv").times
    assert [p * a.base for p in a.pts.tolist()] == [p * b.base for p in b.pts.tolist()]
    film = make_clip(tmp_path / "b.mp4", pts=range(0, 9009, 1001), base=Fraction(1, 24000))
    with pytest.raises(MediaError, match=r"\.mp4 or \.mov"):
        export_video(film, tmp_path / "b.mkv", untouched, QUICK)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mkv", "a.mp4", "b.mp4"]


def test_prores(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=[5, 9, 30], base=Fraction(1, 600), colorspace=1)
    report = export_video(clip, tmp_path / "o.mov", boxed, ExportSettings(codec="prores"))
    info = probe(tmp_path / "o.mov", thorough=True)
    assert info.codec == "prores"
    assert info.times.pts.tolist() == [5, 9, 30]
    assert report.pixel_format == "yuv422p10le"
    for picture in frames(info.path, info):
        inside = picture.rgb[16:20, 26:34].reshape(-1, 3).astype(int)
        assert np.abs(inside.mean(0) - (200, 90, 60)).max() < 6
    with pytest.raises(MediaError, match=r"\.mov or \.mkv"):
        export_video(clip, tmp_path / "o.mp4", boxed, ExportSettings(codec="prores"))


def test_edits_must_keep_the_shape(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    with pytest.raises(ShapeError):
        export_video(clip, tmp_path / "o.mp4", lambda _i, rgb: rgb[:-2], QUICK)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize(
    "wrong", [{"codec": "vp8"}, {"crf": 99}, {"preset": "swift"}, {"profile": "x"}]
)
def test_unknown_settings(wrong):
    with pytest.raises(WishError):
        replace(ExportSettings(), **wrong)


def test_the_result_does_not_depend_on_the_number_of_threads(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=range(40))
    one, four = tmp_path / "1.mp4", tmp_path / "4.mp4"
    export_video(clip, one, boxed, replace(LOSSLESS, workers=1))
    export_video(clip, four, boxed, replace(LOSSLESS, workers=4))
    assert one.read_bytes() == four.read_bytes()
