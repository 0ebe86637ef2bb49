"""The light on the head: the same three lamps, fixed to the viewer, for OpenGL and software."""

import numpy as np

from core.arrays import Float

AMBIENT = 0.30
# Direction towards the lamp (eye frame: x right, y up, z to the viewer), and its strength.
LAMPS = (((-0.45, 0.55, 0.70), 0.62), ((0.80, 0.10, 0.45), 0.22), ((0.0, -0.5, 0.6), 0.08))
SHINE, SHINE_POWER = 0.10, 24.0


def directions() -> tuple[Float, Float]:
    """Return (3, 3) unit directions towards the lamps and (3,) strengths."""
    towards = np.array([lamp for lamp, _ in LAMPS], np.float32)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    return towards, np.array([strength for _, strength in LAMPS], np.float32)


def lit(colours: Float, normals: Float, turn: Float) -> Float:
    """Return (V, 3) what the eye gets of colours (V, 3) with normals (V, 3).

    turn : (3, 3) leads from the frame of the normals to the eye frame.
    """
    towards, strength = directions()
    halfway = towards[0] + np.array([0, 0, 1], np.float32)
    halfway /= np.linalg.norm(halfway)
    facing = np.maximum(
        normals @ (turn.T @ np.vstack([towards, halfway]).T).astype(np.float32), 0
    )
    light = AMBIENT + facing[:, :3] @ strength
    return colours * light[:, None] + SHINE * facing[:, 3:] ** SHINE_POWER
