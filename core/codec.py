"""Project <-> JSON. Arrays go to a shelf by digest; what we do not know is kept as it was."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.builtin import kinds
from core.camera import Camera
from core.errors import PluginError, ProjectError, ShapeError, WishError
from core.expression.layers import Layer
from core.loader import made
from core.project import Clip, Project, Take
from core.registry import Entry
from core.stages import Evidence
from core.times import Times
from core.track import CoeffSpace, Track

Json: TypeAlias = Any


class Shelf(Protocol):
    """Where arrays lie, by content."""

    def put(self, x: NDArray[Any]) -> str:
        """Keep `x` and return its digest."""
        ...

    def get(self, digest: str, /) -> NDArray[Any]:
        """Return the read-only array of that digest; the same object while it is in use."""
        ...


@dataclass(frozen=True)
class UnknownLayer:
    """A layer of a plug-in that is not here: it edits nothing and is saved as it was read."""

    body: str

    @property
    def kind(self) -> str:
        """Return the name of the missing layer."""
        return str(json.loads(self.body).get("kind", "?"))

    @property
    def enabled(self) -> bool:
        """Return False: nobody here can apply it."""
        return False

    def apply(self, track: Track, evidence: Evidence) -> Track:
        """Return `track` as it is."""
        del evidence
        return track


def encode(project: Project, shelf: Shelf, home: Path) -> str:
    """Return the JSON body of `project`; its arrays are put on `shelf`.

    home : folder of the project file, to which the paths of clips are made relative.
    """
    body = {
        "clips": [_clip_body(clip, shelf, home) for clip in project.clips],
        "takes": [_take_body(take, shelf) for take in project.takes],
    }
    return json.dumps(body, allow_nan=False, separators=(",", ":"), sort_keys=True)


def decode(body: str, shelf: Shelf, home: Path) -> Project:
    """Return the project of a JSON body; raise `ProjectError` where it makes no sense."""
    try:
        data = json.loads(body)
        clips = tuple(_clip(x, shelf, home) for x in data["clips"])
        takes = tuple(_take(x, shelf, clips) for x in data["takes"])
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as e:
        raise ProjectError("A document inside this project is damaged.") from e
    return Project(clips, takes)


def moved(body: str, old_home: Path, new_home: Path) -> str:
    """Return `body` with the paths of its clips relative to another folder."""
    data = json.loads(body)
    for clip in data["clips"]:
        clip.update(_path_body(_place(clip, old_home), new_home))
    return json.dumps(data, separators=(",", ":"), sort_keys=True)


def arrays_named(body: str) -> set[str]:
    """Return the digests that `body` names, those of unknown layers too."""
    found: set[str] = set()

    def note(pairs: list[tuple[str, Json]]) -> None:
        found.update(str(value) for key, value in pairs if key == "array")

    json.loads(body, object_pairs_hook=note)
    return found


def _array(x: NDArray[Any], shelf: Shelf) -> Json:
    return {"array": shelf.put(x)}


def _path_body(path: PurePath, home: Path) -> Json:
    full = os.path.abspath(path)
    try:
        near = PurePath(os.path.relpath(full, home)).as_posix()
    except ValueError:  # another drive
        near = full
    return {"path": near, "was_at": full}


def _place(x: Json, home: Path) -> PurePath:
    """Return where the clip lies: beside the project as before, or else where it was."""
    near, full = Path(os.path.abspath(home / x["path"])), Path(x["was_at"])
    return full if os.path.exists(full) and not os.path.exists(near) else near


def _clip_body(clip: Clip, shelf: Shelf, home: Path) -> Json:
    times = {"pts": _array(clip.times.pts, shelf), "base": str(clip.times.base)}
    return {
        **_path_body(clip.path, home),
        "digest": clip.digest,
        "times": times,
        "size": list(clip.size),
        "audio_rate": clip.audio_rate,
    }


def _clip(x: Json, shelf: Shelf, home: Path) -> Clip:
    times = Times(shelf.get(x["times"]["pts"]["array"]), Fraction(x["times"]["base"]))
    width, height = x["size"]
    return Clip(_place(x, home), x["digest"], times, (width, height), x["audio_rate"])


def _take_body(take: Take, shelf: Shelf) -> Json:
    track = take.track
    return {
        "name": take.name,
        "clip": take.clip,
        "face": take.face,
        "shape": _array(take.shape, shelf),
        "camera": {f.name: getattr(take.camera, f.name) for f in fields(Camera)},
        "space": {"name": track.space.name, "groups": [list(g) for g in track.space.groups]},
        "track": _array(track.values, shelf),
        "landmarks": _array(take.landmarks, shelf),
        "resting_emotion": _array(take.resting_emotion, shelf),
        "layers": [_layer_body(layer, shelf) for layer in take.layers],
    }


def _take(x: Json, shelf: Shelf, clips: tuple[Clip, ...]) -> Take:
    def array(name: str) -> NDArray[Any]:
        return shelf.get(x[name]["array"])

    groups = tuple((str(name), int(width)) for name, width in x["space"]["groups"])
    track = Track(
        CoeffSpace(x["space"]["name"], groups), array("track"), clips[x["clip"]].times
    )
    return Take(
        name=x["name"],
        clip=x["clip"],
        face=x["face"],
        shape=array("shape"),
        camera=Camera(**x["camera"]),
        track=track,
        landmarks=array("landmarks"),
        resting_emotion=array("resting_emotion"),
        layers=tuple(_layer(layer, shelf) for layer in x["layers"]),
    )


def _layer_body(layer: Layer, shelf: Shelf) -> Json:
    if isinstance(layer, UnknownLayer):
        return json.loads(layer.body)
    return _value_body(layer, shelf)


def _layer(x: Json, shelf: Shelf) -> Layer:
    entry = kinds().find("layer", x["kind"])
    try:
        if entry is not None:
            return _object(entry, x, shelf)
    except (PluginError, WishError, ShapeError, TypeError):
        # Of another version of its plug-in, or with a value it does not know: keep it.
        pass
    return UnknownLayer(json.dumps(x, separators=(",", ":"), sort_keys=True))


def _value_body(x: Any, shelf: Shelf) -> Json:
    """Return the JSON of a field: plain values, tuples, fractions, arrays, dataclasses."""
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    if isinstance(x, tuple):
        return [_value_body(item, shelf) for item in x]
    if isinstance(x, Fraction):
        return {"fraction": str(x)}
    if isinstance(x, np.ndarray):
        return _array(x, shelf)
    entry = kinds().entry_of(type(x))
    if entry is None or not is_dataclass(x):
        name = type(x).__name__
        raise PluginError(f"A {name} cannot be saved: it is not in the table of kinds.")
    body = {f.name: _value_body(getattr(x, f.name), shelf) for f in fields(x) if f.init}
    return {"kind": entry.name, **body}


def _value(x: Json, shelf: Shelf) -> Any:
    if isinstance(x, list):
        return tuple(_value(item, shelf) for item in x)
    if not isinstance(x, dict):
        return x
    if "kind" in x:
        return _object(kinds().get("value", x["kind"]), x, shelf)
    return Fraction(x["fraction"]) if "fraction" in x else shelf.get(x["array"])


def _object(entry: Entry, x: Mapping[str, Json], shelf: Shelf) -> Any:
    rest = {key: _value(value, shelf) for key, value in x.items() if key != "kind"}
    return made(entry, rest)
