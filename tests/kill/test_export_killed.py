"""An export killed at any moment leaves no video under the final name, or the old one."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.probe import probe
from tests.media.clips import make_clip

# Exports over and over into the same name, and says when each is done.
CHILD = """
import sys
from core.media.encode import ExportSettings
from core.media.export import export_video
print("ready", flush=True)
while True:
    export_video(sys.argv[1], sys.argv[2], lambda i, x: 255 - x if i % 2 else x,
                 ExportSettings(crf=20, preset="ultrafast", workers=1))
    print("done", flush=True)
"""
TIMES = int(os.environ.get("FACESTUDIO_KILLS", "12"))


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path):
    rng = random.Random(50)
    clip = make_clip(
        tmp_path / "in.mp4", pts=range(60), size=(320, 240), sound={"seconds": 2.0}
    )
    pts = probe(clip).times.pts.tolist()
    parts_left = 0
    for turn in range(TIMES):
        target = tmp_path / "out.mp4"
        if turn % 2:
            target.unlink(missing_ok=True)
        existed = target.exists()
        confirmed = _killed_after(rng.uniform(0.0, 0.6), clip, target)
        parts_left += (tmp_path / "out.mp4.part").exists()
        assert target.exists() or not (existed or confirmed)
        if target.exists():  # whole: it opens, and every frame decodes
            assert probe(target, thorough=True).times.pts.tolist() == pts
    assert parts_left > 0  # some were really hit while they wrote
    export_video(clip, target, lambda _i, rgb: rgb, ExportSettings(preset="ultrafast"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]


def _killed_after(seconds: float, clip: Path, target: Path) -> bool:
    """Run the child, kill it some time after it is ready; return if it confirmed an export."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(clip), str(target)],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        os.killpg(child.pid, signal.SIGKILL)
        said = child.stdout.read()
    child.wait()
    return b"done" in said
