"""The identity basis: statistics over heads drawn from the base mesh's own adult controls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import Double, Ints
from core.face.construction import targets
from core.face.construction.mouth import Attached

LOCAL = (
    "head",
    "forehead",
    "eyebrows",
    "eyes",
    "nose",
    "cheek",
    "mouth",
    "chin",
    "ears",
    "neck",
)
OPPOSITES = (
    ("decr", "incr"), ("down", "up"), ("in", "out"), ("backward", "forward"),
    ("concave", "convex"), ("compress", "uncompress"),
)  # fmt: skip
# Moving the whole head is pose, and pointed ears are for elves.
EXCLUDED = ("head-trans-", "neck-trans-", "ear-shape-pointed")
# Standard deviation of a control whose range is -1..1. Chosen by measure and by eye: .35 made
# caricatures (landmarks 5.9 mm rms from the mean head), real heads differ by about 3.6 mm.
SPREAD = 0.2
SIDED = 0.05  # standard deviation of the difference of a left from its right control
RACES, GENDERS, AGES = ("african", "asian", "caucasian"), ("female", "male"), ("young", "old")
LEVELS = ("min", "average", "max")


@dataclass(frozen=True, eq=False)
class Controls:
    """Every target as one row of `moves` (J, 3V) mm, and how to draw its weight.

    macro : name -> row of a multiplicative macro target. pairs : (stem, row for negative or
    -1, row for positive) of the local controls; stems starting "l-"/"r-" come in pairs.
    """

    moves: np.ndarray
    macro: Mapping[str, int]
    pairs: tuple[tuple[str, int, int], ...]


def _local_pairs(files: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    for name, row in files.items():
        stem, _, end = name.rpartition("-")
        opposite = dict(OPPOSITES) | {b: a for a, b in OPPOSITES}
        other = f"{stem}-{opposite.get(end, '')}"
        if other not in files:
            yield name, -1, row
        elif end in dict(OPPOSITES):
            yield stem, row, files[other]


def controls(folder: Path, kept: Ints, attached: Attached) -> Controls:
    """Return the controls in the ``targets`` folder of MPFB2, over the vertices `kept`.

    attached : what becomes of their displacements.
    """
    paths = [p for part in LOCAL for p in sorted((folder / part).glob("*.target.gz"))]
    local = {p.name.removesuffix(".target.gz"): p for p in paths}
    local = {n: p for n, p in local.items() if not any(x in n for x in EXCLUDED)}
    macro = {f"{r}-{g}-{a}" for r in RACES for g in GENDERS for a in AGES} | {
        f"universal-{g}-{a}-{m}muscle-{w}weight"
        for g in GENDERS for a in AGES for m in LEVELS for w in LEVELS
    }  # fmt: skip
    files = local | {n: folder / "macrodetails" / f"{n}.target.gz" for n in sorted(macro)}
    moves = np.stack([attached(targets.read(p, kept)).ravel() for p in files.values()]).astype(
        np.float32
    )
    rows = {name: i for i, name in enumerate(files)}
    pairs = tuple(_local_pairs({n: rows[n] for n in local}))
    return Controls(moves, {n: rows[n] for n in macro}, pairs)


def _three(x: Double) -> Double:
    """Return (N, 3) weights of minimum, average, maximum for x (N,) in 0..1."""
    low, high = np.maximum(1 - 2 * x, 0), np.maximum(2 * x - 1, 0)
    return np.stack([low, 1 - low - high, high], 1)


def _macro_weights(n: int, rng: np.random.Generator, c: Controls, out: np.ndarray) -> None:
    gender = rng.uniform(0, 1, n)
    age = rng.uniform(0, 1, n) ** 1.5
    race = rng.dirichlet([0.7] * 3, n)
    muscle, weight = (_three(np.clip(rng.normal(0.5, s, n), 0, 1)) for s in (0.15, 0.2))
    for i, g in enumerate((1 - gender, gender)):
        for j, a in enumerate((1 - age, age)):
            for k, r in enumerate(RACES):
                out[:, c.macro[f"{r}-{GENDERS[i]}-{AGES[j]}"]] = g * a * race[:, k]
            for k, m in enumerate(LEVELS):
                for q, w in enumerate(LEVELS):
                    name = f"universal-{GENDERS[i]}-{AGES[j]}-{m}muscle-{w}weight"
                    out[:, c.macro[name]] = g * a * muscle[:, k] * weight[:, q]


def _truncated(rng: np.random.Generator, n: int, spread: float) -> Double:
    return np.clip(rng.normal(0, spread, n), -1, 1)


def draw(n: int, rng: np.random.Generator, c: Controls) -> np.ndarray:
    """Return (n, J) target weights of random adults; both sides of a face nearly agree."""
    out = np.zeros((n, len(c.moves)), np.float32)
    _macro_weights(n, rng, c, out)
    shared: dict[str, Double] = {}
    for stem, low, high in c.pairs:
        key = stem[2:] if stem[:2] in ("l-", "r-") else stem
        if key not in shared:
            shared[key] = _truncated(rng, n, SPREAD)
        x = shared[key] + (_truncated(rng, n, SIDED) if key != stem else 0)
        if low < 0:
            # One-way shapes are alternatives of one another: a few at a time, not all.
            x = np.maximum(x - 0.1, 0)
        else:
            out[:, low] = np.maximum(-x, 0)
        out[:, high] = np.maximum(x, 0)
    return out


def align(heads: np.ndarray, reference: Double, weight: Double) -> np.ndarray:
    """Return heads (N, V, 3) mm moved, turned and scaled onto `reference` (V, 3).

    weight : (V,) how much a vertex counts.
    """
    w = weight / weight.sum()
    goal = reference - w @ reference
    mean = np.einsum("v,nvc->nc", w, heads)
    heads = heads - mean[:, None]
    spread = np.einsum("nvc,vd->ncd", heads, w[:, None] * goal)
    u, _, vt = np.linalg.svd(spread)
    flip = np.ones((len(heads), 3))
    flip[:, 2] = np.sign(np.linalg.det(u @ vt))
    turn = (u * flip[:, None]) @ vt
    size = np.einsum("ncd,ncd->n", spread, turn) / np.einsum("v,nvc->n", w, heads**2)
    return (heads @ (turn * size[:, None, None]).astype(np.float32)) + w @ reference


@dataclass(frozen=True, eq=False)
class Identity:
    """mean (V, 3) mm; modes (S, V, 3) mm for one unit of an N(0, 1) weight; carried (S,)."""

    mean: Double
    modes: np.ndarray
    carried: Double


@dataclass(frozen=True)
class Population:
    """How many heads are drawn, in chunks of how many, and from which seed."""

    heads: int = 20_000
    chunk: int = 1_000
    seed: int = 20

    def chunks(self, c: Controls, base: Double) -> Iterator[np.ndarray]:
        """Yield (chunk, V, 3) float32 mm, the same heads on every call."""
        rng = np.random.default_rng(self.seed)
        for _ in range(self.heads // self.chunk):
            w = draw(self.chunk, rng, c)
            yield (w @ c.moves + base.ravel().astype(np.float32)).reshape(self.chunk, -1, 3)


def basis(
    c: Controls, base: Double, weight: Double, modes: int, people: Population
) -> Identity:
    """Return the principal modes of `people`, variance weighted by `weight` (V,) >= 0.

    Randomised: the weighted deviations are sketched on 2 x modes random directions, then
    projected; the modes of all vertices follow by regression on the scores.
    """
    first = next(people.chunks(c, base)).mean(0).astype(np.float64)
    root = np.sqrt(np.repeat(weight / weight.sum(), 3)).astype(np.float32)
    mean = np.mean([align(h, first, weight).mean(0) for h in people.chunks(c, base)], 0)

    def deviations() -> Iterator[np.ndarray]:
        for heads in people.chunks(c, base):
            yield (
                (align(heads, first, weight) - mean).reshape(len(heads), -1).astype(np.float32)
            )

    rng = np.random.default_rng(people.seed + 1)
    sketch = rng.normal(size=(len(root), 2 * modes)).astype(np.float32)
    total = 0.0
    image = np.zeros_like(sketch)
    for x in deviations():
        x *= root
        total += float(np.einsum("ij,ij->", x, x, dtype=np.float64))
        image += x.T @ (x @ sketch)
    q = np.linalg.qr(image)[0]
    inner = np.zeros((q.shape[1], q.shape[1]))
    outer = np.zeros_like(q)
    for x in deviations():
        y = (x * root) @ q
        inner += y.T @ y
        outer += x.T @ y
    variance, turn = np.linalg.eigh(inner)
    variance, turn = variance[::-1][:modes], turn[:, ::-1][:, :modes]
    shapes = outer @ turn / np.sqrt(variance * people.heads)
    # A fixed sign: the first mode's largest entry is positive, whatever eigh chose.
    peak = np.abs(shapes).argmax(0)
    shapes *= np.sign(shapes[peak, np.arange(modes)])
    return Identity(mean, shapes.T.reshape(modes, -1, 3), np.cumsum(variance) / total)
