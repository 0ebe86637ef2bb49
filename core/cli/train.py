"""The verbs that train the networks which ship."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli import train_speech
from core.cli.terminal import Terminal
from core.cli.verb import verb

NEEDS_TORCH = "Training needs torch; install it with: pip install 'facestudio[train]'"
app = typer.Typer(
    help="Train a network again from renders of the embedded head.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def train() -> None:
    """Train a network again from renders of the embedded head."""


def coefficients(
    terminal: Terminal,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the weights and their card.")
    ] = Path("trained"),
    clips: Annotated[
        int | None, typer.Option(min=20, help="Clips of 16 pictures to learn from.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over them.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pictures.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that make pictures.")] = 2,
) -> None:
    """Train the network from landmarks to the 52 coefficients (half an hour on 2 cores)."""
    import importlib.util
    from dataclasses import replace

    from core import engine
    from core.errors import ModelError

    if importlib.util.find_spec("torch") is None:
        raise ModelError(NEEDS_TORCH)
    from core.training import coefficients as network

    engine.check_folder(output)
    config = network.Config(seed=seed, workers=workers)
    config = replace(config, clips=clips or config.clips, epochs=epochs or config.epochs)
    with terminal.ticket("Training") as ticket:
        trained = network.train(config, ticket)
    path = output / "coefficients.safetensors"
    network.save(trained, config, path)
    numbers = ", ".join(f"{key} {value:.3g}" for key, value in trained.metrics.items())
    terminal.result(
        {"weights": path, "metrics": dict(trained.metrics)},
        f"The weights are {path} ({numbers})",
    )


def tracker_model(
    terminal: Terminal,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the model and its card.")
    ] = Path("trained"),
    films: Annotated[
        int | None, typer.Option(min=8, help="Films that are made and followed.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same films.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that film.")] = 2,
) -> None:
    """Learn how the tracker reads known faces, for the talking corpus (6 minutes on 2 cores).

    Needs espeak-ng, and no torch.
    """
    from dataclasses import replace

    from core import engine
    from core.training import tracker_model as model

    engine.check_folder(output)
    config = model.Config(seed=seed, workers=workers)
    config = replace(config, films=films or config.films)
    with terminal.ticket("Filming") as ticket:
        trained = model.train(config, ticket)
    path = output / "tracker_model.safetensors"
    model.save(trained, config, path)
    numbers = ", ".join(f"{key} {value:.3g}" for key, value in trained.metrics.items())
    terminal.result(
        {"weights": path, "metrics": dict(trained.metrics)},
        f"The model is {path} ({numbers})",
    )


app.command()(verb(coefficients))
app.command("tracker-model")(verb(tracker_model))
for each in train_speech.VERBS:
    app.command(each.__name__.replace("_", "-"))(verb(each))
