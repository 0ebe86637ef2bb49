"""One shaded picture of a mesh: skin, eyes, teeth, cloth under three lamps, in linear light.

Deferred: the z-buffer says which triangle a pixel shows, this kernel shades that point.
"""

import math

import numba
import numpy as np

SKIN, EYE, TEETH, TONGUE, CAVITY, CLOTH = range(6)

# Towards the lamp, camera frame (x right, y down, z forward); colours are linear RGB.
# Key, fill and rim.
_TOWARDS = np.array([[-0.52, -0.58, -0.63], [0.80, -0.10, -0.59], [0.72, -0.35, 0.60]])
LAMPS = _TOWARDS / np.linalg.norm(_TOWARDS, axis=1)[:, None]
COLOURS = np.array([[2.55, 2.35, 2.1], [0.50, 0.56, 0.68], [0.9, 0.95, 1.05]])
SKY = np.array([0.46, 0.47, 0.50])
GROUND = np.array([0.30, 0.25, 0.22])
WRAP = np.array([0.38, 0.20, 0.13])  # red light travels furthest under the skin


@numba.njit(nogil=True, cache=True)
def lattice(ix, iy, iz):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Return a hash of a lattice point, 0..1."""
    h = (ix * 374761393 + iy * 668265263 + iz * 2147483647 + 1013904223) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 65535.0


@numba.njit(nogil=True, cache=True)
def noise(x, y, z):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Return smooth value noise, -1..1, period one unit."""
    ix, iy, iz = math.floor(x), math.floor(y), math.floor(z)
    fx, fy, fz = x - ix, y - iy, z - iz
    fx, fy, fz = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy), fz * fz * (3 - 2 * fz)
    total = 0.0
    for k in range(8):
        dx, dy, dz = k & 1, (k >> 1) & 1, (k >> 2) & 1
        w = (fx if dx else 1 - fx) * (fy if dy else 1 - fy) * (fz if dz else 1 - fz)
        total += w * lattice(ix + dx, iy + dy, iz + dz)
    return 2 * total - 1


@numba.njit(nogil=True, cache=True)
def lit_share(shadow, bias, u, v, depth):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Return the share of the key lamp that reaches a point: 5 x 5 percentage-closer filter."""
    size = shadow.shape[0]
    seen, n = 0.0, 0
    for i in range(-3, 4):
        for j in range(-3, 4):
            r, c = int(v + 1.6 * i), int(u + 1.6 * j)
            if 0 <= r < size and 0 <= c < size:
                n += 1
                seen += min(1.0, max(0.0, 1.0 - (depth - bias - shadow[r, c]) / 3.0))
    return seen / n if n else 1.0


@numba.njit(nogil=True, cache=True)
def eye_albedo(q, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Set the eyeball colour in direction `q` (unit, eye frame); return 1 in the iris."""
    angle = math.acos(max(-1.0, min(1.0, q[2])))
    around = math.atan2(q[1], q[0])
    red = 0.04 * noise(9 * q[0], 30 * q[1], 9 * q[2]) + 0.10 * max(0.0, angle - 0.6)
    out[0], out[1], out[2] = 0.70, 0.66 - red, 0.62 - 1.2 * red
    iris, pupil = 0.405, 0.155
    inside = min(1.0, max(0.0, (iris - angle) / 0.025))
    if inside > 0:
        fibre = noise(7.0 * math.cos(around) + 3, 7.0 * math.sin(around), 3.5 * angle)
        fibre = (
            0.5
            + 0.35 * fibre
            + 0.25 * noise(22.0 * math.cos(around), 22.0 * math.sin(around), 2.0)
        )
        warm = max(0.0, 1 - abs(angle - 0.2) / 0.09)
        limbus = min(1.0, max(0.0, (iris - angle) / 0.075))
        hole = min(1.0, max(0.0, (angle - pupil) / 0.02))
        for c in range(3):
            cool = (0.10, 0.16, 0.17)[c] * (0.5 + fibre)
            brown = (0.24, 0.14, 0.06)[c] * (0.5 + fibre)
            tone = (
                (cool * (1 - 0.7 * warm) + 0.7 * warm * brown) * (0.25 + 0.75 * limbus) * hole
            )
            out[c] = out[c] * (1 - inside) + inside * tone
    return inside


@numba.njit(nogil=True, cache=True)
def shade(  # type: ignore[no-untyped-def] # noqa: ANN201, PLR0913, PLR0915, C901
    face, bary, triangles, material,  # noqa: ANN001
    place, normal, rest, albedo, occlusion, gloss,  # noqa: ANN001
    rays, shadow, to_shadow, lamps, colours, out,  # noqa: ANN001
):  # fmt: skip
    """Write the linear RGB of every covered pixel into `out` (H, W, 3).

    place, normal (V, 3): camera frame. rest (V, 3): relaxed surface point mm (an eye: unit
    direction in the eye frame). albedo (V, 3) linear. occlusion, gloss (V,) 0..1.
    rays (H, W, 3) unit, from the camera. shadow (N, N) depth of the key lamp's map,
    to_shadow (3, 4): camera frame -> map column, row, depth.
    """
    H, W = face.shape
    tone = np.zeros(3)
    for y in range(H):
        for x in range(W):
            t = face[y, x]
            if t < 0:
                continue
            a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            wa, wb, wc = bary[y, x, 0], bary[y, x, 1], bary[y, x, 2]
            p = wa * place[a] + wb * place[b] + wc * place[c]
            n = wa * normal[a] + wb * normal[b] + wc * normal[c]
            q = wa * rest[a] + wb * rest[b] + wc * rest[c]
            open_sky = wa * occlusion[a] + wb * occlusion[b] + wc * occlusion[c]
            shine = wa * gloss[a] + wb * gloss[b] + wc * gloss[c]
            kind = material[t]
            for k in range(3):
                tone[k] = wa * albedo[a, k] + wb * albedo[b, k] + wc * albedo[c, k]
            power, second, bump = 28.0, 90.0, 0.0
            if kind == SKIN:
                blotch = 0.07 * noise(q[0] / 14, q[1] / 14, q[2] / 14) + 0.06 * noise(
                    q[0] / 5, q[1] / 5, q[2] / 5
                )
                fine = 0.06 * noise(q[0] / 1.3, q[1] / 1.3, q[2] / 1.3)
                freckle = 0.6 * max(0.0, noise(q[0] / 1.7 + 50, q[1] / 1.7, q[2] / 1.7) - 0.60)
                tone[0] *= 1 + 0.6 * blotch + fine - 0.5 * freckle
                tone[1] *= 1 + 1.2 * blotch + fine - 1.0 * freckle
                tone[2] *= 1 + 1.2 * blotch + fine - 1.2 * freckle
                bump = 0.10
            elif kind == EYE:
                length = math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
                eye_albedo(q / length, tone)
                power, second = 300.0, 900.0
            elif kind == TEETH:
                along = math.atan2(q[0], q[2] + 22.0) * 38.0 / 7.6
                gap = abs(along - math.floor(along + 0.5))
                tone *= 1 - 0.45 * math.exp(-((0.5 - abs(0.5 - gap)) ** 2) / 0.0016)
                bump = 0.03
            elif kind == TONGUE:
                bump = 0.18
            elif kind == CLOTH:
                turn = math.atan2(q[0], q[2] + 64.0)
                rib = math.sin(turn * 150.0) * (
                    0.75 + 0.25 * math.sin(q[1] * 1.9 + 3 * math.floor(turn * 24.0))
                )
                tone *= 1 + 0.16 * rib + 0.12 * noise(q[0] / 2, q[1] / 2, q[2] / 2)
                bump = 0.20
                n[0] += 0.16 * math.cos(turn * 150.0)
            if bump > 0:
                s = 0.9
                base = noise(q[0] / s, q[1] / s, q[2] / s)
                n[0] += bump * (noise(q[0] / s + 0.35, q[1] / s, q[2] / s) - base)
                n[1] += bump * (noise(q[0] / s, q[1] / s + 0.35, q[2] / s) - base)
            n /= math.sqrt(n[0] ** 2 + n[1] ** 2 + n[2] ** 2) + 1e-9
            ray = rays[y, x]
            if (
                kind == EYE
            ):  # the cornea is twice as curved as the ball; it faces about the camera
                n = 1.9 * (n + ray) - ray
                n /= math.sqrt(n[0] ** 2 + n[1] ** 2 + n[2] ** 2)
            facing = -(n[0] * ray[0] + n[1] * ray[1] + n[2] * ray[2])
            u = (
                to_shadow[0, 0] * p[0]
                + to_shadow[0, 1] * p[1]
                + to_shadow[0, 2] * p[2]
                + to_shadow[0, 3]
            )
            v = (
                to_shadow[1, 0] * p[0]
                + to_shadow[1, 1] * p[1]
                + to_shadow[1, 2] * p[2]
                + to_shadow[1, 3]
            )
            far = (
                to_shadow[2, 0] * p[0]
                + to_shadow[2, 1] * p[1]
                + to_shadow[2, 2] * p[2]
                + to_shadow[2, 3]
            )
            share = lit_share(shadow, 2.5, u, v, far)
            soft = kind in (SKIN, TONGUE)
            up = 0.5 - 0.5 * n[1]
            for k in range(3):
                light = (GROUND[k] + (SKY[k] - GROUND[k]) * up) * open_sky
                if soft:  # occluded skin is lit through its neighbours: redder, not black
                    light *= open_sky ** (0.0, 0.25, 0.35)[k]
                out[y, x, k] = tone[k] * light
            for i in range(3):
                nl = n[0] * lamps[i, 0] + n[1] * lamps[i, 1] + n[2] * lamps[i, 2]
                reach = share if i == 0 else open_sky
                h0, h1, h2 = lamps[i, 0] - ray[0], lamps[i, 1] - ray[1], lamps[i, 2] - ray[2]
                hl = math.sqrt(h0 * h0 + h1 * h1 + h2 * h2) + 1e-9
                nh = max(0.0, (n[0] * h0 + n[1] * h1 + n[2] * h2) / hl)
                fresnel = 0.035 + 0.75 * (1 - max(0.0, facing)) ** 5
                lobe = (
                    0.6 * (power + 8) / 25.1 * nh**power
                    + 0.4 * (second + 8) / 25.1 * nh**second
                )
                spec = shine * fresnel * lobe * max(0.0, nl)
                if kind == EYE:  # the lamp itself, mirrored: a soft box with a sharp edge
                    mirror = 2 * facing
                    r0, r1, r2 = (
                        ray[0] + mirror * n[0],
                        ray[1] + mirror * n[1],
                        ray[2] + mirror * n[2],
                    )
                    box = r0 * lamps[i, 0] + r1 * lamps[i, 1] + r2 * lamps[i, 2]
                    spec = 0.55 * min(1.0, max(0.0, (box - 0.962) / 0.008)) if i < 2 else 0.0
                for k in range(3):
                    w = WRAP[k] if soft else 0.0
                    diffuse = max(0.0, (nl + w) / (1 + w))
                    through = reach if not soft else reach ** (0.7, 1.0, 1.15)[k]
                    out[y, x, k] += colours[i, k] * through * (tone[k] * diffuse * 0.62 + spec)
