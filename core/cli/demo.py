"""`demo`: the main path from start to end, on the clip that ships."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.terminal import Terminal

if TYPE_CHECKING:
    from core.expression.layers import Emotion
    from core.times import Times

COLUMNS = 6


def demo(
    terminal: Terminal,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the results go.")
    ] = Path("demo-output"),
    to: Annotated[str, typer.Option(help="The emotion the actor turns to.")] = "happy",
) -> None:
    """Track the clip that ships, change its emotion along a curve, export it with sound."""
    from core import engine
    from core.cli.sheet import around, contact_sheet
    from core.media.encode import ExportSettings
    from core.schema import discard
    from core.storage import ProjectFile

    clip = _clip()
    output.mkdir(parents=True, exist_ok=True)
    project_path, film = output / "demo.facestudio", output / f"{to}.mp4"
    sheet, table = output / "before-after.png", output / "coefficients.csv"
    discard(project_path)  # of an earlier run
    began = time.perf_counter()
    with terminal.ticket("Tracking") as ticket:
        project = engine.track(clip, ticket)
    tracking = time.perf_counter() - began
    times = project.clips[0].times
    layer = _arc(to, times)
    with ProjectFile.create(project_path, project, f"Track {clip.name}") as file:
        project = engine.with_layer(project, [0], layer)
        began = time.perf_counter()
        file.push(engine.said(layer), project)
        committing = time.perf_counter() - began
    with terminal.ticket("Exporting") as ticket:
        report = engine.export(project, film, ExportSettings(), ticket)
    engine.write_coefficients(project, "1", table, filmed=False)
    frames = [round((i + 0.5) * len(times) / COLUMNS) for i in range(COLUMNS)]
    amount = layer.amount.at(times)
    captions = [
        f"{float(times.moment(i)):.2f} s  {layer.label} {amount[i]:.0%}" for i in frames
    ]
    columns = list(zip(frames, captions, strict=True))
    crop = around(project.takes[0].landmarks[frames], project.clips[0].size)
    contact_sheet((clip, film), columns, crop, sheet)
    n = len(times)
    facts: dict[str, Any] = {
        "clip": clip,
        "frames": n,
        "faces": len(project.takes),
        "track_fps": n / tracking,
        "export_fps": n / report.seconds,
        "commit_ms": committing * 1000,
        "changed": sum(1 for c in report.changed if c),
        "audio": report.audio,
        "files": [project_path, film, sheet, table],
    }
    terminal.result(facts, _told(facts, engine.said(layer)))


def _clip() -> Path:
    from core.errors import ModelError
    from core.paths import resource

    found = sorted(resource("demo").glob("*.mp4"))
    if not found:
        raise ModelError(
            f"The demo clip is missing; install facestudio again: {resource('demo')}"
        )
    return found[0]


def _arc(to: str, times: "Times") -> "Emotion":
    """Return the emotion that rises, stays for a third of the clip, and falls to a third."""
    from core.expression.keyframes import Envelope
    from core.expression.layers import Emotion

    end = times.moment(len(times) - 1)
    points = ((end * 0, 0.0), (end / 3, 1.0), (end * 2 / 3, 1.0), (end, 1 / 3))
    return Emotion(to, Envelope.of(*points))


def _told(facts: dict[str, Any], edit: str) -> str:
    files = "\n".join(f"  {path}" for path in facts["files"])
    return (
        f"Tracked   {facts['frames']} frames, {facts['faces']} face(s): "
        f"{facts['track_fps']:.1f} frames/s with the identity\n"
        f"Edited    {edit}, committed in {facts['commit_ms']:.1f} ms\n"
        f"Exported  {facts['changed']} frames changed, sound {facts['audio']}: "
        f"{facts['export_fps']:.1f} frames/s with decoding and encoding\n"
        f"Files\n{files}"
    )
