"""Small clips for the tests, made with PyAV from arithmetic pictures."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

RATE_24 = Fraction(24000, 1001)


def picture(i, size=(64, 48), peak=255, dtype=np.uint8):
    """(H, W) luma with a gradient and a block that walks with the index."""
    W, H = size
    y, x = np.mgrid[:H, :W]
    luma = 40 + 120 * x / W + 40 * y / H
    block = (i * 5) % max(1, W - 8)
    luma[H // 4 : H // 2, block : block + 8] = 220
    return (luma * peak / 255).astype(dtype)


def yuv_frame(i, size=(64, 48), form="yuv420p"):
    """A frame with a known pattern in every plane."""
    frame = VideoFrame(*size, form)
    deep = "10" in form
    dtype, peak = (np.uint16, 1023) if deep else (np.uint8, 255)
    for k, plane in enumerate(frame.planes):
        rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)
        values = picture(i, (plane.width, plane.height), peak, dtype)
        rows[:, : plane.width] = values if k in (0, 3) else peak // 4 + values // 2
    return frame


def make_clip(
    path,
    pts=range(10),
    base=Fraction(1, 25),
    size=(64, 48),
    form="yuv420p",
    codec="libx264",
    matrix=None,
    sound=None,
    options=None,
    container=None,
    **tags,
):
    """Write a clip of `len(pts)` frames; `sound` = dict(codec, rate, layout, seconds)."""
    path = Path(path)
    codec_options = {"crf": "0", "preset": "ultrafast", "bf": "2"} if codec == "libx264" else {}
    out_options = {"video_track_timescale": str(base.denominator)}
    if path.suffix in (".mp4", ".mov"):
        out_options["movie_timescale"] = str(base.denominator * 1000)
    out_options = out_options if path.suffix in (".mp4", ".mov") else {}
    with av.open(
        str(path), "w", format=container, options=out_options | (options or {})
    ) as out:
        film = out.add_stream(codec, rate=25, options=codec_options)
        context = film.codec_context
        context.width, context.height, context.pix_fmt = *size, form
        context.time_base = base
        film.time_base = base
        for name, value in tags.items():
            setattr(context, name, value)
        if matrix is not None:
            film.set_display_matrix(matrix)
        voice = add_sound_stream(out, **sound) if sound else None
        out.start_encoding()
        for i, now in enumerate(pts):
            frame = yuv_frame(i, size, form)
            frame.pts, frame.time_base = now, base
            out.mux(film.encode(frame))
        out.mux(film.encode(None))
        if voice:
            write_sound(out, voice, **sound)
    return path


def add_sound_stream(out, codec="aac", rate=44100, layout="stereo", seconds=0.4):
    return out.add_stream(codec, rate=rate, layout=layout)


def write_sound(out, stream, codec="aac", rate=44100, layout="stereo", seconds=0.4):
    n = int(rate * seconds)
    rng = np.random.default_rng(7)
    channels = av.AudioLayout(layout).nb_channels
    form = stream.codec_context.format
    t = np.arange(n) / rate
    wave = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.01 * rng.standard_normal((channels, n))
    step = stream.codec_context.frame_size or 512
    for start in range(0, n - step + 1, step):
        block = np.ascontiguousarray(wave[:, start : start + step].astype(np.float32))
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        resampler = av.AudioResampler(format=form, layout=layout, rate=rate)
        for piece in resampler.resample(frame):
            piece.pts = start
            out.mux(stream.encode(piece))
    out.mux(stream.encode(None))


def quarter_turns(degrees):
    """The display matrix that turns coded pictures clockwise by 0, 90, 180 or 270 degrees."""
    one, last = 1 << 16, 1 << 30
    a, b = {0: (one, 0), 90: (0, one), 180: (-one, 0), 270: (0, -one)}[degrees]
    return (a, b, 0, -b, a, 0, 0, 0, last)


MIRROR = (-(1 << 16), 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def decoded_planes(path):
    """Every decoded frame as (pts in seconds, planes)."""
    rows = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            deep = "10" in frame.format.name
            planes = [
                np.frombuffer(p, np.uint16 if deep else np.uint8)
                .reshape(p.height, -1)[:, : p.width]
                .copy()
                for p in frame.planes
            ]
            rows.append((frame.pts * frame.time_base, planes))
    return rows
