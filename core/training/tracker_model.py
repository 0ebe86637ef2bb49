"""How our tracker reads faces, learned from films of faces that are known.

The embedded head, as many persons, says sentences of the corpus in all emotions; the films are
coded as films are, followed by the program, and compared with what they were made from.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import nnls

from core.arrays import Double, Float, Ints, Rgb
from core.camera import Camera
from core.errors import NoFaceError
from core.expression.emotions import LABELS
from core.face.model import built_in
from core.face.rotation import head_to_camera
from core.jobs import Ticket
from core.media.encode import ExportSettings
from core.media.record import record_video
from core.reconstruction.gaze import full_turns
from core.reconstruction.reconstruct import neutral_of, reconstruct
from core.synthetic.renders import random_scene, render
from core.synthetic.samples import eyes_of
from core.synthetic.speech.voice import say
from core.synthetic.surface import of_model
from core.synthetic.talk.actors import everybody
from core.synthetic.talk.make import recorded, saying
from core.synthetic.talk.sentences import sentences
from core.synthetic.talk.tracker import Tracker, neighbours
from core.training.card import Card, write

SIZE = 320  # px of the films
RIDGE = 4.0  # frames' worth of belief that a shape is read as it is
RATE = Fraction(25)
CLOSED = 1  # of `CONTROLS`
STEADIEST = 0.98  # a pole of the noise
COMMAND = "facestudio train tracker-model"


@dataclass(frozen=True)
class Config:
    """films : how many, a tenth of them held out."""

    films: int = 84
    seed: int = 1
    workers: int = 2


@dataclass(frozen=True, eq=False)
class Followed:
    """A film whose truth is known: (F, 52) `acted`, (F,) `closed` lips, (F, 52) `read`."""

    acted: Float
    closed: Float
    read: Float


@dataclass(frozen=True, eq=False)
class Trained:
    """The model, and how it does on held-out films."""

    tracker: Tracker
    metrics: Mapping[str, float]


def train(config: Config, ticket: Ticket) -> Trained:
    """Return a model of the tracker from films it followed."""
    return learned(filmed(config, ticket))


def filmed(config: Config, ticket: Ticket) -> list[Followed]:
    """Return films with their truth; those in which no face was seen are left out."""
    jobs = [(i, config.seed) for i in range(config.films)]
    made = ticket.over(_followed(jobs, config.workers), "Filming", config.films)
    return [film for film in made if film is not None]


def learned(films: list[Followed]) -> Trained:
    """Return a model of all films but the last tenth, scored on those."""
    held = max(1, len(films) // 10)
    tracker = fit(films[:-held])
    return Trained(tracker, {**scores(tracker, films[-held:]), "films": float(len(films))})


def fit(films: list[Followed]) -> Tracker:
    """Return the model that explains the films best; ridge regression about "as it is"."""
    acted = np.concatenate([f.acted for f in films]).astype(np.float64)
    steady = np.concatenate([np.repeat(f.acted.mean(0)[None], len(f.acted), 0) for f in films])
    closed = np.concatenate([f.closed for f in films]).astype(np.float64)
    wanted = np.concatenate([f.read for f in films]) - acted
    near = np.concatenate([neighbours(f.acted) for f in films]).astype(np.float64)
    leak, rest = np.eye(52), np.zeros((4, 52))
    for k in range(52):
        x = np.concatenate([acted, near[:, [k]], steady[:, [k]], closed[:, None]], 1)
        mean = x.mean(0)
        x = x - mean
        gram = x.T @ x + RIDGE * np.eye(55)
        found = np.linalg.solve(gram, x.T @ (wanted[:, k] - wanted[:, k].mean()))
        leak[:, k] += found[:52]
        rest[:3, k] = found[52:]
        rest[3, k] = wanted[:, k].mean() - mean @ found
    none = np.zeros((52, 52))
    two = np.zeros((2, 52))
    bare = Tracker(leak, rest[0], rest[1], rest[2], rest[3], none, two, two, none)
    left = [f.read - bare.mean(f.acted, f.closed) for f in films]
    lasting = _factor(np.stack([x.mean(0) for x in left]))
    read = [bare.mean(f.acted, f.closed) + x.mean(0) for f, x in zip(films, left, strict=True)]
    noise = _noise([x - x.mean(0) for x in left], read)
    parts = [leak, *rest, lasting, *noise]
    names = Tracker.__dataclass_fields__
    made = {k: np.ascontiguousarray(x, np.float32) for k, x in zip(names, parts, strict=True)}
    return Tracker(**made)


def _noise(left: list[Double], read: list[Double]) -> tuple[Double, Double, Double]:
    """Return the memory, the size and the spread of a `Tracker` from what is left over."""
    late, middle, early = (
        np.concatenate([x[s] for x in left])
        for s in (slice(2, None), slice(1, -1), slice(None, -2))
    )
    memory = np.zeros((2, 52))
    for k in range(52):
        x = np.stack([middle[:, k], early[:, k]], 1)
        found = np.linalg.solve(x.T @ x + 1e-6 * len(x) * np.eye(2), x.T @ late[:, k])
        # Poles inside the unit circle, or the noise would grow.
        poles = np.roots([1, -found[0], -found[1]])
        poles *= np.minimum(1, STEADIEST / np.maximum(np.abs(poles), 1e-9))
        memory[:, k] = np.real([poles.sum(), -poles.prod()])
    fresh = late - memory[0] * middle - memory[1] * early
    level = np.clip(np.concatenate([x[2:] for x in read]), 0, 1)
    size = np.stack([_size(level[:, k], np.abs(fresh[:, k])) for k in range(52)], 1)
    even = np.clip(fresh / np.maximum(size[0] + size[1] * level, 1e-5), -4, 4)
    return memory, size, _factor(even)


def _size(level: Double, amount: Double) -> Double:
    """Return (2,) not below 0: what is new in the noise of a shape, at rest and a unit more."""
    x = np.stack([np.ones_like(level), level], 1)
    return nnls(x.T @ x + 1e-3 * np.diag([0, len(x)]), x.T @ amount)[0]


def _factor(rows: Double) -> Double:
    """Return (52, 52) F with F F' = the mean square of (N, 52) `rows`."""
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    return vectors * np.sqrt(np.maximum(values, 0))


def scores(tracker: Tracker, films: list[Followed]) -> dict[str, float]:
    """Return the error of "as it is" and of the model, and its noise against the tracker's."""
    plain = np.concatenate([f.read - f.acted for f in films])
    left = np.concatenate([f.read - tracker.mean(f.acted, f.closed) for f in films])
    rng = np.random.default_rng(0)
    played = np.concatenate([tracker.read(f.acted, f.closed, rng) for f in films])
    again = np.concatenate([tracker.mean(f.acted, f.closed) for f in films])
    jaggedness = [
        float(np.abs(np.diff(x, 2, axis=0)).mean())
        for x in (np.concatenate([f.read for f in films]), played)
    ]
    return {
        "error as it is": float(np.abs(plain).mean()),
        "error of the model": float(np.abs(left).mean()),
        "noise of the tracker, sd": float(left.std()),
        "noise of the model, sd": float((played - again).std()),
        "second differences, model over tracker": jaggedness[1] / jaggedness[0],
    }


def save(trained: Trained, config: Config, path: Path) -> None:
    """Write the model and its card."""
    card = Card(
        title="How the tracker reads known faces",
        purpose="A linear model with correlated noise: from coefficients to what facestudio's "
        "own tracker would have read off a film. Makes the talking corpus like tracked clips.",
        command=f"{COMMAND} --films {config.films} --seed {config.seed}",
        seed=config.seed,
        data="films of the embedded synthetic head with voices of espeak-ng; no real person",
        licence="Apache-2.0",
        limits="Made on renders: real skin, beards and glasses are read with other errors.",
    )
    write(path, trained.tracker.arrays(), card, trained.metrics)


def _followed(jobs: list[tuple[int, int]], workers: int) -> Iterator[Followed | None]:
    if workers < 2:
        yield from map(_film, jobs)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_film, jobs)


def _film(job: tuple[int, int]) -> Followed | None:
    """Return film number `job[0]`, followed; None if the program saw no face."""
    index, seed = job
    rng = np.random.default_rng([seed, index, 3])
    who = everybody(seed, "train")[index % 6]
    emotion = LABELS[(index // 6) % len(LABELS)]
    texts = sentences("train")
    number = int(rng.integers(len(texts)))
    spoken = say([saying(who, texts[number], number, emotion, seed)])[0]
    clip = recorded(who, emotion, spoken, index, RATE, None)
    acted, closed = clip.expression, clip.truth["controls"][:, CLOSED].astype(np.float32)
    calm = recorded(who, "neutral", spoken, index, RATE, None).expression
    person = _Person(rng)
    with TemporaryDirectory(prefix="facestudio-") as folder:
        rest, film = Path(folder, "rest.mp4"), Path(folder, "film.mp4")
        for place, face in ((rest, calm), (film, acted)):
            pictures = person.pictures(face, rng)
            record_video(place, pictures, clip.times, ExportSettings(crf=20))
        try:
            # As the clips of an actor are read: against the face at rest of a neutral one.
            neutral = neutral_of(rest, ticket=Ticket())
            take = reconstruct(film, ticket=Ticket(), neutral=neutral)[1][0]
        except NoFaceError:
            return None
    seen = np.flatnonzero(take.track["confidence"][:, 0] > 0.5)
    return _rows(seen, acted, closed, take.track["expression"])


def _rows(seen: Ints, acted: Float, closed: Float, read: Float) -> Followed | None:
    """Return the frames in which the face was seen, if they are nearly all."""
    if len(seen) < 0.9 * len(acted):
        return None
    return Followed(acted[seen], closed[seen], read[seen])


class _Person:
    """A random person in a random place, filmed once or more."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._model = built_in()
        surface = of_model(self._model)
        shape = np.clip(rng.normal(0, 0.8, len(self._model.identity)), -2.5, 2.5)
        self._person = self._model.person(shape.astype(np.float32))
        self._scene = random_scene(surface, self._person, rng, (SIZE, SIZE))
        self._gains = np.exp(rng.normal(-0.1, 0.15, 52))
        focal = SIZE * rng.uniform(1.6, 2.6)
        self._camera = Camera(float(focal), SIZE / 2, SIZE / 2, SIZE, SIZE)
        self._stand = rng.normal(0, 1, 2) * np.radians([4, 9])

    def pictures(self, acted: Float, rng: np.random.Generator) -> Iterator[Rgb]:
        """Yield pictures with these coefficients (F, 52), head and eyes moving."""
        turns, model, focal = full_turns(self._model), self._model, self._camera.focal
        sway = gaussian_filter1d(rng.standard_normal((len(acted) + 80, 6)), 12, axis=0)[40:-40]
        sway /= sway.std(0) + 1e-6
        for c, move in zip(acted, sway, strict=True):
            rotation = np.radians([2.5, 4, 1.5]) * move[:3]
            rotation[:2] += self._stand
            face = (c * self._gains).astype(np.float32)
            vertices = model.deformed(self._person, face, eyes_of(c, turns))
            middle = model.embeddings["478"].points(vertices).mean(0)
            distance = focal * 230 / SIZE  # mm: a face fills two thirds of the picture
            at = np.array([0, 0, distance]) + move[3:] * np.array([6, 4, 10])
            centre = head_to_camera(middle[None], rotation, np.zeros(3))[0]
            pose = (rotation.astype(np.float32), (at - centre).astype(np.float32))
            yield render(self._scene, vertices, pose, self._camera, rng)
