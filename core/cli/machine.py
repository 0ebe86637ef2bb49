"""`doctor`: what this machine has, what is missing, and how to mend it."""

from typing import Any

from core.cli.terminal import Terminal

_MARKS = {True: "ok     ", False: "MISSING", None: "absent "}


def doctor(terminal: Terminal) -> None:
    """Say what this machine has: processor, GPU, GL, audio, codecs, models, licences."""
    import typer

    from core.cli.checkup import Finding, everything

    findings: list[Finding] = everything()
    lines: list[str] = []
    section = ""
    for f in findings:
        if f.section != section:
            section = f.section
            lines += ["", section]
        lines.append(f"  {_MARKS[f.fine]}  {f.name}: {f.found}")
        if f.fine is not True and f.mend:
            lines.append(f"           → {f.mend}")
    broken = [f for f in findings if f.fine is False]
    lines += [
        "",
        f"{len(broken)} thing(s) to mend." if broken else "All that is needed is here.",
    ]
    facts: dict[str, Any] = {"fit": not broken, "findings": [vars(f) for f in findings]}
    terminal.answer(facts, "\n".join(lines).strip())
    if broken:
        raise typer.Exit(1)
