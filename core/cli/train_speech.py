"""The verbs that train the speech guide and the learned editor, stage by stage."""

import importlib.util
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.terminal import Terminal

Corpus = Annotated[Path, typer.Argument(metavar="CORPUS", help="Made by 'facestudio corpus'.")]
Work = Annotated[
    Path, typer.Option("--work", "-w", help="Folder of the stages; a run that stopped goes on.")
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same networks.")]
Acted = Annotated[
    bool, typer.Option("--acted", help="Faces as acted, which a synthetic corpus knows.")
]
Steps = Annotated[int | None, typer.Option(min=1, help="Steps of learning.")]
HERE = Path("scmc")


def scmc_align(terminal: Terminal, corpus: Corpus, work: Work = HERE) -> None:
    """Stage 1: find the moments that say the same, neutral and with an emotion (DTW)."""
    stage = _work(terminal, corpus, work, _config(1, None, False))
    pairs = sum(len(p.first) for p in stage.pairs.aligned)
    refused = [f"{a.path} and {b.path}" for a, b, _ in stage.pairs.refused]
    for names in refused:
        terminal.note(f"These do not seem to say the same: {names}")
    terminal.result(
        {"aligned": work / "aligned.json", "pairs": pairs, "refused": refused},
        f"{len(stage.pairs.aligned)} clips, {pairs} moments: {work / 'aligned.json'}",
    )


def scmc_audio(
    terminal: Terminal,
    corpus: Corpus,
    work: Work = HERE,
    steps: Steps = None,
    seed: Seed = 1,
    acted: Acted = False,
) -> None:
    """Stage 2: train the encoder of voices alone."""
    _alone(terminal, "voice", _work(terminal, corpus, work, _config(seed, steps, acted)))


def scmc_expression(
    terminal: Terminal,
    corpus: Corpus,
    work: Work = HERE,
    steps: Steps = None,
    seed: Seed = 1,
    acted: Acted = False,
) -> None:
    """Stage 3: train the encoder of faces alone."""
    _alone(terminal, "face", _work(terminal, corpus, work, _config(seed, steps, acted)))


def scmc_joint(
    terminal: Terminal,
    corpus: Corpus,
    work: Work = HERE,
    steps: Steps = None,
    seed: Seed = 1,
    acted: Acted = False,
) -> None:
    """Stage 4: train both until their distances agree; write the guide and its report."""
    _needs_torch()
    from core.corpus.files import read_corpus
    from core.training.scmc import train as scmc

    config = _config(seed, steps, acted)
    with terminal.ticket("Training") as ticket:
        trained, report = scmc.train(read_corpus(corpus), work, config, ticket)
    path = work / "scmc.safetensors"
    scmc.save(trained, config, path)
    for name, numbers in report.items():
        terminal.note(f"{name}: " + ", ".join(f"{k} {x:.3g}" for k, x in numbers.items()))
    terminal.result({"weights": path, "report": report}, f"The guide is {path}")


def scmc_distances(
    terminal: Terminal, corpus: Corpus, work: Work = HERE, acted: Acted = False
) -> None:
    """Stage 5: find for every window those that say the same in another emotion."""
    _needs_torch()
    from core.corpus.files import read_corpus
    from core.training.manipulator.lessons import Lessons

    with terminal.ticket("Comparing") as ticket:
        lessons = Lessons.of(read_corpus(corpus), work, ticket, acted)
    within = lessons.neighbours.within()
    told = ", ".join(f"{key} {100 * share:.0f} %" for key, share in sorted(within.items()))
    terminal.result(
        {"distances": work / "distances.safetensors", "within": within},
        f"Windows with a neighbour that says the same: {told}",
    )


def manipulator(  # noqa: PLR0913 - the options of a verb
    terminal: Terminal,
    corpus: Corpus,
    work: Work = HERE,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the weights and their card.")
    ] = Path("trained"),
    supervision: Annotated[
        str, typer.Option(help="none, random, paired, distance, both or oracle.")
    ] = "both",
    size: Annotated[str, typer.Option(help="small (2 cores) or large (a GPU).")] = "small",
    steps: Steps = None,
    seed: Seed = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    acted: Acted = False,
) -> None:
    """Stage 6: train the learned editor with the guide's pseudo targets (minutes)."""
    _needs_torch()
    from core import engine
    from core.corpus.files import read_corpus
    from core.training.manipulator import lessons as room

    engine.check_folder(output)
    config = room.config_of(supervision, size, steps, seed, device)
    with terminal.ticket("Training") as ticket:
        lessons = room.Lessons.of(read_corpus(corpus), work, ticket.part(0, 0.3), acted)
        trained = lessons.train(config, ticket.part(0.3, 1), resume=True)
    path = output / room.file_of(acted)
    room.save(trained, config, size, acted, path)
    numbers = ", ".join(f"{key} {value:.3g}" for key, value in trained.metrics.items())
    terminal.result(
        {"weights": path, "metrics": dict(trained.metrics)},
        f"The weights are {path} ({numbers})",
    )


def _alone(terminal: Terminal, name: str, stage: Any) -> None:
    with terminal.ticket("Training") as ticket:
        losses = stage.alone(name, ticket)
    scores = {k: v for k, v in stage.scores(stage.held).items() if k.startswith(name)}
    told = ", ".join(f"{k} {x:.3g}" for k, x in scores.items())
    terminal.result(
        {"losses": [x["loss"] for x in losses], "scores": scores},
        f"{len(losses)} steps; sentences held out: {told}",
    )


def _work(terminal: Terminal, corpus: Path, work: Path, config: Any) -> Any:
    _needs_torch()
    from core.corpus.files import read_corpus
    from core.training.scmc import train as scmc

    with terminal.ticket("Reading and aligning") as ticket:
        return scmc.Work(read_corpus(corpus), work, config, ticket)


def _config(seed: int, steps: int | None, acted: bool) -> Any:
    from core.training.scmc.metric import Config

    if steps is None:
        return Config(seed=seed, acted=acted)
    return Config(seed=seed, acted=acted, steps=steps, joint_steps=steps)


def _needs_torch() -> None:
    from core.cli.train import NEEDS_TORCH
    from core.errors import ModelError

    if importlib.util.find_spec("torch") is None:
        raise ModelError(NEEDS_TORCH)


VERBS = (
    scmc_align, scmc_audio, scmc_expression, scmc_joint, scmc_distances, manipulator,
)  # fmt: skip
