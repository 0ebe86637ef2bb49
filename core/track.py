"""What a face does over time: coefficient spaces, tracks, and one moment of a track."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

import numpy as np

from core.arrays import Float, check, frozen
from core.errors import ShapeError
from core.times import Times


def _both(*stems: str) -> tuple[str, ...]:
    return tuple(stem + side for stem in stems for side in ("Left", "Right"))


ARKIT_NAMES: tuple[str, ...] = (
    *_both("browDown"), "browInnerUp", *_both("browOuterUp"),
    "cheekPuff", *_both("cheekSquint"),
    *_both("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp"),
    *_both("eyeSquint", "eyeWide"),
    "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", *_both("mouthDimple", "mouthFrown"), "mouthFunnel", "mouthLeft",
    *_both("mouthLowerDown", "mouthPress"), "mouthPucker", "mouthRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    *_both("mouthSmile", "mouthStretch", "mouthUpperUp"),
    *_both("noseSneer"), "tongueOut",
)  # fmt: skip
ARKIT_INDEX: Mapping[str, int] = {name: i for i, name in enumerate(ARKIT_NAMES)}


@dataclass(frozen=True)
class CoeffSpace:
    """What the columns of a track mean; two tracks mix only when `name` is equal."""

    name: str
    groups: tuple[tuple[str, int], ...]  # consecutive column groups and their widths

    @cached_property
    def slices(self) -> Mapping[str, slice]:
        """Return the columns of each group."""
        ends = list(accumulate(width for _, width in self.groups))
        return {
            name: slice(end - width, end)
            for (name, width), end in zip(self.groups, ends, strict=True)
        }

    @property
    def width(self) -> int:
        """Return C, the number of columns."""
        return sum(width for _, width in self.groups)


ARKIT = CoeffSpace(
    "arkit-52",
    (
        ("expression", 52),
        ("head_rotation", 3),
        ("head_translation", 3),
        ("eyes", 4),
        ("confidence", 1),
    ),
)


@dataclass(frozen=True, eq=False)
class Look:
    """A face at one moment.

    expression : (E,) coefficients, 0..1 as filmed; an edit may leave the range.
    rotation : (3,) axis-angle rad of R in ``X = R D x + translation``, D = diag(1, -1, -1):
        head frame (x subject's left, y up, z out of the face) to camera frame (x right,
        y down, z forward); zero faces the camera.
    translation : (3,) mm, camera frame.
    eyes : (4,) rad: left yaw, left pitch, right yaw, right pitch, in the head frame;
        yaw + turns to the subject's left, pitch + looks up.
    confidence : 0..1, 0 = no face seen.
    landmarks : (478, 2) pixels of the filmed frame, or None.
    """

    expression: Float
    rotation: Float
    translation: Float
    eyes: Float
    confidence: float
    landmarks: Float | None = None


@dataclass(frozen=True, eq=False)
class Track:
    """Coefficients over time, one row for every frame of the clip, read-only.

    space : what the columns mean.
    values : (F, C) float32; units as in `Look`. Rows without a face have confidence 0.
    times : (F,) exact frame times.
    """

    space: CoeffSpace
    values: Float
    times: Times

    def __post_init__(self) -> None:
        """Freeze the values and refuse a shape that does not fit."""
        check(self.values, "F C", F=len(self.times), C=self.space.width)
        object.__setattr__(self, "values", frozen(np.asarray(self.values, np.float32)))

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.times)

    def __getitem__(self, group: str) -> Float:
        """Return the (F, width) read-only view of a column group."""
        return self.values[:, self.space.slices[group]]

    def with_group(self, group: str, x: Float) -> "Track":
        """Return a copy in which column group `group` is `x`, (F, width)."""
        check(x, "F W", F=len(self), W=self[group].shape[1])
        values = self.values.copy()
        values[:, self.space.slices[group]] = x
        return replace(self, values=values)

    def look(self, frame: int, landmarks: Float | None = None) -> Look:
        """Return the face at `frame`; `landmarks` (F, 478, 2) px of the clip go along."""
        if not 0 <= frame < len(self):
            raise ShapeError(f"Frame {frame} is not one of the {len(self)} of this track.")
        return Look(
            self["expression"][frame],
            self["head_rotation"][frame],
            self["head_translation"][frame],
            self["eyes"][frame],
            float(self["confidence"][frame, 0]),
            None if landmarks is None else landmarks[frame],
        )
