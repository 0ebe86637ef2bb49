"""What a head is made of, vertex by vertex: the input of the renderer beside the geometry."""

from dataclasses import dataclass, replace

import numpy as np

from core.arrays import Float, Ints
from core.face.model import FaceModel

SKIN, EYE, TEETH, TONGUE, CAVITY, LASH = range(6)
UPPER_LIDS = ((246, 161, 160, 159, 158, 157, 173), (466, 388, 387, 386, 385, 384, 398))
BROWS = (
    ((46, 53, 52, 65, 55), (70, 63, 105, 66, 107)),
    ((276, 283, 282, 295, 285), (300, 293, 334, 296, 336)),
)
LOWER_LIDS = ((7, 163, 144, 145, 153, 154, 155), (249, 390, 373, 374, 380, 381, 382))


@dataclass(frozen=True, eq=False)
class Surface:
    """A head's materials; all masks are (V,) float32, 0..1, smooth over the mesh.

    triangles : (T, 3) int32, counter-clockwise seen from outside. kind : (V,) int32, one of
    SKIN, EYE, TEETH, TONGUE, CAVITY, LASH. rest : (V, 3) mm, the neutral mean head; textures
    are planar on its x, y. eyes : vertex indices of the left and the right eyeball.
    """

    triangles: Ints
    kind: Ints
    rest: Float
    lips: Float
    brows: Float
    lash_upper: Float
    lash_lower: Float
    scalp: Float
    beard: Float
    eyes: tuple[Ints, Ints]

    def eye_local(self, person: Float) -> Float:
        """Return (V, 3): eyeball vertices over the ball's radius, z to the iris; else 0.

        `person` (V, 3) mm is the relaxed face looking along +z.
        """
        local = np.zeros_like(person, np.float32)
        for ball in self.eyes:
            p = person[ball] - (person[ball].max(0) + person[ball].min(0)) / 2
            local[ball] = p / np.abs(p[:, 0]).max()
        return local


def near_line(points: Float, line: Float, width: float) -> Float:
    """Return (V,) 1 on the polyline `line` (K, 3), falling to 0 at `width` (mm) from it."""
    a, b = line[:-1, None], line[1:, None]  # (K-1, 1, 3)
    along = b - a
    t = ((points - a) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-9)
    distance = np.linalg.norm(points - (a + np.clip(t, 0, 1)[..., None] * along), axis=-1).min(
        0
    )
    return np.clip(2 - 2 * distance / width, 0, 1).astype(np.float32)


def smoothed(mask: Float, triangles: Ints, rounds: int = 1) -> Float:
    """Return a (V,) mask averaged over each vertex' neighbours, `rounds` times."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    ends = np.concatenate([ends, ends[:, ::-1]])
    count = np.bincount(ends[:, 0], minlength=len(mask))
    for _ in range(rounds):
        total = np.bincount(ends[:, 0], mask[ends[:, 1]], minlength=len(mask))
        mask = (mask + total) / (1 + count)
    return mask.astype(np.float32)


def _filled(n: int, *sets: Ints) -> Float:
    mask = np.zeros(n, np.float32)
    for indices in sets:
        mask[indices] = 1
    return mask


def of_model(model: FaceModel) -> Surface:
    """Return the surface of a face model, from its named parts and its 478 landmarks."""
    n, parts = len(model.neutral), model.parts
    kind = np.full(n, SKIN, np.int32)
    for name, value in (
        ("mouth_cavity", CAVITY), ("tongue", TONGUE), ("teeth_upper", TEETH),
        ("teeth_lower", TEETH), ("eye_left", EYE), ("eye_right", EYE),
    ):  # fmt: skip
        kind[parts[name]] = value
    rest = np.asarray(model.neutral, np.float32)
    marks = model.embeddings["478"].points(rest)
    lips = _filled(n, parts["lips"])
    lines = [(marks[list(low)] + marks[list(high)]) / 2 for low, high in BROWS]
    surface = Surface(
        triangles=np.ascontiguousarray(model.triangles, np.int32),
        kind=kind,
        rest=rest,
        lips=smoothed(lips, model.triangles),
        brows=np.max([near_line(rest, line, 6.5) for line in lines], 0),
        lash_upper=np.max([near_line(rest, marks[list(i)], 2.0) for i in UPPER_LIDS], 0),
        lash_lower=np.max([near_line(rest, marks[list(i)], 1.4) for i in LOWER_LIDS], 0),
        scalp=scalp(rest, max(line[:, 1].max() for line in lines), marks[168, 2]),
        beard=beard(rest, marks[0], marks[[61, 291]], marks[152]),
        eyes=(np.asarray(parts["eye_left"]), np.asarray(parts["eye_right"])),
    )
    return only_skin(surface)


def scalp(rest: Float, brow: float, bridge: float) -> Float:
    """Return (V,) where hair grows: above the forehead and behind; from brow y, nose z."""
    back = np.clip(bridge - 40 - rest[:, 2], 0, 80)
    return np.clip((rest[:, 1] - brow - 52 + 0.5 * back) / 6, 0, 1).astype(np.float32)


def beard(rest: Float, upper_lip: Float, corners: Float, chin: Float) -> Float:
    """Return (V,) where stubble grows: jaw, chin, upper lip; from four landmarks (mm)."""
    height = upper_lip[1] - chin[1]
    level = corners[:, 1].mean() + 0.25 * height * np.clip(np.abs(rest[:, 0]) / 60, 0, 1)
    low = np.clip((level - rest[:, 1]) / (0.25 * height), 0, 1)
    moustache = near_line(
        rest, np.stack([corners[0], upper_lip + np.array([0, 5, 0]), corners[1]]), 12.0
    )
    depth = np.clip((rest[:, 1] - chin[1] + 25) / 15, 0, 1)
    return (np.maximum(low, moustache) * depth).astype(np.float32)


def only_skin(surface: Surface) -> Surface:
    """Return the surface with every painted mask 0 off the skin."""
    skin = (surface.kind == SKIN).astype(np.float32)
    names = ("lips", "brows", "lash_upper", "lash_lower", "scalp", "beard")
    return replace(surface, **{name: getattr(surface, name) * skin for name in names})
