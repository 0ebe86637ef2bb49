"""What the actor wears on the bare head: skin colours, a jumper, hair, brows and lashes."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float, Ints
from core.face.mesh import vertex_normals
from core.face.model import FaceModel
from core.face.raster import rasterize
from core.landmarks import sets
from core.synthetic.actor.shading import CAVITY, CLOTH, EYE, SKIN, TEETH, TONGUE
from core.synthetic.actor.strands import Strands, brow, grow, hairline, lashes, roots_on

# Landmarks from the tail to the inner end (brows) and from corner to corner (lids).
BROWS = {
    "right": (sets.UPPER_BROW_RIGHT, sets.LOWER_BROW_RIGHT),
    "left": (sets.UPPER_BROW_LEFT, sets.LOWER_BROW_LEFT),
}
LIDS = {
    "right": (sets.UPPER_LID_RIGHT, sets.LOWER_LID_RIGHT),
    "left": (sets.UPPER_LID_LEFT, sets.LOWER_LID_LEFT),
}

# The jumper's rings, head frame mm: height, half width, half depth, depth of the middle.
RINGS = np.array(
    [
        [-124, 60, 76, -64],
        [-129, 68, 82, -64],
        [-136, 74, 86, -64],
        [-142, 80, 88, -64],
        [-147, 96, 92, -65],
        [-155, 128, 96, -66],
        [-166, 158, 100, -68],
        [-180, 184, 105, -70],
        [-198, 202, 109, -71],
        [-225, 212, 114, -72],
        [-320, 222, 122, -74],
    ]
)


@dataclass(frozen=True, eq=False)
class Surface:
    """Everything of the actor that is a mesh; the head's vertices come first.

    rest (V, 3) mm, triangles (T, 3), material (T,), albedo (V, 3) linear, gloss (V,), and
    occlusion (2, V): share of open sky with the mouth closed and open.
    """

    rest: Float
    triangles: Ints
    material: Ints
    albedo: Float
    gloss: Float
    occlusion: Float


def jumper(neck: Float, turns: int = 180) -> tuple[Float, Ints]:
    """Return (V, 3) mm and (T, 3) of a jumper whose collar fits the points `neck` (N, 3) mm."""
    angle = np.linspace(0, 2 * np.pi, turns, endpoint=False)
    fine = np.linspace(0, len(RINGS) - 1, 6 * len(RINGS))
    rings = np.stack([np.interp(fine, np.arange(len(RINGS)), c) for c in RINGS.T], 1)
    collar = np.clip((rings[:, 0] + 160) / 36, 0, 1)  # 1 at its top, 0 on the shoulders
    rings[:, 1] += collar * (np.abs(neck[:, 0]).max() + 2 - RINGS[0, 1])
    rings[:, 2] += collar * (np.ptp(neck[:, 2]) / 2 + 3 - RINGS[0, 2])
    rings[:, 3] += collar * (neck[:, 2].min() / 2 + neck[:, 2].max() / 2 - RINGS[0, 3])
    square = 0.82  # a body is squarer than an ellipse
    x = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** square
    z = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** square
    height = rings[:, :1] + collar[:, None] * 22 * (0.5 - 0.5 * np.cos(angle)) ** 0.6
    points = np.stack([rings[:, 1:2] * x, height, rings[:, 3:] + rings[:, 2:3] * z], -1)
    i = np.arange(len(rings) - 1)[:, None] * turns + np.arange(turns)
    j = np.arange(len(rings) - 1)[:, None] * turns + (np.arange(turns) + 1) % turns
    first, second = np.stack([i, i + turns, j], -1), np.stack([j, i + turns, j + turns], -1)
    return points.reshape(-1, 3), np.concatenate([first.reshape(-1, 3), second.reshape(-1, 3)])


def surface(face: FaceModel, person: Float) -> Surface:
    """Return the dressed head and torso of the relaxed `person` (V, 3)."""
    neck = person[face.parts["neck"]]
    cloth, cloth_triangles = jumper(neck[neck[:, 1] < -105])
    head = len(person)
    rest = np.concatenate([person, cloth]).astype(np.float32)
    triangles = np.concatenate([face.triangles, cloth_triangles + head]).astype(np.int32)
    kind = np.full(len(rest), SKIN)
    for name, value in (
        ("mouth_cavity", CAVITY),
        ("teeth_upper", TEETH),
        ("teeth_lower", TEETH),
        ("tongue", TONGUE),
        ("eye_left", EYE),
        ("eye_right", EYE),
    ):
        kind[face.parts[name]] = value
    kind[head:] = CLOTH
    material = np.where(
        (kind[triangles] == kind[triangles[:, :1]]).all(1), kind[triangles[:, 0]], SKIN
    ).astype(np.int32)
    albedo, gloss = _colours(face, rest, kind)
    open_face = person + np.tensordot(_open_mouth(face), face.expression, 1)
    opened = np.concatenate([open_face, cloth]).astype(np.float32)
    occlusion = np.stack([open_sky(v, triangles) for v in (rest, opened)])
    return Surface(rest, triangles, material, albedo, gloss, occlusion.astype(np.float32))


def _open_mouth(face: FaceModel) -> Float:
    wide = np.zeros(len(face.expression))
    for name, amount in (
        ("jawOpen", 0.5),
        ("mouthLowerDownLeft", 0.4),
        ("mouthLowerDownRight", 0.4),
        ("mouthUpperUpLeft", 0.4),
        ("mouthUpperUpRight", 0.4),
    ):
        wide[face.expression_names.index(name)] = amount
    return wide


def _colours(face: FaceModel, rest: Float, kind: Ints) -> tuple[Float, Float]:
    """Return linear albedo (V, 3) and gloss (V,)."""
    base = {
        SKIN: (0.50, 0.300, 0.215),
        EYE: (0.6, 0.6, 0.6),
        TEETH: (0.60, 0.55, 0.45),
        TONGUE: (0.42, 0.13, 0.12),
        CAVITY: (0.20, 0.05, 0.05),
        CLOTH: (0.035, 0.085, 0.10),
    }
    albedo = np.array([base[k] for k in kind], np.float32)
    gloss = np.select(
        [kind == SKIN, kind == EYE, kind == TEETH, kind == TONGUE, kind == CAVITY],
        [0.55, 1.0, 0.7, 0.8, 0.3],
        0.04,
    )
    head = rest[: len(face.neutral)]
    marks = face.embeddings["478"].points(head)

    def near(point: Float, radius: float) -> Float:
        return np.exp(-(((rest - point) / radius) ** 2).sum(1))[:, None]

    blush = np.array([1.10, 0.80, 0.82])
    for i in (50, 280, 1, 152):  # cheeks, tip of the nose, chin
        albedo *= 1 + 0.55 * (blush - 1) * near(marks[i], 17 if i in (50, 280) else 11)
    shadow = np.array([0.86, 0.76, 0.80])
    for i in (230, 450):  # under the eyes
        albedo *= 1 + 0.8 * (shadow - 1) * near(marks[i], 8)
    lips = np.zeros(len(rest), bool)
    lips[face.parts["lips"]] = True
    albedo[lips & (kind == SKIN)] = (0.40, 0.150, 0.135)
    gloss[lips] = 0.75
    covered = np.clip((hairline(rest) + 4) / 9, 0, 1)[:, None]
    hairy = np.zeros(len(rest), bool)
    hairy[: len(head)] = True
    hairy[face.parts["ears"]] = False
    covered *= (hairy & (kind == SKIN))[:, None]
    albedo = albedo * (1 - covered) + covered * np.array([0.05, 0.03, 0.02])
    gloss = np.where(covered[:, 0] > 0.5, 0.05, gloss)
    return albedo.astype(np.float32), gloss.astype(np.float32)


def open_sky(vertices: Float, triangles: Ints, views: int = 96, size: int = 320) -> Float:
    """Return (V,) share of the sky each vertex sees: depth maps from `views` directions."""
    i = np.arange(views) + 0.5
    height, turn = 1 - 2 * i / views, np.pi * (1 + 5**0.5) * i  # a Fibonacci sphere
    ring = np.sqrt(1 - height**2)
    directions = np.stack([ring * np.cos(turn), height, ring * np.sin(turn)], 1)
    normals = vertex_normals(vertices, triangles)
    low, high = vertices.min(0), vertices.max(0)
    middle, span = (low + high) / 2, float(np.linalg.norm(high - low))
    seen, weight = np.zeros(len(vertices)), np.zeros(len(vertices))
    for d in directions:
        right = np.cross([0.31, 0.9, 0.2], d)
        right /= np.linalg.norm(right)
        axes = np.stack([right, np.cross(d, right), -d])  # column, row, away from the lamp
        q = (vertices - middle) @ axes.T
        pixels = np.column_stack([(q[:, :2] / span + 0.5) * size, q[:, 2] + span])
        depth = rasterize(pixels.astype(np.float32), triangles, (size, size))[2]
        column, row = np.clip(pixels[:, :2].astype(int), 0, size - 1).T
        facing = np.maximum(normals @ d, 0)
        free = np.clip(1 - (pixels[:, 2] - 2.5 - depth[row, column]) / 4, 0, 1)
        seen += facing * free
        weight += facing
    return seen / np.maximum(weight, 1e-6)


def hair(face: FaceModel, person: Float, n: int, seed: int) -> Strands:
    """Return the hair of the head, at rest in the head frame."""
    normals = vertex_normals(person, face.triangles)
    bare = np.zeros(len(person), bool)
    for part in (
        "ears",
        "mouth_cavity",
        "teeth_upper",
        "teeth_lower",
        "tongue",
        "eye_left",
        "eye_right",
    ):
        bare[face.parts[part]] = True
    height = hairline(person)
    density = np.clip((height + 2) / 8, 0, 1) * ~bare
    index, bary = roots_on(person, face.triangles, density[face.triangles].mean(1), n, seed)
    roots, out = (np.einsum("nk,nkc->nc", bary, x[index]) for x in (person, normals))
    inside = hairline(roots) > np.random.default_rng(seed).normal(0, 1.6, n)
    skin = person[~bare & (person[:, 1] > -90)]
    return grow(roots[inside], out[inside], skin, seed)


def face_hair(points: Float, normals: Float, closed: float, seed: int) -> list[Strands]:
    """Return brows and lashes on 478 points (478, 3) mm with normals; `closed` 0..1 lids."""
    out = []
    for k, side in enumerate(("right", "left")):
        rows = np.stack(BROWS[side])
        out.append(brow(points[rows], normals[rows], seed + k, 1.0 if side == "left" else -1.0))
        upper, lower = (points[i] for i in LIDS[side])
        out.append(
            lashes(upper, np.array([0, 0.55 - 1.05 * closed, 0.1]), 8.5, 150, seed + 10 + k)
        )
        out.append(lashes(lower, np.array([0, -0.45, 0.1]), 4.2, 70, seed + 20 + k))
    return out
