"""One round: start a child, kill it at a random moment, look at what it left."""

import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from core.storage import ProjectFile
from tests.document.toy import project as toy

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


def _one_further(found: tuple[int, int, str], said: tuple[int, int, str], n: int) -> bool:
    head, count, _ = said
    pushed = found == (head + 1, head + 2, str(n + 1))
    walked = found[1] == count and abs(found[0] - head) == 1
    return pushed or walked


def _killed(command: list[str], seed: int) -> list[str]:
    """Return the whole lines a child printed until it was killed."""
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
    assert child.stdout is not None
    out = child.stdout.fileno()
    data = os.read(out, 100)  # "open"
    end = time.monotonic() + random.Random(seed).uniform(0.005, 0.3)
    try:
        while (left := end - time.monotonic()) > 0:
            if select.select([out], [], [], left)[0]:
                data += os.read(out, 1 << 16)
    finally:
        child.send_signal(signal.SIGKILL)
    data += child.stdout.read()
    child.stdout.close()
    child.wait()
    return data.decode().split("\n")[:-1]
