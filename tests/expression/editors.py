"""Networks of random numbers of the right shapes: what the trained ones must not matter to."""

import numpy as np

from core.expression.manipulator import Manipulator
from core.expression.scmc import Guide

WIDTH, BLOCKS, HIDDEN = 12, 2, 9


def editor_arrays(seed=0, out=0.05):
    """Return the arrays of a `Manipulator`; `out` : how large its changes are."""
    rng = np.random.default_rng(seed)

    def dense(a, b):
        return rng.normal(0, 1 / np.sqrt(a), (a, b))

    arrays = {
        "mean": rng.uniform(0, 0.2, 53),
        "sd": rng.uniform(0.1, 0.2, 53),
        "g.in": dense(53, WIDTH),
        "g.inb": rng.normal(0, 0.1, WIDTH),
        "g.out": out * dense(WIDTH, 52),
        "g.outb": rng.normal(0, out, 52),
        "styles": rng.normal(0, 1, (7, 16)),
    }
    for i in range(BLOCKS):
        arrays[f"g.w{i}"] = rng.normal(0, 0.15, (3, WIDTH, WIDTH))
        arrays[f"g.b{i}"] = rng.normal(0, 0.1, WIDTH)
        arrays[f"g.film{i}"] = 0.3 * dense(16, 2 * WIDTH)
        arrays[f"g.filmb{i}"] = rng.normal(0, 0.1, 2 * WIDTH)
    sizes = ((53, HIDDEN), (HIDDEN, HIDDEN), (2 * HIDDEN, HIDDEN), (HIDDEN, 16))
    for i, (a, b) in enumerate(sizes):
        arrays[f"e.w{i}"], arrays[f"e.b{i}"] = dense(a, b), rng.normal(0, 0.1, b)
    return {name: np.asarray(x, np.float32) for name, x in arrays.items()}


def editor(seed=0, out=0.05):
    return Manipulator(editor_arrays(seed, out))


def constant_editor(value):
    """Return an editor that adds `value` to everything, whatever it sees."""
    arrays = editor_arrays()
    arrays["g.out"] = np.zeros_like(arrays["g.out"])
    arrays["g.outb"] = np.full(52, np.arctanh(value), np.float32)
    return Manipulator(arrays)


def guide_arrays(seed=0, w=1.5, b=0.2, tau=3.0):
    """Return the arrays of a `Guide`."""
    rng = np.random.default_rng(seed)
    arrays = {"mean": rng.uniform(0, 0.2, 53), "sd": rng.uniform(0.1, 0.3, 53)}
    for i, (a, c) in enumerate(((106, 128), (128, 128), (128, 128))):
        arrays[f"face.w{i}"] = rng.normal(0, 1 / np.sqrt(a), (a, c))
        arrays[f"face.b{i}"] = rng.normal(0, 0.1, c)
    for i, (a, c) in enumerate(((40, 64), (64, 128), (128, 128))):
        arrays[f"voice.w{i}"] = rng.normal(0, 0.5 / np.sqrt(a), (c, a, 3))
        arrays[f"voice.b{i}"] = rng.normal(0, 0.1, c)
    arrays["voice.out"] = rng.normal(0, 0.1, (128, 128))
    arrays["voice.bias"] = rng.normal(0, 0.1, 128)
    arrays["scale"] = np.array([w, b, tau])
    return {name: np.asarray(x, np.float32) for name, x in arrays.items()}


def guide(seed=0, **scale):
    return Guide(guide_arrays(seed, **scale))
