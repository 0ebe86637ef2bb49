"""Following faces through a clip: who is where in every frame, and how sure we are.

Frames come once, in order; kept are only the last few of them and what was found. A face is
followed from frame to frame by its own landmarks. Every few frames the detector looks for
others; one that is found is followed back through the frames since the last search, so that
a face that appears loses no frame.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from core.arrays import Double, Float, Ints, Rgb, frozen
from core.jobs import Ticket
from core.landmarks import sets
from core.landmarks.appearance import Appearance, distance, logs
from core.landmarks.confidence import confidence, lip_spread, pose_of
from core.landmarks.finder import SURE, Finder, box, share, size
from core.landmarks.landmarker import Landmarks
from core.landmarks.rows import Row, Rows
from core.landmarks.shots import Shots

GLANCE = 10  # frames between two cheap searches
ALONE = 3  # ... while nobody is there
SEARCH = 20  # frames between two full searches while nobody is there
LOST = 3.0  # presence logit below which a face has gone; behind hands it is above 8
COLLIDE = 0.5  # share of two boxes from which on both show one face
SMALLEST = 16.0  # px of a face that can still be followed
BRIEF, LONG = 3, 30  # fewer rows than `BRIEF` in a clip of `LONG` frames are a mistake
ANOTHER = 1.0  # distance of appearance of another person
MOVED = 1.6  # ... while the place says that it is the same
FLASHED = 0.5  # ... in the same place across what may be a cut or a flash


@dataclass(frozen=True, eq=False)
class FollowedFace:
    """One person through all F frames of a clip.

    points : (F, 478, 3) float32, x and y px of the frame, z px (nearer is smaller); zeros
    where the face was not seen. looks : (F, K) float32, what the landmarker's `describe`
    said, zeros likewise; K = 0 without one. confidence : (F,) float32 0..1, 0 = not seen;
    falls when something covers the mouth. shot : (F,) int32, number of the shot of each frame.
    Points and looks of a long clip are `core.spool.spooled`.
    """

    points: Float
    looks: Float
    confidence: Float
    shot: Ints

    def extent(self) -> float:
        """Return area x duration, px² frames: how much of the clip this face is."""
        seen = self.points[self.confidence > 0, :, :2]
        return float(np.prod(seen.max(1) - seen.min(1), axis=1, dtype=np.float64).sum())


@dataclass(eq=False)
class _Person:
    """Somebody who was seen: the rows by frame, and the looks."""

    appearance: Appearance
    rows: Rows = field(default_factory=Rows)
    last: int = -1  # newest frame with a row
    face: Landmarks | None = None  # newest look

    def keep(self, index: int, face: Landmarks) -> None:
        lips = lip_spread(face.points, face.spread)
        self.rows[index] = Row(face.points, face.logit, lips, face.colours, face.look)
        if index > self.last:
            self.last, self.face = index, face

    def box(self) -> Float:
        return box(self.rows[self.last].points)


def follow(
    frames: Iterable[Rgb],
    *,
    max_faces: int = 4,
    ticket: Ticket | None = None,
    total: int = 0,
    finder: Finder | None = None,
) -> list[FollowedFace]:
    """Return the faces of a clip, the main one (largest and longest) first.

    frames : upright (H, W, 3) uint8, in order; arrays must not be reused by the giver.
    total : number of frames, for the report of `ticket`, if it is known.
    """
    follower = Follower(finder or Finder(), max_faces)
    for rgb in (ticket or Ticket()).over(frames, "Following faces", total):
        follower.step(rgb)
    return follower.finish()


class Follower:
    """The state of following; `follow` drives it, a preview may do so itself."""

    def __init__(self, finder: Finder, max_faces: int = 4) -> None:
        self._finder = finder
        self._max_faces = max_faces
        self._shots = Shots()
        self._shot: list[int] = []
        self._people: list[_Person] = []
        self._live: list[_Person] = []
        self._recent: deque[tuple[int, Rgb]] = deque(maxlen=GLANCE)

    def step(self, rgb: Rgb) -> None:
        """Take the next frame."""
        index = len(self._shot)
        cut = self._shots.cut(rgb)
        before = self._live
        self._shot.append(self._shot[-1] if self._shot else 0)
        if cut:
            self._shot[-1] += 1
            self._live = []
            self._recent.clear()
        else:
            self._advance(index, rgb)
        known = [person.box() for person in self._live]
        full = cut or index == 0 or (not self._live and index % SEARCH == 0)
        if full:
            self._meet(index, self._finder.find(rgb, known))
        elif len(self._live) < len(before) or index % (GLANCE if known else ALONE) == 0:
            self._meet(index, self._finder.glance(rgb, known))
        if cut and self._went_on(index, before):
            self._shot[-1] -= 1
        self._recent.append((index, rgb))

    def finish(self) -> list[FollowedFace]:
        """Return what was followed, the main face first, and forget it."""
        n = len(self._shot)
        self._recent.clear()  # ten pictures, which the arrays of a long clip need room for
        least = BRIEF if n >= LONG else 1
        shot = frozen(np.array(self._shot, np.int32))
        people = [p for p in _joined(self._people) if len(p.rows) >= least and _is_face(p)]
        areas = [sum(size(row.points) ** 2 for row in p.rows.values()) for p in people]
        chosen = np.argsort(-np.array(areas), kind="stable")[: self._max_faces]
        faces = [_face(people[i], shot) for i in chosen.tolist()]
        self._people, self._live = [], []
        return faces

    def _advance(self, index: int, rgb: Rgb) -> None:
        """Follow those who are there into the next frame."""
        seen: list[tuple[float, _Person, Landmarks]] = []
        for person in self._live:
            assert person.face is not None
            face = self._finder.landmarker.points(rgb, person.face.roi())
            if face.logit >= LOST and _in_picture(face.points, rgb):
                seen.append((person.appearance.distance(face.colours), person, face))
        self._live = []
        for near, person, face in sorted(seen, key=lambda s: s[0]):
            here = box(face.points)
            # Two who meet: the one in front looks like itself, the other has gone behind it.
            if any(share(other.box(), here) > COLLIDE for other in self._live):
                continue
            person.keep(index, face)
            self._live.append(person)
            if near < ANOTHER:
                person.appearance.learn(face.colours)

    def _meet(self, index: int, faces: list[Landmarks]) -> None:
        """Greet who was found: somebody known who is back, or somebody new."""
        for face in faces:
            if not self._has_room(face):
                continue
            person = self._known(index, face)
            if person is None:
                person = _Person(Appearance(face.colours))
                self._people.append(person)
            seen_before = person.last
            person.keep(index, face)
            self._live.append(person)
            self._follow_back(person, face, seen_before)

    def _has_room(self, face: Landmarks) -> bool:
        """Return whether one more is followed; a much larger face drives a small one out."""
        if len(self._live) < self._max_faces:
            return True
        least = min(self._live, key=lambda p: size(p.rows[p.last].points))
        if size(face.points) < 1.5 * size(least.rows[least.last].points):
            return False
        self._live.remove(least)
        return True

    def _known(self, index: int, face: Landmarks) -> _Person | None:
        """Return who of those that are not there now this is, or None."""
        best, least = None, ANOTHER
        for person in self._people:
            if person in self._live:
                continue
            far = person.appearance.distance(face.colours)
            if self._stayed(person, index, face):
                far *= ANOTHER / MOVED
            elif person.last == index - 1 and share(person.box(), box(face.points)) > 0.6:
                # A flash looks like a cut; the face under it stays as it is.
                lit = person.appearance.distance_in_any_light(face.colours)
                far = min(far, lit * ANOTHER / FLASHED)
            if far < least:
                best, least = person, far
        return best

    def _stayed(self, person: _Person, index: int, face: Landmarks) -> bool:
        """Return whether `face` is where `person` was a moment ago."""
        soon = index - person.last <= 3 * GLANCE
        same = self._shot[person.last] == self._shot[index]
        return soon and same and share(person.box(), box(face.points)) > 0.2

    def _follow_back(self, person: _Person, face: Landmarks, seen_before: int) -> None:
        """Follow a found face back through the frames since it was last seen."""
        first = face
        for index, rgb in reversed(self._recent):
            if index <= seen_before:
                return
            face = self._finder.landmarker.points(rgb, face.roi())
            here = box(face.points)
            taken = any(
                share(box(p.rows[index].points), here) > COLLIDE / 2
                for p in self._people
                if index in p.rows
            )
            sure = face.logit >= SURE and _in_picture(face.points, rgb)
            strange = Appearance(first.colours).distance(face.colours) > ANOTHER
            if taken or strange or not sure:
                return
            person.keep(index, face)

    def _went_on(self, index: int, before: list[_Person]) -> bool:
        """Return whether a seeming cut was only a flash: all are still in their places."""
        return bool(before) and all(
            person.last == index
            and index - 1 in person.rows
            and share(person.box(), box(person.rows[index - 1].points)) > 0.6
            for person in before
        )


def _is_face(person: _Person) -> bool:
    """Return whether this was a face most of the time, not letters or folds for a moment."""
    return float(np.median(person.rows.words()[:, 0])) >= SURE


def _joined(people: list[_Person]) -> list[_Person]:
    """Return the people, those who turn out to be one and the same as one.

    Somebody who comes out from behind another is half hidden at first and greeted as new;
    once well seen, he is known.
    """
    apart: list[_Person] = []
    for person in sorted(people, key=lambda p: (-len(p.rows), min(p.rows.frames()))):
        look = _typical(person)
        away = [p for p in apart if not p.rows.frames() & person.rows.frames()]
        far = [distance(_typical(p), look) for p in away]
        if far and min(far) < ANOTHER:
            same = away[int(np.argmin(far))]
            rows = same.rows.joined(person.rows)
            apart[apart.index(same)] = _Person(same.appearance, rows, max(rows.frames()))
        else:
            apart.append(person)
    return apart


def _typical(person: _Person, looks: int = 40) -> Double:
    """Return (468, 3): the median appearance where the lips are best seen."""
    frames = np.array(sorted(person.rows.frames()))
    best = frames[np.argsort(person.rows.words()[:, 1], kind="stable")]
    best = best[: max(1, len(best) // 2)]
    chosen = best[:: max(1, len(best) // looks)].tolist()
    return np.median(logs(np.stack([person.rows[i].colours for i in chosen])), axis=0)


def _in_picture(points: Float, rgb: Rgb) -> bool:
    """Return whether a face is large enough and at least half of it inside the frame."""
    if size(points) < SMALLEST:
        return False
    xy = points[: sets.MESH, :2]
    inside = np.all((xy >= 0) & (xy <= np.array(rgb.shape[1::-1])), axis=1)
    return bool(inside.mean() >= 0.5)


def _face(person: _Person, shot: Ints) -> FollowedFace:
    """Return the rows of a person, which are dropped, as arrays over the whole clip."""
    seen = np.array(sorted(person.rows.frames()), np.int64)
    logits, lips = person.rows.words().T
    points, looks, colours = person.rows.emptied(len(shot))
    sure = np.zeros(len(shot), np.float32)
    sure[seen] = confidence(pose_of(points, seen), logits, lips, colours, shot[seen])
    return FollowedFace(frozen(points), frozen(looks), frozen(sure), shot)
