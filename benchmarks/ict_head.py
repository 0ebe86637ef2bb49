"""The ICT-FaceKit head as test material: an independent head with exact ground truth.

It is read from the test data folder and never ships; nothing is trained or tuned on it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.face.rotation import matrix
from core.synthetic.surface import (
    CAVITY,
    EYE,
    SKIN,
    TEETH,
    TONGUE,
    Surface,
    beard,
    near_line,
    only_skin,
    scalp,
    smoothed,
)
from core.track import ARKIT_INDEX, ARKIT_NAMES

# 68 iBUG points as vertex indices of the ICT topology.
POINTS_68 = [
    1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272,
    4088, 3443, 268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942,
    4857, 1140, 2075, 1147, 4269, 3360, 1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756,
    3721, 3725, 3732, 5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518, 5957, 5841,
    5702, 5711, 5533, 6216, 6207, 6470, 5517, 5966,
]  # fmt: skip
FACE, NARROW, SOCKET, GUMS, TEETH_FROM = (
    9409,
    6706,
    slice(11248, 13294),
    slice(14062, 17039),
    17039,
)
EYES = (slice(21451, 23021), slice(23021, 24591))
TURNS = {
    "In": 0.52,
    "Out": 0.52,
    "Up": 0.35,
    "Down": 0.52,
}  # rad at eyeLook = 1: 30, 20 degrees
HIDDEN = slice(24591, 26719)  # tear fluid, eye blend and occlusion shells, lashes


@dataclass(frozen=True, eq=False)
class IctHead:
    """ICT-FaceKit in millimetres; expression (52, V, 3) in ARKit order, tongueOut is 0."""

    neutral: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    surface: Surface

    def person(self, shape: np.ndarray) -> np.ndarray:
        return self.neutral + np.tensordot(shape, self.identity, 1)

    def posed(self, person: np.ndarray, c: np.ndarray) -> np.ndarray:
        """Return (V, 3) mm with coefficients (52,); ICT's eyeLook shapes move the lids only,
        so the eyeballs are turned here.
        """
        on = np.flatnonzero(c)
        out = person + np.tensordot(c[on], self.expression[on], 1)
        for side, ball in zip(("Left", "Right"), EYES, strict=True):
            look = {way: c[ARKIT_INDEX[f"eyeLook{way}{side}"]] * TURNS[way] for way in TURNS}
            yaw = (look["Out"] - look["In"]) * (1 if side == "Left" else -1)
            center = (person[ball].min(0) + person[ball].max(0)) / 2
            turn = matrix(np.array([0, yaw, 0])) @ matrix(
                np.array([look["Down"] - look["Up"], 0, 0])
            )
            out[ball] = (person[ball] - center) @ turn.T + center
        return out.astype(np.float32)


def load(path: Path) -> IctHead:
    """Return the head of `ict_full_f16.npz`; browInnerUp and cheekPuff join their two sides."""
    with np.load(path, allow_pickle=False) as z:
        neutral = z["neutral"].astype(np.float32) * 10
        identity = z["identity"].astype(np.float32) * 10
        shapes = z["expr"].astype(np.float32) * 10
        names = [str(n) for n in z["names"]]
        quads = z["quads"]
    column = {n.replace("_L", "Left").replace("_R", "Right"): i for i, n in enumerate(names)}
    expression = np.zeros((52, *neutral.shape), np.float32)
    for k, name in enumerate(ARKIT_NAMES):
        if name in column:
            expression[k] = shapes[column[name]]
        elif name + "Left" in column:
            expression[k] = shapes[column[name + "Left"]] + shapes[column[name + "Right"]]
    return IctHead(neutral, identity, expression, _surface(neutral, quads))


def _surface(rest: np.ndarray, quads: np.ndarray) -> Surface:
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    triangles = triangles[(triangles >= 0).all(1)]  # a quad with -1 is a triangle
    hidden = np.zeros(len(rest), bool)
    hidden[HIDDEN] = True  # lash cards would be solid bars without a texture
    triangles = triangles[~hidden[triangles].any(1)].astype(np.int32)
    kind = np.full(len(rest), SKIN, np.int32)
    kind[SOCKET], kind[GUMS], kind[TEETH_FROM : EYES[0].start] = CAVITY, TONGUE, TEETH
    kind[EYES[0]] = kind[EYES[1]] = EYE
    p = rest[POINTS_68]
    lips = np.zeros(len(rest), np.float32)
    outline = p[48:60, :2].astype(np.float32)
    for i in np.flatnonzero(np.abs(rest[:FACE, 0]) < 40):
        x, y = float(rest[i, 0]), float(rest[i, 1])
        lips[i] = (
            cv2.pointPolygonTest(outline, (x, y), False) >= 0 and rest[i, 2] > p[48, 2] - 15
        )
    brows = np.maximum(near_line(rest, p[17:22], 6.0), near_line(rest, p[22:27], 6.0))
    return only_skin(
        Surface(
            triangles=np.ascontiguousarray(triangles),
            kind=kind,
            rest=rest,
            lips=smoothed(lips, triangles),
            brows=brows,
            lash_upper=np.maximum(
                near_line(rest, p[36:40], 1.6), near_line(rest, p[42:46], 1.6)
            ),
            lash_lower=np.maximum(
                near_line(rest, p[[39, 40, 41, 36]], 1.2),
                near_line(rest, p[[45, 46, 47, 42]], 1.2),
            ),
            scalp=scalp(rest, p[17:27, 1].max(), p[27, 2]),
            beard=beard(rest, p[51], p[[48, 54]], p[8]),
            eyes=(
                np.arange(EYES[0].start, EYES[0].stop),
                np.arange(EYES[1].start, EYES[1].stop),
            ),
        )
    )
