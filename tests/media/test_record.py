"""Films from the program's own pictures."""

from fractions import Fraction

import numpy as np
import pytest

from core.errors import MediaError, ShapeError
from core.media.encode import ExportSettings
from core.media.probe import probe
from core.media.record import Voiceover, record_video
from core.media.sound import samples
from core.media.video import frames
from core.times import Times

BEST = ExportSettings(crf=1, preset="ultrafast")


def colours(n, size=(64, 48)):
    for i in range(n):
        yield np.full((size[1], size[0], 3), (20 * i, 200 - 10 * i, 60), np.uint8)


def test_pictures_times_and_tags(tmp_path):
    times = Times(np.array([0, 3, 4, 10, 25]), Fraction(1, 600))
    record_video(tmp_path / "o.mp4", colours(5), times, BEST)
    info = probe(tmp_path / "o.mp4", thorough=True)
    assert info.times.pts.tolist() == [0, 3, 4, 10, 25]
    assert info.times.base == Fraction(1, 600)
    c = info.coding
    assert (c.colour_range, c.matrix, c.primaries, c.transfer) == (1, 1, 1, 1)
    for p, rgb in zip(frames(info.path, info), colours(5), strict=True):
        assert np.abs(p.rgb.astype(int) - rgb).max() <= 2


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_starts_with_the_first_picture(tmp_path, channels):
    rate = 16000
    sound = np.zeros((rate, channels), np.float32)
    sound[4000:4400] = 0.5 * np.sin(np.arange(400) * 0.3)[:, None]  # a beep at 0.25 s
    voice = Voiceover(sound if channels == 2 else sound[:, 0], rate)
    times = Times.steady(25, Fraction(25))
    record_video(tmp_path / "o.mp4", colours(25), times, BEST, voice)
    heard = np.abs(samples(tmp_path / "o.mp4", rate))
    loud = np.flatnonzero(heard > 0.25)
    assert abs(loud[0] - 4000) < 40
    assert abs(loud[-1] - 4400) < 40


def test_an_odd_size(tmp_path):
    record_video(tmp_path / "o.mp4", colours(3, (63, 47)), Times.steady(3, Fraction(25)), BEST)
    assert probe(tmp_path / "o.mp4").size == (63, 47)


def test_refusals_leave_nothing(tmp_path):
    times = Times.steady(4, Fraction(25))
    with pytest.raises(MediaError, match="no pictures"):
        record_video(tmp_path / "o.mp4", [], times)
    with pytest.raises(MediaError, match="3 pictures came for 4 times"):
        record_video(tmp_path / "o.mp4", colours(3), times)
    mixed = [*colours(2), *colours(2, (32, 32))]
    with pytest.raises(ShapeError):
        record_video(tmp_path / "o.mp4", mixed, times)
    assert list(tmp_path.iterdir()) == []
