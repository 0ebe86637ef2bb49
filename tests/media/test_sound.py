"""Sound: copied packet by packet, or made AAC where the container cannot hold it."""

import av
import numpy as np
import pytest

from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from core.media.sound import audio_digest, samples
from tests.media.clips import make_clip

QUICK = ExportSettings(crf=30, preset="ultrafast")


def packets(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return [
            (p.pts * p.time_base, p.duration * p.time_base, bytes(p))
            for p in container.demux(stream)
            if p.size
        ]


@pytest.mark.parametrize(
    "sound",
    [
        {"rate": 48000, "layout": "stereo"},
        {"rate": 8000, "layout": "mono"},
        {"rate": 48000, "layout": "5.1"},
        {"rate": 44100, "layout": "stereo", "seconds": 4.0},  # ten times the film
        {"codec": "libmp3lame", "rate": 44100, "seconds": 1.0},
        {"codec": "mp2", "rate": 44100, "seconds": 1.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["out.mp4", "out.mov"])
def test_packets_go_over_one_by_one(tmp_path, sound, name):
    clip = make_clip(tmp_path / "in.mp4", sound=sound)
    report = export_video(clip, tmp_path / name, lambda _i, rgb: rgb, QUICK)
    assert report.audio == "copied"
    assert packets(clip) == packets(tmp_path / name)  # their times too
    assert audio_digest(clip) == audio_digest(tmp_path / name) != ""
    assert len(probe(tmp_path / name).times) == 10


def test_an_mpeg_program_stream_becomes_mp4_with_its_mp2(tmp_path):
    clip = make_clip(
        tmp_path / "in.mpg",
        codec="mpeg1video",
        container="mpeg",
        sound={"codec": "mp2", "seconds": 0.4},
        framerate=25,
    )
    report = export_video(clip, tmp_path / "out.mp4", lambda _i, rgb: rgb, QUICK)
    assert report.audio == "copied"
    assert audio_digest(clip) == audio_digest(tmp_path / "out.mp4")
    a, b = probe(clip, thorough=True).times, probe(tmp_path / "out.mp4").times
    assert a.base == b.base
    assert a.pts.tolist() == b.pts.tolist()


def test_what_a_container_cannot_hold_becomes_aac_and_is_said(tmp_path):
    clip = make_clip(
        tmp_path / "in.avi", codec="mpeg4", sound={"codec": "pcm_mulaw", "seconds": 1.0}
    )
    report = export_video(clip, tmp_path / "out.mp4", lambda _i, rgb: rgb, QUICK)
    assert report.audio == "aac"
    assert any("pcm_mulaw" in note for note in report.notes)
    info = probe(tmp_path / "out.mp4")
    assert info.audio is not None
    assert info.audio.codec == "aac"
    before, after = samples(clip, 16000), samples(tmp_path / "out.mp4", 16000)
    n = min(len(before), len(after))
    assert abs(len(before) - len(after)) < 3000
    lag = np.argmax(np.correlate(after[:n], before[: n - 4000], "valid"))
    assert lag < 16000 // 440 + 1  # in step, but for one wave of the tone


def test_a_silent_clip(tmp_path):
    clip = make_clip(tmp_path / "in.mp4")
    report = export_video(clip, tmp_path / "out.mp4", lambda _i, rgb: rgb, QUICK)
    assert report.audio == "none"
    assert audio_digest(tmp_path / "out.mp4") == ""
    assert len(samples(clip)) == 0


def test_samples_are_mono_at_the_rate_asked(tmp_path):
    clip = make_clip(tmp_path / "in.mp4", sound={"rate": 44100, "seconds": 1.0})
    x = samples(clip, 16000)
    assert x.dtype == np.float32
    assert abs(len(x) - 16000) < 1500
    spectrum = np.abs(np.fft.rfft(x[2000:14000]))
    assert abs(spectrum.argmax() * 16000 / 12000 - 440) < 3
