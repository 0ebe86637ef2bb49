"""Which emotion was a clip filmed with? The reading of clips whose label is known.

    python -m benchmarks.emotion_reading [--text benchmarks/results/emotion_reading.txt]

The clips of `emo/` (two people, one sentence, each emotion held throughout) and of `talk/`,
where a constant emotion hides in the clip's own neutral: the hard case of
`core.expression.own`. Labels stand in the file names; clips of `talk/` without one are people
who just talk, taken for neutral. Contempt is not among the readings and left out.
"""

import argparse
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.judge import clips_of
from benchmarks.run import header
from core.arrays import Float
from core.expression.emotions import LABELS
from core.expression.own import resting_emotion
from core.landmarks.finder import Finder
from core.landmarks.follow import follow
from core.landmarks.landmarker import Landmarker
from core.media.probe import probe
from core.media.video import frames
from core.reconstruction.coefficients import shipped

FRAMES = 150


def labelled(clip: Path) -> str | None:
    """Return the label in the clip's name, neutral without one, None for contempt."""
    if "contempt" in clip.stem:
        return None
    return next((label for label in LABELS if label in clip.stem), "neutral")


def reading(clip: Path) -> Float:
    """Return (7,) in the order of `LABELS`: what the relaxed face of the clip wears."""
    info = probe(clip)
    pictures = (picture.rgb for picture in islice(frames(clip, info), FRAMES))
    net = shipped()
    finder = Finder(Landmarker(describe=net.describe))
    face = follow(pictures, max_faces=1, finder=finder)[0]
    return resting_emotion(net.estimate(face.points, face.confidence, face.looks).resting)


def table(title: str, seen: list[tuple[str, str]]) -> list[str]:
    """Return the confusion of (label, reading) pairs as lines."""
    count = Counter(seen)
    right = sum(n for (label, found), n in count.items() if label == found)
    lines = [f"{title}: {right} of {len(seen)} read as labelled"]
    lines.append(f"{'label':12s}" + "".join(f"{name:>11s}" for name in LABELS))
    for label in LABELS:
        row = [count[label, found] for found in LABELS]
        if any(row):
            lines.append(f"{label:12s}" + "".join(f"{n or '':>11}" for n in row))
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", type=Path)
    asked = parser.parse_args()
    lines = [header("the filmed emotion, read from the relaxed face", "none")]
    for folder in ("emo", "talk"):
        pairs, rows = [], []
        for clip in clips_of(folder):
            label = labelled(clip)
            if label is None:
                continue
            found = reading(clip)
            pairs.append((label, LABELS[int(np.argmax(found))]))
            amounts = " ".join(f"{n[:4]} {x:.2f}" for n, x in zip(LABELS, found, strict=True))
            rows.append(f"{clip.stem[:40]:40s} {label:10s} {amounts}")
            print(rows[-1], flush=True)
        lines += ["", *table(folder, pairs), *rows]
    print("\n".join(lines))
    if asked.text:
        asked.text.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
