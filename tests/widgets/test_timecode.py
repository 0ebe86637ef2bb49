from fractions import Fraction

import numpy as np
import pytest

from core.times import Times
from widgets.timecode import frame_of, timecode

STEADY = Times.steady(200, Fraction(25))


@pytest.mark.parametrize(
    ("frame", "text"), [(0, "00:00:00:00"), (24, "00:00:00:24"), (25, "00:00:01:00")]
)
def test_frames_count_from_their_second(frame, text):
    assert timecode(STEADY, frame) == text


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(50)])
def test_a_time_code_names_its_frame_again(rate):
    times = Times.steady(400, rate)
    assert [frame_of(times, timecode(times, f)) for f in range(400)] == list(range(400))


def test_a_changing_rate_keeps_to_playback():
    ticks = np.cumsum(np.random.default_rng(1).integers(20, 90, 300))
    times = Times(ticks, Fraction(1, 1000))
    for frame in (0, 17, 120, 299):
        assert frame_of(times, timecode(times, frame)) == frame
        assert int(timecode(times, frame)[6:8]) == int(times.moment(frame)) % 60


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("12", 12),
        ("1:05", 30),
        ("0:01:05", 30),
        ("1.5", 38),
        ("+10", 60),
        ("-10", 40),
        ("-99", 0),
        ("9999", 199),
        ("00:59:00:00", 199),
        ("", None),
        ("soon", None),
        ("1:2:3:4:5", None),
        ("1/0.", None),
    ],
)
def test_a_time_is_read_as_people_write_it(text, frame):
    assert frame_of(STEADY, text, 50) == frame
