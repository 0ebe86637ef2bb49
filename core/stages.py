"""The protocols between rooms: who can be exchanged for what. numpy only."""

from dataclasses import dataclass
from typing import Protocol

from core.arrays import Float, Rgb
from core.track import Look, Track


@dataclass(frozen=True, eq=False)
class Articulation:
    """The mouth of one person as a linear function of the 52 coefficients, in mm.

    ``y = rest + gradient @ c`` on the neutral-pose head (expression.md 2.2).
    names : aperture, width, protrusion, chin, labiodental, upper_lip, lower_lip.
    rest : (7,) mm at c = 0. gradient : (7, 52) mm.
    """

    names: tuple[str, ...]
    rest: Float
    gradient: Float


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a layer may ask about the take it edits; made once per take by the engine.

    articulation : the person's mouth. lip_gap : (F,) inner-lip gap of the filmed landmarks
    over outer-eye-corner distance (scale-free, pose-free); 0 = closed. resting_emotion :
    (7,) 0..1, how much of each emotion (order of `core.expression.emotions.LABELS`) the
    filmed actor wears throughout, hidden in the clip's neutral. filmed : the track before any
    layer, so that a second layer does not take the first one's work for the actor's own;
    None = the track a layer is given. lid_gap : (F, 2) filmed opening of the right and the
    left eye over its width, about 0.3 when relaxed. brow_height : (F, 2) of the brows above
    the corners of the eyes, over the same width. None = relaxed throughout.
    """

    articulation: Articulation
    lip_gap: Float
    resting_emotion: Float
    filmed: Track | None = None
    lid_gap: Float | None = None
    brow_height: Float | None = None


class Renderer(Protocol):
    """Turns one filmed frame into the frame in which the edited face was filmed."""

    def frame(self, rgb: Rgb, filmed: Look, edited: Look) -> Rgb:
        """Return the (H, W, 3) uint8 sRGB frame; the same array where nothing changes.

        Pure and safe to call from several threads at once.
        """
        ...
