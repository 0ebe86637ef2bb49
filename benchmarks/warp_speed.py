"""How long the warp renderer takes a frame, stage by stage, on the bundled actor.

    python -m benchmarks.warp_speed [--out benchmarks/results/warp_speed.txt]

The actor's frames are enlarged or reduced so that the face is 280 and 420 px wide. Times are
of the processor, one thread, so that they also hold on a busy machine: median of all frames.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.run import header
from core.camera import Camera
from core.expression.emotions import prototypes
from core.face.model import built_in
from core.media.probe import probe
from core.media.video import frames
from core.paths import resource
from core.rendering import warp
from core.rendering.atlas import assets_of
from core.track import Look

SIZES = (280, 420)
COUNT, WARM_UP = 40, 6
STAGES = (
    "snapped", "shift_of", "hidden", "skin_field", "turned", "softened", "unfolded",
    "quietened", "without_folds", "move_skin", "paint_eye", "paint_mouth",
)  # fmt: skip


def filmed(size: int) -> tuple[list[np.ndarray], list[Look], np.ndarray, Camera]:
    """Return frames of the actor whose face is `size` px wide, and what was filmed."""
    data = np.load(resource("demo/actor.npz"))
    info = probe(resource("demo/actor.mp4"))
    landmarks = data["landmarks_478"][:COUNT]
    width = float(np.median(np.ptp(landmarks[:, :468, 0], axis=1)))
    zoom = size / width
    W, H = (round(side * zoom) for side in info.size)
    camera = Camera(
        float(data["focal"]) * zoom, *(float(c) * zoom for c in data["center"]), W, H
    )
    rows = data["values"][:COUNT]
    looks = [
        Look(row[:52], row[52:55], row[55:58], row[58:62], 1.0, points * np.float32(zoom))
        for row, points in zip(rows, landmarks, strict=True)
    ]
    pictures = [cv2.resize(p.rgb, (W, H)) for p in frames(info.path, info, 0, COUNT)]
    return pictures, looks, data["shape"], camera


def watched(call: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """Return `call`, noting its processor seconds in `spent`."""

    def timed(*args: Any) -> Any:
        began = time.thread_time()
        result = call(*args)
        spent.append(time.thread_time() - began)
        return result

    return timed


def measure(size: int) -> list[str]:
    """Return the lines of the report for one size of face."""
    pictures, looks, shape, camera = filmed(size)
    assets = assets_of(
        built_in(), shape, camera.focal, zip(pictures[::3], looks[::3], strict=True)
    )
    renderer = warp.WarpRenderer(built_in(), shape, camera, assets)
    lines = [f"face {size} px wide, frame {camera.width} x {camera.height}"]
    spent: dict[str, list[float]] = defaultdict(list)
    plain = {name: getattr(warp, name) for name in STAGES}
    for emotion in ("happy", "sad", "angry", "surprised"):
        offset = prototypes()[emotion].weights
        whole: list[float] = []
        for number, (rgb, look) in enumerate(zip(pictures, looks, strict=True)):
            edited = replace(look, expression=look.expression + offset)
            if number == WARM_UP:
                for name in STAGES:
                    setattr(warp, name, watched(plain[name], spent[name]))
            began = time.thread_time()
            renderer.frame(rgb, look, edited)
            if number >= WARM_UP:
                whole.append(time.thread_time() - began)
        for name in STAGES:
            setattr(warp, name, plain[name])
        lines.append(
            f"  {emotion:<10} {np.median(whole) * 1e3:6.1f} ms a frame"
            f"   p95 {np.percentile(whole, 95) * 1e3:6.1f}"
        )
    frames_seen = 4 * (COUNT - WARM_UP)
    for name in sorted(STAGES, key=lambda n: -sum(spent[n])):
        lines += [f"    {name:<14} {sum(spent[name]) / frames_seen * 1e3:6.2f} ms"]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    text = (
        "\n".join(
            [header("Warp renderer"), *(line for size in SIZES for line in measure(size))]
        )
        + "\n"
    )
    print(text)
    if wanted.out:
        wanted.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
