"""Light drawn at random: soft light from all around, and one or two lamps."""

from dataclasses import dataclass

import numpy as np

from core.arrays import Float


@dataclass(frozen=True, eq=False)
class Light:
    """Light in the camera frame (x right, y down, z forward).

    soft : (4, 3) irradiance over albedo, linear RGB: constant and the three linear terms of
    the normal. lamps : (2, 3) directions towards the lamps, unit length. colours : (2, 3).
    """

    soft: Float
    lamps: Float
    colours: Float


def random_light(rng: np.random.Generator) -> Light:
    """Return light in which the front of a face can be seen."""
    tint = np.exp(rng.normal(0, 0.08, 3))
    soft = np.zeros((4, 3))
    soft[0] = rng.uniform(0.25, 0.75) * tint
    soft[1:] = rng.normal(0, 0.12, (3, 1)) * soft[0] + rng.normal(0, 0.02, (3, 3))
    lamps = rng.normal(size=(2, 3)) * [1.0, 0.6, 0.4] + [0, -0.5, -1.0]
    lamps /= np.linalg.norm(lamps, axis=1, keepdims=True)
    strength = rng.uniform(0.1, 0.9, (2, 1)) * [[1], [rng.random() < 0.4]]
    colours = strength * tint * np.exp(rng.normal(0, 0.08, (2, 3)))
    return Light(soft.astype(np.float32), lamps.astype(np.float32), colours.astype(np.float32))
