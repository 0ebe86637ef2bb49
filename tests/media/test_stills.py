"""Exports as numbered pictures."""

from fractions import Fraction

import av
import numpy as np
import pytest

from core.errors import MediaError
from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from core.media.sound import audio_digest
from core.media.video import frames
from tests.media.clips import make_clip, quarter_turns

PNG = ExportSettings(codec="png")


def read_png(path, form="rgb24"):
    with av.open(str(path)) as picture:
        return next(picture.decode(video=0)).to_ndarray(format=form)


def shaded(index, rgb):
    new = rgb.copy()
    new[10:20] //= 2
    return new if index % 2 else rgb


def test_pictures_times_and_sound(tmp_path):
    pts = [3, 40, 41, 100]
    clip = make_clip(
        tmp_path / "in.mp4",
        pts=pts,
        base=Fraction(1, 600),
        matrix=quarter_turns(90),
        sound={"rate": 8000, "layout": "mono"},
    )
    report = export_video(clip, tmp_path / "stills", shaded, PNG)
    assert [bool(n) for n in report.changed] == [False, True, False, True]
    assert sorted(p.name for p in (tmp_path / "stills").iterdir()) == [
        *(f"00000{i}.png" for i in range(1, 5)),
        "sound.mka",
        "times.txt",
    ]
    for p in frames(clip, probe(clip)):
        png = read_png(tmp_path / "stills" / f"00000{p.index + 1}.png")
        np.testing.assert_array_equal(png, shaded(p.index, p.rgb))
    lines = (tmp_path / "stills" / "times.txt").read_text().splitlines()
    assert lines[0] == "# time base: 1/600 seconds a tick"
    assert [int(line.split("\t")[1]) for line in lines[2:]] == pts
    assert audio_digest(tmp_path / "stills" / "sound.mka") == audio_digest(clip)


def test_ten_bit_sources_give_sixteen_bit_pictures(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", pts=[0], form="yuv444p10le")
    export_video(clip, tmp_path / "stills", lambda _i, rgb: rgb, PNG)
    png = read_png(tmp_path / "stills" / "000001.png", "rgb48le")
    assert len(np.unique(png[..., 1] // 64)) > len(np.unique(png[..., 1] // 257))
    rgb = next(frames(clip, probe(clip))).rgb
    assert np.abs(png / 257.0 - rgb).max() < 1.5


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(MediaError, match="choose a new folder"):
        export_video(clip, tmp_path / "mine", shaded, PNG)
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_failed_export_leaves_no_folder(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")

    def fails(index, rgb):
        if index == 5:
            raise MediaError("no more")
        return rgb

    with pytest.raises(MediaError, match="no more"):
        export_video(clip, tmp_path / "stills", fails, PNG)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]
