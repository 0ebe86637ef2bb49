"""The verb that makes a corpus of synthetic talking faces."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.terminal import Terminal


def corpus(  # noqa: PLR0913 - the options of a verb
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(help="Folder for the corpus; new or empty.")],
    small: Annotated[
        bool, typer.Option("--small", help="6 voices, 3 emotions, 4 sentences each.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed makes the same files.")] = 1,
    voices: Annotated[
        int | None, typer.Option(min=1, help="At most so many voices of each split.")
    ] = None,
    sentences: Annotated[
        int | None, typer.Option(min=1, help="At most so many sentences of each split.")
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Coefficients as acted, not as tracked.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes that work.")] = 2,
) -> None:
    """Make talking faces with sound in seven emotions, and their exact truth (needs espeak-ng).

    Voices and sentences of the test split are in no other split.
    """
    from dataclasses import replace

    from core.errors import WishError
    from core.synthetic.talk.make import SMALL, Config, make

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WishError(f"A corpus is written into a new or an empty folder: {folder}")
    config = replace(SMALL if small else Config(), seed=seed, tracker=not exact)
    config = replace(
        config, voices=voices or config.voices, sentences=sentences or config.sentences
    )
    with terminal.ticket("Speaking") as ticket:
        made = make(folder, config, workers, ticket)
    minutes = sum(e.seconds for e in made.entries) / 60
    frames = sum(e.frames for e in made.entries)
    terminal.result(
        {"corpus": folder, "clips": len(made.entries), "frames": frames, "minutes": minutes},
        f"{len(made.entries)} clips, {frames} frames, {minutes:.1f} minutes: {folder}",
    )
