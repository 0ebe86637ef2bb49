"""Verbs that change single shapes or regions: more of it, less of it, calmer."""

from typing import Annotated

import typer

from core.cli.document import ProjectPath
from core.cli.takes import Curve, Face, commit, envelope
from core.cli.terminal import Terminal

Shape = Annotated[
    str,
    typer.Argument(
        metavar="SHAPE",
        help="An ARKit shape (browInnerUp), both sides (mouthSmile) or a region.",
    ),
]


def offset(
    terminal: Terminal,
    project: ProjectPath,
    shape: Shape,
    amount: Annotated[float, typer.Option(help="-1 to 1; scales a curve.")] = 1.0,
    curve: Curve = "",
    face: Face = "1",
) -> None:
    """Add or take away some of a shape."""
    from core.expression.layers import Offset

    commit(terminal, project, Offset(shape, envelope(curve, amount)), face)


def scale(
    terminal: Terminal,
    project: ProjectPath,
    shape: Shape,
    gain: Annotated[float, typer.Option(help="0 to 2, 1 is as filmed.")] = 1.0,
    curve: Curve = "",
    face: Face = "1",
) -> None:
    """Let a shape move more or less than filmed."""
    from core.expression.layers import Scale

    commit(terminal, project, Scale(shape, envelope(curve, gain)), face)


def smooth(
    terminal: Terminal,
    project: ProjectPath,
    shape: Shape = "expression",
    sigma: Annotated[float, typer.Option(help="Width of the smoothing in seconds.")] = 0.05,
    face: Face = "1",
) -> None:
    """Calm a shape, a region, or by default the whole face; closures and blinks stay."""
    from core.expression.layers import Smooth

    commit(terminal, project, Smooth(sigma, shape), face)
