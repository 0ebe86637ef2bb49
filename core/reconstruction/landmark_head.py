"""The face model seen only at its landmarks, and how far each of them is to be trusted."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float, Ints
from core.face.model import Embedding, FaceModel
from core.face.rotation import HEAD_TO_CAMERA_AXES
from core.landmarks import sets

SURFACE = sets.MESH  # of 478 points; the rest are the irises, which turn with the eyes
AXES = np.diag(HEAD_TO_CAMERA_AXES).astype(np.float64)

# Spread of a landmark about the true place (mm). The contour points slide along the
# silhouette; everywhere else the nets agree with their own renders to about a millimetre.
INNER_MM, OVAL_MM = 1.2, 4.0
# Typical error of an estimated coefficient: points that the coefficients move far are the
# points where a wrong coefficient would be taken for a turn of the head.
COEFFICIENT_SD = 0.03


@dataclass(frozen=True, eq=False)
class LandmarkHead:
    """A linear head at L = 468 points; float64, mm, head frame.

    neutral : (L, 3). identity : (S, L, 3). expression : (E, L, 3). normals : (L, 3) of the
    neutral surface, unit length. sigma_mm : (L,) spread of a landmark.
    eye_centers : (2, 3) left, right; eye_identity : (S, 2, 3) how they move with the shape.
    """

    neutral: Float
    identity: Float
    expression: Float
    normals: Float
    sigma_mm: Float
    eye_centers: Float
    eye_identity: Float

    @classmethod
    def of(cls, model: FaceModel) -> "LandmarkHead":
        """Return the landmarks of `model`."""
        whole = model.embeddings["478"]
        points = Embedding(whole.vertices[:SURFACE], whole.weights[:SURFACE]).points
        expression = points(model.expression).astype(np.float64)
        sigma = np.full(SURFACE, INNER_MM)
        sigma[sets.OVAL] = OVAL_MM
        motion = np.sqrt((expression**2).sum((0, 2)))
        sigma = np.sqrt(sigma**2 + (COEFFICIENT_SD * motion) ** 2)
        balls = [model.parts["eye_left"], model.parts["eye_right"]]
        normals = points(_vertex_normals(model.neutral, model.triangles)).astype(np.float64)
        return cls(
            points(model.neutral).astype(np.float64),
            points(model.identity).astype(np.float64),
            expression,
            normals / np.linalg.norm(normals, axis=1, keepdims=True),
            sigma,
            np.stack([model.neutral[b].mean(0) for b in balls]).astype(np.float64),
            np.stack([model.identity[:, b].mean(1) for b in balls], 1).astype(np.float64),
        )

    def person(self, shape: Float) -> Float:
        """Return (L, 3) mm: the relaxed landmarks of the identity `shape` (S,)."""
        return self.neutral + np.tensordot(shape, self.identity, 1)

    def moved(self, person: Float, expression: Float) -> Float:
        """Return (F, L, 3) mm: the landmarks of `person` (L, 3) with expression (F, E)."""
        flat = np.asarray(expression, np.float64) @ self.expression.reshape(
            len(self.expression), -1
        )
        return person + flat.reshape(-1, *person.shape)

    def weights(self, rotation: Float) -> Float:
        """Return (F, L) 1/mm^2 for heads turned by `rotation` (F, 3, 3).

        A point that faces away counts less, one behind the face not at all; contour points
        of the far side are seen as the silhouette of something else and are left out.
        """
        toward = -(self.normals * AXES) @ rotation[:, 2, :].T  # (L, F): cosine to the viewer
        facing = np.sqrt(np.clip(toward.T, 0.0, 1.0))
        oval = np.zeros(len(self.normals), bool)
        oval[sets.OVAL] = True
        far = oval & (facing < np.sin(np.deg2rad(25)))
        return np.where(far, 0.0, facing) / self.sigma_mm**2


def _vertex_normals(vertices: Float, triangles: Ints) -> Float:
    """Return (V, 3) area-weighted normals, not normalised."""
    a, b, c = (vertices[triangles[:, i]].astype(np.float64) for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros(vertices.shape)
    for i in range(3):
        np.add.at(normals, triangles[:, i], face)
    return normals
