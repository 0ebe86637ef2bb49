"""The command line: its verbs, the options they all share, and how a failure is told."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from core.cli import corpus, demo, document, edits, machine, takes, train
from core.cli.verb import verb
from core.errors import Cancelled, FaceStudioError, WishError

FAILED, USAGE, CANCELLED = 1, 2, 130
HELP = """Change how a filmed face feels and leave what it says.

A project (*.facestudio) keeps the tracked faces, the edits and their whole history. Emotion
works on a project, or in one go from a video to a video.
"""
VERBS: tuple[Callable[..., None], ...] = (
    takes.track,
    takes.emotion,
    takes.style,
    edits.offset,
    edits.scale,
    edits.smooth,
    takes.export,
    document.undo,
    document.redo,
    document.history,
    document.relink,
    document.info,
    document.check,
    corpus.corpus,
    corpus.data,
    machine.doctor,
    demo.demo,
)


def build() -> Any:
    """Return the command line as one command."""
    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_whole)
    for each in VERBS:
        app.command()(verb(each))
    app.add_typer(train.app, name="train")
    return typer.main.get_command(app)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code: 0, 1 failed, 2 misused, 130 stopped."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        done = build().main(words, "facestudio", standalone_mode=False)
        sys.stdout.flush()
        return done if isinstance(done, int) else 0
    except typer.TyperException as e:
        show = getattr(e, "show", None)
        if show is not None:
            show()
        else:
            typer.echo(f"Error: {e}", err=True)
        return e.exit_code
    except FaceStudioError as e:
        logging.getLogger(__name__).info("failed", exc_info=e)
        typer.echo(f"Error: {e}", err=True)
        return USAGE if isinstance(e, WishError) else FAILED
    except (Cancelled, KeyboardInterrupt, typer.Abort):
        typer.echo("Stopped.", err=True)
        return CANCELLED
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as e:  # noqa: BLE001 - the last place that can tell the user
        return _fault(e)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"facestudio {version('facestudio')}")
        raise typer.Exit


def _whole(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Say the version."
        ),
    ] = False,
) -> None:
    del version


def _fault(error: Exception) -> int:
    from core.log import log_file

    logging.getLogger(__name__).error("a fault of the program", exc_info=error)
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    typer.echo(
        f"Error: This is a fault of facestudio ({what}); details are in {log_file()}", err=True
    )
    return FAILED
