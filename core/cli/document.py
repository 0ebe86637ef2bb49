"""Verbs that look at a project or a video, and those that walk its history."""

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.terminal import Terminal

ProjectPath = Annotated[Path, typer.Argument(metavar="PROJECT", help="A *.facestudio file.")]


def undo(terminal: Terminal, project: ProjectPath) -> None:
    """Take the last edit back."""
    _walk(terminal, project, -1)


def redo(terminal: Terminal, project: ProjectPath) -> None:
    """Bring the edit back that was taken back last."""
    _walk(terminal, project, +1)


def history(terminal: Terminal, project: ProjectPath) -> None:
    """List every edit; the arrow marks where undo stands."""
    from core.storage import ProjectFile

    with ProjectFile(project) as file:
        head, labels = file.history.head, file.labels
    lines = (f"{'→' if i == head else ' '} {i:3d}  {text}" for i, text in enumerate(labels))
    terminal.answer({"head": head, "steps": labels}, "\n".join(lines))


def relink(
    terminal: Terminal,
    project: ProjectPath,
    video: Annotated[Path, typer.Argument(help="Where the clip of the project lies now.")],
) -> None:
    """Tell a project where its clip has moved."""
    from core import engine
    from core.storage import ProjectFile

    with ProjectFile(project) as file:
        file.push(f"Relink {video.name}", engine.relinked(file.project, video))
    terminal.result({"project": project, "clip": video}, f"{project} now reads {video}")


def check(
    terminal: Terminal,
    project: ProjectPath,
    face: Annotated[str, typer.Option(help="Which face: 1 is the most prominent.")] = "1",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A CSV with a row a frame.")
    ] = None,
) -> None:
    """Tell how well an edited face still speaks: closures, drift, voice against face."""
    import numpy as np

    from core import engine
    from core.exchange.check_csv import write_check
    from core.listening import check_speech
    from core.storage import ProjectFile

    with ProjectFile(project) as file:
        document = file.project
    which = engine.faces(document, face)[0]
    found = check_speech(document, which)
    times = document.takes[which].track.times
    if output:
        write_check(found, times, output)
    moments = [
        {"frame": m.frame, "seconds": float(times.moment(m.frame)), "reason": m.reason}
        for m in found.worst
    ]
    facts = {
        "closures": found.closures, "lost": found.lost, "opening": found.opening,
        "jitter_upper": found.jitter[0], "jitter_mouth": found.jitter[1],
        "drift": float(found.drift.mean()), "worst": moments,
    }  # fmt: skip
    lines = [
        f"closures lost   {found.lost} of {found.closures}",
        f"mouth opening   correlation {found.opening:.3f} with the filmed one",
        f"jitter          {found.jitter[0]:.2f} brows and lids, {found.jitter[1]:.2f} mouth",
        f"speech drift    {found.drift.mean():.2f} on average, {found.drift.max():.2f} at most",
    ]
    if np.isfinite(found.disagreement).any():
        before, after = np.nanmean(found.disagreement, axis=1)
        facts |= {"disagreement_before": float(before), "disagreement_after": float(after)}
        lines.append(f"voice and face  disagree by {before:.2f} as filmed, {after:.2f} edited")
    lines += [f"  {m['seconds']:8.3f} s  {m['reason']}" for m in moments]
    terminal.answer(facts, "\n".join(lines))


def info(
    terminal: Terminal,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video or a project.")],
) -> None:
    """Say what a video or a project holds."""
    from core.storage import is_project

    facts = _of_project(file) if is_project(file) else _of_video(file)
    width = max(map(len, facts))
    lines = (f"{key.replace('_', ' '):{width}s}  {_shown(x)}" for key, x in facts.items())
    terminal.answer(facts, "\n".join(lines))


def _walk(terminal: Terminal, project: Path, step: int) -> None:
    from core.storage import ProjectFile

    with ProjectFile(project) as file:
        before = file.history.head
        (file.undo if step < 0 else file.redo)()
        head = file.history.head
        edit = file.labels[max(before, head)]
    done = "Undone" if step < 0 else "Redone"
    terminal.result({"head": head, "edit": edit}, f"{done}: {edit}")


def _of_video(path: Path) -> dict[str, Any]:
    from core.media.probe import probe

    clip = probe(path)
    audio = clip.audio
    return {
        "video": path,
        "size": list(clip.size),
        "frames": len(clip.times),
        "rate": float(clip.times.rate()),
        "seconds": float(clip.times.moment(len(clip.times) - 1) + clip.tail * clip.times.base),
        "time_base": str(clip.times.base),
        "codec": clip.codec,
        "pixel_format": clip.coding.pixel_format,
        "audio": f"{audio.codec}, {audio.rate} Hz, {audio.channels} channels"
        if audio
        else "none",
        "digest": clip.digest,
    }


def _of_project(path: Path) -> dict[str, Any]:
    from core.engine import said
    from core.storage import ProjectFile

    with ProjectFile(path) as file:
        p, head, steps = file.project, file.history.head, len(file.labels)
    faces = [
        {
            "name": take.name,
            "clip": str(p.clips[take.clip].path),
            "frames": len(take.track),
            "frames_with_face": int((take.track["confidence"] > 0).sum()),
            "face_model": take.face,
            "layers": [said(layer) for layer in take.layers],
        }
        for take in p.takes
    ]
    return {
        "project": path,
        "clips": [str(clip.path) for clip in p.clips],
        "faces": faces,
        "step": head,
        "steps": steps,
    }


def _shown(x: Any) -> str:
    if isinstance(x, dict):
        return "\n    ".join(
            ["", *(f"{k.replace('_', ' ')}: {_shown(v)}" for k, v in x.items())]
        )
    if isinstance(x, list):
        return (
            "×".join(map(str, x))
            if all(isinstance(i, int) for i in x)
            else ", ".join(map(_shown, x))
        )
    return f"{x:.3f}".rstrip("0").rstrip(".") if isinstance(x, float) else str(x)
