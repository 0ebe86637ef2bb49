"""The verbs: one frame, or a whole film, in which chosen faces feel something else."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import Double, Float, Rgb
from core.builtin import kinds
from core.errors import ModelError, ProjectError
from core.expression.layers import compose
from core.face.model import FaceModel, built_in
from core.jobs import Ticket
from core.media.encode import ExportSettings
from core.media.export import ExportReport, export_video
from core.media.probe import VideoInfo, probe
from core.media.video import FrameReader
from core.project import Project, Take
from core.rendering.atlas import Assets, assets_of, chosen_frames
from core.rendering.plugged import PluggedRenderer
from core.rendering.warp import SURE, UNSURE, WarpRenderer
from core.spool import PIECE, let_go
from core.stages import Evidence, Renderer
from core.track import Look, Track

FADE = 6  # frames an edit takes to come and go around a gap in the track


@dataclass(frozen=True, eq=False)
class Shot:
    """One face of a clip, ready to be rendered at any frame, in any order.

    edited : what the face shall do; equal rows to the filmed ones leave the frame as it is.
    always : the renderer also draws a face that nobody edited, as those of plug-ins do.
    """

    take: Take
    edited: Track
    renderer: Renderer
    always: bool = False

    def look(self, frame: int) -> tuple[Look, Look]:
        """Return the filmed and the edited face at `frame`."""
        if frame % PIECE == 0:
            let_go(self.take.landmarks)
        filmed = self.take.track.look(frame, self.take.landmarks)
        return filmed, self.edited.look(frame)

    @property
    def active(self) -> bool:
        """Return whether any frame changes."""
        return self.always or self.edited is not self.take.track


def render_frame(frame: int, rgb: Rgb, shots: Sequence[Shot]) -> Rgb:
    """Return frame number `frame`, filmed as `rgb`; `rgb` itself where no shot changes it."""
    for shot in shots:
        if shot.active:
            rgb = shot.renderer.frame(rgb, *shot.look(frame))
    return rgb


def render_video(
    project: Project,
    evidence: Mapping[int, Evidence],
    target: str | os.PathLike[str],
    settings: ExportSettings | None = None,
    *,
    source: VideoInfo | str | os.PathLike[str] | None = None,
    ticket: Ticket | None = None,
) -> ExportReport:
    """Write the film in which the takes of `evidence` (take index -> evidence) are edited.

    source : where the clip of those takes lies, if not at its own path. Other faces of the
    clip stay as they were filmed.
    """
    ticket = ticket or Ticket()
    clips = {project.takes[i].clip for i in evidence}
    if len(clips) != 1:
        raise ProjectError("A film is rendered from takes of one clip.")
    where = source if source is not None else project.clips[clips.pop()].path
    info = where if isinstance(where, VideoInfo) else probe(where)
    shots = prepared(
        info, [(project.takes[i], e) for i, e in evidence.items()], ticket.part(0, 0.05)
    )
    return export_video(
        info,
        target,
        lambda frame, rgb: render_frame(frame, rgb, shots),
        settings,
        ticket.part(0.05, 1),
    )


def prepared(
    info: VideoInfo, takes: Sequence[tuple[Take, Evidence]], ticket: Ticket | None = None
) -> list[Shot]:
    """Return the shots of `takes`; reads a few frames of the clip for what they need."""
    ticket = ticket or Ticket()
    shots = []
    for take, evidence in ticket.over(takes, "preparing"):
        edited = faded(take.track, compose(take.track, take.layers, evidence))
        face = _face(take)
        assets = Assets() if edited is take.track else gathered(info, take, face)
        renderer = WarpRenderer(face, take.shape, take.camera, assets)
        shots.append(Shot(take, edited, renderer))
    return shots


def drawn_by(renderer: str, take: Take, edited: Track, face: FaceModel) -> Shot:
    """Return the shot of a take whose pictures the plug-in renderer of that name draws."""
    entry = kinds().get("renderer", renderer)
    return Shot(
        take, edited, PluggedRenderer(entry, face, take.shape, take.camera), always=True
    )


def drawn(renderer: str, takes: Sequence[tuple[Take, Evidence]]) -> list[Shot]:
    """Return the shots of `takes`, drawn by the plug-in renderer of that name."""
    return [
        drawn_by(renderer, t, faded(t.track, compose(t.track, t.layers, e)), _face(t))
        for t, e in takes
    ]


def gathered(info: VideoInfo, take: Take, face: FaceModel) -> Assets:
    """Return the assets of a take from its clip."""
    wanted = chosen_frames(take.track, take.landmarks)
    with FrameReader(info.path, info) as reader:

        def seen() -> Iterator[tuple[Rgb, Look]]:
            for frame in wanted:
                yield reader.at(frame).rgb, take.track.look(frame, take.landmarks)

        return assets_of(face, take.shape, take.camera.focal, seen())


def faded(filmed: Track, edited: Track) -> Track:
    """Return `edited` falling back to `filmed` around frames in which the face is not sure."""
    if edited is filmed:
        return filmed
    weight = presence(filmed["confidence"][:, 0])
    if (weight == 1).all():
        return edited
    for group in ("expression", "head_rotation", "head_translation", "eyes"):
        if not np.array_equal(filmed[group], edited[group]):
            eased = filmed[group] + weight[:, None] * (edited[group] - filmed[group])
            edited = edited.with_group(group, eased.astype(np.float32))
    return edited


def presence(confidence: Float) -> Double:
    """Return (F,) 0..1: how much of an edit each frame takes, rising and falling softly."""
    sure = np.clip((confidence.astype(np.float64) - UNSURE) / (SURE - UNSURE), 0, 1)
    missing = 1 - sure
    spread = missing.copy()
    for away in range(1, FADE):
        share = missing * (1 - away / FADE)
        spread[away:] = np.maximum(spread[away:], share[:-away])
        spread[:-away] = np.maximum(spread[:-away], share[away:])
    return 1 - spread


def _face(take: Take) -> FaceModel:
    face = built_in()
    if take.face != face.name:
        raise ModelError(f"The face model '{take.face}' of the take '{take.name}' is missing.")
    return face
