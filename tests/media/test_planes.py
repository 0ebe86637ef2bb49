"""Edits written into planes, against plain conversions written out in numpy."""

from fractions import Fraction

import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.colour import Coding
from core.media.planes import add_edit, planes, subsampling

KR, KB = 0.2126, 0.0722


def coding(form="yuv444p", full=False, size=(16, 12)):
    depth = 10 if "10" in form else 8
    return Coding(
        size,
        Fraction(1, 25),
        Fraction(25),
        form,
        depth,
        colour_range=2 if full else 1,
        matrix=1,
    )


def to_yuv(rgb, full, unit):
    """(H, W, 3) samples of BT.709, not rounded."""
    r, g, b = np.moveaxis(rgb.astype(float), -1, 0)
    y = KR * r + (1 - KR - KB) * g + KB * b
    u, v = (b - y) / (2 * (1 - KB)), (r - y) / (2 * (1 - KR))
    if full:
        k = (256 * unit - 1) / 255
        return np.stack([y * k, u * k + 128 * unit, v * k + 128 * unit], -1)
    zero, mid = 16 * unit, 128 * unit
    return np.stack(
        [y * 219 / 255 * unit + zero, u * 224 / 255 * unit + mid, v * 224 / 255 * unit + mid],
        -1,
    )


def frame_of(yuv, form):
    H, W = yuv.shape[:2]
    frame = VideoFrame(W, H, form)
    depth = 10 if "10" in form else 8
    sy, sx = subsampling(form)
    for k, plane in enumerate(planes(frame, depth)):
        full = np.rint(yuv[..., k])
        if k:
            full = np.rint(yuv[..., k].reshape(H // sy, sy, W // sx, sx).mean((1, 3)))
        plane[...] = full
    return frame


def random_rgb(seed, low=1, high=255):
    return np.random.default_rng(seed).integers(low, high, (12, 16, 3), dtype=np.uint8)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    "form", ["yuv444p", "yuv422p", "yuv420p", "yuv444p10le", "yuv420p10le"]
)
def test_a_new_picture_becomes_its_own_conversion(form, full):
    old, new = random_rgb(1, 1, 100), random_rgb(2, 140, 255)
    c = coding(form, full)
    unit = 4.0 if "10" in form else 1.0
    frame = frame_of(to_yuv(old, full, unit), form)
    assert add_edit(frame, old, new, c) == 12 * 16
    expected = planes(frame_of(to_yuv(new, full, unit), form), c.depth)
    for got, want in zip(planes(frame, c.depth), expected, strict=True):
        assert np.abs(got.astype(int) - want.astype(int)).max() <= 1


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"]))
def test_only_samples_of_changed_pixels_change(seed, form):
    rng = np.random.default_rng(seed)
    old = random_rgb(seed)
    mask = rng.random((12, 16)) < 0.1
    new = np.where(mask[..., None], 255 - old, old).astype(np.uint8)
    c = coding(form)
    frame = frame_of(rng.integers(0, 1 << c.depth, (12, 16, 3)), form)
    before = [p.copy() for p in planes(frame, c.depth)]
    assert add_edit(frame, old, new, c) == int((new != old).any(-1).sum())
    sy, sx = subsampling(form)
    blocks = mask.reshape(12 // sy, sy, 16 // sx, sx).any((1, 3))
    for k, (a, b) in enumerate(zip(before, planes(frame, c.depth), strict=True)):
        touched = mask if k == 0 else blocks
        np.testing.assert_array_equal(a[~touched], b[~touched])


def test_a_small_change_keeps_what_rgb_cannot_show():
    c = coding("yuv444p10le")
    old = np.full((12, 16, 3), 100, np.uint8)
    frame = frame_of(to_yuv(old, False, 4.0), "yuv444p10le")
    luma = planes(frame, 10)[0]
    luma[::2] += 1  # a quarter of an 8-bit step
    kept = luma.copy()
    add_edit(frame, old, old + np.uint8(1), c)
    step = luma.astype(int) - kept
    assert step.min() >= 3
    assert (luma[::2].astype(int) - luma[1::2]).min() >= 1


def test_a_large_change_leaves_no_ghost_of_colours_outside_of_rgb():
    c = coding()
    yuv = to_yuv(np.full((12, 16, 3), 90, np.uint8), False, 1.0)
    yuv[:, 8:, 2] = 250  # far more red than RGB holds
    frame = frame_of(yuv, "yuv444p")
    shown = np.full((12, 16, 3), 90, np.uint8)
    shown[:, 8:, 0] = 255
    add_edit(frame, shown, np.full((12, 16, 3), 150, np.uint8), c)
    want = np.rint(to_yuv(np.full((12, 16, 3), 150, np.uint8), False, 1.0)[0, 0])
    for k, plane in enumerate(planes(frame, 8)):
        assert np.abs(plane.astype(int) - want[k]).max() <= 1


def test_nothing_changed_is_nothing_done():
    frame = frame_of(np.full((12, 16, 3), 77), "yuv420p")
    rgb = random_rgb(5)
    assert add_edit(frame, rgb, rgb.copy(), coding("yuv420p")) == 0
    assert all((p == 77).all() for p in planes(frame, 8))


def test_odd_sizes_and_the_last_column():
    c = coding("yuv444p", size=(15, 11))
    old = random_rgb(1)[:11, :15].copy()
    new = old.copy()
    new[10, 14] = 255 - new[10, 14]
    frame = frame_of(to_yuv(old, False, 1.0), "yuv444p")
    before = [p.copy() for p in planes(frame, 8)]
    assert add_edit(frame, old, new, c) == 1
    for a, b in zip(before, planes(frame, 8), strict=True):
        changed = np.argwhere(a != b)
        assert {tuple(x) for x in changed} <= {(10, 14)}
