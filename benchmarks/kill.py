"""Kill the program at 50 random moments while it edits, and 50 while it exports.

``python -m benchmarks.kill`` writes benchmarks/results/kill.txt.
"""

import collections
import tempfile
import time
from pathlib import Path

from benchmarks.run import header
from tests.kill.rounds import kill_editor, kill_export

ROUNDS = 50
SEED = 20250  # of the first round; each round adds one
RESULT = Path(__file__).parent / "results" / "kill.txt"


def main() -> None:
    edits, exports = [], []
    for k in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            edits.append(kill_editor(Path(folder), SEED + k))
        with tempfile.TemporaryDirectory() as folder:
            exports.append(kill_export(Path(folder), SEED + k, again=True))
    films = collections.Counter(x.film for x in exports)
    lines = [
        header("killed at random moments", f"{SEED} to {SEED + ROUNDS - 1}"),
        f"edits     {ROUNDS} x kill -9, 5 to 300 ms after the project was open",
        f"          {sum(x.confirmed for x in edits)} edits confirmed before the kills",
        f"          {sum(x.lost for x in edits)} projects with a confirmed edit lost",
        f"          {sum(x.integrity == 'ok' for x in edits)} of {ROUNDS} pass integrity_check",
        "",
        f"export    {ROUNDS} x kill -9, 5 to 1200 ms after the edit before it was confirmed",
        f"          {sum(x.edits_kept for x in exports)} of {ROUNDS} projects have that edit",
        f"          final name: absent {films['absent']}, whole {films['whole']}, "
        f"broken {films['broken']}",
        f"          {sum(x.again for x in exports)} of {ROUNDS} exports run afterwards succeed",
    ]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"took      {time.monotonic() - began:.0f} s")
