"""The program: a verb runs without a screen; no verb shows what there is."""

import sys

from core.cli.app import run


def app() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run())


if __name__ == "__main__":
    app()
