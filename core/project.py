"""The document: clips, takes and what was asked of them. Immutable; arrays are shared."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from core.arrays import Float, check, frozen
from core.camera import Camera
from core.expression.layers import Layer
from core.times import Times
from core.track import Track


@dataclass(frozen=True, eq=False)
class Clip:
    """A video file on disk, never its pixels.

    path : as the user gave it, or relative to the project. digest : of the file's content.
    times : of its frames, in the stream's own time base. size : (W, H) upright, after
    rotation. audio_rate : samples a second, 0 = silent.
    """

    path: PurePath
    digest: str
    times: Times
    size: tuple[int, int]
    audio_rate: int = 0


@dataclass(frozen=True, eq=False)
class Take:
    """One face of one clip: its identity, its filmed track, and the layers that edit it.

    clip : index into `Project.clips`. face : name of the face model. shape : (S,).
    track : the filmed coefficients, one row a frame of the clip. landmarks : (F, 478, 2)
    float32 pixels of the upright frame, zeros where no face was seen. resting_emotion :
    (7,), see `core.stages.Evidence`.
    """

    name: str
    clip: int
    face: str
    shape: Float
    camera: Camera
    track: Track
    landmarks: Float
    resting_emotion: Float
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the arrays and refuse shapes that do not fit the track."""
        check(self.shape, "S")
        check(self.landmarks, "F 478 2", F=len(self.track))
        for name in ("shape", "landmarks", "resting_emotion"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


@dataclass(frozen=True, eq=False)
class Project:
    """Everything saved, everything undo brings back."""

    clips: tuple[Clip, ...] = ()
    takes: tuple[Take, ...] = ()

    def with_take(self, index: int, take: Take) -> "Project":
        """Return a copy in which take `index` is `take`."""
        takes = (*self.takes[:index], take, *self.takes[index + 1 :])
        return replace(self, takes=takes)
