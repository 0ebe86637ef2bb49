"""The verbs of the main path: follow a face, change its emotion, write the film."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.terminal import Terminal

if TYPE_CHECKING:  # engines are imported when a verb needs them, so that --help is quick
    from core.expression.keyframes import Envelope
    from core.expression.layers import Emotion
    from core.media.encode import ExportSettings
    from core.project import Project

Face = Annotated[str, typer.Option(help="Which face: 1 is the most prominent; or “all”.")]
Crf = Annotated[int, typer.Option(min=0, max=51, help="H.264 quality, 0 is lossless.")]
Preset = Annotated[str, typer.Option(help="H.264 speed: ultrafast … veryslow.")]
Codec = Annotated[
    str, typer.Option(help="h264, prores or png; by default what the name of -o asks for.")
]
Curve = Annotated[str, typer.Option(help="seconds:value points, e.g. 0:0,1.5:1,4:0.3")]
From = Annotated[
    float | None, typer.Option("--from", help="Seconds at which a part of the clip begins.")
]
To = Annotated[float | None, typer.Option("--to", help="Seconds at which it ends.")]
Width = Annotated[int, typer.Option(min=0, help="Pixels; the height follows. 0 = as filmed.")]
Focal = Annotated[float, typer.Option(min=0, help="Focal length in pixels, 0 = estimated.")]


def track(
    terminal: Terminal,
    video: Annotated[Path, typer.Argument(help="The video with the talking face.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new *.facestudio file.")],
    focal: Focal = 0.0,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it into an existing project, as one edit.")
    ] = False,
) -> None:
    """Follow the faces of a video in 3D and keep them in a project."""
    from core import engine

    engine.check_project_target(output, replace)
    with terminal.ticket("Tracking") as ticket:
        project = engine.track(video, ticket, focal or None)
    engine.keep(project, output, f"Track {video.name}", replace)
    facts = {
        "project": output,
        "frames": len(project.clips[0].times),
        "faces": len(project.takes),
    }
    terminal.result(
        facts, f"{facts['faces']} face(s) in {facts['frames']} frames; the project is {output}"
    )


def emotion(  # noqa: PLR0913 - each is an option of the command line
    terminal: Terminal,
    source: Annotated[Path, typer.Argument(metavar="PROJECT_OR_VIDEO")],
    to: Annotated[
        str, typer.Option(help="happy, sad, angry, surprised, fear, disgusted …")
    ] = "",
    curve: Curve = "",
    intensity: Annotated[float, typer.Option(help="0 to 1.5; a curve is scaled by it.")] = 1.0,
    face: Face = "1",
    guard: Annotated[float, typer.Option(help="How firmly speech is kept, 0 to 1.")] = 1.0,
    method: Annotated[
        str, typer.Option(help="direct adds a prototype, learned asks the trained editor.")
    ] = "",
    reference: Annotated[
        Path | None, typer.Option(help="A video of anybody: the manner of feeling to put on.")
    ] = None,
    style: Annotated[
        Path | None, typer.Option(help="The same from a file of 'facestudio style'.")
    ] = None,
    add: Annotated[
        bool, typer.Option("--add", help="Blend with the emotions there are.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The film to write.")
    ] = None,
    crf: Crf = 17,
    preset: Preset = "fast",
    codec: Codec = "",
    focal: Focal = 0.0,
) -> None:
    """Change the emotion of a face over time: of a project, or from a video to a video."""
    from core import engine
    from core.storage import is_project

    layer = _emotion(terminal, Manner(to, method, reference, style), curve, intensity, guard)
    if not is_project(source) and output is None:
        raise typer.BadParameter("a video needs -o, the film to write (or track it first).")
    settings = engine.settings_for(output, codec, crf, preset) if output else None
    if is_project(source):
        project = commit(terminal, source, layer, face, add)
    else:
        with terminal.ticket("Tracking") as ticket:
            project = engine.track(source, ticket, focal or None)
        project = engine.with_layer(project, engine.faces(project, face), layer, add)
    if output and settings:
        _film(terminal, project, output, settings)


def export(  # noqa: PLR0913 - each is an option of the command line
    terminal: Terminal,
    project: Annotated[Path, typer.Argument(metavar="PROJECT")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="out.mp4, out.mov, or a new folder for PNG."),
    ] = None,
    coefficients: Annotated[
        Path | None,
        typer.Option(help="Write a CSV: a row a frame, the 52 ARKit shapes, pose, gaze."),
    ] = None,
    filmed: Annotated[
        bool, typer.Option("--filmed", help="The CSV as filmed, without edits.")
    ] = False,
    face: Face = "1",
    crf: Crf = 17,
    preset: Preset = "fast",
    codec: Codec = "",
    start: From = None,
    end: To = None,
    width: Width = 0,
    no_sound: Annotated[bool, typer.Option("--no-sound", help="Leave the sound out.")] = False,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Also out-compare.mp4: filmed left, edited right."),
    ] = False,
    exporter: Annotated[
        str, typer.Option(help="-o is written by this plug-in (doctor lists them).")
    ] = "",
    renderer: Annotated[
        str, typer.Option(help="The pictures of the film are drawn by this plug-in.")
    ] = "",
) -> None:
    """Write the edited film or a part of it, or the coefficients of a face."""
    from dataclasses import replace

    from core import engine
    from core.media.cut import beside
    from core.storage import ProjectFile

    if output is None and coefficients is None:
        raise typer.BadParameter("name what to write: -o out.mp4 or --coefficients out.csv.")
    if exporter and output and not coefficients:
        with ProjectFile(project) as file:
            made = engine.export_with(file.project, face, exporter, output)
        terminal.result({"file": made}, f"the file is {made}")
        return
    settings = engine.settings_for(output, codec, crf, preset) if output else None
    engine.check_renderer(renderer)
    with ProjectFile(project) as file:
        document = file.project
    cut = replace(engine.cut_of(document, start, end), width=width, sound=not no_sound)
    if coefficients:
        rows = engine.write_coefficients(document, face, coefficients, filmed, cut)
        terminal.result(
            {"coefficients": coefficients, "rows": rows}, f"{rows} rows in {coefficients}"
        )
    if output and settings:
        _film(terminal, document, output, replace(settings, cut=cut), renderer)
        if compare:
            both = replace(settings, cut=replace(cut, compare=True))
            _film(terminal, document, beside(output), both, renderer)


def style(
    terminal: Terminal,
    video: Annotated[Path, typer.Argument(help="A video of somebody who feels something.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new *.safetensors file.")],
    neutral: Annotated[
        Path | None, typer.Option(help="The same person, calm: then only the feeling is taken.")
    ] = None,
    name: Annotated[str, typer.Option(help="What it is called; the name of the video.")] = "",
) -> None:
    """Take the manner of feeling of a video into a file, for 'emotion --style'."""
    from dataclasses import replace

    from core import engine
    from core.exchange.style_file import write_style
    from core.expression.manipulator import reader

    engine.check_folder(output)
    with terminal.ticket("Tracking") as ticket:
        found = engine.style_of(video, ticket, neutral)
    found = replace(found, name=name or found.name)
    write_style(found, reader().digest, output)
    near = reader().label_of_style(found.numbers)
    terminal.result(
        {"style": output, "nearest": near},
        f"“{found.name}”, nearest to {near}: {output}",
    )


@dataclass(frozen=True)
class Manner:
    """Which emotion: its name, the method, or a reference."""

    to: str
    method: str
    reference: Path | None
    style: Path | None


def _emotion(
    terminal: Terminal, manner: Manner, curve: str, intensity: float, guard: float
) -> "Emotion":
    """Return the layer; a reference is looked at now, so that the project needs it no more."""
    from core.errors import WishError
    from core.expression.layers import Emotion

    amount = envelope(curve, intensity)
    if manner.reference is None and manner.style is None:
        if not manner.to:
            raise WishError("Say which emotion: --to happy, --reference VIDEO or --style FILE.")
        return Emotion(manner.to, amount, guard=guard, method=manner.method or "direct")
    if manner.method == "direct":
        raise WishError("A reference is put on by the learned editor; leave out --method.")
    from core import engine
    from core.exchange.style_file import read_style
    from core.expression.manipulator import reader

    if manner.style is not None:
        found = read_style(manner.style, reader().digest)
    else:
        assert manner.reference is not None
        with terminal.ticket("Looking at the reference") as ticket:
            found = engine.style_of(manner.reference, ticket)
    label = manner.to or reader().label_of_style(found.numbers)
    return Emotion(label, amount, guard=guard, method="learned", style=found.flat)


def commit(
    terminal: Terminal, path: Path, layer: Any, face: str, add: bool = False
) -> "Project":
    """Commit one layer; what is said here is on disk."""
    from core import engine
    from core.storage import ProjectFile

    with ProjectFile(path) as file:
        which = engine.faces(file.project, face)
        project = engine.with_layer(file.project, which, layer, add)
        label = engine.said(layer)
        file.push(label, project)
        step = file.history.head
    names = [project.takes[i].name for i in which]
    terminal.result(
        {"project": path, "edit": label, "step": step, "faces": names},
        f"{label} ({', '.join(names)}), step {step} of {path}",
    )
    return project


def _film(
    terminal: Terminal,
    project: "Project",
    target: Path,
    settings: "ExportSettings",
    renderer: str = "",
) -> None:
    from core import engine

    with terminal.ticket("Exporting") as ticket:
        report = engine.export(project, target, settings, ticket, renderer)
    for note in report.notes:
        terminal.note(f"Note: {note}.")
    changed = sum(1 for n in report.changed if n)
    facts = asdict(report) | {"changed": changed}
    rate = report.frames / max(report.seconds, 1e-9)
    terminal.result(
        facts,
        f"{report.frames} frames, {changed} of them changed, sound {report.audio}, "
        f"{rate:.1f} frames/s; the film is {target}",
    )


def envelope(curve: str, gain: float) -> "Envelope":
    """Return the curve of the option, times `gain`; without one, `gain` throughout."""
    from core.expression.keyframes import Envelope

    return Envelope.parse(curve).scaled(gain) if curve else Envelope.constant(gain)
