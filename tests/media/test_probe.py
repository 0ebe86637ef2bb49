"""What a clip holds, and one clear sentence for what is not a clip."""

import os
import shutil
from fractions import Fraction

import av
import numpy as np
import pytest

from core.errors import MediaError
from core.media.probe import probe
from tests.media.clips import (
    MIRROR,
    RATE_24,
    add_sound_stream,
    make_clip,
    quarter_turns,
    write_sound,
)

WRAP = 1 << 33  # MPEG-TS clocks start again here


@pytest.mark.parametrize(
    ("name", "pts", "base"),
    [
        ("film.mp4", range(0, 12012, 1001), 1 / (RATE_24 * 1001)),
        ("ntsc.mp4", range(0, 12012, 1001), Fraction(1, 30000)),
        ("vfr.mp4", [0, 417, 834, 900, 1001, 1500, 3000, 3001], Fraction(1, 10000)),
        ("odd.mp4", [7001 + 512 * i for i in range(9)], Fraction(1, 12800)),
        ("one.mp4", [0], Fraction(1, 25)),
        ("late.mov", [90001 + 3003 * i for i in range(5)], Fraction(1, 90000)),
        ("whole.mkv", range(0, 400, 40), Fraction(1, 1000)),
    ],
)
def test_frame_times_are_exact(tmp_path, name, pts, base):
    clip = make_clip(tmp_path / name, pts=pts, base=base)
    info = probe(clip)
    assert info.times.pts.tolist() == list(pts)
    assert info.times.base == base
    deep = probe(clip, thorough=True)
    assert deep.times.pts.tolist() == list(pts)
    assert deep.digest == info.digest
    assert info.size == (64, 48)
    assert info.audio is None


def test_times_before_zero(tmp_path):
    step = 3600
    pts = [WRAP - 5 * step + i * step for i in range(10)]
    clip = make_clip(
        tmp_path / "wrap.ts",
        pts=pts,
        base=Fraction(1, 90000),
        options={"mpegts_copyts": "1", "muxdelay": "0", "max_delay": "0"},
    )
    times = probe(clip).times.pts
    assert times[0] < 0 < times[-1]
    assert np.diff(times).tolist() == [step] * 9


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_rotation_gives_the_upright_size(tmp_path, degrees):
    info = probe(make_clip(tmp_path / "r.mp4", matrix=quarter_turns(degrees)))
    assert info.coding.rotation == degrees
    assert info.coding.size == (64, 48)
    assert info.size == ((48, 64) if degrees in (90, 270) else (64, 48))


def test_a_mirror_is_read(tmp_path):
    info = probe(make_clip(tmp_path / "m.mp4", matrix=MIRROR))
    assert info.coding.display_matrix == MIRROR


def test_coding_is_read(tmp_path):
    clip = make_clip(
        tmp_path / "c.mp4",
        form="yuv422p10le",
        color_range=1,
        colorspace=9,
        color_primaries=9,
        color_trc=16,
    )
    coding = probe(clip).coding
    assert (coding.pixel_format, coding.depth) == ("yuv422p10le", 10)
    assert (coding.colour_range, coding.matrix) == (1, 9)
    assert (coding.primaries, coding.transfer) == (9, 16)


def test_sound_is_described(tmp_path):
    clip = make_clip(tmp_path / "s.mp4", sound={"rate": 48000, "layout": "5.1"})
    audio = probe(clip).audio
    assert audio is not None
    assert (audio.codec, audio.rate, audio.channels) == ("aac", 48000, 6)
    assert probe(clip).audio_rate == 48000


def test_equal_content_has_an_equal_digest(tmp_path):
    a = make_clip(tmp_path / "a.mp4")
    b = tmp_path / "b.mp4"
    shutil.copy(a, b)
    assert probe(a).digest == probe(b).digest
    assert probe(make_clip(tmp_path / "c.mp4", pts=range(3))).digest != probe(a).digest


@pytest.mark.parametrize("name", ["-x.mp4", "a b.mp4", "😀.mp4", "n" * 240 + ".mp4", "a:b.mp4"])
def test_odd_names_open(tmp_path, name, monkeypatch):
    shutil.copy(make_clip(tmp_path / "plain.mp4"), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(probe(name).times) == 10


def _refusal(path):
    with pytest.raises(MediaError) as caught:
        probe(path)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


def test_a_cut_off_file(tmp_path):
    clip = make_clip(tmp_path / "t.mp4")
    clip.write_bytes(clip.read_bytes()[:-900])
    assert "cut off" in _refusal(clip)


def test_not_a_video(tmp_path):
    for name, content in [
        ("t.mp4", b"hello, this is text\n" * 50),
        ("noise.mp4", np.random.default_rng(0).bytes(4000)),
        ("p.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        assert "not a video" in _refusal(path)


def test_empty_missing_folder_address(tmp_path):
    empty = tmp_path / "e.mp4"
    empty.touch()
    assert "empty" in _refusal(empty)
    assert "no such file" in _refusal(tmp_path / "none.mp4")
    assert "folder" in _refusal(tmp_path)
    assert "addresses" in _refusal("http://localhost/x.mp4")
    assert "addresses" in _refusal("concat://a.mp4|b.mp4")


def test_a_link_that_leads_to_itself(tmp_path):
    loop = tmp_path / "loop.mp4"
    loop.symlink_to(loop)
    _refusal(loop)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read(tmp_path):
    clip = make_clip(tmp_path / "u.mp4")
    clip.chmod(0)
    assert "not allowed" in _refusal(clip)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "regular" in _refusal(tmp_path / "pipe.mp4")


def test_playlists_open_nothing(tmp_path):
    make_clip(tmp_path / "inner.mp4")
    for name, text in [
        ("l.m3u8", "#EXTM3U\n#EXTINF:1,\ninner.mp4\n#EXT-X-ENDLIST\n"),
        ("c.ffconcat", "ffconcat version 1.0\nfile inner.mp4\n"),
        ("s.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
    ]:
        (tmp_path / name).write_text(text)
        assert "not a video" in _refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("z.avi", "no frame"), ("z.mkv", "before its first frame"), ("z.mp4", "no video stream")],
)
def test_no_frames(tmp_path, name, sentence):
    assert sentence in _refusal(make_clip(tmp_path / name, pts=[], base=Fraction(1, 1000)))


def test_no_video_stream(tmp_path):
    sound = tmp_path / "s.m4a"
    with av.open(str(sound), "w", format="mp4") as out:
        write_sound(out, add_sound_stream(out))
    assert "no video stream" in _refusal(sound)


@pytest.mark.slow
@pytest.mark.data
def test_real_clips_have_the_times_of_their_decoded_frames(test_data):
    for path in sorted((test_data / "talk").iterdir()):
        info = probe(path)
        assert info.times.pts.tolist() == probe(path, thorough=True).times.pts.tolist(), path
