"""The actor in front of the camera: one finished picture for one look."""

import cv2
import numpy as np

from core.arrays import Float, Ints, Rgb
from core.camera import Camera
from core.face.mesh import vertex_normals
from core.face.model import FaceModel
from core.face.raster import rasterize
from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix
from core.synthetic.actor import dressing
from core.synthetic.actor.shading import COLOURS, LAMPS, shade
from core.synthetic.actor.strands import Strands, draw
from core.track import ARKIT_INDEX, Look

SUPERSAMPLING = 2
SHADOW_SIZE = 900
HAIRS = 60_000
EXPOSURE = 0.92
NECK = (-150.0, -95.0)  # mm: below the first the body holds still, above the second it follows


class Scene:
    """Everything that does not change from frame to frame; `frame` renders a look."""

    def __init__(self, face: FaceModel, shape: Float, camera: Camera, seed: int) -> None:
        self._face, self._camera, self._seed = face, camera, seed
        self._person = face.person(shape).astype(np.float32)
        self._surface = dressing.surface(face, self._person)
        self._hair = dressing.hair(face, self._person, HAIRS, seed)
        self._background = background(camera.width, camera.height, seed)
        s = SUPERSAMPLING
        self._wide = Camera(
            camera.focal * s, camera.cx * s, camera.cy * s, camera.width * s, camera.height * s
        )
        self._rays = _rays(self._wide)

    def frame(self, look: Look, body: Look, grain: int) -> Rgb:
        """Return the (H, W, 3) picture; `body` is the look that the torso follows.

        grain : seed of this frame's sensor noise.
        """
        surface, wide = self._surface, self._wide
        place, rest = self._posed(look, body)
        normal = vertex_normals(place, surface.triangles)
        pixels = np.column_stack([wide.project(place), place[:, 2]]).astype(np.float32)
        size = (wide.height, wide.width)
        face_id, bary, depth = rasterize(pixels, surface.triangles, size)
        shadow, to_shadow = _shadow_map(place, surface.triangles)
        openness = np.clip(look.expression[ARKIT_INDEX["jawOpen"]] / 0.25, 0, 1)
        occlusion = surface.occlusion[0] * (1 - openness) + surface.occlusion[1] * openness
        for part, floor in (("teeth_upper", 1.2), ("teeth_lower", 0.9), ("tongue", 0.55)):
            # Light scattered inside the mouth, which one bounce of open sky does not know.
            inside = self._face.parts[part]
            occlusion[inside] = np.maximum(occlusion[inside], floor * openness)
        linear = cv2.resize(
            self._background, size[::-1], interpolation=cv2.INTER_LINEAR
        ).astype(np.float64)
        f8 = np.float64
        shade(
            face_id,
            bary,
            surface.triangles,
            surface.material,
            place.astype(f8),
            normal.astype(f8),
            rest.astype(f8),
            surface.albedo.astype(f8),
            occlusion.astype(f8),
            surface.gloss.astype(f8),
            self._rays,
            shadow,
            to_shadow,
            LAMPS,
            COLOURS,
            linear,
        )
        for strands, points in self._strands(look, place):
            self._draw(strands, points, depth, linear, shadow, to_shadow)
        small = cv2.resize(
            linear, (self._camera.width, self._camera.height), interpolation=cv2.INTER_AREA
        )
        return developed(np.asarray(small, np.float64), grain)

    def _posed(self, look: Look, body: Look) -> tuple[Float, Float]:
        """Return camera-frame vertices and the rest coordinates that textures follow."""
        head = len(self._person)
        deformed = self._face.deformed(self._person, look.expression, look.eyes)
        all_points = np.concatenate([deformed, self._surface.rest[head:]])
        follow = np.clip((self._surface.rest[:, 1] - NECK[0]) / (NECK[1] - NECK[0]), 0, 1)[
            :, None
        ]
        follow = follow * follow * (3 - 2 * follow)
        follow[head:] = 0
        head_turn = matrix(look.rotation) @ HEAD_TO_CAMERA_AXES
        body_turn = matrix(body.rotation) @ HEAD_TO_CAMERA_AXES
        moved = all_points @ head_turn.T + look.translation
        still = all_points @ body_turn.T + body.translation
        place = (follow * moved + (1 - follow) * still).astype(np.float32)
        rest = self._surface.rest.copy()
        for side in ("left", "right"):
            ball = self._face.parts[f"eye_{side}"]
            rest[ball] -= self._face.eye_center(side, self._person)
            rest[ball] /= np.linalg.norm(rest[ball], axis=1, keepdims=True)
        return place, rest

    def _strands(self, look: Look, place: Float) -> list[tuple[Strands, Float]]:
        """Return every strand set with its camera-frame points (N, K, 3)."""
        turn = matrix(look.rotation) @ HEAD_TO_CAMERA_AXES
        deformed = self._face.deformed(self._person, look.expression)
        embedding = self._face.embeddings["478"]
        marks = embedding.points(deformed)
        normals = embedding.points(vertex_normals(deformed, self._face.triangles))
        closed = float(look.expression[ARKIT_INDEX["eyeBlinkLeft"]])
        sets = [self._hair, *dressing.face_hair(marks, normals, closed, self._seed)]
        return [(s, (s.points @ turn.T + look.translation).astype(np.float32)) for s in sets]

    def _draw(
        self,
        strands: Strands,
        points: Float,
        depth: Float,
        linear: Float,
        shadow: Float,
        to_shadow: Float,
    ) -> None:
        pixels = np.concatenate([self._wide.project(points), points[..., 2:]], -1)
        q = points[:, len(strands.cover) // 2] @ to_shadow[:, :3].T + to_shadow[:, 3]
        column, row = np.clip(q[:, :2].astype(int), 0, SHADOW_SIZE - 1).T
        share = np.clip(1 - (q[:, 2] - 14 - shadow[row, column]) / 10, 0.15, 1)
        f8 = np.float64
        draw(
            pixels.astype(f8),
            points.astype(f8),
            strands.colour.astype(f8),
            strands.cover.astype(f8),
            depth,
            LAMPS,
            COLOURS,
            share.astype(f8),
            linear,
        )


def developed(linear: Float, grain: int) -> Rgb:
    """Return sRGB uint8 of linear light: a filmic shoulder, a little sensor noise."""
    x = np.maximum(linear, 0) * EXPOSURE
    x = np.where(x < 0.55, x, 0.55 + 0.45 * (1 - np.exp(-(x - 0.55) / 0.45)))
    coded = np.where(
        x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055
    )
    noise = np.random.default_rng(grain).normal(0, 0.006, coded.shape[:2])[..., None]
    return np.clip((coded + noise) * 255 + 0.5, 0, 255).astype(np.uint8)


def background(width: int, height: int, seed: int) -> Float:
    """Return a (H, W, 3) linear picture of a room far out of focus."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / height
    room = (
        np.array([0.050, 0.058, 0.070])
        + 0.075 * np.exp(-((x - 0.35) ** 2 + (y - 0.3) ** 2) / 0.5)[..., None]
    )
    for _ in range(9):  # shelves and frames
        left, top = rng.uniform(-0.1, 1.7), rng.uniform(-0.1, 0.8)
        w, h = rng.uniform(0.06, 0.4), rng.uniform(0.08, 0.5)
        inside = ((x > left) & (x < left + w) & (y > top) & (y < top + h))[..., None]
        tone = rng.uniform(0.02, 0.16) * np.array(
            [1.0, rng.uniform(0.75, 1.0), rng.uniform(0.55, 1.0)]
        )
        room = np.where(inside, 0.4 * room + 0.6 * tone, room)
    room = cv2.GaussianBlur(room, (0, 0), 0.020 * height)
    for _ in range(14):  # small lights become discs
        cx, cy, r = rng.uniform(0, width / height), rng.uniform(0, 0.9), rng.uniform(0.02, 0.05)
        disc = np.clip((r - np.hypot(x - cx, y - cy)) / 0.006, 0, 1)[..., None]
        room = room + disc * rng.uniform(0.03, 0.16) * np.array([1.0, 0.8, 0.52])
    return cv2.GaussianBlur(room, (0, 0), 0.004 * height).astype(np.float32)


def _rays(camera: Camera) -> Float:
    y, x = np.mgrid[0 : camera.height, 0 : camera.width] + 0.5
    d = np.stack(
        [(x - camera.cx) / camera.focal, (y - camera.cy) / camera.focal, np.ones_like(x)], -1
    )
    return d / np.linalg.norm(d, axis=-1, keepdims=True)


def _shadow_map(place: Float, triangles: Ints) -> tuple[Float, Float]:
    """Return the key lamp's depth map and (3, 4) camera frame -> column, row, depth mm."""
    d = LAMPS[0]
    right: Float = np.cross(np.array([0.0, 1.0, 0.0]), d)
    right /= np.linalg.norm(right)
    axes: Float = np.stack([right, np.cross(d, right), -d]).astype(np.float64)
    q = place @ axes.T
    low, high = np.percentile(q[:, :2], [0.5, 99.5], axis=0)
    scale = SHADOW_SIZE / float((high - low).max() * 1.05)
    shift = np.array([*(-low * scale + 10), 10 - q[:, 2].min()])
    to_shadow = np.column_stack([axes * np.array([[scale], [scale], [1.0]]), shift])
    pixels = (place @ to_shadow[:, :3].T + to_shadow[:, 3]).astype(np.float32)
    depth = rasterize(pixels, triangles, (SHADOW_SIZE, SHADOW_SIZE))[2]
    return np.where(np.isfinite(depth), depth, 1e6).astype(np.float64), to_shadow.astype(
        np.float64
    )
