"""What every result says of its run: date, machine and how fast it was just then, commit."""

import datetime
import os
import platform
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("core", "studio", "widgets", "plugins")


def header(title: str, seed: str = "none") -> str:
    """Return the two lines that open a result file; `+` marks a checkout with changes."""
    commit = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    dirty = "+" if changed else ""
    when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = os.getloadavg()[0]
    return (
        f"{title}: {when}, commit {commit}{dirty}, seed {seed}\n"
        f"{platform.machine()}, {os.cpu_count()} cores, no GPU, load {load:.1f} at the start, "
        f"Python {platform.python_version()}, a million steps of it in {pace():.0f} ms\n"
    )


def pace() -> float:
    """Return in how many ms Python counts to a million, the best of five.

    The same machine may be half as fast an hour later: compare figures where this is alike.
    """
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1_000_000):
            pass
        best = min(best, time.perf_counter() - began)
    return 1e3 * best


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
