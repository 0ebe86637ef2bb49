"""Is memory flat in the length of a clip? The whole path on a long 1080p clip.

    python -m benchmarks.memory [--minutes 1,10] [--text benchmarks/results/memory.txt]

A clip of the test data is looped, followed and exported with an emotion by the command line;
each verb runs in a process of its own whose peak resident memory the system reports.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.export_fidelity import loop
from benchmarks.judge import DATA, ROOT
from benchmarks.run import header
from core.media.probe import probe

CLIP = "LatentSync__demo2_video.mp4"  # 1080x1920, 25 frames a second
MOST = 1.2e9  # bytes


def peak_of(*words: str) -> tuple[float, float]:
    """Return the peak resident bytes and the seconds of a verb; raise if it fails."""
    began = time.perf_counter()
    command = [sys.executable, str(ROOT / "main.py"), *words, "--quiet"]
    child = os.posix_spawn(sys.executable, command, dict(os.environ))
    _, status, usage = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{words[0]} failed with status {status}")
    return usage.ru_maxrss * 1024, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", default="1,10")
    parser.add_argument("--text", type=Path)
    asked = parser.parse_args()
    lines = [header("memory of the whole path")]
    peaks = []
    for minutes in map(float, asked.minutes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            clip, project = Path(folder, "long.mp4"), Path(folder, "p.facestudio")
            loop(DATA / "talk" / CLIP, clip, minutes)
            info = probe(clip)
            title = (
                f"{minutes:g} min, {len(info.times)} frames of {info.size[0]}x{info.size[1]}"
            )
            film = str(Path(folder, "out.mp4"))
            for name, words in (
                ("track", ("track", str(clip), "-o", str(project))),
                ("emotion", ("emotion", str(project), "--to", "happy")),
                ("export", ("export", str(project), "-o", film, "--preset", "ultrafast")),
            ):
                peak, seconds = peak_of(*words)
                peaks.append(peak)
                lines.append(
                    f"{title:40s} {name:8s} {peak / 1e6:7.0f} MB "
                    f"{len(info.times) / seconds:8.1f} frames/s"
                )
                print(lines[-1], flush=True)
    lines.append(f"highest {max(peaks) / 1e6:.0f} MB, at most {MOST / 1e6:.0f} wanted")
    print(lines[-1])
    if asked.text:
        asked.text.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
