"""The ablation table: what every way of editing scores, over seeds (expression.md 7.2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.arrays import Float
from core.corpus.averages import Averages
from core.errors import ShapeError
from core.evaluation.expression.classifier import Classifier
from core.evaluation.expression.measures import Head, Score, Summary, score, summary
from core.evaluation.expression.rows import Editor
from core.evaluation.expression.trials import Trial
from core.jobs import Ticket

# What is printed of an outcome: title, decimals, factor.
COLUMNS: Mapping[str, tuple[str, int, float]] = {
    "mouth_mm": ("mouth mm", 3, 1),
    "lip_mm": ("lip mm", 3, 1),
    "missed": ("missed %", 1, 100),
    "false_closures": ("false /min", 2, 1),
    "jaw": ("jaw r", 3, 1),
    "aperture": ("aperture r", 3, 1),
    "emotion": ("emotion %", 1, 100),
    "upper_mm": ("upper mm", 3, 1),
    "jitter": ("jitter", 3, 1),
}
TRUTH = "truth"


@dataclass(frozen=True)
class Row:
    """A way of editing. make : gives the editor of a seed. seeded : whether seeds differ."""

    name: str
    make: Callable[[int], Editor]
    seeded: bool = False


@dataclass(frozen=True)
class Outcome:
    """What one seed of a row scores.

    emotion : share 0..1 of windows that show the target, mean over clips. missed : share of
    closures missed, by target.
    """

    summary: Summary
    emotion: float
    missed: Mapping[str, float]

    def value(self, column: str) -> float:
        """Return the number of one of `COLUMNS`."""
        return self.emotion if column == "emotion" else float(getattr(self.summary, column))


@dataclass(frozen=True)
class Result:
    """A row with the outcomes of its seeds; only one where seeds make no difference."""

    name: str
    outcomes: tuple[Outcome, ...]

    def mean(self, column: str) -> float:
        """Return the mean of one of `COLUMNS` over seeds."""
        return float(np.mean([o.value(column) for o in self.outcomes]))

    def sd(self, column: str) -> float:
        """Return its standard deviation over seeds (n - 1); 0 of a single outcome."""
        values = [o.value(column) for o in self.outcomes]
        return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


@dataclass(frozen=True)
class Table:
    """results : in the order of the rows, the truth last. clips : how many were edited.

    closures : true ones at /p b m/. ceiling : share 0..1 of held-out windows that nobody
    edited and that the classifier reads rightly.
    """

    results: tuple[Result, ...]
    seeds: tuple[int, ...]
    clips: int
    closures: int
    ceiling: float

    def text(self) -> str:
        """Return the table as aligned text, and the missed closures by target."""
        body = [[r.name, *(self._cell(r, c) for c in COLUMNS)] for r in self.results]
        heads = ["row", *(title for title, _, _ in COLUMNS.values())]
        targets = sorted(self.results[0].outcomes[0].missed)
        closures = [
            [r.name, *(f"{100 * _over_seeds(r, t):.1f}" for t in targets)] for r in self.results
        ]
        return "\n".join(
            [
                f"{self.clips} edited clips, {self.closures} closures, seeds "
                f"{', '.join(map(str, self.seeds))}; mean ± sd over seeds",
                f"emotion: the classifier reads {100 * self.ceiling:.1f} % of held-out windows "
                "that nobody edited",
                "",
                *_aligned([heads, *body]),
                "",
                "closures missed, %, by target",
                *_aligned([["row", *targets], *closures]),
            ]
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything in it, as JSON knows it."""
        rows = {
            r.name: {
                "mean": {c: r.mean(c) for c in COLUMNS},
                "sd": {c: r.sd(c) for c in COLUMNS},
                "seeds": [asdict(o) for o in r.outcomes],
            }
            for r in self.results
        }
        told = asdict(self)
        return {k: told[k] for k in ("seeds", "clips", "closures", "ceiling")} | {"rows": rows}

    @staticmethod
    def _cell(result: Result, column: str) -> str:
        _, digits, factor = COLUMNS[column]
        mean, sd = factor * result.mean(column), factor * result.sd(column)
        return f"{mean:.{digits}f} ± {sd:.{digits}f}"


@dataclass(frozen=True, eq=False)
class Judge:
    """What scores: the head, the classifier, its held-out share, everybody's mean faces."""

    on: Head
    classifier: Classifier
    ceiling: float
    means: Averages


def run(
    rows: Sequence[Row],
    asked: Sequence[Trial],
    judge: Judge,
    seeds: Sequence[int],
    ticket: Ticket,
) -> Table:
    """Return what every row scores on the trials, and the truth itself.

    Raises
    ------
    ShapeError
        if an editor gives back another shape, or numbers that are none.
    """
    work = [(row, seed) for row in rows for seed in (seeds if row.seeded else seeds[:1])]
    outcomes: dict[str, list[Outcome]] = {row.name: [] for row in rows}
    for i, (row, seed) in enumerate(work):
        part = ticket.part(i / (len(work) + 1), (i + 1) / (len(work) + 1))
        editor = row.make(seed)
        edited = (_edited(row.name, editor, t) for t in part.over(asked, row.name))
        outcomes[row.name].append(outcome(edited, asked, judge))
    truth = outcome((t.truth for t in asked), asked, judge)
    results = [Result(name, tuple(found)) for name, found in outcomes.items()]
    ticket.report(1, "Done")
    return Table(
        (*results, Result(TRUTH, (truth,))),
        tuple(seeds),
        len(asked),
        truth.summary.closures,
        judge.ceiling,
    )


def outcome(faces: Iterable[Float], asked: Sequence[Trial], judge: Judge) -> Outcome:
    """Return what edited faces, an iterable of (F, 52) in the order of the trials, score."""
    scores: list[Score] = []
    shares: list[float] = []
    for t, face in zip(asked, faces, strict=True):
        scores.append(score(face, t.truth, t.phonemes, t.step, judge.on))
        neutral = judge.means.neutral(t.name.actor)
        shares.append(judge.classifier.share(face, neutral, t.target))
    known = [s for s in shares if np.isfinite(s)]
    missed = {
        target: summary([s for s, t in zip(scores, asked, strict=True) if t.target == target])
        for target in {t.target for t in asked}
    }
    return Outcome(
        summary(scores),
        float(np.mean(known)) if known else float("nan"),
        {target: found.missed for target, found in missed.items()},
    )


def _edited(name: str, editor: Editor, t: Trial) -> Float:
    face = editor.edit(t.source, t.name.actor, t.name.emotion, t.target)
    if face.shape != t.source.shape or not np.isfinite(face).all():
        raise ShapeError(f"The row '{name}' made no face of {t.name.path}, {t.target}.")
    return face


def _over_seeds(result: Result, target: str) -> float:
    return float(np.mean([o.missed[target] for o in result.outcomes]))


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Return lines of equal columns, the first to the left."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.rjust(w) if i else cell.ljust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]
