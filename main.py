"""The program: without a verb the studio opens; a verb runs without a screen."""

import os
import sys
from pathlib import Path

from core.cli.app import run
from core.log import divert_native


def app() -> None:
    """Open the studio or run the command line, and leave with the exit code."""
    words = sys.argv[1:]
    if not {"-v", "--verbose"} & set(words):
        divert_native()
    if words[:1] == ["screenshots"]:
        from studio.screenshots import main as screenshots

        sys.exit(screenshots(words[1:]))
    sys.exit(_studio(words) if _wants_studio(words) else run())


def _wants_studio(words: list[str]) -> bool:
    """Return whether there is no verb: nothing at all, or one file to open."""
    if "_FACESTUDIO_COMPLETE" in os.environ:  # the shell asks what could be typed
        return False
    return not words or (
        len(words) == 1 and Path(words[0]).suffix != "" and Path(words[0]).is_file()
    )


def _studio(words: list[str]) -> int:
    from studio.app import main  # Qt is loaded for the studio only

    return main(words)


if __name__ == "__main__":
    app()
