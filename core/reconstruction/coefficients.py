"""From the landmarks of a clip to the 52 coefficients of each of its frames.

A few small networks, trained on renders of the built-in head, read how the landmarks and what
lies between them differ from the clip's own neutral; their answers are averaged. numpy only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from core.arrays import Float, Ints, Rgb, check
from core.errors import ModelError, NoFaceError
from core.reconstruction.alignment import FLIP, Alignment, align
from core.reconstruction.appearance import code
from core.reconstruction.closure import with_blinks
from core.reconstruction.distances import changes, distances
from core.reconstruction.exclusive import exclusive
from core.reconstruction.temporal import steadied
from core.spool import let_go, rows
from core.track import ARKIT_NAMES
from core.weights import verified

ROUNDS = 6  # of: predict, take the least active frames, call their mean neutral
CALM = 0.25  # share of the frames that the neutral is the mean of
SAMPLED = 600  # frames of a long clip that its neutral is looked for in
CHUNK = 512  # frames worked on at once
SURE = 0.4  # confidence below which a frame says nothing about the neutral
_GAZE = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith("eyeLook")]


@dataclass(frozen=True, eq=False)
class Neutral:
    """A relaxed face: `points` (478, 3) mm, head frame; `look` (K,) of `describe`, None
    where only landmarks are known.
    """

    points: Float
    look: Float | None = None


@dataclass(frozen=True, eq=False)
class Estimate:
    """What the landmarks of a clip say.

    expression : (F, 52) coefficients 0..1, ARKit order; 0 where no face was seen. rotation :
    (F, 3) rad as in `core.track.Look`, of a face in the line of sight. neutral : (478, 3) mm,
    head frame, the clip's relaxed landmarks as filmed. resting : (52,) what `neutral` still
    holds of an expression, judged by its shape alone; `expression` counts from there.
    """

    expression: Float
    rotation: Float
    neutral: Float
    resting: Float


class CoefficientNet:
    """The shipped networks; `of_file` reads them. Safe to share between threads.

    Arrays: ``reference`` (478, 3) mm, ``weights`` (478,) of the alignment, ``response``
    (52, 478, 3) mm per coefficient, and for each network its inputs and layers. Some networks
    see patches of the picture too; where there are none, the others answer alone.
    """

    def __init__(self, arrays: Mapping[str, Float]) -> None:
        self._arrays = {name: np.asarray(x, np.float32) for name, x in arrays.items()}
        self.reference = self._arrays["reference"]
        self._align_weights = self._arrays["weights"]

    @property
    def response(self) -> Float:
        """Return (52, 478, 3) mm: how the landmarks answer to each coefficient, head frame."""
        return self._arrays["response"]

    @classmethod
    def of_file(cls, path: Path) -> "CoefficientNet":
        """Return the networks of a safetensors file; raise `ModelError` if it is none."""
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ModelError(f"The coefficient network cannot be read: {path}") from error

    def align(self, points: Float, reference: Float | None = None) -> Alignment:
        """Return (F, 478, 3) px points laid over the reference face, or another (478, 3) mm."""
        return align(
            points, self.reference if reference is None else reference, self._align_weights
        )

    def describe(self, patches: Rgb) -> Float:
        """Return (..., K): what is kept of (..., P) uint8 `core.landmarks.patches`."""
        return code(self._arrays, patches)

    def predict(self, points: Float, neutral: Neutral, looks: Float | None = None) -> Float:
        """Return (F, 52) coefficients of (F, 478, 3) px points, seen against `neutral`.

        looks : (F, K) of `describe` for the same frames; they count if the neutral's is known.
        """
        a, rest = self._arrays, neutral.points
        laid = self.align(points, rest)
        moved = (laid.points - rest).reshape(len(points), -1)
        shape = np.repeat((rest - self.reference)[None], len(points), 0)
        parts = {
            "motion": motion(a, moved, changes(laid.points, rest), laid.rotation),
            "person": person(a, shape),
        }
        if looks is not None and neutral.look is not None:
            parts["look"] = looks - neutral.look
        # Those that see only points are asked too: skin on film is not a renderer's.
        blind = "look" not in parts
        chosen = [i for i, sees in enumerate(a["appearance.used"]) if not (sees and blind)]
        answers = [forward(a, f"net.{i}", inputs(a, i, parts)) for i in chosen]
        return np.stack(answers).mean(0, dtype=np.float32)

    def resting(self, neutral: Float) -> Float:
        """Return (52,) coefficients hidden in a relaxed face (478, 3) mm, 0..1.

        Judged from the shape alone, against the mean face: rough, since a face may be built
        like a smile.
        """
        laid = self.align(neutral[None] * FLIP).points
        return forward(
            self._arrays, "rest", resting_inputs(self._arrays, laid, self.reference)
        )[0]

    def estimate(
        self,
        points: Float,
        confidence: Float,
        looks: Float | None = None,
        neutral: Neutral | None = None,
    ) -> Estimate:
        """Return coefficients and rotation of every frame of a clip of one person.

        points : (F, 478, 3) px. confidence : (F,) 0..1, 0 = no face. looks : (F, K)
        of `describe`; landmarks alone are read without, or if K = 0. neutral : of the same
        person, from another clip; this clip's own (`relaxed`) if not given.
        """
        check(points, "F 478 3", F=len(confidence))
        if neutral is None:
            neutral = self.relaxed(points, confidence, looks)
        seen = np.flatnonzero(confidence > 0)
        expression = np.zeros((len(points), len(ARKIT_NAMES)), np.float32)
        rotation = np.zeros((len(points), 3), np.float32)
        for start in range(0, len(seen), CHUNK):
            at = seen[start : start + CHUNK]
            laid = self.align(points[at], neutral.points)
            here = None if looks is None else looks[at]
            found = self.predict(points[at], neutral, here)
            expression[at] = with_blinks(found, laid.points, neutral.points, self.reference)
            rotation[at] = laid.rotation
            let_go(points)
        expression = steadied(exclusive(expression), confidence)
        rest = neutral.points
        return Estimate(expression, rotation, rest, self.resting(rest))

    def relaxed(self, points: Float, confidence: Float, looks: Float | None = None) -> Neutral:
        """Return the person's face at rest, from a clip as in `estimate`."""
        check(points, "F 478 3", F=len(confidence))
        seen = np.flatnonzero(confidence > 0)
        if not len(seen):
            raise NoFaceError("No face was seen in any frame of the clip.")
        sure = seen[confidence[seen] >= min(SURE, float(confidence[seen].max()))]
        some = _spread(sure, SAMPLED)
        return self.neutral(rows(points, some), None if looks is None else rows(looks, some))

    def neutral(self, points: Float, looks: Float | None = None) -> Neutral:
        """Return the relaxed face of one person, from (F, 478, 3) px and (F, K) looks."""
        if looks is not None and not looks.shape[1]:
            looks = None
        neutral = Neutral(
            np.median(self.align(points).points, 0),
            None if looks is None else np.median(looks, 0),
        )
        calm = max(1, round(CALM * len(points)))
        for _ in range(ROUNDS):
            aligned = self.align(points, neutral.points)
            activity = self.predict(points, neutral, looks)
            activity[:, _GAZE] *= 0.3
            order = np.argsort((activity**2).sum(1), kind="stable")[:calm]
            look = None if looks is None else looks[order].mean(0)
            neutral = Neutral(aligned.points[order].mean(0), look)
        return replace(neutral, points=self.align(neutral.points[None] * FLIP).points[0])


def motion(a: Mapping[str, Float], moved: Float, change: Float, rotation: Float) -> Float:
    """Return the (F, D) inputs that tell how the landmarks moved.

    a : bases and scales. moved : (F, 478 * 3) mm from the neutral. change : (F, P) of
    `distances.changes`. rotation : (F, 3) rad.
    """
    parts = [moved @ a["motion.basis"], change * a["changes.scale"], 3 * rotation]
    return np.concatenate(parts, 1).astype(np.float32)


def person(a: Mapping[str, Float], shape: Float) -> Float:
    """Return the (F, I) inputs that tell who it is; shape : (F, 478, 3) mm of the neutral
    over the reference.
    """
    flat = shape.reshape(len(shape), -1)
    return (flat @ a["identity.basis"] * a["identity.scale"]).astype(np.float32)


def inputs(a: Mapping[str, Float], member: int, parts: Mapping[str, Float]) -> Float:
    """Return the (F, D) inputs of one network: of "motion", "look" and "person" its own."""
    used = ["motion"]
    used += ["look"] if a["appearance.used"][member] else []
    used += ["person"] if a["identity.used"][member] else []
    return np.concatenate([parts[name] for name in used], 1)


def resting_inputs(a: Mapping[str, Float], laid: Float, reference: Float) -> Float:
    """Return the (F, D) inputs for single faces (F, 478, 3) laid over the reference."""
    shape = (laid - reference).reshape(len(laid), -1) @ a["rest.basis"]
    apart = (distances(laid) - distances(reference)) * a["rest.scale"]
    return np.concatenate([shape, apart], 1).astype(np.float32)


def forward(a: Mapping[str, Float], name: str, x: Float) -> Float:
    """Return the (F, 52) answer of the network `name`: SiLU layers, then a sigmoid."""
    last = sum(key.startswith(f"{name}.w") for key in a) - 1
    for layer in range(last + 1):
        x = x @ a[f"{name}.w{layer}"] + a[f"{name}.b{layer}"]
        x = x * _sigmoid(x) if layer < last else _sigmoid(x)
    return x


def _sigmoid(x: Float) -> Float:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def _spread(rows: Ints, most: int) -> Ints:
    """Return at most `most` of `rows`, evenly spread."""
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int)]


@cache
def shipped() -> CoefficientNet:
    """Return the networks that ship."""
    return CoefficientNet.of_file(verified("weights/coefficients.safetensors"))
