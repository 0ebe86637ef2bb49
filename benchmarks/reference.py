"""Does a reference clip bring a neutral one nearer to the real performance?

    facestudio data DATA/emo -o CORPUS --layout flat --silent --same-words
    python -m benchmarks.reference CORPUS [--text benchmarks/results/reference.txt]

Of every actor the neutral clip is given the manner of each emotional one by the learned
editor, and compared with that clip, beside no change and the linear shift by the means of
the same two clips. Moments belong together by warping what the mouths do, one path for all.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.run import header
from core.arrays import Float
from core.corpus.alignment import align
from core.corpus.files import read_corpus
from core.evaluation.expression.measures import Head, head
from core.expression.learned import levelled
from core.expression.manipulator import reader
from core.expression.scmc import faces

ROWS = ("neutral", "linear shift", "learned, 16 numbers", "learned, with its mean face")


def edits(neutral: Float, reference: Float, on: Head) -> list[Float]:
    """Return (F, 52) of the neutral clip for every row."""
    shifted = np.clip(neutral + reference.mean(0) - neutral.mean(0), 0, 1)
    style = reader().style_of_clip(faces(reference, on.articulation), "")
    change = reader().change(faces(neutral, on.articulation), style.numbers)
    missing = levelled(neutral, change, reference.mean(0))
    learned = [np.clip(neutral + change + x, 0, 1) for x in (0, missing)]
    return [neutral, shifted, *learned]


def apart(edited: Float, real: Float, on: Head) -> tuple[float, float]:
    """Return mean L2 distance of (K, 52) coefficients, and RMSE of the mouth in mm."""
    error = edited - real
    mouth = float(np.sqrt((on.mouth(error) ** 2).mean()))
    return float(np.linalg.norm(error, axis=1).mean()), mouth


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--text", type=Path)
    asked = parser.parse_args()
    corpus, on = read_corpus(asked.corpus), head()
    clips = {
        (e.name.actor, e.name.emotion): corpus.clip(e.name).expression
        for e in corpus.entries
        if e.frames
    }
    lines = [header("reference styles on real clips"), "distance of coefficients / mouth, mm"]
    lines.append(f"{'':18s}" + "".join(f"{row:>30s}" for row in ROWS))
    found: list[list[tuple[float, float]]] = []
    for (actor, emotion), real in sorted(clips.items()):
        neutral = clips.get((actor, "neutral"))
        if emotion == "neutral" or neutral is None:
            continue
        moved = [
            (on.mouth(x) - on.mouth(x).mean(0)).astype(np.float32) for x in (neutral, real)
        ]
        path = align(*moved)
        row = [apart(x[path.first], real[path.second], on) for x in edits(neutral, real, on)]
        found.append(row)
        cells = "".join(f"{f'{a:.3f} / {b:.2f}':>30s}" for a, b in row)
        lines.append(f"{actor:6s}{emotion:12s}{cells}")
    table = np.array(found)
    mean = "".join(f"{f'{a:.3f} / {b:.2f}':>30s}" for a, b in table.mean(0))
    lines += [f"{'mean':18s}{mean}", ""]
    for i in (2, 3):
        for j in (0, 1):
            nearer = (table[:, i] < table[:, j]).sum(0)
            lines.append(
                f"{ROWS[i]}: nearer than {ROWS[j]} on {nearer[0]} of {len(table)} by "
                f"coefficients, on {nearer[1]} by the mouth"
            )
    print("\n".join(lines))
    if asked.text:
        asked.text.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
