"""What a camera films, kept: a video with the time stamps of its pictures, and its take."""

import contextlib
import queue
import threading
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np
from av.error import FFmpegError

from core.arrays import Float, Rgb
from core.errors import FaceStudioError, MediaError, NoFaceError
from core.jobs import Ticket
from core.landmarks.confidence import confidence, lip_spread, pose_of
from core.landmarks.finder import Finder
from core.landmarks.follow import LOST, FollowedFace
from core.landmarks.landmarker import Landmarker, Landmarks
from core.live.camera import Caught
from core.media.atomic import whole_file
from core.media.encode import ExportSettings, FilmWriter, container_of
from core.media.probe import probe
from core.media.record import coded, coding_of
from core.media.video import FrameReader
from core.project import Clip, Project
from core.reconstruction.reconstruct import Models, takes_of

BASE = Fraction(1, 90000)  # seconds a tick: what MP4 and every rate of a camera agree on
WAITING = 48  # pictures that wait for the encoder; more are left out
# Quick rather than small: what the encoder has no time for is lost.
SETTINGS = ExportSettings(crf=17, preset="ultrafast", threads=1)


@dataclass(eq=False)
class Recording:
    """A finished recording.

    seen : frame of the film -> landmarks that were found live. left_out : pictures the
    encoder had no time for. pts : of the frames, ticks of `BASE`.
    """

    path: Path
    pts: list[int] = field(default_factory=list[int])
    seen: dict[int, Landmarks] = field(default_factory=dict[int, Landmarks])
    left_out: int = 0
    failure: str = ""

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return float((self.pts[-1] - self.pts[0]) * BASE) if self.pts else 0.0


class Recorder:
    """Writes pictures on a thread of its own; the one that gives them never waits."""

    def __init__(self, path: Path) -> None:
        self.recording = Recording(path)
        self._lane: queue.Queue[tuple[Rgb, int] | None] = queue.Queue(WAITING)
        self._first: int | None = None
        self._frame_of: dict[int, int] = {}  # time of a picture -> its frame in the film
        self._thread = threading.Thread(target=self._run, name="live recorder", daemon=True)
        self._thread.start()

    @property
    def failed(self) -> bool:
        """Return whether the film cannot be written."""
        return bool(self.recording.failure)

    def put(self, caught: Caught) -> None:
        """Add a picture, if the encoder keeps up."""
        made = self.recording
        if made.failure:
            return
        self._first = caught.at if self._first is None else self._first
        pts = round(Fraction(caught.at - self._first, 10**9) / BASE)
        if made.pts and pts <= made.pts[-1]:
            pts = made.pts[-1] + 1
        try:
            self._lane.put_nowait((caught.rgb, pts))
        except queue.Full:
            made.left_out += 1
            return
        self._frame_of[caught.at] = len(made.pts)
        made.pts.append(pts)

    def saw(self, at: int, face: Landmarks) -> None:
        """Keep the landmarks of the picture that was caught `at`."""
        frame = self._frame_of.get(at)
        if frame is not None:
            self.recording.seen[frame] = face

    def stop(self) -> Recording:
        """Finish the film and return what was recorded."""
        self._lane.put(None)
        self._thread.join()
        return self.recording

    def _run(self) -> None:
        try:
            first = self._lane.get()
            if first is None:
                self.recording.failure = "Nothing was recorded: no picture came."
                return
            with whole_file(self.recording.path) as file:
                self._write(first, file)
        except FaceStudioError as e:
            self._fail(str(e))
        except (FFmpegError, ValueError) as e:
            self._fail(f"The encoder failed ({e}): {self.recording.path}")

    def _fail(self, sentence: str) -> None:
        self.recording.failure = sentence
        with contextlib.suppress(queue.Empty):  # `put` and `stop` must not wait for us
            while True:
                self._lane.get_nowait()

    def _write(self, now: tuple[Rgb, int], file: BinaryIO) -> None:
        H, W = now[0].shape[:2]
        coding = coding_of((W, H), BASE, Fraction(30), SETTINGS)
        container = container_of(self.recording.path, SETTINGS)
        span = round(Fraction(1, 30) / BASE)
        with FilmWriter(file, container, coding, SETTINGS) as writer:
            while True:
                after = self._lane.get()
                span = after[1] - now[1] if after is not None else span
                writer.write(coded(now[0], coding), now[1], span)
                if after is None:
                    return
                now = after


def project_of(recording: Recording, ticket: Ticket) -> Project:
    """Return the project of a recording: its clip, and the take of the face seen live.

    Frames that were not looked at live are looked at now.
    """
    if recording.failure:
        raise MediaError(recording.failure)
    info = probe(recording.path)
    clip = Clip(info.path, info.digest, info.times, info.size, info.audio_rate)
    if len(info.times) != len(recording.pts):
        raise MediaError(f"The recording is damaged, track it anew: {recording.path}")
    seen = dict(recording.seen)
    if not seen:
        raise NoFaceError(f"No face was seen while this was recorded: {recording.path}")
    missed = [i for i in range(len(info.times)) if i not in seen]
    models = Models.shipped()
    finder = Finder(Landmarker(describe=models.net.describe)) if missed else None
    with FrameReader(info.path, info) as reader:
        for i in ticket.part(0, 0.7).over(missed, "Looking at the frames in between"):
            near = min(recording.seen, key=lambda k: abs(k - i))
            assert finder is not None
            face = finder.landmarker.points(reader.at(i).rgb, seen[near].roi())
            if face.logit >= LOST:
                seen[i] = face
    followed = _followed(seen, len(info.times))
    takes = takes_of([followed], clip, models, ticket=ticket.part(0.7, 1))
    return Project((clip,), tuple(takes))


def _followed(seen: dict[int, Landmarks], count: int) -> FollowedFace:
    rows = np.array(sorted(seen), np.int64)
    faces = [seen[i] for i in rows.tolist()]
    points: Float = np.zeros((count, 478, 3), np.float32)
    points[rows] = np.stack([face.points for face in faces])
    looks: Float = np.zeros((count, len(faces[0].look)), np.float32)
    looks[rows] = np.stack([face.look for face in faces])
    sure = np.zeros(count, np.float32)
    shot = np.zeros(count, np.int32)
    sure[rows] = confidence(
        pose_of(points, rows),
        np.array([face.logit for face in faces]),
        np.array([lip_spread(face.points, face.spread) for face in faces]),
        np.stack([face.colours for face in faces]),
        shot[rows],
    )
    return FollowedFace(points, looks, sure, shot)
