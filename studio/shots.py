"""What the preview knows of a document: the shots of its clip, and a name for each picture."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core import engine
from core.arrays import Float, Rgb
from core.camera import Camera
from core.errors import PluginError
from core.expression.layers import compose
from core.media.probe import VideoInfo
from core.media.proxy import proxy_size
from core.project import Project, Take
from core.rendering.render import Shot, drawn_by, faded, gathered, render_frame
from core.rendering.warp import WarpRenderer
from core.stages import Evidence
from core.track import Look, Track

SMALL_NODES = 64  # across a face in a small picture


@dataclass(frozen=True, eq=False)
class Face:
    """All of a take that does not depend on its layers, made once.

    renderer : None until an edit needs it; what it knows of the clip is read from there.
    small : the same for pictures of the size of a proxy.
    """

    take: Take
    evidence: Evidence
    renderer: WarpRenderer | None = None
    small: WarpRenderer | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """A document ready to be looked at.

    keys : a name for the picture of every frame; pictures with equal names are equal.
    edited : the track of each take after its edits. plugged : a plug-in draws the pictures.
    """

    project: Project
    info: VideoInfo
    faces: tuple[Face, ...]
    edited: tuple[Track, ...]
    shots: tuple[Shot, ...]
    keys: tuple[Any, ...]
    plugged: bool = False

    @property
    def small_size(self) -> tuple[int, int]:
        """Return (W, H) of the pictures that `small_picture` makes."""
        return proxy_size(self.info.size)

    def picture(self, frame: int, rgb: Rgb) -> Rgb:
        """Return the edited frame; `rgb` itself where nothing changes."""
        return render_frame(frame, rgb, self.shots)

    def small_picture(self, frame: int, rgb: Rgb) -> Rgb:
        """Return the edited frame from a small one; near what `picture` is, made smaller."""
        scale = np.divide(self.small_size, self.info.size).astype(np.float32)
        for face, edited in zip(self.faces, self.edited, strict=True):
            if face.small is not None and edited is not face.take.track:
                filmed = face.take.track.look(frame, face.take.landmarks)
                rgb = face.small.frame(rgb, _scaled(filmed, scale), edited.look(frame))
        return rgb


def scene_of(
    project: Project, info: VideoInfo, before: Scene | None, picture: str = ""
) -> Scene:
    """Return the scene of the first clip; what `before` knows already is taken over.

    picture : the renderer of a plug-in that draws it, "" is ours.
    """
    faces: list[Face] = []
    edited: list[Track] = []
    shots: list[Shot] = []
    for i, take in enumerate(take for take in project.takes if take.clip == 0):
        old = before.faces[i] if before and i < len(before.faces) else None
        face = _face(take, old)
        if before and old and old.take.layers == take.layers and face.evidence is old.evidence:
            track = before.edited[i]
        else:
            track = _edited(take, face.evidence)
        if picture:
            shots.append(drawn_by(picture, take, track, engine.face_model(take.face)))
        elif track is not take.track:
            face = face if face.renderer else _ready(info, face)
            assert face.renderer is not None
            shots.append(Shot(take, track, face.renderer))
        faces.append(face)
        edited.append(track)
    keys = _plugged_keys(info, shots, picture) if picture else _keys(info, shots)
    plugged = bool(picture)
    return Scene(project, info, tuple(faces), tuple(edited), tuple(shots), keys, plugged)


def warmed(scene: Scene) -> Scene:
    """Return the scene with the renderers that a first edit would wait for."""
    faces = tuple(f if f.renderer else _ready(scene.info, f) for f in scene.faces)
    return replace(scene, faces=faces)


def _face(take: Take, old: Face | None) -> Face:
    if old is not None and old.take.track is take.track and old.take.shape is take.shape:
        return replace(old, take=take)
    return Face(take, engine.evidence(take))


def _edited(take: Take, evidence: Evidence) -> Track:
    try:
        return faded(take.track, compose(take.track, take.layers, evidence))
    except PluginError:  # it is switched off from now on; the other layers go on
        return _edited(take, evidence)


def _ready(info: VideoInfo, face: Face) -> Face:
    take = face.take
    model = engine.face_model(take.face)
    assets = gathered(info, take, model)
    large = WarpRenderer(model, take.shape, take.camera, assets)
    # A likeness while the playhead moves does without looking for hands before the face.
    quick = replace(assets, usual=None)
    camera = _small_camera(info, take.camera)
    small = WarpRenderer(model, take.shape, camera, quick, SMALL_NODES)
    return replace(face, renderer=large, small=small)


def _small_camera(info: VideoInfo, camera: Camera) -> Camera:
    w, h = proxy_size(info.size)
    across, down = w / info.size[0], h / info.size[1]
    focal = camera.focal * (across * down) ** 0.5  # they differ by the rounding of the size
    return Camera(focal, camera.cx * across, camera.cy * down, w, h)


def _scaled(look: Look, scale: Float) -> Look:
    points = look.landmarks
    return look if points is None else replace(look, landmarks=points * scale)


def _plugged_keys(info: VideoInfo, shots: list[Shot], picture: str) -> tuple[Any, ...]:
    rows = [[row.tobytes() for row in shot.edited.values] for shot in shots]
    return tuple(
        (info.digest, i, picture, *(row[i] for row in rows)) for i in range(len(info.times))
    )


def _keys(info: VideoInfo, shots: list[Shot]) -> tuple[Any, ...]:
    """Return a name a frame: the clip, the frame, and what each edited face does in it."""
    count = len(info.times)
    rows: list[list[bytes]] = []
    for shot in shots:
        edited, filmed = shot.edited.values, shot.take.track.values
        changed = (edited != filmed).any(1).tolist()
        rows.append([edited[i].tobytes() if changed[i] else b"" for i in range(count)])
    named = [tuple(row[i] for row in rows) for i in range(count)]
    return tuple((info.digest, i, *(n if any(n) else ())) for i, n in enumerate(named))
