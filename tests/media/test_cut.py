"""Parts of a clip, other sizes, and the filmed film beside the edited one."""

from fractions import Fraction

import av
import numpy as np
import pytest

from core.errors import MediaError, WishError
from core.media import sound
from core.media.cut import Cut, beside, between
from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from core.media.sound import samples
from core.media.video import frames
from core.times import Times
from tests.media.clips import RATE_24, decoded_planes, make_clip, quarter_turns
from tests.media.test_export import LOSSLESS, boxed, untouched
from tests.media.test_stills import read_png

UNEVEN = [500, 917, 1334, 1400, 2001, 2500, 4000, 4001, 5000, 5100, 7000, 7100]


def asked(**cut):
    return ExportSettings(crf=0, preset="ultrafast", cut=Cut(**cut))


def packets(path):
    """Every audio packet: bytes, and when it is heard in seconds, edit lists ignored."""
    with av.open(str(path), options={"ignore_editlist": "1"}) as container:
        stream = container.streams.audio[0]
        return [(bytes(p), p.pts * p.time_base) for p in container.demux(stream) if p.size]


# ------------------------------------------------------------------ what is asked for


def test_a_cut_says_frames_times_and_size():
    times = Times(np.array(UNEVEN), Fraction(1, 1000))
    assert Cut().times(times) is times
    assert Cut(0, 11).whole(12)
    assert list(Cut(3, 5).frames(12)) == [3, 4, 5]
    assert Cut(3, 5).times(times).pts.tolist() == [0, 601, 1100]
    assert Cut(first=9).times(times).pts.tolist() == [0, 1900, 2000]
    assert Cut().size((63, 47)) == (63, 47)
    assert Cut(width=63).size((63, 47)) == (63, 47)
    assert Cut(width=640).size((1280, 720)) == (640, 360)
    assert Cut(width=500).size((1280, 720)) == (500, 282)  # 281.25, and even
    assert Cut(compare=True).size((63, 47)) == (64, 48)


@pytest.mark.parametrize(
    "wrong", [{"first": -1}, {"first": 3, "last": 2}, {"width": 8}, {"width": 9000}]
)
def test_a_cut_that_cannot_be_is_refused(wrong):
    with pytest.raises(WishError):
        Cut(**wrong)
    with pytest.raises(WishError, match="12 frames"):
        Cut(0, 12).frames(12)


def test_seconds_become_frames():
    steady = Times.steady(100, Fraction(25))
    assert between(steady, None, None) == (0, None)
    assert between(steady, 1.0, 3.5) == (25, 87)  # frame 87 appears at 3.48 s
    assert between(steady, 1.01, 3.52) == (25, 87)  # frame 88 appears at 3.52 s
    assert between(steady, None, 99) == (0, 99)
    film = Times(np.arange(500, 100500, 1001), 1 / (RATE_24 * 1001))
    assert between(film, 1.001, 1.002) == (24, 24)
    for start, end in ((-0.1, None), (4.0, None), (2.0, 2.0), (2.0, 1.0)):
        with pytest.raises(WishError):
            between(steady, start, end)


def test_the_effort_goes_with_what_is_coded():
    size = (1280, 720)
    assert Cut().effort(size) == 1
    assert Cut(width=640).effort(size) == pytest.approx(0.7)
    assert Cut(compare=True).effort(size) == pytest.approx(1.4)


# ------------------------------------------------------------------------------- parts


@pytest.mark.parametrize("part", [(0, 4), (5, 7), (7, 11), (6, 6)])
@pytest.mark.parametrize("name", ["o.mp4", "o.mov"])
def test_a_part_begins_at_any_frame_and_keeps_its_steps(tmp_path, part, name):
    first, last = part
    clip = make_clip(tmp_path / "in.mp4", pts=UNEVEN, base=Fraction(1, 1000), gop_size=12)
    seen = []

    def look(index, rgb):
        seen.append(index)
        return rgb

    report = export_video(clip, tmp_path / name, look, asked(first=first, last=last))
    info = probe(tmp_path / name, thorough=True)
    assert report.frames == last - first + 1 == len(seen)
    assert sorted(seen) == list(range(first, last + 1))
    assert info.times.base == Fraction(1, 1000)
    assert info.times.pts.tolist() == [p - UNEVEN[first] for p in UNEVEN[first : last + 1]]
    ends = [*UNEVEN[1:], UNEVEN[-1] + probe(clip).tail]
    assert info.tail == ends[last] - UNEVEN[last]
    before = decoded_planes(clip)[first : last + 1]
    for (_, a), (_, b) in zip(before, decoded_planes(tmp_path / name), strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(x, y)


def test_a_cut_that_takes_all_is_a_plain_export(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=UNEVEN, base=Fraction(1, 1000), sound={})
    export_video(clip, tmp_path / "a.mp4", boxed, LOSSLESS)
    export_video(clip, tmp_path / "b.mp4", boxed, asked(first=0, last=11, width=64))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("name", ["o.mp4", "o.mov", "o.mkv"])
@pytest.mark.parametrize("sound", [{"rate": 48000}, {"codec": "libmp3lame"}], ids=str)
def test_the_packets_that_are_heard_go_along_and_stay_in_step(tmp_path, name, sound):
    voice = {"seconds": 3.0, **sound}
    clip = make_clip(tmp_path / "in.mp4", pts=range(75), base=Fraction(1, 25), sound=voice)
    report = export_video(clip, tmp_path / name, untouched, asked(first=31, last=55))
    assert report.audio == "copied"
    assert not report.notes
    whole, part = packets(clip), packets(tmp_path / name)
    step = whole[5][1] - whole[4][1]
    offset = whole[0][1] if name != "o.mkv" else 0
    begin, end = Fraction(31, 25), Fraction(56, 25)
    heard = [
        i for i, (_, t) in enumerate(whole) if t - offset + step > begin and t - offset < end
    ]
    first = [data for data, _ in whole].index(part[0][0])
    # One packet more than is heard, for the decoder, give or take the clip's own priming.
    assert heard[0] - 2 <= first <= heard[0]
    assert [d for d, _ in part] == [d for d, _ in whole[first : first + len(part)]]
    assert abs(first + len(part) - 1 - heard[-1]) <= 2


def test_lips_and_sound_stay_together(tmp_path):
    """What is heard at a moment of the part is what was heard then in the clip."""
    clip = make_clip(
        tmp_path / "in.mp4",
        pts=range(75),
        base=Fraction(1, 25),
        sound={"rate": 48000, "seconds": 3.0},
    )
    export_video(clip, tmp_path / "o.mp4", untouched, asked(first=31, last=55))
    info = probe(tmp_path / "o.mp4")
    assert info.times.pts[0] == 0
    whole, part = samples(clip, 48000), samples(tmp_path / "o.mp4", 48000)
    assert len(part) == 48000  # 25 frames, to the sample
    at = round(31 / 25 * 48000)
    n = 20000
    scores = [np.abs(whole[at + d : at + d + n] - part[:n]).mean() for d in range(-60, 61)]
    assert np.argmin(scores) == 60
    assert min(scores) < 0.02  # AAC decodes noise as other noise each time


def test_sound_that_cannot_be_copied_keeps_in_step_too(tmp_path):
    voice = {"codec": "pcm_mulaw", "rate": 8000, "layout": "mono", "seconds": 3.0}
    clip = make_clip(tmp_path / "in.avi", codec="mpeg4", pts=range(75), sound=voice)
    report = export_video(clip, tmp_path / "o.mp4", untouched, asked(first=25, last=49))
    assert report.audio == "aac"
    whole, part = samples(clip, 8000), samples(tmp_path / "o.mp4", 8000)
    n = 4000
    scores = [np.abs(whole[8000 + d : 8000 + d + n] - part[:n]).mean() for d in range(-8, 9)]
    assert abs(int(np.argmin(scores)) - 8) <= 1


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_part_far_into_a_clip_is_sought_and_the_same(tmp_path, monkeypatch, suffix):
    clip = make_clip(
        tmp_path / "made.mp4",
        range(0, 40_000, 40),
        Fraction(1, 1000),
        sound={"seconds": 40.0},
    )
    woven = tmp_path / f"in{suffix}"
    export_video(clip, woven, untouched, ExportSettings(preset="fast"))
    read = []
    let_in = sound._Window.let_in
    monkeypatch.setattr(
        sound._Window, "let_in", lambda w, p: read.append(p.size) or let_in(w, p)
    )
    for name, far in (("sought", 30), ("read", 1000)):
        monkeypatch.setattr(sound, "_FAR", far)
        read.clear()
        export_video(woven, tmp_path / f"{name}.mp4", untouched, asked(first=900, last=920))
        assert (len(read) < 1000) == (name == "sought")
    assert (tmp_path / "sought.mp4").read_bytes() == (tmp_path / "read.mp4").read_bytes()


def test_no_sound(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", sound={})
    report = export_video(clip, tmp_path / "o.mp4", untouched, asked(sound=False))
    assert report.audio == "none"
    assert probe(tmp_path / "o.mp4").audio is None
    export_video(clip, tmp_path / "o", untouched, ExportSettings("png", cut=Cut(sound=False)))
    assert not (tmp_path / "o" / "sound.mka").exists()


# -------------------------------------------------------------------------------- size


@pytest.mark.parametrize("form", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("degrees", [0, 90])
def test_another_size_shows_the_same_picture(tmp_path, form, degrees):
    size = (160, 120) if degrees == 0 else (120, 160)
    clip = make_clip(tmp_path / "in.mp4", form=form, size=size, matrix=quarter_turns(degrees))
    report = export_video(clip, tmp_path / "o.mp4", boxed, asked(width=80))
    info = probe(tmp_path / "o.mp4")
    assert info.size == (80, 60)
    assert report.pixel_format == info.coding.pixel_format == form
    assert report.changed == (12 * 20,) * 10  # counted as filmed
    assert info.times.pts.tolist() == probe(clip).times.pts.tolist()
    for small, large in zip(frames(info.path, info), frames(clip, probe(clip)), strict=True):
        wanted = boxed(0, large.rgb).reshape(60, 2, 80, 2, 3).mean((1, 3))
        assert np.abs(small.rgb - wanted).mean() < 2.5
        inside = small.rgb[8:10, 13:17].reshape(-1, 3).astype(int)
        assert np.abs(inside.mean(0) - (200, 90, 60)).max() < 5


def test_the_colour_matrix_is_said_where_players_would_guess_another(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", size=(1280, 720), pts=range(2))
    export_video(clip, tmp_path / "o.mp4", untouched, asked(width=640))
    assert probe(clip).coding.matrix == 2
    assert probe(tmp_path / "o.mp4").coding.matrix == 1
    assert probe(tmp_path / "o.mp4").size == (640, 360)


def test_an_odd_clip_gets_an_even_size(tmp_path):
    clip = make_clip(tmp_path / "in.mkv", size=(63, 47), base=Fraction(1, 1000), codec="ffv1")
    report = export_video(clip, tmp_path / "o.mp4", untouched, asked(width=32))
    assert probe(tmp_path / "o.mp4").size == (32, 24)
    assert report.pixel_format == "yuv420p"
    assert not any("odd" in note for note in report.notes)


# --------------------------------------------------------------------- filmed and edited


@pytest.mark.parametrize("form", ["yuv420p", "yuv444p", "yuv422p10le"])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_filmed_stands_left_and_edited_right(tmp_path, form, degrees):
    size = (64, 48) if degrees % 180 == 0 else (48, 64)
    clip = make_clip(tmp_path / "in.mp4", form=form, size=size, matrix=quarter_turns(degrees))
    export_video(clip, tmp_path / "o.mp4", boxed, LOSSLESS)
    export_video(clip, tmp_path / "c.mp4", boxed, asked(compare=True))
    both = probe(tmp_path / "c.mp4")
    assert both.size == (128, 48)
    assert both.times.pts.tolist() == probe(clip).times.pts.tolist()
    parts = (clip, tmp_path / "o.mp4", both.path)
    for a, b, c in zip(*(frames(p, probe(p)) for p in parts), strict=True):
        np.testing.assert_array_equal(c.rgb[:, 2:62], a.rgb[:, 2:62])
        np.testing.assert_array_equal(c.rgb[:, 66:126], b.rgb[:, 2:62])
        assert (c.rgb[:, :64] != c.rgb[:, 64:]).any()


def test_an_untouched_comparison_holds_the_filmed_planes_twice(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    export_video(clip, tmp_path / "c.mp4", untouched, asked(compare=True))
    for (_, a), (_, b) in zip(
        decoded_planes(clip), decoded_planes(tmp_path / "c.mp4"), strict=True
    ):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(np.hstack([x, x]), y)


@pytest.mark.parametrize("degrees", [0, 90, 270])
def test_a_smaller_comparison_holds_the_smaller_films_bit_for_bit(tmp_path, degrees):
    size = (64, 48) if degrees == 0 else (48, 64)
    clip = make_clip(tmp_path / "in.mp4", size=size, matrix=quarter_turns(degrees))
    for name, edit, compare in (
        ("left", untouched, False),
        ("right", boxed, False),
        ("both", boxed, True),
    ):
        export_video(clip, tmp_path / f"{name}.mp4", edit, asked(width=32, compare=compare))
    films = (decoded_planes(tmp_path / f"{name}.mp4") for name in ("left", "right", "both"))
    for (_, a), (_, b), (_, c) in zip(*films, strict=True):
        for x, y, z in zip(a, b, c, strict=True):
            turned = [np.rot90(p, -degrees // 90) for p in (x, y, z)]
            np.testing.assert_array_equal(np.hstack(turned[:2]), turned[2])


def test_everything_at_once(tmp_path):
    clip = make_clip(
        tmp_path / "in.mp4", pts=range(50), size=(160, 120), sound={"seconds": 2.0}
    )
    target = beside(tmp_path / "o.mp4")
    assert target.name == "o-compare.mp4"
    report = export_video(
        clip, target, boxed, asked(first=10, last=29, width=80, sound=False, compare=True)
    )
    info = probe(target)
    assert (info.size, len(info.times), info.times.pts[0]) == ((160, 60), 20, 0)
    assert (report.frames, report.audio) == (20, "none")


def test_numbered_pictures_of_a_part(tmp_path):
    clip = make_clip(
        tmp_path / "in.mp4", pts=UNEVEN, base=Fraction(1, 1000), sound={"seconds": 8.0}
    )
    wish = ExportSettings("png", cut=Cut(4, 6, width=32, compare=True))
    export_video(clip, tmp_path / "o", boxed, wish)
    names = sorted(p.name for p in (tmp_path / "o").iterdir())
    assert names == [*(f"00000{i}.png" for i in (1, 2, 3)), "sound.mka", "times.txt"]
    lines = (tmp_path / "o" / "times.txt").read_text().splitlines()[2:]
    assert [line.split("\t")[1:3] for line in lines] == [
        ["0", "499"],
        ["499", "1500"],
        ["1999", "1"],
    ]
    png = read_png(tmp_path / "o" / "000001.png")
    assert png.shape == (24, 64, 3)
    assert (png[:, :32] != png[:, 32:]).any()
    assert 0 <= packets(tmp_path / "o" / "sound.mka")[0][1] < Fraction(1024, 44100)


def test_a_part_with_b_frames_and_sound_keeps_its_steps(tmp_path):
    clip = make_clip(
        tmp_path / "in.mp4", range(500, 75575, 1001), Fraction(1, 24000), sound={"seconds": 3.0}
    )
    wish = ExportSettings(crf=20, preset="medium", cut=Cut(20, 59))
    export_video(clip, tmp_path / "o.mp4", boxed, wish)
    info = probe(tmp_path / "o.mp4", thorough=True)
    assert info.times.pts.tolist() == [1001 * i for i in range(40)]
    assert info.audio is not None
    assert info.audio.start == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("compare", [False, True])
def test_prores_of_another_size(tmp_path, compare):
    clip = make_clip(tmp_path / "in.mp4", size=(161, 121), form="yuv444p", colorspace=1)
    cut = Cut(2, 5, width=80, compare=compare)
    report = export_video(clip, tmp_path / "o.mov", boxed, ExportSettings("prores", cut=cut))
    info = probe(tmp_path / "o.mov", thorough=True)
    assert info.size == (160 if compare else 80, 60)
    assert info.times.pts.tolist() == [0, 1, 2, 3]
    assert report.pixel_format == "yuv422p10le"
    left = 80 if compare else 0
    for picture in frames(info.path, info):
        inside = picture.rgb[7:11, left + 12 : left + 18].reshape(-1, 3).astype(int)
        assert np.abs(inside.mean(0) - (200, 90, 60)).max() < 12


def test_deep_pictures_stay_deep_beside_each_other(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=[0], form="yuv444p10le")
    export_video(clip, tmp_path / "a", boxed, ExportSettings("png"))
    export_video(clip, tmp_path / "b", boxed, ExportSettings("png", cut=Cut(compare=True)))
    one, both = (read_png(tmp_path / n / "000001.png", "rgb48le") for n in "ab")
    assert both.shape == (48, 128, 3)
    assert np.abs(both[:, 66:126].astype(int) - one[:, 2:62]).max() <= 64
    assert (both[14:22, 24:36].astype(int) - both[14:22, 88:100]).any()


def test_a_part_that_fails_leaves_nothing(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")

    def fails(index, rgb):
        if index == 7:
            raise MediaError("no")
        return rgb

    with pytest.raises(MediaError):
        export_video(clip, tmp_path / "o.mp4", fails, asked(first=5, compare=True))
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]
    assert export_video(clip, tmp_path / "o.mp4", fails, asked(last=6)).frames == 7
