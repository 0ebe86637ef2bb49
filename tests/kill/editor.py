"""Edits a project without end and prints each edit once it is confirmed; made to be killed.

``python tests/kill/editor.py PROJECT SEED``
"""

import random
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.expression.keyframes import Envelope
from core.expression.layers import Emotion
from core.storage import ProjectFile
from tests.document.toy import project as toy


def main(path: Path, seed: int) -> None:
    rng = random.Random(seed)
    with ProjectFile(path) as file:
        print("open", flush=True)  # noqa: T201
        for n in range(10**6):
            act = rng.choice(["edit", "edit", "edit", "clip", "undo", "redo"])
            head, last = file.history.head, len(file.labels) - 1
            if act == "undo" and head > 0:
                file.undo()
            elif act == "redo" and head < last:
                file.redo()
            elif act == "clip":  # new arrays of some hundred kilobytes
                file.push(f"{n}", toy(seed + n))
            else:
                take = file.project.takes[0]
                layers = (*take.layers[-5:], Emotion("happy", Envelope.constant(rng.random())))
                file.push(f"{n}", file.project.with_take(0, replace(take, layers=layers)))
            # What is said here must be found again, whatever happens afterwards.
            top = file.labels[file.history.head]
            print(f"{n} {file.history.head} {len(file.labels)} {top}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
