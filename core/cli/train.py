"""The verbs that train the networks which ship."""

import typer

app = typer.Typer(
    help="Train a network again from renders of the embedded head.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def train() -> None:
    """Train a network again from renders of the embedded head."""
