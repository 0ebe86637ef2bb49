"""Rotations as axis-angle vectors and matrices."""

import numpy as np

from core.arrays import Float

HEAD_TO_CAMERA_AXES = np.diag([1.0, -1.0, -1.0]).astype(np.float32)  # D of `core.track.Look`


def matrix(rotation: Float) -> Float:
    """Return (..., 3, 3) matrices of (..., 3) axis-angle rad (Rodrigues' formula)."""
    r = np.asarray(rotation, np.float64)
    angle = np.linalg.norm(r, axis=-1)[..., None, None]
    k = np.zeros((*r.shape[:-1], 3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -r[..., 2], r[..., 1], -r[..., 0]
    k -= np.swapaxes(k, -1, -2)
    small = angle < 1e-6
    a = np.where(small, 1.0, angle)
    sine = np.where(small, 1 - angle**2 / 6, np.sin(a) / a)
    cosine = np.where(small, 0.5 - angle**2 / 24, (1 - np.cos(a)) / a**2)
    return (np.eye(3) + sine * k + cosine * (k @ k)).astype(np.float32)


def axis_angle(rotation: Float) -> Float:
    """Return (..., 3) axis-angle rad of (..., 3, 3) rotation matrices; the angle is 0..pi."""
    m = np.asarray(rotation, np.float64)
    # Through the quaternion (Shepperd): stable at 0 and at pi.
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    q = np.stack(
        [
            np.stack([1 + m00 + m11 + m22, m[..., 2, 1] - m[..., 1, 2],
                      m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]], -1),
            np.stack([m[..., 2, 1] - m[..., 1, 2], 1 + m00 - m11 - m22,
                      m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0]], -1),
            np.stack([m[..., 0, 2] - m[..., 2, 0], m[..., 0, 1] + m[..., 1, 0],
                      1 - m00 + m11 - m22, m[..., 1, 2] + m[..., 2, 1]], -1),
            np.stack([m[..., 1, 0] - m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0],
                      m[..., 1, 2] + m[..., 2, 1], 1 - m00 - m11 + m22], -1),
        ],
        -2,
    )  # (..., 4 ways, 4)  # fmt: skip
    best = np.argmax(np.linalg.norm(q, axis=-1), -1)
    q = np.take_along_axis(q, best[..., None, None], -2)[..., 0, :]
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    q = np.where(q[..., :1] < 0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., :1])
    return (q[..., 1:] * np.where(sine < 1e-9, 2.0, angle / np.maximum(sine, 1e-12))).astype(
        np.float32
    )


def head_to_camera(points: Float, rotation: Float, translation: Float) -> Float:
    """Return head-frame mm points (..., V, 3) in the camera frame (see `core.track.Look`)."""
    m = matrix(rotation) @ HEAD_TO_CAMERA_AXES
    return points @ np.swapaxes(m, -1, -2) + np.asarray(translation, np.float32)[..., None, :]
