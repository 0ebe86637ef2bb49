"""The verbs that make a corpus to learn from."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.terminal import Terminal

SHOWN = 20  # sentences about problems; the list of the corpus holds all


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


def data(  # noqa: PLR0913 - each is an option of the command line
    terminal: Terminal,
    root: Annotated[Path, typer.Argument(help="Folder of talking videos.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the corpus.")],
    layout: Annotated[
        str, typer.Option(help="How they lie: auto, mead, ravdess, flat or folder.")
    ] = "auto",
    actors: Annotated[str, typer.Option(help="Only these, as in M003,W009.")] = "",
    emotions: Annotated[str, typer.Option(help="Only these, as in neutral,happy.")] = "",
    max_clips: Annotated[
        int, typer.Option(min=0, help="At most so many, evenly taken; 0 = all.")
    ] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read clips.")] = 2,
    test_actors: Annotated[str, typer.Option(help="Kept for testing.")] = "",
    validation_actors: Annotated[str, typer.Option(help="Kept for validation.")] = "",
    view: Annotated[str, typer.Option(help="Camera of MEAD.")] = "front",
    same_words: Annotated[
        bool, typer.Option(help="Equal numbers of MEAD are equal words in all emotions.")
    ] = False,
    silent: Annotated[bool, typer.Option(help="Clips without sound will do.")] = False,
) -> None:
    """Read talking videos (MEAD, RAVDESS, own folders) into a corpus; goes on where it was."""
    from core import engine
    from core.errors import ExchangeError
    from core.reading.folder import Wishes, read_folder

    engine.check_folder(output)
    wishes = Wishes(
        layout=layout, actors=_names(actors), emotions=_names(emotions), most=max_clips,
        workers=workers, test=_names(test_actors), validation=_names(validation_actors),
        silent=silent, view=view, same_words=same_words,
    )  # fmt: skip
    with terminal.ticket("Reading") as ticket:
        done = read_folder(root, output, wishes, ticket)
    refused = len(done.corpus.refused)
    facts = {
        "corpus": output, "layout": done.layout, "read": done.read, "skipped": done.kept,
        "usable": done.usable, "refused": refused, "problems": done.problems,
        "notes": done.notes,
    }  # fmt: skip
    lines = [*done.problems[:SHOWN]]
    if len(done.problems) > SHOWN:
        lines.append(f"... and {len(done.problems) - SHOWN} more; corpus.json has all of them")
    lines += done.notes
    lines.append(
        f"{done.read} clips read, {done.kept} skipped (read before), {refused} refused, "
        f"{done.usable} to learn from: {output}"
    )
    terminal.result(facts, "\n".join(lines))
    if not done.usable:
        raise ExchangeError(f"There is no clip that one could learn from: {root}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))
