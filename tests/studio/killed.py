"""Edits a project in the real window without end, and says each edit that was made.

``python tests/studio/killed.py PROJECT SEED`` is made to be killed; `kill_studio` does it and
looks at what was left.
"""

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio import edits
from studio.desk import Desk
from tests.killing import until_killed

MOST = 100_000


@dataclass
class Round:
    """What a killed studio had confirmed, and what was found afterwards."""

    confirmed: int
    lost: bool
    integrity: str
    left_open: bool  # the next start knows which project was open


def acts(seed):
    """Yield one edit after the other, each a function of a desk; some are drags."""
    rng = random.Random(seed)
    for n in range(MOST):
        kind = rng.choice(("emotion", "offset", "drag", "drag", "drag", "undo", "redo"))
        label, amount = rng.choice(("happy", "sad", "fear", "angry")), round(rng.random(), 3)
        if kind == "undo":
            yield Desk.undo
        elif kind == "redo":
            yield Desk.redo
        elif kind == "offset":
            yield _edit(f"{n}", "browInnerUp", amount, None)
        elif kind == "emotion":
            yield _edit(f"{n}", label, amount, None)
        else:
            yield _edit(f"{n}", label, amount, f"drag {n // 6}")


def state(desk):
    """Return where a desk stands, in few words."""
    layers = desk.take.layers
    digest = hashlib.sha1(repr(layers).encode()).hexdigest()[:10]
    session = desk.session
    return f"{session.step} {len(session.labels)} {session.labels[session.step]} {digest}"


def kill_studio(project, home, seed, longest=1.5):
    """Kill the studio 5 ms to `longest` seconds after its first edit; look at the project."""
    env = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **{f"XDG_{x}_HOME": str(home / x.lower()) for x in ("CONFIG", "DATA", "STATE")},
    }
    child = subprocess.Popen(
        [sys.executable, __file__, str(project), str(seed)], stdout=subprocess.PIPE, env=env
    )
    said = until_killed(child, random.Random(seed).uniform(0.005, longest))
    desk = Desk()
    try:
        desk.preview.look_ahead = False
        desk.open(Path(project))
        found = state(desk)
    finally:
        desk.stop()
    db = sqlite3.connect(project)
    integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
    db.close()
    settings = (home / "config" / "facestudio" / "studio.ini").read_text()
    known = str(project) in settings.split("open=")[1].splitlines()[0]
    return Round(
        len(said), found not in expected(project, seed, len(said), said), integrity, known
    )


def expected(project, seed, confirmed, said):
    """Return the states that lose nothing: the last that was said, and the one after it."""
    copy = Path(project).with_name("replay.facestudio")
    copy.write_bytes(Path(f"{project}.before").read_bytes())
    desk = Desk()
    try:
        desk.preview.look_ahead = False
        desk.open(copy)
        states = [state(desk)]
        for act in acts(seed):
            if len(states) > confirmed + 1:
                break
            act(desk)
            states.append(state(desk))
    finally:
        desk.stop()
    assert said == states[1 : confirmed + 1]
    return states[confirmed:]


def _edit(words, name, amount, gesture):
    def act(desk):
        if name == "browInnerUp":
            desk.edit(words, lambda p, i: edits.with_offset(p, i, name, amount, desk.moment))
        else:
            desk.edit(words, lambda p, i: edits.with_emotion(p, i, name, amount, None), gesture)

    return act


def main(project, seed):
    from PySide6.QtCore import QTimer

    from studio.app import application
    from studio.window import Window

    app = application()
    window = Window()
    window.show()
    window.desk.open(project)
    line = acts(seed)

    def act():
        next(line)(window.desk)
        print(state(window.desk), flush=True)  # noqa: T201

    timer = QTimer(window)
    timer.timeout.connect(act)
    timer.start(1)
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
