"""Joins the rooms: a video becomes a project, a project an edited film."""

import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import cast, get_args, get_type_hints

import numpy as np

from core.apart import apart
from core.arrays import Float, check
from core.builtin import kinds, title_of
from core.codec import UnknownLayer
from core.errors import MediaError, NoFaceError, ProjectError, WishError
from core.exchange.arkit_csv import write_csv
from core.expression import learned
from core.expression.keyframes import Envelope
from core.expression.layers import Emotion, Layer, Offset, Scale, Smooth, compose
from core.expression.manipulator import Style
from core.expression.own import hidden
from core.expression.replace import GUESSED
from core.face.articulation import LOWER_INNER, UPPER_INNER, articulation
from core.face.model import FaceModel, built_in
from core.jobs import Ticket
from core.landmarks.sets import EYE_CORNERS_LEFT, EYE_CORNERS_RIGHT
from core.loader import guarded
from core.media.atomic import why_unwritable
from core.media.cut import Cut, between
from core.media.encode import ExportSettings, container_of
from core.media.export import ExportReport, export_video
from core.media.probe import VideoInfo, probe
from core.project import Clip, Project, Take
from core.reconstruction.closure import brow_heights, openings
from core.reconstruction.reconstruct import neutral_of, reconstruct
from core.rendering.render import drawn, render_frame, render_video
from core.spool import in_pieces
from core.stages import Evidence
from core.storage import SUFFIX, ProjectFile
from core.track import Track

_CODECS = get_args(get_type_hints(ExportSettings)["codec"])


def open_clip(path: Path) -> Clip:
    """Return the video at `path` as a clip of a document."""
    return clip_of(probe(path))


def clip_of(info: VideoInfo) -> Clip:
    """Return what a document keeps of a video."""
    return Clip(info.path, info.digest, info.times, info.size, info.audio_rate)


def track(path: Path, ticket: Ticket, focal: float | None = None) -> Project:
    """Return a new project with a take for every face followed in the video at `path`."""
    clip, takes = reconstruct(path, ticket=ticket, focal=focal)
    return Project((clip,), tuple(takes))


def track_apart(path: Path, ticket: Ticket, focal: float | None = None) -> Project:
    """Do as `track` in a process of its own, which leaves the project in a file."""
    with TemporaryDirectory(prefix="facestudio-") as folder:
        place = Path(folder, f"track{SUFFIX}")
        apart(_track_into, path, place, focal, ticket=ticket)
        with ProjectFile(place) as file:
            project = file.project
    return replace(project, clips=(replace(project.clips[0], path=PurePath(path)),))


def _track_into(path: Path, place: Path, focal: float | None, ticket: Ticket) -> None:
    ProjectFile.create(place, track(path, ticket, focal)).close()


def style_of(path: Path, ticket: Ticket, neutral: Path | None = None) -> Style:
    """Return the manner in which the main face of a video feels.

    neutral : another video of the same person, calm. Without one what is worn throughout is
    a guess from the face at rest, and something of the person's own face is in the style.
    """
    rest = None if neutral is None else neutral_of(neutral, ticket=ticket.part(0, 0.4))
    _, takes = reconstruct(path, ticket=ticket.part(0.4, 1), neutral=rest)
    take = takes[0]
    worn = 0 if rest is not None else GUESSED * hidden(take.resting_emotion)
    face = np.clip(take.track["expression"] + worn, 0, 1).astype(np.float32)
    model = face_model(take.face)
    mouth = articulation(model, model.person(take.shape))
    seen = take.track["confidence"][:, 0] > 0
    return learned.style_of(face, take.track.times, seen, mouth, path.stem)


def face_model(name: str) -> FaceModel:
    """Return the face model a take was made with."""
    model = built_in()
    if name != model.name:
        raise ProjectError(f"This project needs a face model that is not here: {name}")
    return model


def lip_gap(landmarks: Float) -> Float:
    """Return (F,) mean distance of five inner-lip pairs over that of the outer eye corners.

    landmarks : (F, 478, 2) px; frames without a face, all zeros, give 0.
    """
    check(landmarks, "F 478 2")

    def apart(a: Sequence[int], b: Sequence[int]) -> Float:
        return np.linalg.norm(landmarks[:, list(a)] - landmarks[:, list(b)], axis=2).mean(1)

    eyes = apart([EYE_CORNERS_RIGHT[0]], [EYE_CORNERS_LEFT[0]])
    gap = apart(UPPER_INNER, LOWER_INNER)
    return np.divide(gap, eyes, out=np.zeros_like(gap), where=eyes > 0)


def evidence(take: Take) -> Evidence:
    """Return what layers may ask about the take."""
    model = face_model(take.face)
    mouth = articulation(model, model.person(take.shape))
    return Evidence(
        mouth,
        in_pieces(lip_gap, take.landmarks),
        take.resting_emotion,
        filmed=take.track,
        lid_gap=in_pieces(openings, take.landmarks),
        brow_height=in_pieces(brow_heights, take.landmarks),
    )


def export(
    project: Project,
    target: Path,
    settings: ExportSettings,
    ticket: Ticket,
    renderer: str = "",
) -> ExportReport:
    """Write the film of the first clip with all edits of its faces.

    renderer : the name of one that a plug-in brings, "" is ours.
    """
    takes = {i: take for i, take in enumerate(project.takes) if take.clip == 0}
    if not takes:
        raise NoFaceError("This project holds no face yet; track a video into it first.")
    info = source(project.clips[0])
    if renderer:
        shots = drawn(renderer, [(take, evidence(take)) for take in takes.values()])
        report = export_video(
            info, target, lambda i, rgb: render_frame(i, rgb, shots), settings, ticket
        )
    else:
        wanted = [i for i, take in takes.items() if take.layers] or [min(takes)]
        known = {i: evidence(takes[i]) for i in wanted}
        report = render_video(project, known, target, settings, source=info, ticket=ticket)
    return replace(report, notes=(*report.notes, *left_out(project)))


def export_apart(
    project: Project,
    target: Path,
    settings: ExportSettings,
    ticket: Ticket,
    renderer: str = "",
) -> ExportReport:
    """Do as `export` in a process of its own, which reads `project` from a file made for it."""
    with TemporaryDirectory(prefix="facestudio-") as folder:
        path = Path(folder, f"export{SUFFIX}")
        ProjectFile.create(path, project).close()
        return apart(_export_of, path, target, settings, renderer, ticket=ticket)


def _export_of(
    path: Path, target: Path, settings: ExportSettings, renderer: str, ticket: Ticket
) -> ExportReport:
    with ProjectFile(path) as file:
        project = file.project
    return export(project, target, settings, ticket, renderer)


def export_with(project: Project, face: str, exporter: str, target: Path) -> Path:
    """Write one face's edited track with an exporter of a plug-in; return the file.

    A name without a suffix gets that of the exporter.
    """
    entry = kinds().get("exporter", exporter)
    which = faces(project, face)
    if len(which) > 1:
        raise WishError("A file holds one face; say which with --face.")
    if not target.suffix:
        target = target.with_name(target.name + entry.suffix)
    check_folder(target)
    track_ = edited(project.takes[which[0]])
    try:
        guarded(kinds(), entry, entry.load(), track_, target)
    except OSError as e:
        raise why_unwritable(e, target) from e
    return target


def check_renderer(name: str) -> None:
    """Refuse early the name of a renderer that no plug-in brings; "" is ours."""
    if name:
        kinds().get("renderer", name)


def left_out(project: Project) -> tuple[str, ...]:
    """Return a sentence for each layer that does nothing because its plug-in is not there."""
    table = kinds()
    told: list[str] = []
    for take in project.takes:
        for layer in take.layers:
            entry = table.entry_of(type(layer))
            if isinstance(layer, UnknownLayer):
                told.append(f"the layer “{layer.kind}” was left out: its plug-in is missing")
            elif entry is not None and layer.enabled and not table.works(entry):
                told.append(f"the layer “{entry.title}” was left out: its plug-in failed")
    return tuple(dict.fromkeys(told))


def edited(take: Take) -> Track:
    """Return what the face does after all edits."""
    return compose(take.track, take.layers, evidence(take))


def faces(project: Project, wish: str) -> list[int]:
    """Return the takes a wish such as "1" or "all" means."""
    count = len(project.takes)
    if not count:
        raise NoFaceError("This project holds no face yet; track a video into it first.")
    if wish == "all":
        return list(range(count))
    if not (wish.isdecimal() and 1 <= int(wish) <= count):
        raise WishError(f"There is no face “{wish}”; there are 1 to {count}, or “all”.")
    return [int(wish) - 1]


def with_layer(project: Project, which: list[int], layer: Layer, add: bool = False) -> Project:
    """Return the project with `layer` on the takes `which`.

    It takes the place of layers of the same kind and shape, unless `add`.
    """
    for i in which:
        take = project.takes[i]
        same = [k for k, old in enumerate(take.layers) if not add and _alike(old, layer)]
        at = same[0] if same else len(take.layers)
        kept = [old for k, old in enumerate(take.layers) if k not in same]
        kept.insert(at, layer)
        project = project.with_take(i, replace(take, layers=tuple(kept)))
    return project


def said(layer: Layer) -> str:
    """Return what a layer does, in the words of the undo menu."""
    if isinstance(layer, Emotion):
        how = "" if layer.method == "direct" else ", learned"
        how = ", from a reference" if layer.style and how else how
        return f"Emotion: {layer.label}{how} {_curve(layer.amount)}"
    if isinstance(layer, Offset):
        return f"Offset: {layer.shape} {_curve(layer.amount)}"
    if isinstance(layer, Scale):
        return f"Scale: {layer.shape} {_curve(layer.gain)}"
    if isinstance(layer, Smooth):
        return f"Smooth: {layer.shape} {layer.sigma:g} s"
    if isinstance(layer, UnknownLayer):
        return f"{layer.kind} (its plug-in is missing)"
    return title_of(layer)


def settings_for(target: Path, codec: str, crf: int, preset: str) -> ExportSettings:
    """Return how `target` is coded, and refuse early what could not be written at the end.

    codec : "" takes what the name asks for, a name without a suffix being a folder of PNG.
    """
    codec = codec or ("h264" if target.suffix else "png")
    if codec not in _CODECS:
        raise WishError(f"There is no codec “{codec}”; there are {', '.join(_CODECS)}.")
    settings = ExportSettings(codec=cast("object", codec), crf=crf, preset=preset)  # type: ignore[arg-type]
    if codec != "png":
        container_of(target, settings)
        if os.path.isdir(target):
            raise MediaError(f"This is a folder, name a file in it: {target}")
    check_folder(target)
    return settings


def check_folder(target: Path) -> None:
    """Refuse a target whose folder does not exist or may not be written."""
    folder = Path(os.path.abspath(target)).parent
    if not os.path.isdir(folder) and os.access(folder.parent, os.X_OK):
        raise MediaError(f"The folder does not exist: {folder}")
    if not os.access(folder, os.W_OK):
        raise MediaError(f"You are not allowed to write in this folder: {folder}")


def check_project_target(path: Path, over: bool) -> None:
    """Refuse a project name early: a file that exists, unless it is to be edited."""
    check_folder(path)
    if over and os.path.exists(path):
        ProjectFile(path).close()
    elif os.path.exists(path):
        raise ProjectError(
            f"There is a file of that name; choose another, or --replace what it holds: {path}"
        )


def keep(project: Project, path: Path, label: str, over: bool = False) -> None:
    """Write a new project file, or with `over` make `project` the next edit of an old one."""
    if over and os.path.exists(path):
        with ProjectFile(path) as file:
            file.push(label, project)
    else:
        ProjectFile.create(path, project, label).close()


def cut_of(project: Project, start: float | None, end: float | None) -> Cut:
    """Return the part of the clip from `start` to `end`, in seconds; None = all there is."""
    if not project.clips:
        raise NoFaceError("This project holds no clip yet; track a video into it first.")
    return Cut(*between(project.clips[0].times, start, end))


def write_coefficients(
    project: Project, face: str, target: Path, filmed: bool, cut: Cut | None = None
) -> int:
    """Write one face's coefficients, edited or as filmed; return the rows.

    cut : a part of the clip; its rows have the times of the film of that part.
    """
    which = faces(project, face)
    if len(which) > 1:
        raise WishError("A table holds one face; say which with --face.")
    take = project.takes[which[0]]
    track_ = take.track if filmed else edited(take)
    if cut is not None:
        rows = cut.frames(len(track_))
        values = track_.values[rows.start : rows.stop]
        track_ = Track(track_.space, values, cut.times(track_.times))
    return write_csv(track_, target)


def relinked(project: Project, path: Path) -> Project:
    """Return the project whose clip lies at `path` now; its content must be the same."""
    found = open_clip(path)
    known = [i for i, clip in enumerate(project.clips) if clip.digest == found.digest]
    if not known:
        raise MediaError(f"This is not the clip that was tracked, its content differs: {path}")
    clips = tuple(
        replace(clip, path=found.path) if i in known else clip
        for i, clip in enumerate(project.clips)
    )
    return replace(project, clips=clips)


def source(clip: Clip) -> VideoInfo:
    """Return the file of `clip`; raise `MediaError` if it has moved or changed."""
    path = Path(clip.path)
    if not os.path.exists(path):
        raise MediaError(
            "The clip of this project has moved; say where with “relink”, in the studio with "
            f"“Locate media…”: {path}"
        )
    info = probe(path)
    if info.digest != clip.digest:
        raise MediaError(f"The clip has changed since it was tracked: {path}")
    return info


def _alike(a: Layer, b: Layer) -> bool:
    return type(a) is type(b) and getattr(a, "shape", "") == getattr(b, "shape", "")


def _curve(curve: Envelope) -> str:
    if len(curve.keys) == 1:
        return f"{curve.keys[0].value:.0%}"
    return ", ".join(f"{k.value:.0%} at {_seconds(k.time)}" for k in curve.keys)


def _seconds(time: Fraction) -> str:
    return f"{float(time):.4g} s"
