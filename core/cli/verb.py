"""What all verbs have in common: --quiet, --verbose, --json and the log."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from core import log
from core.cli.terminal import Terminal

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what was asked.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more, the log on stderr.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: an object a line.")]
_SHARED = {"quiet": Quiet, "verbose": Verbose, "json": Json}


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """Return `function(terminal, ...)` as a verb: the terminal is made from shared options."""

    @functools.wraps(function)
    def run(*, quiet: bool, verbose: bool, json: bool, **wishes: Any) -> None:
        log.start(verbose)
        function(Terminal(quiet, verbose, json), **wishes)

    own = list(inspect.signature(function).parameters.values())[1:]
    kind = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(name, kind, default=False, annotation=type_)
        for name, type_ in _SHARED.items()
    ]
    parameters = [p.replace(kind=kind) for p in own] + shared
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    del run.__wrapped__  # typer would look through to the function itself
    return run
