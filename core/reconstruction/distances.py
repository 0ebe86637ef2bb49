"""Openings and widths between landmarks: what lids, lips and brows do, in millimetres."""

import numpy as np

from core.arrays import Float

LIDS = ((159, 145), (158, 153), (160, 144), (386, 374), (385, 380), (387, 373))
INNER_LIPS = ((13, 14), (82, 87), (312, 317), (81, 178), (311, 402))
OTHERS = (
    (61, 291), (78, 308), (0, 17), (0, 13), (14, 17), (2, 0), (17, 152), (4, 152),  # mouth
    (61, 33), (291, 263), (61, 2), (291, 2), (61, 152), (291, 152),  # mouth corners
    (105, 159), (334, 386), (107, 133), (336, 362), (70, 33), (300, 263), (107, 336),  # brows
    (52, 159), (282, 386), (107, 168), (336, 168),
    (468, 33), (468, 133), (473, 362), (473, 263),  # irises
    (468, 159), (468, 145), (473, 386), (473, 374),
    (129, 358), (48, 278), (129, 33), (358, 263), (50, 145), (280, 374),  # nose, cheeks
)  # fmt: skip
PAIRS = np.array([*LIDS, *INNER_LIPS, *OTHERS])
OPENINGS = len(LIDS) + len(INNER_LIPS)  # these come first
FLOOR_MM = 1.5  # below this an opening is closed for a landmark network


def distances(points: Float) -> Float:
    """Return (..., P) mm between the pairs, of (..., 478, 3) mm points."""
    ends = points[..., PAIRS, :]
    return np.linalg.norm(ends[..., 0, :] - ends[..., 1, :], axis=-1)


def changes(points: Float, neutral: Float) -> Float:
    """Return (..., P + OPENINGS): distances against those of `neutral` (..., 478, 3).

    Differences in mm, then the openings again as the logarithm of their ratio, in which a
    lid that closes weighs the same on small and on large eyes.
    """
    now, then = distances(points), distances(neutral)
    ratio = np.log((now + FLOOR_MM) / (then + FLOOR_MM))[..., :OPENINGS]
    return np.concatenate([now - then, 10 * ratio], -1)
