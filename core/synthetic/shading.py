"""The loops of the renderer: the colour of every pixel that a triangle covers (numba)."""

# Numba infers the types of these loops; the only caller is `core.synthetic.renders`.
# ruff: noqa: ANN001, ANN201, ANN202

import numba
import numpy as np

from core.synthetic.surface import EYE, LASH, SKIN, TEETH

FILM_STEPS = 2048  # table entries per unit of linear light
IRIS = 0.49  # radius of the iris over that of the eyeball: 5.85 mm over 12
MOUTH_MM = 14.0  # depth behind the lips at which a mouth has darkened to 1/e


@numba.njit(nogil=True, cache=True)
def facing(pixels, triangles):  # type: ignore[no-untyped-def]
    """Return the triangles that show their outside (clockwise in rows-down pixels)."""
    kept = np.empty_like(triangles)
    n = 0
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy = pixels[b, 0] - pixels[a, 0], pixels[b, 1] - pixels[a, 1]
        vx, vy = pixels[c, 0] - pixels[a, 0], pixels[c, 1] - pixels[a, 1]
        if ux * vy - uy * vx < 0:
            kept[n] = triangles[t]
            n += 1
    return kept[:n]


@numba.njit(nogil=True, cache=True)
def _at(values, corners, weights):  # type: ignore[no-untyped-def]
    """Return the three components of `values` (V, 3) inside a triangle."""
    a, b, c = corners
    u, v, w = weights
    return (
        u * values[a, 0] + v * values[b, 0] + w * values[c, 0],
        u * values[a, 1] + v * values[b, 1] + w * values[c, 1],
        u * values[a, 2] + v * values[b, 2] + w * values[c, 2],
    )


@numba.njit(nogil=True, cache=True)
def _eye(local, skin, base):  # type: ignore[no-untyped-def]
    """Write the colour of the eyeball at a local point into `base`."""
    lx, ly, lz = local
    iris, sclera, pupil = skin[0], skin[1], skin[2, 0]
    r = np.sqrt(lx * lx + ly * ly)
    if lz < 0 or r > IRIS * 1.08:
        shade = 1 - 0.35 * min(1.0, max(0.0, r - 0.4)) - 0.25 * max(0.0, ly)
        for k in range(3):
            base[k] = sclera[k] * shade
        return
    inside = min(1.0, max(0.0, (r - pupil) / 0.04))
    ring = 1 - 0.7 * min(1.0, max(0.0, (r - IRIS * 0.8) / (IRIS * 0.2)))
    edge = min(1.0, max(0.0, (r - IRIS * 0.98) / (IRIS * 0.1)))
    for k in range(3):
        colour = 0.004 + inside * iris[k] * (0.7 + 0.9 * r) * ring
        base[k] = colour + edge * (sclera[k] - colour)


@numba.njit(nogil=True, cache=True)
def _lit(base, normal, position, gloss, light, seen):  # type: ignore[no-untyped-def]
    """Write the light that leaves a point of colour `base` into `seen`."""
    soft, lamps, colours = light[:4], light[4:6], light[6:8]
    shine, sharp = gloss
    nx, ny, nz = normal
    px, py, pz = position
    n = 1.0 / (np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9)
    nx, ny, nz = nx * n, ny * n, nz * n
    v = 1.0 / np.sqrt(px * px + py * py + pz * pz)
    for i in range(3):
        around = soft[0, i] + soft[1, i] * nx + soft[2, i] * ny + soft[3, i] * nz
        seen[i] = base[i] * max(0.05, around)
    for m in range(2):
        lx, ly, lz = lamps[m, 0], lamps[m, 1], lamps[m, 2]
        d = lx * nx + ly * ny + lz * nz
        if d <= 0:
            continue
        hx, hy, hz = lx - px * v, ly - py * v, lz - pz * v
        h = hx * nx + hy * ny + hz * nz
        h /= np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
        s = shine * 0.3 * max(0.0, h) ** sharp
        for i in range(3):
            seen[i] += colours[m, i] * (base[i] * d + s)


@numba.njit(nogil=True, cache=True)
def _painted(at, position, head, paint, base):  # type: ignore[no-untyped-def]
    """Write the colour of skin, teeth, tongue or cavity into `base`; return its gloss."""
    kind, rest, albedo, front = head
    skin, grain = paint
    corners, weights = at
    k = kind[corners[0]]
    rx, ry, _ = _at(rest, corners, weights)
    size, step = grain.shape[0], skin[2, 2]
    g = 1 + grain[int(ry / step + 16384) % size, int(rx / step + 16384) % size]
    shine = skin[2, 1]
    if k != SKIN:
        # Nothing shades the mouth's inside here, so it darkens with its depth.
        if k != LASH:
            g *= np.exp(-max(0.0, position[2] - front) / MOUTH_MM)
        shine = 0.3 if k == TEETH else 0.1
    colour = _at(albedo, corners, weights)
    base[0], base[1], base[2] = g * colour[0], g * colour[1], g * colour[2]
    return shine, 12.0


@numba.njit(nogil=True, cache=True)
def shade(covered, geometry, head, paint, light, film, out):  # type: ignore[no-untyped-def] # noqa: PLR0913
    """Colour the pixels of `out` (H, W, 3) uint8 that a triangle covers.

    covered : face (H, W), bary (H, W, 3), triangles. geometry : position, normal, local
    (V, 3) each. head : kind, rest, albedo, depth of the lips. paint : colours (3, 3) = iris,
    sclera, (pupil, gloss, grain mm), and grain. light : (8, 3). film : table to 8 bits.
    """
    face, bary, triangles = covered
    position, normal, local = geometry
    base, seen = np.empty(3, np.float32), np.empty(3, np.float32)
    for y in range(face.shape[0]):
        for x in range(face.shape[1]):
            t = face[y, x]
            if t < 0:
                continue
            corners = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            weights = bary[y, x, 0], bary[y, x, 1], bary[y, x, 2]
            p = _at(position, corners, weights)
            if head[0][corners[0]] == EYE:
                _eye(_at(local, corners, weights), paint[0], base)
                gloss = (1.5, 120.0)
            else:
                gloss = _painted((corners, weights), p, head, paint, base)
            _lit(base, _at(normal, corners, weights), p, gloss, light, seen)
            for i in range(3):
                out[y, x, i] = film[min(film.size - 1, int(seen[i] * FILM_STEPS))]
