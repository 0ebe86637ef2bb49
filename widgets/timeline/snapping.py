"""Where a dragged key comes to lie."""

from fractions import Fraction

from widgets.timeline.axis import Axis
from widgets.timeline.canvas import Canvas
from widgets.timeline.curve_lane import CurveLane

PULL_PX = 6.0  # a magnet draws from this far
RISE_PX = 4.0
FINE = 100  # values are whole hundredths: nobody means 0.7316


def snapped_time(
    canvas: Canvas, seconds: float, *, firm: bool, keys: bool = True
) -> tuple[Fraction, bool]:
    """Return the exact moment meant by `seconds`, and whether a magnet drew it there.

    firm : lie on frames and be drawn to magnets; otherwise any microsecond. keys : other
    keys are magnets too.
    """
    axis = canvas.axis
    if not firm:
        return Fraction(max(round(seconds * 10**6), 0), 10**6), False
    reach = PULL_PX / axis.scale
    magnets = canvas.rows.magnets(axis, canvas.frame, seconds, reach, keys=keys)
    if magnets:
        return min(magnets, key=lambda m: abs(float(m) - seconds)), True
    return axis.times.moment(nearest_frame(axis, seconds)), False


def nearest_frame(axis: Axis, seconds: float) -> int:
    """Return the frame which starts nearest to `seconds`."""
    frame = axis.frame(axis.x(seconds))
    after = min(frame + 1, len(axis.times) - 1)
    moments = axis.moments
    return after if moments[after] - seconds < seconds - moments[frame] else frame


def snapped_value(lane: CurveLane, value: float, firm: bool) -> float:
    """Return the value meant, in hundredths; 0, a half and 1 draw it near."""
    if firm:
        for magnet in (0.0, 0.5, 1.0, -0.5, -1.0, 1.5, 2.0):
            if abs(lane.y(magnet) - lane.y(value)) <= RISE_PX:
                return magnet
    return round(value * FINE) / FINE
