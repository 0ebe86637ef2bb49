"""The verb: from a video file to one take for every face in it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from core.arrays import Float, Ints, Rgb
from core.camera import Camera
from core.errors import NoFaceError
from core.expression.own import resting_emotion
from core.face.model import FaceModel, built_in
from core.face.rotation import axis_angle
from core.jobs import Ticket
from core.landmarks.finder import Finder
from core.landmarks.follow import FollowedFace, follow
from core.landmarks.landmarker import Landmarker
from core.media.ahead import read_ahead
from core.media.probe import VideoInfo, probe
from core.media.video import frames
from core.project import Clip, Take
from core.reconstruction.coefficients import CoefficientNet, Neutral, shipped
from core.reconstruction.confidence import confidence
from core.reconstruction.gaze import Eyes, full_turns, lids, look
from core.reconstruction.head_motion import Motion, head_poses
from core.reconstruction.identity import Seen, identify
from core.reconstruction.landmark_head import LandmarkHead
from core.spool import let_go, spooled
from core.times import Times
from core.track import ARKIT, ARKIT_INDEX, Track

FOLLOWING = 0.9  # of the time goes into looking at the frames
CHUNK = 512  # frames copied at once
LEAST_FIT = 0.55  # in the middle of a face's frames; below, it is a fist or a pattern
BY_ANGLE = 0.3  # of a look of the lids is told by the eyeballs, the rest by the networks
LOOKS = [
    ARKIT_INDEX[f"eyeLook{way}{side}"]
    for way in ("Down", "In", "Out", "Up")
    for side in ("Left", "Right")
]


@dataclass(frozen=True, eq=False)
class Models:
    """What a reconstruction knows beforehand: the head, its landmarks, the network.

    neutral : of the person, if another clip told it.
    """

    face: FaceModel
    head: LandmarkHead
    net: CoefficientNet
    neutral: Neutral | None = None

    @classmethod
    def shipped(cls) -> "Models":
        """Return those that ship."""
        return cls(built_in(), LandmarkHead.of(built_in()), shipped())


def reconstruct(
    path: str | os.PathLike[str],
    *,
    ticket: Ticket,
    focal: float | None = None,
    max_faces: int = 4,
    neutral: Neutral | None = None,
) -> tuple[Clip, list[Take]]:
    """Return the clip and a take for every face followed in it, the main one first.

    focal : of the camera, px of the upright frame; estimated if not given. neutral : of the
    person, from another clip (`neutral_of`): what they wear throughout this one is then seen
    as well, and only the main face gets a take. The pictures pass through one by one;
    landmarks lie in a temporary file, of which memory holds a part.
    """
    info = probe(path)
    clip = Clip(PurePath(path), info.digest, info.times, info.size, info.audio_rate)
    most = max_faces if neutral is None else 1
    faces = _followed(path, info, most, ticket.part(0.0, FOLLOWING))
    models = replace(Models.shipped(), neutral=neutral)
    return clip, takes_of(faces, clip, models, ticket=ticket, focal=focal)


def neutral_of(path: str | os.PathLike[str], *, ticket: Ticket) -> Neutral:
    """Return the main face of a video at rest, to see other clips of the person against."""
    face = _followed(path, probe(path), 1, ticket)[0]
    return shipped().relaxed(face.points, face.confidence, face.looks)


def _followed(
    path: str | os.PathLike[str], info: VideoInfo, most: int, ticket: Ticket
) -> list[FollowedFace]:
    """Return at most so many faces of a video, the main one first."""
    pictures = read_ahead(_rgb(path, info))
    try:
        finder = Finder(Landmarker(describe=shipped().describe))
        total = len(info.times)
        faces = follow(pictures, max_faces=most, ticket=ticket, total=total, finder=finder)
    finally:
        pictures.close()
    if not faces:
        raise NoFaceError(f"No face was found in any frame of the video: {path}")
    return faces


def takes_of(
    faces: list[FollowedFace],
    clip: Clip,
    models: Models,
    *,
    ticket: Ticket,
    focal: float | None = None,
) -> list[Take]:
    """Return a take for every face; all share the camera found with the first one.

    Something that was followed as a face but has not the shape of one gets no take.
    """
    camera = Camera.of_frame(*clip.size, focal)
    takes: list[Take] = []
    locked = focal is not None
    for i, face in enumerate(faces):
        ends = [FOLLOWING + (1 - FOLLOWING) * k / len(faces) for k in (i, i + 1)]
        part = ticket.part(*ends)
        part.report(0.0, "Fitting the head")
        take = _take(face, clip.times, models, camera, locked=locked, ticket=part)
        if take is not None:
            camera, locked = take.camera, True
            takes.append(replace(take, name=f"Face {len(takes) + 1}"))
    if not takes:
        raise NoFaceError(f"What looked like a face is none in this video: {clip.path}")
    return takes


def _rgb(path: str | os.PathLike[str], info: VideoInfo) -> Iterator[Rgb]:
    """Yield the upright pictures; the colours are made on the thread that decodes."""
    for picture in frames(path, info):
        yield picture.rgb


def _take(
    face: FollowedFace,
    times: Times,
    models: Models,
    camera: Camera,
    *,
    locked: bool,
    ticket: Ticket,
) -> Take | None:
    """Return the take of one face, None if no head can be laid over it."""
    numbers = np.flatnonzero(face.confidence > 0)
    size = (camera.width, camera.height)
    estimate = models.net.estimate(face.points, face.confidence, face.looks, models.neutral)
    landmarks = face.points[:, :, :2]
    pixels = landmarks if len(numbers) == len(times) else _some(landmarks, numbers)
    seen = Seen(
        pixels,
        estimate.expression[numbers].astype(np.float64),
        face.confidence[numbers].astype(np.float64),
    )
    motion = Motion(numbers, face.shot[numbers], float(times.rate()))
    identity = identify(models.head, seen, camera, locked=locked, ticket=ticket.part(0, 0.7))
    let_go(landmarks)
    pose, fits = head_poses(models.head, identity, seen, motion, ticket.part(0.7, 1))
    if np.median(fits) < LEAST_FIT:
        return None
    let_go(landmarks)
    eyes = look(Eyes.of(models.face, models.head, identity), seen, pose, identity)
    expression = seen.expression.copy()
    # Against the clip's own rest, as all coefficients are; the angles are biased by anatomy.
    follow_gaze = lids(eyes - np.median(eyes, axis=0), full_turns(models.face))
    expression[:, LOOKS] += BY_ANGLE * (follow_gaze - expression[:, LOOKS])
    sure = confidence(seen.confidence, fits, seen.pixels, pose, size)
    columns = np.concatenate(
        [expression, axis_angle(pose.rotation), pose.translation, eyes, sure[:, None]], 1
    )
    return Take(
        name="",
        clip=0,
        face=models.face.name,
        shape=identity.shape.astype(np.float32),
        camera=identity.camera,
        track=Track(ARKIT, _every_frame(columns, numbers, len(times)), times),
        landmarks=landmarks,
        resting_emotion=resting_emotion(estimate.resting),
    )


def _some(points: Float, numbers: Ints) -> Float:
    """Return the frames `numbers` of (F, 478, 2) points, spooled as these are."""
    chosen = spooled((len(numbers), *points.shape[1:]), np.float32)
    for at in range(0, len(numbers), CHUNK):
        chosen[at : at + CHUNK] = points[numbers[at : at + CHUNK]]
        let_go(points)
        let_go(chosen)
    return chosen


def _every_frame(columns: Float, numbers: Ints, F: int) -> Float:
    """Return (F, C) rows; a frame without the face keeps the last pose, at rest, confidence 0.

    Before the first sight the first pose stands in.
    """
    values = np.zeros((F, ARKIT.width), np.float32)
    last = np.searchsorted(numbers, np.arange(F), side="right") - 1
    pose = slice(ARKIT.slices["head_rotation"].start, ARKIT.slices["head_translation"].stop)
    values[:, pose] = columns[last.clip(0), pose]
    values[numbers] = columns
    return values
