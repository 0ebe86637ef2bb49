"""Which rows the timeline has, and where they are."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from core import builtin
from core.expression.layers import Layer
from core.times import Times
from widgets import theme
from widgets.timeline.axis import Axis
from widgets.timeline.curve_lane import CurveLane
from widgets.timeline.curves import curve_of
from widgets.timeline.lanes import ConfidenceLane, Lane, SpeechLane, ThumbnailLane, WaveLane
from widgets.timeline.ruler import Ruler

# Heights of picture, sound, strip, emotion and shape, by the pixels there are for all lanes.
ROOMY = (430, (46, 46, 22, 92, 72))
MIDDLE = (250, (36, 32, 18, 74, 60))
LOW = (0, (26, 22, 16, 58, 48))


class Rows:
    """Ruler, picture, sound and strips, which stay at the top, and curves, which scroll."""

    def __init__(self, tr: Callable[[str], str]) -> None:
        self.ruler = Ruler(tr("Time"))
        self.thumbnails = ThumbnailLane(tr("Picture"))
        self.wave = WaveLane(tr("Sound"))
        self.confidence = ConfidenceLane(
            tr("Confidence"), tr("How sure the tracker is. Click where it is low and look.")
        )
        self.speech = SpeechLane(
            tr("Speech guard"), tr("Closed lips, lip on teeth and pauses, held as filmed.")
        )
        self.curves: list[CurveLane] = []
        self.fixed: list[Lane] = [self.thumbnails, self.wave, self.confidence, self.speech]
        self.hidden: set[Lane] = set()
        self._folds: dict[str, bool] = {}
        self._heights = ROOMY[1]

    @property
    def pinned(self) -> list[Lane]:
        """Return the ruler and the lanes that stay below it, from the top."""
        return [self.ruler, *(lane for lane in self.fixed if lane not in self.hidden)]

    @property
    def head(self) -> int:
        """Return the pixels of what stays at the top."""
        return sum(lane.height for lane in self.pinned)

    @property
    def height(self) -> int:
        """Return the pixels of the curves, which scroll."""
        return sum(lane.height for lane in self.curves)

    def top(self, wanted: Lane) -> int:
        """Return where a lane starts: one that stays from the top, a curve from the first."""
        top = 0
        for lane in self.curves if wanted in self.curves else self.pinned:
            if lane is wanted:
                break
            top += lane.height
        return top

    def at(self, y: float, offset: int) -> Lane | None:
        """Return the lane at pixel `y` where the curves are scrolled by `offset`."""
        head, y = self.head, max(y, 0)
        lanes, y = (self.pinned, y) if y < head else (self.curves, y - head + offset)
        for lane in lanes:
            if 0 <= y < lane.height:
                return lane
            y -= lane.height
        return None

    def show_room(self, height: int) -> None:
        """Fit the heights to the pixels there are: where they are few, curves need most."""
        level = next(h for least, h in (ROOMY, MIDDLE, LOW) if height >= least)
        if level == self._heights:
            return
        self._heights = level
        picture, sound, strip, emotion, shape = level
        for lane, px in (
            (self.thumbnails, picture), (self.wave, sound),
            (self.confidence, strip), (self.speech, strip),
        ):  # fmt: skip
            lane.height = px
            lane.shown()
        for lane in self.curves:
            lane.show_height(emotion if hasattr(lane.layer, "label") else shape)

    def show_hidden(self, lane: Lane, hidden: bool) -> None:
        """Leave out a lane that only shows, or show it again."""
        (self.hidden.add if hidden else self.hidden.discard)(lane)

    def show_layers(self, layers: Sequence[Layer]) -> bool:
        """Show the curves of the layers; return whether there are other lanes than before."""
        found: list[CurveLane] = []
        for index, layer in enumerate(layers):
            curve = curve_of(layer)
            if curve is None:
                continue
            title, colour = title_of(layer), colour_of(layer)
            lane = next((x for x in self.curves if (x.index, x.title) == (index, title)), None)
            if lane is None:
                emotion = hasattr(layer, "label")
                lane = CurveLane(title, colour, index, self._heights[3 if emotion else 4])
                lane.fold(self._folds.get(title, not emotion))
            lane.show(layer, curve)
            found.append(lane)
        other = found != self.curves
        self.curves = found
        return other

    def fold(self, lane: CurveLane, folded: bool) -> None:
        """Show a curve as a thin strip or whole; the choice outlives the lane."""
        self._folds[lane.title] = folded
        lane.fold(folded)

    def show_times(self) -> None:
        """Forget everything that belongs to the frames of another clip."""
        self.thumbnails.show([])
        self.wave.show(None)
        self.speech.show(())
        for lane in self.curves:
            lane.show_times()

    def magnets(
        self, axis: Axis, frame: int, seconds: float, reach: float, *, keys: bool = True
    ) -> list[Fraction]:
        """Return the moments within `reach` of `seconds` to which a dragged key is drawn.

        They are the playhead, in and out, markers, the ends of protected speech, and with
        `keys` all keys that are not selected. An exact moment is made of near ones only.
        """
        times, last = axis.times, len(axis.times) - 1
        shown = (frame, *self.ruler.markers, *(self.ruler.range or (0, last)))
        frames = np.unique(np.append(self.speech.edges, shown))
        frames = frames[(frames >= 0) & (frames <= last)]
        near = frames[np.abs(axis.moments[frames] - seconds) <= reach]
        found = [times.moment(int(one)) for one in near]
        if keys:
            found += [key.time for lane in self.curves if lane.curve is not None
                      for key in lane.curve.envelope.keys
                      if abs(float(key.time) - seconds) <= reach
                      and key.time not in lane.chosen]  # fmt: skip
        return found


def end_of(times: Times) -> Fraction:
    """Return the moment of the last frame: no key lies behind it."""
    return times.moment(len(times) - 1) if len(times) else Fraction(0)


def title_of(layer: Any) -> str:
    """Return what a layer is called in the head of its lane."""
    if hasattr(layer, "label"):
        return QCoreApplication.translate("Emotion", str(layer.label).capitalize())
    if hasattr(layer, "shape"):
        sign = "× " if hasattr(layer, "gain") else "± "
        return sign + str(layer.shape)
    return builtin.title_of(layer)


def colour_of(layer: Any) -> QColor:
    """Return the colour of an emotion or of the region of a shape."""
    if hasattr(layer, "label"):
        return theme.emotion_colour(layer.label)
    shape = str(getattr(layer, "shape", "expression"))
    stems = {"brow": "brows", "eye": "eyes", "cheek": "cheeks", "nose": "cheeks", "jaw": "jaw",
             "mouth": "mouth", "tongue": "tongue"}  # fmt: skip
    region = next((r for stem, r in stems.items() if shape.startswith(stem)), "expression")
    return theme.region_colour(region)
