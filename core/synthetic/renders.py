"""Pictures of a head: rasterised, shaded and photographed, a few milliseconds each.

Shading is per pixel and fused in one pass (numba): soft light, two lamps with a highlight,
skin grain, irises drawn on the eyeballs, a mouth that darkens inwards. No cast shadows.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.arrays import Float, Rgb
from core.camera import Camera
from core.face.mesh import vertex_normals
from core.face.raster import rasterize
from core.face.rotation import head_to_camera
from core.synthetic.light import Light, random_light
from core.synthetic.shading import FILM_STEPS, facing, shade
from core.synthetic.skin import Complexion, random_complexion
from core.synthetic.surface import Surface


@dataclass(frozen=True, eq=False)
class Scene:
    """All of a clip but the geometry: who, in which light, filmed how.

    local : (V, 3) see `Surface.eye_local`. backdrop : (H, W, 3) uint8. blur : sigma in pixels.
    noise : (H, W, 3) of the sensor, in 8-bit steps; every frame shifts it.
    """

    surface: Surface
    complexion: Complexion
    light: Light
    local: Float
    backdrop: Rgb
    exposure: float
    blur: float
    noise: NDArray[np.int16] | None


def random_backdrop(rng: np.random.Generator, size: tuple[int, int]) -> Rgb:
    """Return (H, W, 3) uint8: soft blobs, sometimes plain, sometimes with edges."""
    cells = int(rng.choice([1, 2, 3, 6, 14]))
    small = np.clip(rng.uniform(0.05, 0.95, 3) + rng.normal(0, 0.25, (cells, cells, 3)), 0, 1)
    way = cv2.INTER_NEAREST if rng.random() < 0.2 else cv2.INTER_CUBIC
    large = cv2.resize(small.astype(np.float32), size[::-1], interpolation=way)
    return (np.clip(large, 0, 1) * 255).astype(np.uint8)


def random_scene(
    surface: Surface, person: Float, rng: np.random.Generator, size: tuple[int, int]
) -> Scene:
    """Return a random scene for the relaxed face `person` (V, 3) mm; `size` (H, W) px."""
    grains = rng.normal(0, rng.uniform(0, 5), (*size, 3)).astype(np.int16)
    return Scene(
        surface=surface,
        complexion=random_complexion(surface, rng),
        light=random_light(rng),
        local=surface.eye_local(person),
        backdrop=random_backdrop(rng, size),
        exposure=float(rng.uniform(0.8, 1.3)),
        blur=float(rng.choice([0.0, 0.0, rng.uniform(0.4, 1.6)])),
        noise=grains if rng.random() < 0.8 else None,
    )


def _film(exposure: float) -> Rgb:
    """Return a table from linear light to 8 bits: a gamma of 2.2 with a soft shoulder."""
    linear = np.arange(3 * FILM_STEPS) / FILM_STEPS * exposure
    return (np.clip((linear / (1 + 0.35 * linear)) ** 0.455, 0, 1) * 255 + 0.5).astype(np.uint8)


def render(
    scene: Scene,
    vertices: Float,
    pose: tuple[Float, Float],
    camera: Camera,
    rng: np.random.Generator,
) -> Rgb:
    """Return the (H, W, 3) uint8 picture of the head.

    vertices : (V, 3) mm, head frame. pose : rotation (3,) rad and translation (3,) mm as in
    `core.track.Look`.
    """
    surface, skin, light = scene.surface, scene.complexion, scene.light
    position = np.ascontiguousarray(head_to_camera(vertices, *pose), np.float32)
    pixels = np.concatenate([camera.project(position), position[:, 2:]], 1).astype(np.float32)
    triangles = facing(pixels, surface.triangles)
    face, bary, _ = rasterize(pixels, triangles, (camera.height, camera.width))
    lips = surface.lips > 0.5
    front = np.float32(position[lips, 2].min() if lips.any() else position[:, 2].min())
    colours = np.stack([skin.iris, skin.sclera, [skin.pupil, skin.gloss, skin.grain_mm]])
    rgb = scene.backdrop.copy()
    shade(
        (face, bary, triangles),
        (position, vertex_normals(position, surface.triangles), scene.local),
        (surface.kind, surface.rest, skin.albedo, front),
        (colours.astype(np.float32), skin.grain),
        np.concatenate([light.soft, light.lamps, light.colours]),
        _film(scene.exposure),
        rgb,
    )
    if scene.blur > 0.3:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), scene.blur), np.uint8)
    if scene.noise is None:
        return rgb
    shift = tuple(rng.integers(0, rgb.shape[:2]))
    return np.clip(rgb + np.roll(scene.noise, shift, (0, 1)), 0, 255).astype(np.uint8)
