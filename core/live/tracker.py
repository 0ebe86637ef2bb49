"""A face followed as it comes: every frame is read at once, and only from those before it.

The same parts as in a clip that is followed as a whole, in their causal form: the person's
neutral and identity are learnt from the first seconds, and what a clip smooths over frames to
both sides is smoothed here over those that have passed.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.arrays import Float, Rgb
from core.camera import Camera
from core.face.rotation import axis_angle
from core.landmarks.appearance import Appearance
from core.landmarks.finder import Finder, size
from core.landmarks.follow import ANOTHER, LOST, SMALLEST
from core.landmarks.landmarker import Landmarker, Landmarks
from core.reconstruction.closure import with_blinks
from core.reconstruction.coefficients import Neutral
from core.reconstruction.exclusive import exclusive
from core.reconstruction.gaze import Eyes, full_turns, lids, look
from core.reconstruction.identity import Identity, Seen, identify
from core.reconstruction.pose import first_pose, observe, solve_poses
from core.reconstruction.projection import Pose
from core.reconstruction.reconstruct import BY_ANGLE, LOOKS, Models
from core.reconstruction.temporal import STEPS
from core.track import ARKIT_INDEX, Look

EVERY = 0.1  # seconds between two frames that the person is learnt from
MOST = 60  # of them
NEUTRAL_AT = (1, 4, 10, 20, 40, 60)  # frames known when the neutral is learnt anew
LOCK_AT = 40  # ... and when the head becomes the person's own
SLOW = 0.06  # seconds: time constant of muscles that do not twitch
POSE = 0.04  # ... and of a head that holds still
STILL = 1.5  # mm or half degrees a frame below which a head holds still
GAZE = 10.0  # seconds over which the usual direction of the eyes is learnt
SEARCH = 5  # frames between two full searches while nobody is there
SHUT = 0.6
_BLINKS = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]


@dataclass(frozen=True, eq=False)
class LiveFace:
    """What one frame showed.

    seen : the landmarks. look : coefficients, pose and eyes, in the camera of `camera`.
    person : (V, 3) mm, the relaxed head; another array when it was learnt anew. own : whether
    it is the person's own head, not yet the mean one. learnt : 0..1, how near that is.
    """

    seen: Landmarks
    look: Look
    person: Float
    camera: Camera
    own: bool
    learnt: float


class LiveTracker:
    """Follows the largest face; an instance belongs to one thread.

    frame : (W, H) px of the pictures that will come.
    """

    def __init__(
        self, frame: tuple[int, int], models: Models | None = None, finder: Finder | None = None
    ) -> None:
        self._models = models or Models.shipped()
        self._finder = finder or Finder(Landmarker(describe=self._models.net.describe))
        self._camera = Camera.of_frame(*frame)
        self._turns = full_turns(self._models.face)
        self._last: float | None = None  # seconds of the newest frame with a face
        self.forget()

    def forget(self) -> None:
        """Begin with another person."""
        face, head = self._models.face, self._models.head
        S = len(head.identity)
        self._face: Landmarks | None = None
        self._looks_like: Appearance | None = None  # the person who is learnt
        self._since = 0  # frames without a face
        self._points: list[Float] = []
        self._described: list[Float] = []
        self._learnt_at = -math.inf
        self._neutral: Neutral | None = None
        self._identity = Identity(
            np.zeros(S), np.ones(S), self._camera, np.zeros_like(head.neutral),
            np.zeros(0, np.int64), (math.nan, math.nan),
        )  # fmt: skip
        self._own = False
        self._person = face.person(np.zeros(S, np.float32))
        self._eyes = Eyes.of(face, head, self._identity)
        self._pose: Pose | None = None
        self._expression: Float | None = None
        self._gaze = self._usual = np.zeros(4)
        self._looks = 0

    def step(self, rgb: Rgb, seconds: float) -> LiveFace | None:
        """Return the face in the next frame, None if there is none.

        seconds : when it was filmed; must rise.
        """
        found = self._find(rgb)
        if found is None:
            self._since += 1
            self._face = self._pose = self._expression = None
            return None
        self._since, self._face = 0, found
        passed = 0.04 if self._last is None else max(seconds - self._last, 1e-3)
        self._last = seconds
        self._learn(found, seconds)
        expression = self._read(found, passed)
        seen = Seen(found.points[None, :, :2], expression[None].astype(np.float64), np.ones(1))
        pose = self._stand(seen, passed)
        eyes = self._watch(seen, pose, passed)
        follow = lids((eyes - self._usual)[None], self._turns)[0]
        expression[LOOKS] += BY_ANGLE * (follow - expression[LOOKS])
        sure = min(1.0, (found.logit - LOST) / 9)
        turned = Look(
            expression.astype(np.float32), axis_angle(pose.rotation)[0],
            pose.translation[0].astype(np.float32), eyes.astype(np.float32), sure,
            found.points[:, :2],
        )  # fmt: skip
        learnt = min(1.0, len(self._points) / LOCK_AT)
        return LiveFace(found, turned, self._person, self._camera, self._own, learnt)

    def _find(self, rgb: Rgb) -> Landmarks | None:
        """Follow the face of the last frame, or look for one."""
        if self._face is not None:
            found = self._finder.landmarker.points(rgb, self._face.roi())
            if found.logit >= LOST and size(found.points) >= SMALLEST:
                return found
        full = self._since % SEARCH == 0
        faces = self._finder.find(rgb) if full else self._finder.glance(rgb)
        if not faces:
            return None
        if self._looks_like is None:
            self._looks_like = Appearance(faces[0].colours)
        elif self._looks_like.distance(faces[0].colours) > ANOTHER:
            self.forget()
            self._looks_like = Appearance(faces[0].colours)
        return faces[0]

    def _learn(self, found: Landmarks, seconds: float) -> None:
        """Learn the person's neutral and head from a frame now and then."""
        if len(self._points) >= MOST or seconds - self._learnt_at < EVERY:
            return
        self._learnt_at = seconds
        self._points.append(found.points)
        self._described.append(found.look)
        count = len(self._points)
        if count in NEUTRAL_AT:
            self._neutral = self._models.net.neutral(
                np.stack(self._points), np.stack(self._described)
            )
        if count == LOCK_AT:
            self._lock()

    def _lock(self) -> None:
        """Let the head be the person's own from now on."""
        points = np.stack(self._points)
        assert self._neutral is not None
        expression = self._models.net.predict(points, self._neutral, np.stack(self._described))
        seen = Seen(points[..., :2], expression.astype(np.float64), np.ones(len(points)))
        head = self._models.head
        self._identity = identify(head, seen, self._camera, locked=True)
        self._person = self._models.face.person(self._identity.shape.astype(np.float32))
        self._eyes = Eyes.of(self._models.face, head, self._identity)
        self._own = True
        self._pose = None  # another head stands a little elsewhere

    def _read(self, found: Landmarks, passed: float) -> Float:
        """Return (52,) coefficients, steadied by those before."""
        net, neutral = self._models.net, self._neutral
        assert neutral is not None
        points = found.points[None]
        laid = net.align(points, neutral.points)
        read = net.predict(points, neutral, found.look[None])
        new = with_blinks(read, laid.points, neutral.points, net.reference)
        new = exclusive(new)[0]
        old = self._expression
        if old is not None:
            # What moves fast and far is believed at once: a blink is three frames long.
            share = 1 - math.exp(-passed / SLOW)
            sudden = np.minimum(((new - old) / STEPS) ** 2, 1)
            new = old + np.maximum(share, sudden) * (new - old)
        self._expression = new
        return new.copy()

    def _stand(self, seen: Seen, passed: float) -> Pose:
        """Return the head's pose; one that holds still is steadied, one that moves is not."""
        head, identity = self._models.head, self._identity
        points = head.moved(head.person(identity.shape) + identity.offset, seen.expression)
        old = self._pose
        start = first_pose(head, seen.pixels, self._camera) if old is None else old
        filmed = observe(seen.pixels, start, seen.confidence, self._camera)
        new = solve_poses(head, points, start, filmed)
        if old is not None:
            turn = axis_angle(new.rotation @ np.swapaxes(old.rotation, 1, 2))
            move = new.translation - old.translation
            speed = max(float(np.rad2deg(np.linalg.norm(turn)) * 2), float(np.abs(move).max()))
            share = max(1 - math.exp(-passed / POSE), min(1.0, speed / STILL))
            new = old.turned(share * np.concatenate([turn, move], 1))
        self._pose = new
        return new

    def _watch(self, seen: Seen, pose: Pose, passed: float) -> Float:
        """Return (4,) rad of the eyes, held while they are shut."""
        if seen.expression[0, _BLINKS].max() < SHUT:
            new = look(self._eyes, seen, pose, self._identity)[0]
            jump = np.abs(new - self._gaze).max() > np.deg2rad(4)
            share = 1.0 if jump else 1 - math.exp(-passed / SLOW)
            self._gaze = self._gaze + share * (new - self._gaze)
            self._looks += 1
            slow = max(1 / self._looks, min(1.0, passed / GAZE))
            self._usual = self._usual + slow * (self._gaze - self._usual)
        return self._gaze
