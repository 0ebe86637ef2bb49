"""The face of an actor at rest, from a few neutral clips, kept beside what is read with it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.corpus.files import DAMAGED
from core.errors import ExchangeError, MediaError, NoFaceError
from core.jobs import Ticket
from core.media.atomic import whole_file
from core.media.source import content_digest
from core.reconstruction.coefficients import Neutral
from core.reconstruction.reconstruct import neutral_of
from core.weights import listed, verified

READING = 1  # changes when the same videos would be read otherwise
MOST = 3  # neutral clips that the face at rest is the mean of
FILE = "face_at_rest.npz"


@dataclass(frozen=True)
class Rest:
    """What the clips of an actor are seen against.

    file : of the face at rest; None = every clip is seen against its own. source : what it
    was made from, "" without a file. notes : sentences about what is not as it should be.
    """

    actor: str
    file: Path | None = None
    source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RestWork:
    """An actor, their neutral clips, and the corpus."""

    actor: str
    videos: tuple[Path, ...]
    folder: Path


def source_of(*digests: str) -> str:
    """Return the address of what is read from files with these digests by these networks."""
    weights = verified("weights/coefficients.safetensors")
    parts = (str(READING), listed(weights.parent)[weights.name], *digests)
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def at_rest(work: RestWork, ticket: Ticket) -> Rest:
    """Return the face of an actor at rest, made now or found as it was made before."""
    own = f"the clips of {work.actor} are read against their own rest each, in which an "
    own += "emotion that lasts throughout is not seen"
    if not work.videos:
        return Rest(work.actor, notes=(f"There is no neutral clip: {own}.",))
    digests: dict[Path, str] = {}
    notes: list[str] = []
    for video in work.videos[:MOST]:
        try:
            digests[video] = content_digest(video)
        except MediaError as e:
            notes.append(str(e))
    source = source_of(*digests.values())
    place = work.folder / work.actor / FILE
    stored = _stored(place, source)
    if stored is not None:
        return Rest(work.actor, place, source, (*notes, *stored))
    faces: list[Neutral] = []
    unread: list[str] = []
    for i, video in enumerate(digests):
        part = ticket.part(i / len(digests), (i + 1) / len(digests))
        try:
            faces.append(neutral_of(video, ticket=part))
        except (MediaError, NoFaceError) as e:
            unread.append(str(e))
    if not faces:
        said = f"No neutral clip can be read: {own}."
        return Rest(work.actor, notes=(*notes, *unread, said))
    place.parent.mkdir(parents=True, exist_ok=True)
    _write(place, mean(faces), source, unread)
    return Rest(work.actor, place, source, (*notes, *unread))


def mean(faces: Sequence[Neutral]) -> Neutral:
    """Return the mean of one person's faces at rest; its look if all of them have one."""
    looks = [face.look for face in faces if face.look is not None]
    return Neutral(
        np.mean([face.points for face in faces], axis=0),
        np.mean(looks, axis=0) if len(looks) == len(faces) else None,
    )


def load(path: Path) -> Neutral:
    """Return a face at rest as `at_rest` wrote it.

    Raises
    ------
    ExchangeError
        if the file is missing or damaged.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return Neutral(found["points"], found.get("look"))
    except DAMAGED as e:
        raise ExchangeError(f"A face at rest cannot be read ({e}): {path}") from e


def _write(place: Path, face: Neutral, source: str, notes: Sequence[str]) -> None:
    arrays: dict[str, Any] = {"points": face.points, "notes": np.array(notes, np.str_)}
    if face.look is not None:
        arrays["look"] = face.look
    with whole_file(place) as file:
        np.savez_compressed(file, source=np.array(source), **arrays)


def _stored(place: Path, source: str) -> tuple[str, ...] | None:
    """Return the notes of a whole file that was made from `source`, None without one."""
    try:
        with place.open("rb") as file, np.load(file, allow_pickle=False) as found:
            arrays = [found[key] for key in ("points", "look") if key in found]
            whole = len(arrays) > 0 and all(np.isfinite(x).all() for x in arrays)
            notes = tuple(str(note) for note in found["notes"])
            return notes if whole and str(found["source"]) == source else None
    except DAMAGED:
        return None
