"""The learned editor's arithmetic: windows over each other, styles, and their median."""

import numpy as np
import pytest
from safetensors.numpy import save_file
from scipy.optimize import minimize

from core.errors import ModelError, ShapeError, WishError
from core.expression import manipulator
from core.expression.emotions import LABELS
from core.expression.manipulator import (
    SIGMA,
    STYLE,
    WINDOW,
    Manipulator,
    Style,
    geometric_median,
    starts_of,
)
from tests.expression.editors import BLOCKS, constant_editor, editor, editor_arrays

CHANCE = np.random.default_rng(1)
STYLE_A, STYLE_B = CHANCE.normal(size=(2, STYLE)).astype(np.float32)


def face(frames, seed=0):
    return np.random.default_rng(seed).uniform(0, 0.6, (frames, 53)).astype(np.float32)


def total(points, x):
    """Return the sum of distances of points from x."""
    return float(np.linalg.norm(points - x, axis=1).sum())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("count", "size"), [(7, 2), (40, 16), (3, 3)])
def test_the_geometric_median_is_that_of_an_optimiser(seed, count, size):
    points = np.random.default_rng(seed).normal(size=(count, size)) ** 3
    found = geometric_median(points)
    starts = [points.mean(0), *points[:3]]
    best = min(
        minimize(
            lambda x: total(points, x), s, method="Nelder-Mead" if size < 4 else "BFGS"
        ).fun
        for s in starts
    )
    assert total(points, found) <= best * (1 + 1e-4)


def test_the_median_stays_with_most_of_the_points():
    points = np.concatenate([np.tile([1.0, -2.0], (6, 1)), [[5, 5], [-9, 0], [3, 3], [0, 8]]])
    assert geometric_median(points) == pytest.approx([1, -2], abs=1e-3)
    # An outlier, however far, does not move it as it moves a mean.
    points[-1] = [1e6, 1e6]
    assert geometric_median(points) == pytest.approx([1, -2], abs=1e-3)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_median_of_equal_points_is_that_point(count):
    points = np.tile([0.25, 3.0, -1.0], (count, 1))
    found = geometric_median(points)
    assert found.dtype == np.float32
    assert found == pytest.approx([0.25, 3, -1])


def test_the_iteration_leaves_a_point_it_meets_if_that_is_not_the_median():
    # The mean, from which it starts, is one of the points, and the median is another place.
    points = np.array([[0.0, 0], [6, 0], [6, 0.1], [6, -0.1], [-18, 0]])
    assert points.mean(0).tolist() == [0, 0]
    found = geometric_median(points)
    assert found == pytest.approx([6, 0], abs=0.1)
    assert total(points, found) < 0.9 * total(points, points[0])


def test_the_iteration_stays_at_a_point_it_meets_if_that_is_the_median():
    points = np.array([[0.0, 0]] * 3 + [[3, 0], [-1, 1], [-2, -1]])
    assert points.mean(0).tolist() == [0, 0]
    assert geometric_median(points).tolist() == [0, 0]


@pytest.mark.parametrize("frames", [0, 1, 5, 9, 10, 11, 40])
@pytest.mark.parametrize("hop", [1, 2])
def test_windows_that_say_the_same_say_it_everywhere(frames, hop):
    change = constant_editor(0.125).change(face(frames), STYLE_A, hop)
    assert change.shape == (frames, 52)
    assert change == pytest.approx(np.full((frames, 52), 0.125), abs=1e-6)


@pytest.mark.parametrize("hop", [1, 2, 3, 10])
@pytest.mark.parametrize("frames", [1, 9, 10, 11, 12, 47])
def test_windows_cover_every_frame_and_no_more(frames, hop):
    starts = starts_of(frames, hop)
    assert (np.diff(starts) > 0).all()
    assert (np.diff(starts) <= hop).all()
    assert starts[0] == 0
    assert starts[-1] == max(0, frames - WINDOW)


@pytest.mark.parametrize(("frames", "hop"), [(6, 1), (10, 1), (23, 1), (23, 2), (24, 7)])
def test_overlapping_windows_against_a_written_out_loop(frames, hop):
    net, seen = editor(out=0.3), face(frames)
    starts = list(range(0, max(1, frames - WINDOW + 1), hop))
    if starts[-1] != max(0, frames - WINDOW):
        starts.append(frames - WINDOW)
    top, under = np.zeros((frames, 52)), np.zeros(frames)
    for start in starts:
        rows = [min(start + k, frames - 1) for k in range(WINDOW)]
        part = net.generated(seen[rows][None], STYLE_A[None])[0]
        for k in range(WINDOW):
            if start + k < frames:
                weight = np.exp(-((k - 4.5) ** 2) / (2 * SIGMA**2))
                top[start + k] += weight * part[k]
                under[start + k] += weight
    wanted = top / under[:, None]
    found = net.change(seen, STYLE_A, hop)
    assert found == pytest.approx(wanted, abs=1e-5)
    assert found.std() > 0.01


def test_what_is_done_at_once_does_not_matter(monkeypatch):
    net, seen = editor(), face(40)
    whole = net.change(seen, STYLE_A)
    monkeypatch.setattr(manipulator, "CHUNK", 7)
    assert net.change(seen, STYLE_A) == pytest.approx(whole, abs=1e-6)


def test_a_style_for_each_frame():
    net, seen = editor(out=0.3), face(60)
    steady = net.change(seen, np.tile(STYLE_A, (60, 1)))
    assert np.array_equal(steady, net.change(seen, STYLE_A))
    turning = np.where(np.arange(60)[:, None] < 30, STYLE_A, STYLE_B)
    found = net.change(seen, turning)
    assert np.array_equal(found[:20], steady[:20])
    assert np.array_equal(found[40:], net.change(seen, STYLE_B)[40:])
    assert np.abs(found[40:] - steady[40:]).max() > 1e-3


def test_what_the_network_adds_is_bounded_and_listens_to_the_style():
    net = editor(out=5.0)
    windows = face(30).reshape(3, WINDOW, 53)
    a, b = (net.generated(windows, np.tile(s, (3, 1))) for s in (STYLE_A, STYLE_B))
    assert a.shape == (3, WINDOW, 52)
    assert np.abs(a).max() <= 1
    assert np.abs(a - b).max() > 0.05


def test_the_style_of_a_clip_is_the_median_of_those_of_its_windows():
    net, seen = editor(), face(25)
    windows = np.stack([seen[i : i + WINDOW] for i in range(16)])
    styles = net.styles(windows)
    assert styles.shape == (16, STYLE)
    style = net.style_of_clip(seen, "mine")
    assert style.name == "mine"
    assert style.numbers == pytest.approx(geometric_median(styles))
    short = net.style_of_clip(seen[:4], "short")
    rows = [0, 1, 2, 3, 3, 3, 3, 3, 3, 3]
    assert short.numbers == pytest.approx(net.styles(seen[rows][None])[0], abs=1e-5)


def test_the_label_of_a_style_is_the_nearest_one():
    net, arrays = editor(), editor_arrays()
    for i, name in enumerate(LABELS):
        style = net.style_of_label(name)
        assert style.name == name
        assert np.array_equal(style.numbers, arrays["styles"][i])
        assert net.label_of_style(style.numbers + 0.01) == name
    assert net.style_of_label(" Joy").name == "happy"


@pytest.mark.parametrize("name", ["contempt", "calm", "gleeful"])
def test_a_label_it_was_not_trained_on_is_refused(name):
    with pytest.raises(WishError, match=name) as told:
        editor().style_of_label(name)
    assert "surprised" in str(told.value)  # it says which there are
    assert "\n" not in str(told.value)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError):
        Style(np.zeros(STYLE - 1, np.float32), "short")
    with pytest.raises(ShapeError):
        editor().change(face(12)[:, :52], STYLE_A)
    with pytest.raises(ShapeError):
        editor().style_of_clip(face(12)[:, :52], "x")


def test_an_editor_comes_back_from_its_file(tmp_path):
    path = tmp_path / "m.safetensors"
    save_file(editor_arrays(), path)
    back = Manipulator.of_file(path)
    assert np.array_equal(back.change(face(20), STYLE_A), editor().change(face(20), STYLE_A))
    assert back.digest == editor().digest != editor(seed=1).digest
    assert len(back.digest) == 32


def test_the_digest_knows_every_number():
    arrays = editor_arrays()
    arrays["e.b3"] = arrays["e.b3"].copy()
    arrays["e.b3"][-1] += 1e-6
    assert Manipulator(arrays).digest != editor().digest


@pytest.mark.parametrize("content", [None, b"", b"not what it was" * 40])
def test_a_damaged_or_missing_file_is_named(content, tmp_path):
    path = tmp_path / "m.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot be read: .*m\.safetensors"):
        Manipulator.of_file(path)


@pytest.mark.parametrize("name", ["mean", "sd", "g.in", "g.outb", "styles", "e.w3"])
def test_networks_of_another_version_are_refused(name, tmp_path):
    arrays = editor_arrays()
    del arrays[name]
    save_file(arrays, tmp_path / "m.safetensors")
    with pytest.raises(ModelError, match=f"another version.*{name}"):
        Manipulator.of_file(tmp_path / "m.safetensors")


def test_another_number_of_labels_is_refused():
    with pytest.raises(ModelError, match="another version"):
        Manipulator(editor_arrays() | {"styles": np.zeros((8, STYLE), np.float32)})


def test_blocks_are_counted():
    one, arrays = editor(), editor_arrays()
    for i in range(BLOCKS):  # a block whose outcome is always nothing
        arrays[f"g.w{i}"], arrays[f"g.b{i}"] = 0 * arrays[f"g.w{i}"], 0 * arrays[f"g.b{i}"]
        arrays[f"g.film{i}"] = 0 * arrays[f"g.film{i}"]
        arrays[f"g.filmb{i}"] = 0 * arrays[f"g.filmb{i}"]
    windows, style = face(10)[None], STYLE_A[None]
    x = np.clip((windows - arrays["mean"]) / arrays["sd"], -5, 5)
    wanted = np.tanh(
        (x @ arrays["g.in"] + arrays["g.inb"]) @ arrays["g.out"] + arrays["g.outb"]
    )
    assert Manipulator(arrays).generated(windows, style) == pytest.approx(wanted, abs=1e-5)
    assert np.abs(one.generated(windows, style) - wanted).max() > 1e-3
