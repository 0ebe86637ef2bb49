"""Accuracy of the coefficients on an independent head with exact truth.

    python -m benchmarks.ict                 the twelve test clips -> results/ict.txt
    python -m benchmarks.ict --dev           other clips, to develop on; nothing is written

The ICT-FaceKit head (never trained on) is filmed by our renderer in random light, skin and
surroundings while its expressions follow curves over 48 frames. Truth is matched by ARKit
name; browInnerUp and cheekPuff, which ICT splits in two sides, are driven on both; tongueOut,
which it lacks, is left out. Rows: ours with the networks that ship; MediaPipe's own scores on
the same frames; all zero.
"""

import argparse
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePath

import numpy as np

from benchmarks.ict_head import FACE, NARROW, POINTS_68, IctHead, load
from benchmarks.mediapipe_peer import MediaPipe
from benchmarks.run import header
from core.camera import Camera
from core.evaluation.mesh import neutral_error
from core.face.rotation import axis_angle, head_to_camera, matrix
from core.jobs import Ticket
from core.landmarks.detector import Detector
from core.landmarks.finder import Finder
from core.landmarks.follow import FollowedFace, follow
from core.landmarks.landmarker import Landmarker
from core.project import Clip, Take
from core.reconstruction.reconstruct import Models, takes_of
from core.synthetic.renders import random_scene, render
from core.times import Times
from core.track import ARKIT_INDEX, ARKIT_NAMES

RESTING = ("mouthSmile .6 cheekSquint .4", "browDown .7 eyeSquint .4 mouthPress .4",
           "browInnerUp .6 mouthFrown .6")  # fmt: skip
FRAMES, SIZE = 48, (480, 480)
TEST, DEV = range(12), range(100, 112)
SCORED = [i for i, name in enumerate(ARKIT_NAMES) if name != "tongueOut"]
USUAL = (
    "mouthSmile .9 cheekSquint .6 mouthUpperUp .4",
    "mouthSmile .8 jawOpen .4 mouthLowerDown .4 mouthUpperUp .4",
    "browDown .9 noseSneer .6 mouthUpperUp .4",
    "browInnerUp .8 mouthFrown .9",
    "browInnerUp .9 browOuterUp .8 eyeWide .7 jawOpen .5",
    "noseSneer .9 mouthUpperUp .7 browDown .6 cheekSquint .5",
    "browInnerUp .8 eyeWide .8 mouthStretch .8 jawOpen .3",
    "mouthPucker .9",
    "mouthFunnel .9 jawOpen .4",
    "mouthSmileLeft .9 cheekSquintLeft .5",
    "jawOpen .8 mouthLowerDown .6 mouthUpperUp .5",
    "mouthStretch .8 mouthLowerDown .7",
    "browDown .9 mouthFrown .7",
    "browOuterUpLeft .8 mouthRight .5",
)
RARE = (
    "jawLeft .7 mouthLeft .5",
    "mouthRollLower .7 mouthRollUpper .6 mouthPress .5",
    "cheekPuff .8 mouthPucker .3",
    "eyeBlinkRight 1 cheekSquintRight .5 mouthSmileRight .4",
    "eyeSquint .8 browDown .5 mouthPress .6",
    "mouthShrugLower .8 mouthFrown .4 mouthDimple .5",
)
VISEMES = (
    "jawOpen .5 mouthLowerDown .3",
    "jawOpen .2 mouthStretch .4 mouthLowerDown .3",
    "jawOpen .25 mouthFunnel .6",
    "jawOpen .1 mouthPucker .7",
    "mouthPress .5 mouthRollLower .3 mouthRollUpper .3",
    "jawOpen .15 mouthRollLower .5 mouthUpperUp .3",
)


def columns(stem: str) -> list[int]:
    names = (stem,) if stem in ARKIT_INDEX else (stem + "Left", stem + "Right")
    return [ARKIT_INDEX[name] for name in names]


def bump(start: float, rise: float, hold: float, fall: float) -> np.ndarray:
    """Return (48,) 0..1: up, stay, down, with smooth ends."""
    t = np.arange(FRAMES)
    up = np.clip((t - start) / rise, 0, 1)
    down = np.clip((start + rise + hold + fall - t) / fall, 0, 1)
    x = np.minimum(up, down)
    return x * x * (3 - 2 * x)


def _add(c: np.ndarray, words: str, curve: np.ndarray, amount: float) -> None:
    parts = words.split()
    for stem, value in zip(parts[::2], parts[1::2], strict=True):
        for k in columns(stem):
            c[:, k] = np.maximum(c[:, k], amount * float(value) * curve)


def curves(rng: np.random.Generator, resting: str = "") -> np.ndarray:
    """Return (48, 52): three gestures or bursts of speech, a blink or two, a wandering gaze.

    `resting` is an expression that stays on throughout.
    """
    c = np.zeros((FRAMES, 52), np.float32)
    for slot in range(3):
        start = 3 + 15 * slot + rng.uniform(0, 2)
        kind = rng.random()
        if kind < 0.25:
            for syllable in range(2):
                curve = bump(start + 6 * syllable, 2.5, 1, 2.5)
                _add(c, VISEMES[rng.integers(len(VISEMES))], curve, rng.uniform(0.8, 1.3))
        else:
            curve = bump(start, rng.uniform(2, 4), rng.uniform(4, 7), rng.uniform(2, 4))
            sets = RARE if kind > 0.88 else USUAL
            _add(c, sets[rng.integers(len(sets))], curve, rng.uniform(0.9, 1.25))
    for _ in range(rng.integers(1, 3)):
        _add(c, "eyeBlink 1", bump(rng.uniform(2, 42), 2, 0.5, 3), rng.uniform(0.9, 1.0))
    for _ in range(2):
        way = ("eyeLookInLeft 1 eyeLookOutRight 1", "eyeLookOutLeft 1 eyeLookInRight 1",
               "eyeLookUp 1", "eyeLookDown 1")[rng.integers(4)]  # fmt: skip
        _add(c, way, bump(rng.uniform(0, 36), 3, rng.uniform(3, 9), 3), rng.uniform(0.15, 0.5))
    if resting:
        _add(c, resting, np.ones(FRAMES), 1.0)
    return np.clip(c, 0, 1)


@dataclass(frozen=True, eq=False)
class Filmed:
    """A clip and its truth: pictures (48 of H, W, 3), expression (48, 52), rotation (48, 3)."""

    rgb: list[np.ndarray]
    expression: np.ndarray
    rotation: np.ndarray
    person: np.ndarray
    camera: Camera


def film(head: IctHead, seed: int, resting: str = "") -> Filmed:
    """Return the clip of `seed`."""
    rng = np.random.default_rng([seed, 20])
    person = head.person(np.clip(rng.normal(size=100), -2.5, 2.5).astype(np.float32))
    scene = random_scene(head.surface, person, rng, SIZE)
    expression = curves(rng, resting)
    t = np.arange(FRAMES) / FRAMES * 2 * np.pi
    limits = np.radians([8, 20, 4])
    swing = [np.sin(rng.uniform(0.4, 1.2) * t + rng.uniform(0, 6.3)) for _ in limits]
    angles = (np.stack(swing, 1) * rng.uniform(0.3, 1, 3) * limits).astype(np.float32)
    zero = np.zeros(FRAMES, np.float32)
    yaw = matrix(np.stack([zero, angles[:, 1], zero], 1))
    rest = matrix(np.stack([angles[:, 0], zero, angles[:, 2]], 1))
    rotation = axis_angle(yaw @ rest)
    distance = rng.uniform(450, 900)
    camera = Camera.of_frame(SIZE[1], SIZE[0], distance * rng.uniform(1.2, 1.7))
    center = person[:FACE].mean(0)
    rgb = []
    for c, r in zip(expression, rotation, strict=True):
        pose = head_to_camera(center[None], r, np.zeros(3, np.float32))[0]
        at = np.array([0, 0, distance], np.float32) - pose
        rgb.append(render(scene, head.posed(person, c), (r, at), camera, rng))
    return Filmed(rgb, expression, rotation, person, camera)


def degrees_off(found: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean angle between rotations (F, 3), after the best constant offset."""
    error = np.swapaxes(matrix(found), 1, 2) @ matrix(truth)
    u, _, vt = np.linalg.svd(error.mean(0))
    rest = np.swapaxes(u @ vt, 0, 1) @ error
    return float(np.degrees(np.linalg.norm(axis_angle(rest), axis=1)).mean())


def score(found: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return errors on active (> 0.3) and inactive (0) units, of all, and correlation.

    The correlation is the mean over units that become active; 0 for a constant answer.
    """
    found, truth = found[:, SCORED], truth[:, SCORED]
    error = np.abs(found - truth)
    moving = (truth.max(0) > 0.3) & (truth.std(0) > 0)
    x, y = (
        found[:, moving] - found[:, moving].mean(0),
        truth[:, moving] - truth[:, moving].mean(0),
    )
    spread = np.sqrt((x**2).sum(0) * (y**2).sum(0))
    return {
        "active": float(error[truth > 0.3].mean()),
        "inactive": float(error[truth < 1e-3].mean()),
        "corr": float(
            np.where(spread > 1e-9, (x * y).sum(0) / np.maximum(spread, 1e-9), 0).mean()
        ),
        "all": float(error.mean()),
    }


@dataclass(frozen=True, eq=False)
class Watched:
    """What the program and the peer say of a clip; (48, ...) each.

    face : as followed. take : of the whole path, gaze solved. peer : (48, 52).
    """

    face: FollowedFace
    take: Take
    peer: np.ndarray


def watch(filmed: Filmed, peer: MediaPipe, models: Models) -> Watched:
    """Return what the whole path of the program sees, and the peer on the same frames.

    The peer starts with the detector's look at the first frame and follows its own points.
    """
    finder = Finder(Landmarker(describe=models.net.describe))
    faces = follow(filmed.rgb, max_faces=1, finder=finder)
    clip = Clip(PurePath("render"), "", Times.steady(FRAMES, Fraction(25)), SIZE[::-1])
    take = takes_of(faces[:1], clip, models, ticket=Ticket())[0]
    peer.start(Detector().detect(filmed.rgb[0])[0].roi())
    peer.scores(filmed.rgb[0])  # a first look only to place the second
    return Watched(faces[0], take, np.stack([peer.scores(rgb) for rgb in filmed.rgb]))


def neutral_mm(filmed: Filmed, take: Take, models: Models) -> float:
    """Return the mean error of the neutral mesh over ICT's narrow face, sizes aligned, mm."""
    person = models.face.person(take.shape)
    ours = models.face.embeddings["68"].points(person)[17:]
    marks = (ours, filmed.person[POINTS_68[17:]])
    truth = filmed.person[:NARROW]
    skin = models.face.triangles[
        np.isin(models.face.triangles, models.face.parts["skin"]).all(1)
    ]
    return float(neutral_error(person, skin, truth, marks).mean())


def rows(head: IctHead, peer: MediaPipe, seeds: range, resting: str = "") -> dict[str, list]:
    """Return the scores of every clip, by row of the table."""
    models = Models.shipped()
    out: dict[str, list] = {"ours": [], "network alone": [], "MediaPipe": [], "all zero": []}
    for seed in seeds:
        filmed = film(head, seed, resting)
        seen = watch(filmed, peer, models)
        truth, track = filmed.expression, seen.take.track
        alone = models.net.estimate(seen.face.points, seen.face.confidence, seen.face.looks)
        out["ours"].append(
            score(track["expression"], truth)
            | {"degrees": degrees_off(track["head_rotation"], filmed.rotation)}
            | {"neutral mm": neutral_mm(filmed, seen.take, models)}
        )
        out["network alone"].append(
            score(alone.expression, truth)
            | {"degrees": degrees_off(alone.rotation, filmed.rotation)}
        )
        out["MediaPipe"].append(score(seen.peer, truth))
        out["all zero"].append(score(np.zeros_like(truth), truth))
    return out


COLUMNS = ("active", "inactive", "corr", "all", "degrees", "neutral mm")


def table(title: str, scores: dict[str, list]) -> list[str]:
    """Return the lines of a table: means over clips, with the standard error of ours."""
    lines = [title, f"{'':15s}" + "".join(f"{c:>12s}" for c in COLUMNS)]
    for name, clips in scores.items():
        cells = [f"{np.mean([c[k] for c in clips]):12.3f}" if k in clips[0] else " " * 12
                 for k in COLUMNS]  # fmt: skip
        lines.append(f"{name:15s}" + "".join(cells))
    ours = scores["ours"]
    errors = [np.std([c[k] for c in ours], ddof=1) / np.sqrt(len(ours)) for k in COLUMNS]
    lines.append(f"{'  +- of ours':15s}" + "".join(f"{e:12.3f}" for e in errors))
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="the development clips")
    dev = parser.parse_args().dev
    data = Path(os.environ.get("FACESTUDIO_TEST_DATA", "../shared/data"))
    head = load(data / "ict/ict_full_f16.npz")
    peer = MediaPipe(next((data / "peer_models").rglob("*.task")))
    seeds = DEV if dev else TEST
    lines = [
        header("accuracy on the ICT head", f"{seeds.start} to {seeds.stop - 1}"),
        f"{FRAMES} frames of {SIZE[1]}x{SIZE[0]} px a clip",
        "",
        *table("clips that relax between gestures", rows(head, peer, seeds)),
    ]
    for i, resting in enumerate(RESTING):
        part = range(seeds.start + 12 * (i + 1), seeds.start + 12 * (i + 1) + 4)
        title = f"clips that never relax: {resting}, seeds {part.start} to {part.stop - 1}"
        lines += table(title, rows(head, peer, part, resting))
    text = "\n".join(lines)
    print(text)
    if not dev:
        (Path(__file__).parent / "results/ict.txt").write_text(text + NOTES, encoding="utf-8")


NOTES = """
active      mean absolute error where the truth is above 0.3
inactive    the same where the truth is 0 (below 0.001)
corr        correlation over time, mean over the units that become active in a clip
all         mean absolute error over everything
degrees     of the head's rotation, after one constant offset for each clip
neutral mm  mean distance of ICT's narrow face to our neutral mesh, sizes aligned

ours is the whole path (detect, follow, coefficients, identity, pose, gaze); network alone is
the coefficient network and its alignment without the fit. MediaPipe: its landmark network of
the face_landmarker.task, followed by its own points, and its score network, matched by name.
Matched are 51 ARKit names; ICT's two-sided browInnerUp and cheekPuff are driven together;
tongueOut is left out. ICT's eyeLook shapes move the lids only, so its eyeballs are turned by
30 degrees (up: 20) at 1. Amounts, sets and light are drawn by benchmarks/ict.py; the sets were
weighed by MediaPipe's row alone, so that it stands about where others find it. Synthetic
pictures: this is not accuracy on people.
"""

if __name__ == "__main__":
    main()
