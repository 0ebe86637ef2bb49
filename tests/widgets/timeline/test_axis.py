from fractions import Fraction

import numpy as np
import pytest

from core.times import Times
from widgets.timeline.axis import FRAME_PX, Axis, greatest, least
from widgets.timeline.ruler import ticks

UNEVEN = Times(np.cumsum(np.random.default_rng(4).integers(20, 90, 500)), Fraction(1, 1000))


@pytest.mark.parametrize("times", [Times.steady(500, Fraction(25)), UNEVEN])
def test_the_start_of_a_frame_is_drawn_where_the_frame_is_found(times):
    axis = Axis(times, width=1600).fitted()
    for factor in (1, 5, 1e6):
        near = axis.zoomed(factor, 700)
        for frame in range(0, 500, 7):
            assert near.frame(near.frame_x(frame)) == frame


def test_zoom_keeps_what_is_under_the_pointer():
    axis = Axis(UNEVEN, width=1600).fitted().zoomed(6, 800)
    for x in (300.0, 900.0):
        assert axis.zoomed(1.7, x).seconds(x) == pytest.approx(axis.seconds(x))


def test_limits_hold_the_clip_in_view():
    axis = Axis(Times.steady(500, Fraction(25)), width=1000).fitted()
    assert axis.zoomed(0.01, 5).scale == pytest.approx(axis.scale)
    assert axis.zoomed(1e9, 500).frame_px == pytest.approx(FRAME_PX)
    far = axis.zoomed(4, 500).scrolled(1e7)
    assert 0 < far.frame_x(500) < far.width
    assert far.scrolled(-1e8).frame_x(0) > 0
    assert axis.resized(1400).frame_x(500) == pytest.approx(1388)


def test_columns_show_the_worst_frame_at_every_zoom():
    values = np.ones(15000, np.float32)
    values[7003] = 0.1
    axis = Axis(Times.steady(15000, Fraction(25)), width=1600).fitted()
    for near in (axis, axis.zoomed(3, 750), axis.zoomed(40, 747)):
        frames, where = near.columns()
        found = np.ones(1600)
        found[where] = least(values, frames)
        assert np.argmin(found) == pytest.approx(near.frame_x(7003), abs=1.5)
        assert found.min() == np.float32(0.1)
        assert greatest(values, frames).max() == 1


def test_labels_of_the_ruler_never_touch():
    for rate in (Fraction(24), Fraction(30000, 1001), Fraction(60)):
        axis = Axis(Times.steady(15000, rate), width=1600).fitted()
        while True:
            labels = [axis.frame_x(f) for f, labelled in ticks(axis, 90) if labelled]
            seen = [x for x in labels if 0 <= x <= 1600]
            assert seen, axis.scale
            assert min(np.diff(labels), default=90.0) >= 80
            closer = axis.zoomed(1.9, 700)
            if closer.scale == axis.scale:
                break
            axis = closer
