"""Hair as strands: thin lines in 3D, shaded along their length and drawn into the z-buffer."""

import math
from dataclasses import dataclass

import numba
import numpy as np
from scipy.spatial import KDTree

from core.arrays import Float, Ints


@dataclass(frozen=True, eq=False)
class Strands:
    """points (N, K, 3) mm, root first. colour (N, 3) linear. cover (K,): opacity root..tip."""

    points: Float
    colour: Float
    cover: Float


def hairline(points: Float) -> Float:
    """Return how far above the hairline each head-frame point (V, 3) lies, mm; > 0 has hair."""
    turn = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] + 45))
    line = np.interp(
        turn, [0, 22, 42, 55, 68, 80, 96, 120, 180], [73, 75, 64, 52, 12, 8, 24, -40, -60]
    )
    return points[:, 1] - line


def grow(roots: Float, normals: Float, skin: Float, seed: int) -> Strands:
    """Return combed-back hair from `roots` (N, 3) mm over the surface `skin` (V, 3)."""
    rng = np.random.default_rng(seed)
    n, knots = len(roots), 12
    top = np.clip((roots[:, 1] - 10) / 75, 0, 1)
    front = np.clip((roots[:, 2] + 60) / 90, 0, 1)
    length = (9 + 40 * top**1.3 + 12 * top * front) * rng.uniform(0.75, 1.15, n)
    lift = (2.0 + 11 * top + 5 * top * front) * rng.uniform(0.75, 1.1, n)
    side = np.where(roots[:, 0] > 22, 1.0, -1.0)  # the parting is on the actor's left
    clump = KDTree(roots[rng.choice(n, n // 60, replace=False)]).query(roots)[1]
    stray = rng.normal(0, 0.22, (n // 60 + 1, 3))[clump] + rng.normal(0, 0.10, (n, 3))
    comb = (
        np.stack([0.75 * side * top, 0.25 * top - 1.0 * (1 - top), -0.75 + 0 * top], 1) + stray
    )
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    tree = KDTree(skin)
    points = np.empty((n, knots, 3))
    points[:, 0] = roots
    step = (length / (knots - 1))[:, None]
    for k in range(1, knots):
        s = k / (knots - 1)
        along = comb - (comb * normals).sum(1, keepdims=True) * normals
        along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
        rise = max(0.0, 1 - 1.9 * s) * (0.3 + 0.9 * top)[:, None]
        p = points[:, k - 1] + step * (
            along * (1 - 0.5 * rise) + normals * rise + [0, -0.18 * s, 0]
        )
        near = tree.query(p)[1]
        out = p - skin[near]
        height = (out * normals).sum(1)
        wanted = np.clip(height, 0.6 + 0.25 * lift * min(1.0, 3 * s), lift + 1.5)
        points[:, k] = p + normals * (wanted - height)[:, None]
    tint = rng.normal(0, 0.16, (n, 1)) + rng.normal(0, 0.10, n // 60 + 1)[clump][:, None]
    colour = np.array([0.090, 0.052, 0.030]) * np.exp(tint)
    return Strands(
        points.astype(np.float32), colour.astype(np.float32), np.linspace(1, 0.55, knots)
    )


def brow(outline: Float, normals: Float, seed: int, side: float) -> Strands:
    """Return brow hair inside an outline.

    outline (2, 5, 3) mm: upper and lower edge, tail to inner end. normals (2, 5, 3).
    side : +1 for the actor's left.
    """
    rng = np.random.default_rng(seed)
    n, knots = 950, 6
    u, v = rng.beta(1.15, 1.0, n) * 4, rng.beta(1.6, 1.6, n)
    i = np.minimum(u.astype(int), 3)
    f = (u - i)[:, None]

    def on(grid: Float) -> Float:
        edge = grid[:, i] * (1 - f) + grid[:, i + 1] * f
        return edge[0] * (1 - v[:, None]) + edge[1] * v[:, None]

    roots, out = on(outline), on(normals)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    inner = (u / 4)[:, None] ** 2
    comb = (
        np.array([side, 0.18, -0.25]) * (1 - inner) + np.array([0.35 * side, 1.0, -0.1]) * inner
    )
    comb = comb + rng.normal(0, 0.13, (n, 3)) + np.array([0, -0.5, 0]) * (0.5 - v[:, None])
    comb -= (comb * out).sum(1, keepdims=True) * out
    comb /= np.linalg.norm(comb, axis=1, keepdims=True)
    length = rng.uniform(4.5, 8.0, n)[:, None] * (1 - 0.35 * (u[:, None] / 4))
    s = np.linspace(0, 1, knots)[None, :, None]
    bend = out[:, None] * (0.25 + 0.9 * s * (1 - s))
    points = roots[:, None] + length[:, None] * s * comb[:, None] + bend
    colour = np.array([0.060, 0.036, 0.022]) * np.exp(rng.normal(0, 0.2, (n, 1)))
    return Strands(
        points.astype(np.float32), colour.astype(np.float32), np.linspace(0.95, 0.35, knots)
    )


def lashes(edge: Float, up: Float, length: float, n: int, seed: int) -> Strands:
    """Return lashes from a lid edge (P, 3) mm that curl towards `up` (3,), corner to corner."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0.06, 0.97, n)) * (len(edge) - 1)
    i = np.minimum(t.astype(int), len(edge) - 2)
    f = (t - i)[:, None]
    roots = edge[i] * (1 - f) + edge[i + 1] * f
    middle = edge.mean(0)
    fan = (roots - middle) * np.array([0.045, 0, 0])
    out = np.array([0, 0, 0.85]) + fan + rng.normal(0, 0.07, (n, 3))
    s = np.linspace(0, 1, 7)[None, :, None]
    reach = length * rng.uniform(0.7, 1.1, n)[:, None, None]
    points = roots[:, None] + reach * (s * out[:, None] + s**1.6 * up)
    colour = np.full((n, 3), 0.012)
    return Strands(
        points.astype(np.float32), colour.astype(np.float32), np.linspace(1, 0.35, 7)
    )


@numba.njit(nogil=True, cache=True)
def draw(pixels, camera, colour, cover, depth, lamps, colours, share, out) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001, PLR0913
    """Draw strands into the linear picture `out` where they are nearer than `depth`.

    pixels (N, K, 3): column, row, depth mm. camera (N, K, 3): the same points, camera frame.
    share (N,): the part of the key lamp that reaches a strand. Kajiya and Kay's model.
    """
    H, W = depth.shape
    for i in range(pixels.shape[0]):
        for k in range(pixels.shape[1] - 1):
            x0, y0, z0 = pixels[i, k, 0], pixels[i, k, 1], pixels[i, k, 2]
            x1, y1, z1 = pixels[i, k + 1, 0], pixels[i, k + 1, 1], pixels[i, k + 1, 2]
            t = camera[i, k + 1] - camera[i, k]
            t = t / (math.sqrt(t[0] * t[0] + t[1] * t[1] + t[2] * t[2]) + 1e-9)
            v = camera[i, k] / math.sqrt(
                camera[i, k, 0] ** 2 + camera[i, k, 1] ** 2 + camera[i, k, 2] ** 2
            )
            r = g = b = 0.0
            for lamp in range(3):
                tl = t[0] * lamps[lamp, 0] + t[1] * lamps[lamp, 1] + t[2] * lamps[lamp, 2]
                tv = -(t[0] * v[0] + t[1] * v[1] + t[2] * v[2])
                sine = math.sqrt(max(0.0, 1 - tl * tl))
                gleam = tl * tv + sine * math.sqrt(max(0.0, 1 - tv * tv))
                gleam = 0.055 * max(0.0, gleam) ** 45 + 0.030 * max(0.0, gleam) ** 9
                reach = share[i] if lamp == 0 else 0.45
                root = 0.35 + 0.65 * min(1.0, 1.6 * k / pixels.shape[1])
                r += reach * root * colours[lamp, 0] * (0.45 * sine * colour[i, 0] + gleam)
                g += (
                    reach
                    * root
                    * colours[lamp, 1]
                    * (0.45 * sine * colour[i, 1] + 0.92 * gleam)
                )
                b += (
                    reach
                    * root
                    * colours[lamp, 2]
                    * (0.45 * sine * colour[i, 2] + 0.80 * gleam)
                )
            r, g, b = r + 0.35 * colour[i, 0], g + 0.35 * colour[i, 1], b + 0.35 * colour[i, 2]
            steps = int(max(abs(x1 - x0), abs(y1 - y0))) + 1
            for s in range(steps):
                f = s / steps
                x, y, z = int(x0 + f * (x1 - x0)), int(y0 + f * (y1 - y0)), z0 + f * (z1 - z0)
                if 0 <= x < W and 0 <= y < H and z < depth[y, x] + 0.8:
                    a = cover[k]
                    out[y, x, 0] += a * (r - out[y, x, 0])
                    out[y, x, 1] += a * (g - out[y, x, 1])
                    out[y, x, 2] += a * (b - out[y, x, 2])
                    if a > 0.5 and z < depth[y, x]:
                        depth[y, x] = z


def roots_on(
    vertices: Float, triangles: Ints, weight: Float, n: int, seed: int
) -> tuple[Ints, Float]:
    """Return `n` random surface points as (N, 3) vertex indices and (N, 3) barycentrics.

    weight (T,) is how densely a triangle is covered, per area.
    """
    rng = np.random.default_rng(seed)
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) * weight
    chosen = rng.choice(len(triangles), n, p=area / area.sum())
    r, s = np.sqrt(rng.random(n)), rng.random(n)
    bary = np.stack([1 - r, r * (1 - s), r * s], 1)
    return triangles[chosen], bary.astype(np.float32)
