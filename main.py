"""The program: a verb runs without a screen; no verb shows what there is."""

import sys

from core.cli.app import run
from core.log import divert_native


def app() -> None:
    """Run the command line and leave with its exit code."""
    if not {"-v", "--verbose"} & set(sys.argv):
        divert_native()
    sys.exit(run())


if __name__ == "__main__":
    app()
