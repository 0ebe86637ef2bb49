"""How many frames a second each stage takes.

    python -m benchmarks.speed CLIP [-o benchmarks/results/speed.txt]

The clip goes through decoding, following and fitting, each timed alone and then together, as
`reconstruct` runs them; then an intensity-1 edit is rendered on one thread, and exported beside
a bare decode + encode with the same codec settings. Nothing is kept between the stages but what
the program keeps.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.export_fidelity import bare
from benchmarks.run import header
from core import engine
from core.camera import Camera
from core.expression.keyframes import Envelope
from core.expression.layers import Emotion
from core.jobs import Ticket
from core.landmarks.finder import Finder
from core.landmarks.follow import FollowedFace, follow
from core.landmarks.landmarker import Landmarker
from core.media.encode import ExportSettings
from core.media.probe import VideoInfo, probe
from core.media.video import frames
from core.project import Clip, Project
from core.reconstruction.gaze import Eyes, look
from core.reconstruction.head_motion import Motion, head_poses
from core.reconstruction.identity import Seen, identify
from core.reconstruction.reconstruct import Models, reconstruct, takes_of
from core.rendering.render import prepared, render_frame


class Clock:
    """Times named stages of a clip of F frames."""

    def __init__(self, F: int) -> None:
        self.F = F
        self.lines: list[str] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        self.lines.append(
            f"{name:<34}{self.F / wall:>10.1f} frames/s{1e3 * wall / self.F:>9.2f} ms/frame"
            f"{wall:>8.2f} s{cpu / wall:>6.2f} cores"
        )
        print(self.lines[-1], flush=True)


def measure(path: Path) -> list[str]:
    info = probe(path)
    clock = Clock(len(info.times))
    Models.shipped()
    with clock.stage("decode to RGB"):
        for picture in frames(path, info):
            _ = picture.rgb
    with clock.stage("decode and follow, one thread"):
        finder = Finder(Landmarker(describe=Models.shipped().net.describe))
        faces = follow((p.rgb for p in frames(path, info)), max_faces=1, finder=finder)
    fit_stages(clock, info, faces[0])
    with clock.stage("track + fit, all together"):
        clip, takes = reconstruct(path, ticket=Ticket(), max_faces=1)
    edit = Emotion("happy", Envelope.constant(1.0))
    take = replace(takes[0], layers=(edit,))
    export_stages(clock, Project((clip,), (take,)), info)
    return clock.lines


def export_stages(clock: Clock, project: Project, info: VideoInfo) -> None:
    take = project.takes[0]
    with clock.stage("what the clip knows (once)"):
        shots = prepared(info, [(take, engine.evidence(take))], Ticket())
    pictures = [p.rgb for p in islice(frames(info.path, info), 120)]
    render_frame(0, pictures[0], shots)  # compiled code is loaded before the clock runs
    some = Clock(len(pictures))
    with some.stage("render, one thread"):
        for i, rgb in enumerate(pictures):
            render_frame(i, rgb, shots)
    clock.lines += some.lines
    settings = ExportSettings()
    with TemporaryDirectory() as folder:
        plain, edited = [], []
        for _ in range(2):
            plain.append(bare(info, Path(folder, "bare.mp4"), settings))
            start = time.perf_counter()
            engine.export(project, Path(folder, "out.mp4"), settings, Ticket())
            edited.append(time.perf_counter() - start)
    clock.lines += [
        f"bare decode + encode: {clock.F / min(plain):.1f} frames/s",
        f"export of the edit: {clock.F / min(edited):.1f} frames/s, with its preparation",
        f"ratio: {min(plain) / min(edited):.2f} (best of 2 each, crf {settings.crf}, "
        f"preset {settings.preset})",
    ]
    print("\n".join(clock.lines[-3:]), flush=True)


def fit_stages(clock: Clock, info: VideoInfo, face: FollowedFace) -> None:
    models = Models.shipped()
    numbers = np.flatnonzero(face.confidence > 0)
    with clock.stage("coefficients"):
        estimate = models.net.estimate(face.points, face.confidence, face.looks)
    seen = Seen(
        face.points[numbers, :, :2],
        estimate.expression[numbers].astype(np.float64),
        face.confidence[numbers].astype(np.float64),
    )
    camera = Camera.of_frame(*info.size)
    with clock.stage("identity and focal length (once)"):
        identity = identify(models.head, seen, camera, locked=False)
    motion = Motion(numbers, face.shot[numbers], float(info.times.rate()))
    with clock.stage("head pose"):
        pose, _ = head_poses(models.head, identity, seen, motion)
    with clock.stage("gaze"):
        look(Eyes.of(models.face, models.head, identity), seen, pose, identity)
    clip = Clip(PurePath(info.path), info.digest, info.times, info.size)
    with clock.stage("fit, all of it"):
        takes_of([face], clip, models, ticket=Ticket())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("clip", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    info = probe(options.clip)
    head = [
        header("speed of each stage").rstrip(),
        f"{options.clip.name}: {info.size[0]}x{info.size[1]}, {len(info.times)} frames, "
        f"{float(info.times.rate()):.2f} frames/s",
    ]
    print("\n".join(head), flush=True)
    lines = measure(options.clip)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines.append(f"peak memory {peak:.0f} MiB")
    print(lines[-1])
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text("\n".join([*head, "", *lines]) + "\n")


if __name__ == "__main__":
    main()
