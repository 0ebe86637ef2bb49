"""The face model: an identity basis, the ARKit shapes, and where landmarks lie on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from core.arrays import Float, Ints, check, frozen
from core.errors import ModelError
from core.face.rotation import matrix
from core.paths import resource
from core.track import ARKIT, ARKIT_NAMES, CoeffSpace, Track


@dataclass(frozen=True, eq=False)
class Embedding:
    """Landmarks on the surface: (L, 3) vertex indices and (L, 3) barycentric weights."""

    vertices: Ints
    weights: Float

    def points(self, vertices: Float) -> Float:
        """Return (..., L, 3) landmark positions on (..., V, 3) vertices."""
        return np.einsum("lk,...lkc->...lc", self.weights, vertices[..., self.vertices, :])


@dataclass(frozen=True, eq=False)
class FaceModel:
    """A linear head: ``neutral + shape @ identity + expression @ expression``.

    Millimetres, head frame: +x to the subject's left, +y up, +z out of the face.

    neutral : (V, 3) float32. identity : (S, V, 3) float32 for one unit of shape, weights
    ~ N(0, 1). expression : (E, V, 3) float32 for coefficient 1; E = 52 in ARKit order for
    the built-in head. triangles : (T, 3) int32, counter-clockwise seen from outside.
    uv : (V, 2) 0..1. parts : name -> sorted vertex indices ("skin", "lips", "brow_left",
    "brow_right", "lid_left", "lid_right", "eye_left", "eye_right", "teeth_upper",
    "teeth_lower", "tongue", "mouth_cavity", "neck", "ears", "scalp"). eye_centers : (2, 3)
    mm for the neutral head (left, right). embeddings : "478" and "68" points.
    """

    name: str
    space: CoeffSpace
    expression_names: tuple[str, ...]
    neutral: Float
    identity: Float
    expression: Float
    triangles: Ints
    uv: Float
    parts: Mapping[str, Ints]
    embeddings: Mapping[str, Embedding]

    def person(self, shape: Float) -> Float:
        """Return (V, 3) mm: the relaxed face of the identity `shape` (S,)."""
        check(shape, "S", S=len(self.identity))
        return self.neutral + _combined(shape, self.identity)

    def eye_center(self, side: str, person: Float) -> Float:
        """Return (3,) mm: the centre of the "left" or "right" eyeball of `person` (V, 3)."""
        return person[self.parts[f"eye_{side}"]].mean(0)

    def deformed(self, person: Float, expression: Float, eyes: Float | None = None) -> Float:
        """Return (V, 3) or (F, V, 3) mm, head frame: `person` with expression (52,) or (F, 52).

        `eyes` (4,) or (F, 4) rad turns the eyeballs about their centres; the eyeLook shapes
        move the lids only, never the eyeballs, when `eyes` is given.
        """
        surface = person + _combined(expression, self.expression)
        if eyes is None:
            return surface
        for i, side in enumerate(("left", "right")):
            ball = self.parts[f"eye_{side}"]
            center = self.eye_center(side, person)
            yaw, pitch = eyes[..., 2 * i], eyes[..., 2 * i + 1]
            zero = np.zeros_like(yaw)
            turn = matrix(np.stack([zero, yaw, zero], -1)) @ matrix(
                np.stack([-pitch, zero, zero], -1)
            )
            surface[..., ball, :] = (person[ball] - center) @ np.swapaxes(turn, -1, -2) + center
        return surface

    def vertices(self, shape: Float, track: Track) -> Float:
        """Return the face surface over time: (F, V, 3) float32, millimetres, head frame."""
        return self.deformed(self.person(shape), track["expression"], track["eyes"])


def _combined(weights: Float, shapes: Float) -> Float:
    """Return (..., V, 3) = weights (..., K) @ shapes (K, V, 3)."""
    flat = np.asarray(weights, np.float32) @ shapes.reshape(len(shapes), -1)
    return flat.reshape(*np.shape(weights)[:-1], *shapes.shape[1:])


FORMAT = 1  # of the file; another number is refused
_HALF = ("identity", "expression")  # stored in half precision: 0.03 mm at 40 mm


def save(face: FaceModel, path: Path) -> None:
    """Write `face` as an uncompressed ``.npz`` that `load` reads."""
    data: dict[str, np.ndarray] = {
        "format": np.array(FORMAT),
        "name": np.array(face.name),
        "space": np.array(face.space.name),
        "expression_names": np.array(face.expression_names),
        "neutral": face.neutral.astype(np.float32),
        "triangles": face.triangles.astype(np.int32),
        "uv": face.uv.astype(np.float32),
    }
    data |= {key: getattr(face, key).astype(np.float16) for key in _HALF}
    data |= {f"part_{name}": np.asarray(at, np.int32) for name, at in face.parts.items()}
    for name, e in face.embeddings.items():
        data[f"embedding_{name}_vertices"] = e.vertices.astype(np.int32)
        data[f"embedding_{name}_weights"] = e.weights.astype(np.float32)
    np.savez(path, **data)  # type: ignore[arg-type]


def load(path: Path) -> FaceModel:
    """Return the face model of an ``.npz`` file; raise `ModelError` if it is not one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as z:
            data = {key: z[key] for key in z.files}
        return _from_arrays(data)
    except (OSError, ValueError, KeyError, BadZipFile) as e:
        raise ModelError(f"This is not a face model, or it is damaged: {path}") from e


def _from_arrays(data: Mapping[str, np.ndarray]) -> FaceModel:
    """Return the model in `data`; raise `ValueError` or `KeyError` if it does not fit."""
    if int(data["format"]) != FORMAT or str(data["space"]) != ARKIT.name:
        raise ValueError("another format")
    names = tuple(str(n) for n in data["expression_names"])
    face = FaceModel(
        str(data["name"]),
        ARKIT,
        names,
        frozen(data["neutral"].astype(np.float32)),
        frozen(data["identity"].astype(np.float32)),
        frozen(data["expression"].astype(np.float32)),
        frozen(data["triangles"].astype(np.int32)),
        frozen(data["uv"].astype(np.float32)),
        {k.removeprefix("part_"): frozen(x) for k, x in data.items() if k.startswith("part_")},
        {name: _embedding(data, name) for name in ("478", "68")},
    )
    _validate(face)
    return face


def _embedding(data: Mapping[str, np.ndarray], name: str) -> Embedding:
    vertices, weights = data[f"embedding_{name}_vertices"], data[f"embedding_{name}_weights"]
    check(vertices, "L 3", L=int(name))
    check(weights, "L 3", L=int(name))
    return Embedding(frozen(vertices.astype(np.int32)), frozen(weights.astype(np.float32)))


def _validate(face: FaceModel) -> None:
    V = len(face.neutral)
    check(face.neutral, "V 3")
    check(face.identity, "S V 3", V=V)
    check(face.expression, "E V 3", V=V, E=len(ARKIT_NAMES))
    check(face.triangles, "T 3")
    check(face.uv, "V 2", V=V)
    pointers = [
        face.triangles,
        *face.parts.values(),
        *(e.vertices for e in face.embeddings.values()),
    ]
    if face.expression_names != ARKIT_NAMES or not {"eye_left", "eye_right"} <= set(face.parts):
        raise ValueError("not the ARKit shapes, or no eyeballs")
    if not np.isfinite(face.neutral).all() or any(
        len(p) and (p.min() < 0 or p.max() >= V) for p in pointers
    ):
        raise ValueError("an index or a coordinate is out of range")


@cache
def built_in() -> FaceModel:
    """Return the head that ships (CC0; see resources/face_model)."""
    return load(resource("face_model/head.npz"))
