"""Playing, scrubbing and their sound, with a sound device and without one."""

import sys
from fractions import Fraction

import numpy as np
import pytest

from core.times import Times
from studio import clocks, player
from studio.clocks import DeviceClock
from studio.player import Player, Voice
from studio.viewing import Viewing
from tests.studio import sounds

RATE, FRAMES = 8000, 50


@pytest.fixture
def device(monkeypatch):
    made = sounds.module()
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made


@pytest.fixture
def now(monkeypatch):
    """Let a test say what time it is; wall clocks show `now[0]`."""
    at = [50.0]
    monkeypatch.setattr(clocks.time, "perf_counter", lambda: at[0])
    return at


@pytest.fixture
def stage(qtbot):
    """Return viewing and a player whose timer only ticks when the test says so."""
    viewing = Viewing()
    made = Player(viewing)
    made.load(Times.steady(FRAMES, Fraction(25)))
    viewing.begin(FRAMES)
    made._timer.setInterval(1 << 30)
    yield viewing, made
    made.stop()


def tick(made):
    made._on_timer_timeout()


def voice(start=0.0):
    return Voice(np.linspace(-1, 1, 2 * RATE).astype(np.float32), RATE, start)


def test_late_frames_are_dropped_and_counted_never_queued(stage, now):
    viewing, made = stage
    seen = []
    viewing.frame_changed.connect(seen.append)
    made.play()
    for step in (0.04, 0.04, 0.20, 0.04):
        now[0] += step
        tick(made)
    assert seen == [1, 2, 7, 8]
    assert (made.due, made.dropped) == (8, 4)


def test_j_k_and_l_change_speed_and_direction(stage, now):
    viewing, made = stage
    viewing.go(30)
    made.faster()
    assert made.speed == 1
    made.faster()
    made.faster()
    assert made.speed == 4
    now[0] += 0.04
    tick(made)
    assert viewing.frame == 34
    made.backwards()
    assert made.speed == -1
    tick(made)
    assert viewing.frame == 34  # its whole time passes first
    now[0] += 0.05
    tick(made)
    assert viewing.frame == 33
    for _ in range(5):
        made.backwards()
    assert made.speed == -8
    made.pause()
    assert not made.playing


def test_it_stops_at_the_out_point_or_goes_round(stage, now):
    viewing, made = stage
    viewing.set_range(10, 14)
    viewing.go(12)
    made.play()
    now[0] += 0.2
    tick(made)
    assert viewing.frame == 10
    assert made.playing
    viewing.set_loop(False)
    now[0] += 10
    tick(made)
    assert viewing.frame == 14
    assert not made.playing
    made.play(-1.0)
    now[0] += 10
    tick(made)
    assert viewing.frame == 10
    assert not made.playing


def test_the_silent_clock_and_the_picture_stay_together_for_three_minutes(stage, now):
    viewing, made = stage
    made.play()
    rng = np.random.default_rng(4)
    worst = 0.0
    end = now[0] + 180
    while now[0] < end:
        now[0] += float(rng.uniform(0.004, 0.012))
        tick(made)
        second = made._clock.now()
        worst = max(worst, abs(second - viewing.frame / 25))
    assert worst <= 0.040 + 0.012


def test_going_elsewhere_while_it_plays_plays_on_from_there(stage, now):
    viewing, made = stage
    made.play()
    now[0] += 0.1
    tick(made)
    viewing.go(30)
    now[0] += 0.041
    tick(made)
    assert viewing.frame == 31


def test_the_sound_device_is_the_clock(stage, device):
    viewing, made = stage
    made.load_voice(voice(start=0.1))
    made.set_volume(0.5)
    viewing.go(5)  # 0.2 s: sample 800 is heard; a grain of it is on its way
    made.play()
    grains, stream = sounds.Stream.made
    assert grains.closed
    heard = stream.run(400)
    expected = 0.5 * made._voice.samples[800:1200]
    assert heard == pytest.approx(expected)
    tick(made)  # 50 ms further, 10 ms on the way
    assert made._clock.now() == pytest.approx(0.2 + 0.05 - 0.01)
    assert viewing.frame == 6
    made.set_muted(True)
    assert not stream.run(100).any()
    made.pause()
    assert stream.closed


def test_sound_that_starts_late_leaves_silence_before_it(device):
    clock = DeviceClock(np.ones(100, np.float32), RATE, 0.01, 1.0)
    clock.start(0.0)
    heard = sounds.Stream.made[0].run(200)
    assert not heard[:80].any()
    assert heard[80:180] == pytest.approx(1)
    assert not heard[180:].any()
    clock.stop()


def test_a_device_that_goes_away_leaves_a_silent_film(stage, device, now):
    viewing, made = stage
    made.load_voice(voice())
    told = []
    made.noted.connect(told.append)
    made.play()
    stream = sounds.Stream.made[-1]
    stream.run(800)
    tick(made)
    stream.active = False
    tick(made)
    assert stream.closed
    assert "gone" in told[0]
    was = viewing.frame
    now[0] += 0.08
    tick(made)
    assert viewing.frame == was + 2


@pytest.mark.parametrize("what", ["no device", "no library"])
def test_without_a_device_it_plays_silently_and_says_so_once(stage, monkeypatch, what):
    _, made = stage
    there = sounds.module(fails=True) if what == "no device" else None
    monkeypatch.setitem(sys.modules, "sounddevice", there)
    if there is None:
        monkeypatch.setattr(player, "DeviceClock", _without_library)
    told, why = [], []
    made.noted.connect(told.append)
    made.silenced.connect(why.append)
    made.load_voice(voice())
    made.play()
    made.pause()
    made.play()
    assert made.playing
    assert len(told) == 1
    assert why == told
    assert "silent" in told[0]


def _without_library(*_):
    raise clocks.MediaError("PortAudio is missing on this machine; playing is silent.")


def test_scrubbing_plays_a_short_grain_of_every_place_and_lets_go_of_the_device(
    stage, device, qtbot
):
    viewing, made = stage
    made._quiet.setInterval(30)
    made.load_voice(voice())
    viewing.go(20)
    stream = sounds.Stream.made[0]
    heard = stream.run(RATE // 5)
    there = made._voice.samples[6400:7040]  # 0.8 s, 80 ms long
    assert np.abs(heard[:640]).max() == pytest.approx(np.abs(there).max(), rel=0.1)
    assert heard[200:400] == pytest.approx(there[200:400])
    assert abs(heard[0]) < 0.01  # it comes softly
    assert not heard[640:].any()
    viewing.go(21)
    viewing.go(25)  # only the newest is heard
    assert stream.run(640)[200:400] == pytest.approx(made._voice.samples[8200:8400])
    assert not stream.run(640).any()
    qtbot.waitUntil(lambda: stream.closed)


def test_scrubbing_is_silent_when_it_is_switched_off_or_muted(stage, device):
    viewing, made = stage
    made.load_voice(voice())
    changes = []
    made.scrub_changed.connect(changes.append)
    made.set_scrub(False)
    viewing.go(20)
    assert sounds.Stream.made == []
    made.set_scrub(True)
    made.set_muted(True)
    viewing.go(21)
    assert sounds.Stream.made == []
    assert changes == [False, True]


def test_a_grain_at_the_edge_of_the_sound_is_part_silence(stage, device):
    viewing, made = stage
    made.load_voice(Voice(np.ones(RATE // 25, np.float32), RATE, 0.0))
    viewing.go(49)
    assert not sounds.Stream.made[0].run(800).any()
    viewing.go(0)
    heard = sounds.Stream.made[0].run(800)
    assert heard[150:300] == pytest.approx(1)
    assert not heard[320:].any()
