"""The light on the head: the same three lamps, fixed to the viewer, for OpenGL and software."""

from dataclasses import dataclass, replace

import numpy as np

from core.arrays import Float
from core.face.rotation import matrix

AMBIENT = 0.24
# Direction towards the lamp (eye frame: x right, y up, z to the viewer), and its strength:
# a key light, a softer one across, and one from behind that draws the outline.
LAMPS = (((-0.50, 0.62, 0.62), 0.66), ((0.78, 0.12, 0.50), 0.24), ((0.55, 0.45, -0.70), 0.30))
SHINE, SHINE_POWER = 0.10, 24.0


@dataclass(frozen=True)
class Light:
    """Where the lamps stand. yaw, pitch : rad round the head from where they are at first."""

    yaw: float = 0.0
    pitch: float = 0.0

    @classmethod
    def preset(cls, name: str) -> "Light":
        """Return one of `LIGHTS`."""
        yaw, pitch = LIGHTS[name]
        return cls(float(np.deg2rad(yaw)), float(np.deg2rad(pitch)))

    def turned(self, yaw: float, pitch: float) -> "Light":
        """Return the lamps gone further round."""
        up = min(max(self.pitch + pitch, -np.pi / 2), np.pi / 2)
        around = (self.yaw + yaw + np.pi) % (2 * np.pi) - np.pi
        return replace(self, yaw=float(around), pitch=float(up))

    def directions(self) -> tuple[Float, Float]:
        """Return (3, 3) unit directions towards the lamps and (3,) strengths."""
        towards = np.array([lamp for lamp, _ in LAMPS], np.float64)
        towards /= np.linalg.norm(towards, axis=1, keepdims=True)
        turn = matrix(np.array([0, self.yaw, 0])) @ matrix(np.array([-self.pitch, 0, 0]))
        strength = np.array([strength for _, strength in LAMPS], np.float32)
        return np.asarray(towards @ turn.T, np.float32), strength


LIGHTS = {"front": (0, 0), "left": (-45, -10), "right": (90, -10), "above": (38, 45)}  # degrees


def lit(colours: Float, normals: Float, turn: Float, light: Light) -> Float:
    """Return (V, 3) what the eye gets of colours (V, 3) with normals (V, 3).

    turn : (3, 3) leads from the frame of the normals to the eye frame.
    """
    towards, strength = light.directions()
    halfway = towards[0] + np.array([0, 0, 1], np.float32)
    halfway /= np.linalg.norm(halfway)
    facing = np.maximum(
        normals @ (turn.T @ np.vstack([towards, halfway]).T).astype(np.float32), 0
    )
    bright = AMBIENT + facing[:, :3] @ strength
    return colours * bright[:, None] + SHINE * facing[:, 3:] ** SHINE_POWER
