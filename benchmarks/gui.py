"""Every figure of the studio's speed by one command: start, drags, stalls, playing.

    xvfb-run -a -s "-screen 0 1600x1000x24" python -m benchmarks.gui [-o FILE]
        [--seconds 180] [--rounds 100] [--only start,drag,session,play,views]

The processor time of the GUI thread says what the program does; wall times hold what other
programs on the machine do too, so each part tells how busy the machine was. The program's
compiled loops are taken from numba's cache: run it once before, as a user has at the second
start.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.gui_desk import load
from benchmarks.gui_start import started
from benchmarks.run import header

PARTS = ("start", "drag", "session", "play", "views")


def start(_: argparse.Namespace) -> list[str]:
    """Return the lines of the second and third start."""
    with tempfile.TemporaryDirectory() as home:
        started(Path(home))
        again = [started(Path(home)) for _ in range(3)]
    best = min(again, key=lambda r: r["painted"])
    torch = "is" if best["torch"] or best["torch after"] else "is not"
    return [
        f"start, the best of three after one that does not count, {load()}",
        f"  process to first painted frame: {best['painted']:.2f} s, of it "
        f"{best['painted cpu']:.2f} s of processor time   wanted 2.0 s: "
        f"{'holds' if best['painted'] <= 2 else 'MISSED'}; torch {torch} imported",
        f"  demo asked for to editable: {best['document']:.2f} s, its picture after "
        f"{best['picture']:.2f} s ({best['picture cpu']:.2f} s of processor time)"
        f"   wanted 3 s: {'holds' if best['picture'] <= 3 else 'MISSED'}",
    ]


def drag(wish: argparse.Namespace) -> list[str]:
    """Return the lines of slider and scrub."""
    from benchmarks import gui_desk, gui_drag

    with gui_desk.opened() as window:
        gui_drag.demo(window, look_ahead=False)
        gui_drag.slider(window, 10)
        lines = gui_drag.slider(window, wish.rounds)
        lines += gui_drag.scrub(window, wish.rounds, cached=False)
        return lines + gui_drag.scrub(window, wish.rounds, cached=True)


def session(wish: argparse.Namespace) -> list[str]:
    """Return the lines of the watched session."""
    from benchmarks import gui_desk, gui_session

    with gui_desk.opened() as window:
        return gui_session.watched(window, wish.seconds)


def play(wish: argparse.Namespace) -> list[str]:
    """Return the lines of playing."""
    from benchmarks import gui_desk, gui_drag, gui_play

    with gui_desk.opened() as window:
        gui_drag.demo(window, look_ahead=True)
        return gui_play.played(window, wish.seconds)


def views(wish: argparse.Namespace) -> list[str]:
    """Return the lines of each view by itself."""
    from benchmarks import gui_views

    return gui_views.measured(wish.rounds)


def main() -> None:
    """Run what the command line asks for, print it and keep it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("-o", "--output", type=Path)
    arguments.add_argument("--rounds", type=int, default=100)
    arguments.add_argument("--seconds", type=float, default=180.0)
    arguments.add_argument("--only", default=",".join(PARTS))
    wish = arguments.parse_args()
    makers: dict[str, Callable[[argparse.Namespace], list[str]]] = {
        "start": start, "drag": drag, "session": session, "play": play, "views": views,
    }  # fmt: skip
    text = header("the studio's speed")
    print(text, end="")
    for name in wish.only.split(","):
        part = "\n" + "\n".join(makers[name](wish)) + "\n"
        print(part, end="", flush=True)
        text += part
        if wish.output:
            wish.output.write_text(text)


if __name__ == "__main__":
    main()
