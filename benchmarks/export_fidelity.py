"""What an export keeps of a clip: frame times, sound, untouched samples; and what it costs.

    python -m benchmarks.export_fidelity [--data ../shared/data] [--ratio] [--minutes 10]

For every clip of ``talk/`` and ``drive/``:

* times      frame times, time base and last duration of the export equal the clip's
* audio      packets equal by hash
* strays     lossless export with an edited box: samples outside the box that changed (of all)
* box        mean error of the asked colour inside the box, 8-bit levels (lossless export)
* PSNR       luma of untouched frames at the default quality, dB
* ratio      with ``--ratio``: frames a second of `export_video` that edits nothing, over a bare
             PyAV decode + encode with the same settings; wants a quiet machine

With ``--minutes`` a 1080p clip is looped to that length and the peak memory of its export
measured in a process of its own.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.run import header
from core.media.colour import as_coded
from core.media.encode import ExportSettings
from core.media.export import export_video
from core.media.planes import planes
from core.media.probe import VideoInfo, probe
from core.media.sound import audio_digest
from core.media.source import decoded, open_media, video_stream
from core.media.video import frames

ROOT = Path(__file__).resolve().parent.parent
COLOUR = np.array([150, 110, 90], np.uint8)  # asked for in the box
LOSSLESS = ExportSettings(crf=0, preset="ultrafast")


def box_of(info: VideoInfo) -> tuple[slice, slice]:
    """A box of even corners in the middle of the upright picture."""
    W, H = info.size
    y, x = H // 6 * 2, W // 6 * 2
    return slice(y, y + H // 8 * 2), slice(x, x + W // 8 * 2)


def whether_same_times(a: VideoInfo, b: VideoInfo) -> bool:
    same = len(a.times) == len(b.times) and a.times.base == b.times.base and a.tail == b.tail
    return same and bool((a.times.pts == b.times.pts).all())


def pairs(a: Path, b: Path) -> Iterator[tuple[av.VideoFrame, av.VideoFrame]]:
    with open_media(a) as x, open_media(b) as y:
        yield from zip(
            decoded(x, video_stream(x, a)), decoded(y, video_stream(y, b)), strict=False
        )


def luma_psnr(info: VideoInfo, out: Path) -> float:
    errors = []
    for p, q in pairs(info.path, out):
        a, b = planes(p, info.coding.depth)[0], planes(q, info.coding.depth)[0]
        errors.append(np.mean((a.astype(np.float32) - b) ** 2))
    peak = 2.0**info.coding.depth - 1
    return 10 * np.log10(peak**2 / max(float(np.mean(errors)), 1e-9))


def strays(info: VideoInfo, out: Path) -> int:
    """Samples outside the box that differ, over all planes and frames (same formats only)."""
    W, H = info.coding.size
    marks = np.zeros((*info.size[::-1], 1), np.uint8)
    marks[box_of(info)] = 1
    box = as_coded(marks, info.coding)[..., 0].astype(bool)
    assert box.shape == (H, W)
    count = 0
    for p, q in pairs(info.path, out):
        for a, b in zip(
            planes(p, info.coding.depth), planes(q, info.coding.depth), strict=True
        ):
            sy, sx = round(H / a.shape[0]), round(W / a.shape[1])
            inside = box[::sy, ::sx][: a.shape[0], : a.shape[1]]
            count += int(((a != b) & ~inside).sum())
    return count


def box_error(out: Path) -> float:
    info = probe(out)
    rows, columns = box_of(info)
    inner = slice(rows.start + 4, rows.stop - 4), slice(columns.start + 4, columns.stop - 4)
    picks = [
        np.abs(p.rgb[inner].reshape(-1, 3).astype(float) - COLOUR).mean()
        for p in frames(out, info)
        if p.index % 10 == 0
    ]
    return float(np.mean(picks))


def bare(info: VideoInfo, target: Path, settings: ExportSettings) -> float:
    """Seconds of a plain decode + encode by PyAV with the same codec settings, no sound."""
    began = time.perf_counter()
    with av.open(str(info.path)) as source, av.open(str(target), "w", format="mp4") as out:
        stream = source.streams.video[0]
        stream.thread_type = "AUTO"
        options = {"crf": str(settings.crf), "preset": settings.preset}
        film = out.add_stream("libx264", rate=info.coding.rate, options=options)
        film.codec_context.width, film.codec_context.height = info.coding.size
        film.codec_context.pix_fmt = info.coding.pixel_format
        film.codec_context.time_base = info.coding.base
        film.codec_context.thread_count = os.cpu_count() or 1
        for frame in source.decode(stream):
            frame.pict_type = 0
            out.mux(film.encode(frame))
        out.mux(film.encode(None))
    return time.perf_counter() - began


def row(path: Path, folder: Path, ratio: bool) -> str:
    info = probe(path)
    where = box_of(info)
    out = folder / f"out{'.mov' if path.suffix == '.mov' else '.mp4'}"

    def boxed(_index: int, rgb: np.ndarray) -> np.ndarray:
        new = rgb.copy()
        new[where] = COLOUR
        return new

    report = export_video(info, out, boxed, LOSSLESS)
    same_form = report.pixel_format == info.coding.pixel_format
    kept = f"{strays(info, out)}" if same_form else "other format"
    error = box_error(out)
    settings = ExportSettings()
    plain = export_video(info, out, lambda _i, rgb: rgb, settings)
    rate = bare(info, folder / "bare.mp4", settings) / plain.seconds if ratio else np.nan
    times = whether_same_times(info, probe(out, thorough=True))
    audio = "none" if info.audio is None else "equal" if same_audio(path, out) else "DIFFERS"
    assert plain.changed == (0,) * len(info.times)
    return (
        f"{path.name:42} {len(info.times):5d} {'equal' if times else 'DIFFER':7} {audio:8} "
        f"{kept:13} {error:5.2f} {luma_psnr(info, out):6.1f} {rate:6.2f} "
        f"{path.stat().st_size / 1e6:6.2f} {out.stat().st_size / 1e6:6.2f}  "
        f"{'; '.join(plain.notes)}"
    )


def same_audio(a: Path, b: Path) -> bool:
    return audio_digest(a) == audio_digest(b)


def loop(path: Path, target: Path, minutes: float) -> None:
    """Repeat the packets of a clip, times carried on, until it is long enough."""
    with av.open(str(target), "w") as out:
        film = None
        shift, step = 0, 0
        while True:
            with av.open(str(path)) as source:
                stream = source.streams.video[0]
                film = film or out.add_stream_from_template(stream)
                for packet in source.demux(stream):
                    if packet.size:
                        step = max(step, (packet.pts or 0) + (packet.duration or 0))
                        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                        packet.stream = film
                        out.mux(packet)
                shift += step
                if shift * Fraction(stream.time_base) > minutes * 60:
                    return


def long_run(path: Path, folder: Path, minutes: float) -> str:
    clip = folder / "long.mp4"
    loop(path, clip, minutes)
    command = [sys.executable, __file__, "--one", str(clip), str(folder / "long_out.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    n = len(probe(clip).times)
    return f"{path.name} looped to {minutes:g} min ({n} frames): {done.stdout.strip()}"


def one(source: Path, target: Path) -> None:
    """Export with a small edit in every frame; print speed and peak memory."""
    info = probe(source)
    where = box_of(info)

    def boxed(_index: int, rgb: np.ndarray) -> np.ndarray:
        new = rgb.copy()
        new[where] = COLOUR
        return new

    report = export_video(info, target, boxed, ExportSettings(preset="ultrafast", crf=28))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fps = report.frames / report.seconds
    equal = whether_same_times(info, probe(target))
    print(
        f"peak memory {peak:.0f} MB, {fps:.1f} frames/s, times {'equal' if equal else 'DIFFER'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--ratio", action="store_true")
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "benchmarks/results/export_fidelity.txt"
    )
    parser.add_argument("--one", type=Path, nargs=2)
    wishes = parser.parse_args()
    if wishes.one:
        one(*wishes.one)
        return
    lines = [f"{header('export fidelity')}PyAV {av.__version__}\n"]
    lines.append(
        f"{'clip':42} {'F':>5} {'times':7} {'audio':8} {'strays':13} {'box':>5} {'PSNR':>6} "
        f"{'ratio':>6} {'MB in':>6} {'MB out':>6}  notes"
    )
    clips = [p for kind in ("talk", "drive") for p in sorted((wishes.data / kind).iterdir())]
    with tempfile.TemporaryDirectory() as folder:
        for path in clips:
            lines.append(row(path, Path(folder), wishes.ratio))
            print(lines[-1], flush=True)
        if wishes.minutes:
            clip = wishes.data / "talk" / "spectre__M030_level_3_angry_016.mp4"
            lines.append("\n" + long_run(clip, Path(folder), wishes.minutes))
            print(lines[-1])
    wishes.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
