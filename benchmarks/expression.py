"""How well does another emotion leave the speech alone? Editors against exact truth.

    python -m benchmarks.expression CORPUS [--seeds 5] [--rows none linear ...] [--limit N]
        [-o benchmarks/results/expression.txt]

Every clip of the test voices in every other emotion, scored against the face the actor would
have made; `--limit` draws some by chance. Constants of the baselines are tuned on clips of
the validation voices. Beside the text lies the same as JSON.
"""

import argparse
import json
import time
from fractions import Fraction
from functools import cache
from pathlib import Path

from benchmarks.run import header
from core.corpus.averages import Averages, averages, read_faces
from core.corpus.files import Corpus, read_corpus
from core.evaluation.expression.classifier import Classifier
from core.evaluation.expression.measures import head
from core.evaluation.expression.rows import BASELINES, Editor, Guarded, baseline
from core.evaluation.expression.table import Judge, Row, run
from core.evaluation.expression.trials import Trial, trials
from core.jobs import Ticket
from core.training.emotion_classifier import Config, train

TUNING = 60  # trials of the validation voices
HAND = ("strength", "keep_lips", "amount", "removal")  # constants worth telling


def rows(corpus: Corpus, means: Averages, names: list[str]) -> list[Row]:
    """Return the rows that learn nothing."""
    rate = Fraction(corpus.made["frame_rate"])

    @cache
    def tried() -> tuple[Averages, tuple[Trial, ...]]:
        validation = averages(read_faces(corpus, "validation"))
        return validation, trials(corpus, "validation", TUNING)

    def row(name: str) -> Row:
        editor = baseline(name, rate, means, tried)
        return Row(name, lambda _: editor)

    return [row(name) for name in names]


def constants(editor: Editor) -> str:
    """Return the constants of an editor, and of the one inside it."""
    own = [f"{k} {getattr(editor, k):g}" for k in HAND if hasattr(editor, k)]
    if isinstance(editor, Guarded):
        own.append(f"of what it guards: {constants(editor.editor)}")
    return ", ".join(own)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", nargs="+", choices=BASELINES, default=list(BASELINES))
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args()
    corpus = read_corpus(asked.corpus)
    lines = [header("another emotion against exact truth", f"1 to {asked.seeds}")]
    made = {k: v for k, v in corpus.made.items() if k != "emotions"}
    lines.append(f"corpus: {', '.join(f'{k} {v}' for k, v in made.items())}")
    began = time.perf_counter()
    learned = train(corpus, Config(), Ticket())
    lines.append(f"classifier learned in {time.perf_counter() - began:.0f} s")
    means = averages(read_faces(corpus, "test"))
    ceiling = learned.metrics["accuracy"]
    judge = Judge(head(), Classifier(learned.arrays), ceiling, means)
    began = time.perf_counter()
    found = trials(corpus, "test", asked.limit)
    seeds = range(1, asked.seeds + 1)
    editors = rows(corpus, means, asked.rows)
    lines += [f"{r.name}: {constants(r.make(1)) or 'no constants'}" for r in editors]
    table = run(editors, found, judge, seeds, Ticket())
    lines += [f"rows scored in {time.perf_counter() - began:.0f} s", "", table.text()]
    print("\n".join(lines))
    if asked.output:
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
        told = json.dumps(table.as_json(), indent=1)
        asked.output.with_suffix(".json").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
