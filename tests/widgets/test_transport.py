from fractions import Fraction

from PySide6.QtCore import Qt

from core.times import Times
from widgets.transport import Transport


def shown(qtbot):
    transport = Transport()
    qtbot.addWidget(transport)
    transport.show_times(Times.steady(200, Fraction(25)))
    transport.show()
    return transport


def test_without_a_clip_nothing_can_be_played(qtbot):
    transport = Transport()
    qtbot.addWidget(transport)
    assert not transport.play.isEnabled()
    assert transport.length.text() == ""


def test_what_is_shown_wishes_nothing(qtbot):
    transport = shown(qtbot)
    wishes = []
    for signal in (transport.play_wished, transport.loop_wished, transport.volume_wished,
                   transport.mute_wished, transport.frame_wished):  # fmt: skip
        signal.connect(wishes.append)
    transport.show_playing(True)
    transport.show_loop(True)
    transport.show_sound(0.3, True)
    transport.show_frame(30)
    transport.show_audible(False, "No sound")
    assert wishes == []
    assert transport.time.text() == "00:00:01:05"
    assert transport.loop.isChecked()
    assert not transport.volume.isEnabled()


def test_play_wishes_the_other_of_what_is(qtbot):
    transport = shown(qtbot)
    wishes = []
    transport.play_wished.connect(wishes.append)
    qtbot.mouseClick(transport.play, Qt.MouseButton.LeftButton)
    transport.show_playing(True)
    qtbot.mouseClick(transport.play, Qt.MouseButton.LeftButton)
    assert wishes == [True, False]


def test_a_typed_time_is_wished_and_the_playhead_does_not_overwrite_it(qtbot):
    transport = shown(qtbot)
    wishes = []
    transport.frame_wished.connect(wishes.append)
    transport.time.selectAll()
    qtbot.keyClicks(transport.time, "2:10")
    transport.show_frame(7)
    assert transport.time.text() == "2:10"
    qtbot.keyClick(transport.time, Qt.Key.Key_Return)
    assert wishes == [60]
    transport.time.selectAll()
    qtbot.keyClicks(transport.time, "nonsense")
    qtbot.keyClick(transport.time, Qt.Key.Key_Return)
    assert wishes == [60]
    assert transport.time.text() == "00:00:00:07"


def test_buttons_step_and_go_to_the_ends(qtbot):
    transport = shown(qtbot)
    frames, steps, sound = [], [], []
    transport.frame_wished.connect(frames.append)
    transport.step_wished.connect(steps.append)
    transport.volume_wished.connect(sound.append)
    for button in (transport.start, transport.back, transport.ahead, transport.end):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    transport.volume.setValue(40)
    assert (frames, steps, sound) == ([0, 199], [-1, 1], [0.4])


def test_the_sound_while_scrubbing_is_wished_and_shown(qtbot):
    transport = shown(qtbot)
    wishes = []
    transport.scrub_wished.connect(wishes.append)
    transport.show_audible(True)
    transport.show_scrub(False)
    assert wishes == []
    qtbot.mouseClick(transport.scrub, Qt.MouseButton.LeftButton)
    assert wishes == [True]
    transport.show_audible(False, "There is no sound device.")
    assert not transport.scrub.isEnabled()
    assert transport.scrub.toolTip() == "There is no sound device."


def test_how_far_the_picture_is_from_the_sound_is_told(qtbot):
    transport = shown(qtbot)
    transport.show_offset(0.0213)
    assert transport.offset.text() == "A/V +21 ms"
    transport.show_offset(None)
    assert transport.offset.text() == ""
