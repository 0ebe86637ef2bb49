"""Kill the studio at random moments while it edits a project in its window.

``python -m benchmarks.kill_studio`` writes benchmarks/results/kill_studio.txt.
"""

import os
import shutil
import tempfile
from pathlib import Path

from benchmarks.run import header
from tests.studio.killed import Round, kill_studio
from tests.studio.short_clip import followed

ROUNDS = 30
SEED = 900  # of the first round; each round adds one
RESULT = Path(__file__).parent / "results" / "kill_studio.txt"


def main() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as place:
        for name in ("CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(place) / "reader" / name.lower())
        from studio.app import application

        app = application()
        rounds = [_round(Path(place) / str(SEED + k), SEED + k) for k in range(ROUNDS)]
        app.processEvents()
    whole = sum(x.integrity == "ok" for x in rounds)
    lines = [
        header("the studio, killed at random moments", f"{SEED} to {SEED + ROUNDS - 1}"),
        f"studio    {ROUNDS} x kill -9, 5 to 1500 ms after its first edit",
        f"          {sum(x.confirmed for x in rounds)} edits confirmed before the kills",
        f"          {sum(x.lost for x in rounds)} projects with a confirmed edit lost",
        f"          {whole} of {ROUNDS} pass integrity_check",
        f"          {sum(x.left_open for x in rounds)} of {ROUNDS} opened by the next start",
    ]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def _round(home: Path, seed: int) -> Round:
    home.mkdir(parents=True)
    project = followed(home) / "talk.facestudio"
    shutil.copy(project, f"{project}.before")
    return kill_studio(project, home, seed)


if __name__ == "__main__":
    main()
