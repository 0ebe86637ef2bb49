"""One round: start a child, kill it at a random moment, look at what it left."""

import os
import random
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.media.probe import probe
from core.media.video import frames
from core.storage import ProjectFile
from tests.cli import acted
from tests.document.toy import project as toy
from tests.killing import until_killed

ROOT = Path(__file__).resolve().parents[2]
EDITOR = Path(__file__).with_name("editor.py")


@dataclass
class Round:
    """What a killed editor had confirmed, and what was found afterwards."""

    confirmed: int
    lost: int
    integrity: str


def kill_editor(folder: Path, seed: int) -> Round:
    """Kill an editor 5 to 300 ms after it opened its project; reopen the project."""
    path = folder / f"{seed}.facestudio"
    ProjectFile.create(path, toy(seed), "Start").close()
    lines = _killed([sys.executable, str(EDITOR), str(path), str(seed)], seed)
    said = [line.split() for line in lines[1:]]
    with ProjectFile(path) as file:
        found = (file.history.head, len(file.labels), file.labels[file.history.head])
        for step in range(len(file.labels)):
            assert file.at(step).takes
        file.push("And on", file.project)
    db = sqlite3.connect(path)
    integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
    db.close()
    n, head, count, top = said[-1] if said else ("-1", "0", "1", "Start")
    expected = (int(head), int(count), top)
    # The edit after the last confirmed one may be there as well: it was about to be printed.
    lost = int(found != expected and not _one_further(found, expected, int(n)))
    return Round(len(said), lost, integrity)


@dataclass
class ExportRound:
    """What a killed export left: nothing under the final name, or the whole film."""

    film: str  # "absent", "whole" or "broken"
    again: bool  # a second export, not killed, succeeded
    edits_kept: bool


def kill_export(folder: Path, seed: int, again: bool) -> ExportRound:
    """Edit and export a project in a child, kill it, and look at the film and the project."""
    path = acted.project(folder, frames=60)
    film = folder / "out.mp4"
    command = [sys.executable, str(ROOT / "main.py"), "emotion", str(path), "--to", "happy"]
    command += ["--json", "-o", str(film)]
    _killed(command, seed, longest=1.2)
    found = "absent"
    if film.exists():
        pts = np.array([p.frame.pts for p in frames(film, probe(film))])
        same = np.array_equal(pts, probe(folder / "film.mp4").times.pts)
        found = "whole" if same else "broken"
    with ProjectFile(path) as file:
        kept = file.labels[-1] == "Emotion: happy 100%"
    rerun = subprocess.run(command, capture_output=True, check=False) if again else None
    return ExportRound(found, rerun is None or (rerun.returncode == 0 and film.exists()), kept)


def _one_further(found: tuple[int, int, str], said: tuple[int, int, str], n: int) -> bool:
    head, count, _ = said
    pushed = found == (head + 1, head + 2, str(n + 1))
    walked = found[1] == count and abs(found[0] - head) == 1
    return pushed or walked


def _killed(command: list[str], seed: int, longest: float = 0.3) -> list[str]:
    """Return the whole lines a child printed until it was killed.

    That is 5 ms to `longest` seconds after it first said something.
    """
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
    return until_killed(child, random.Random(seed).uniform(0.005, longest))
