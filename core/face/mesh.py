"""Normals of triangle meshes."""

import numba
import numpy as np

from core.arrays import Float, Ints, check


@numba.njit(nogil=True, cache=True)
def _normals(vertices, triangles, out) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        vx = vertices[c, 0] - vertices[a, 0]
        vy = vertices[c, 1] - vertices[a, 1]
        vz = vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (a, b, c):
            out[v, 0] += nx
            out[v, 1] += ny
            out[v, 2] += nz
    for v in range(out.shape[0]):
        length = np.sqrt(out[v, 0] ** 2 + out[v, 1] ** 2 + out[v, 2] ** 2)
        if length > 0:
            out[v, 0] /= length
            out[v, 1] /= length
            out[v, 2] /= length


def vertex_normals(vertices: Float, triangles: Ints) -> Float:
    """Return (V, 3) float32 unit normals, the triangles around a vertex weighted by area.

    vertices : (V, 3), any frame and unit. triangles : (T, 3), counter-clockwise from outside
    in a right-handed frame. A vertex of no triangle gets 0.
    """
    check(vertices, "V 3")
    check(triangles, "T 3")
    out = np.zeros(vertices.shape, np.float32)
    _normals(np.ascontiguousarray(vertices, np.float32), triangles, out)
    return out
