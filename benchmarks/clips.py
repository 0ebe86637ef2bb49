"""Every real clip through `facestudio emotion`: what must be equal is compared.

    python -m benchmarks.clips OUT [--folders talk,drive] [--emotions happy,sad,angry,surprised]
        [--text benchmarks/results/clips.txt]

Writes OUT/<clip>.<emotion>.mp4 where it is not there yet (`benchmarks.judge make` names them
alike), then compares frames, time stamps (exactly, in seconds) and audio packets (by hash) of
each with its clip. A row that does not hold says so, and the exit code is 1.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.judge import DATA, EMOTIONS, ROOT
from benchmarks.run import header
from core.errors import FaceStudioError
from core.media.probe import probe
from core.media.sound import audio_digest


def made(source: Path, target: Path, emotion: str) -> str:
    """Make `target` by the command line; return what went wrong, or nothing."""
    if target.exists():
        return ""
    words = ["emotion", str(source), "--to", emotion, "-o", str(target), "--quiet"]
    run = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if run.returncode == 0 else run.stderr.strip().splitlines()[-1]


def compared(source: Path, target: Path) -> list[str]:
    """Return what differs between a clip and its edit and must not."""
    a, b = probe(source, thorough=True), probe(target, thorough=True)
    wrong = []
    if len(a.times) != len(b.times):
        wrong.append(f"{len(a.times)} frames became {len(b.times)}")
    else:
        first = [p * a.times.base for p in a.times.pts.tolist()]
        after = [p * b.times.base for p in b.times.pts.tolist()]
        moved = sum(x != y for x, y in zip(first, after, strict=True))
        if moved:
            wrong.append(f"{moved} time stamps moved")
    if a.size != b.size:
        wrong.append(f"size {a.size} became {b.size}")
    if (a.audio is None) != (b.audio is None):
        wrong.append("the sound came or went")
    elif a.audio is not None and audio_digest(source) != audio_digest(target):
        wrong.append("audio packets differ")
    return wrong


def main() -> None:
    """Make and compare; print and keep the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--folders", default="talk,drive")
    parser.add_argument("--emotions", default=",".join(EMOTIONS))
    parser.add_argument("--text", type=Path)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    lines, good, count = [], 0, 0
    for folder in asked.folders.split(","):
        for source in sorted((DATA / folder).iterdir()):
            for emotion in asked.emotions.split(","):
                target = asked.out / f"{source.stem}.{emotion}.mp4"
                failed = made(source, target, emotion)
                try:
                    wrong = [failed] if failed else compared(source, target)
                except FaceStudioError as error:
                    wrong = [str(error)]
                count, good = count + 1, good + (not wrong)
                lines.append(f"{source.name:45s} {emotion:10s} {'; '.join(wrong) or 'equal'}")
                print(lines[-1], flush=True)
    summary = f"{good} of {count}: same frames, same time stamps, same audio packets"
    print(summary)
    if asked.text:
        asked.text.write_text(
            "\n".join([header("every clip through emotion"), *lines, summary]) + "\n"
        )
    sys.exit(good != count)


if __name__ == "__main__":
    main()
