"""How well does another emotion leave the speech alone? Editors against exact truth.

    python -m benchmarks.expression CORPUS [--work FOLDER] [--seeds 5] [--steps 1500]
        [--rows none linear ...] [--limit N] [-o benchmarks/results/expression.txt]

Every clip of the test voices in every other emotion, scored against the face the actor would
have made; `--limit` draws some by chance. Constants of the baselines are tuned on clips of
the validation voices. Beside the text lies the same as JSON.
With `--work`, the folder in which `facestudio train scmc-joint CORPUS` left the guide, the
learned editor is trained for every kind of supervision and every seed (two processes; what is
there already is taken up) and scored; that of both kinds with the speech guard too.
"""

import argparse
import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import cache
from pathlib import Path

from safetensors.numpy import load_file, save_file

from benchmarks.run import header
from core.corpus.averages import Averages, averages, read_faces
from core.corpus.files import Corpus, read_corpus
from core.evaluation.expression.classifier import Classifier
from core.evaluation.expression.measures import head
from core.evaluation.expression.rows import BASELINES, Editor, Guarded, Learned, baseline
from core.evaluation.expression.table import Judge, Row, run
from core.evaluation.expression.trials import Trial, trials
from core.expression.manipulator import Manipulator
from core.jobs import Ticket
from core.training.emotion_classifier import Config, train

TUNING = 60  # trials of the validation voices
LEARNED = {
    "none": "NED only",
    "random": "random pairs",
    "paired": "SCMC paired",
    "distance": "SCMC distance",
    "both": "SCMC both",
    "oracle": "true pairs",
}
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


def taught(job: tuple[Path, Path, str, int, int]) -> None:
    """Train the learned editor with one kind of supervision, for all seeds."""
    folder, work, kind, steps, seeds = job
    import torch

    from core.training.manipulator.lessons import Lessons, config_of

    torch.set_num_threads(1)
    wanted = [s for s in range(1, seeds + 1) if not weights(work, kind, steps, s).exists()]
    if not wanted:
        return
    lessons = Lessons.of(read_corpus(folder), work, Ticket())
    for seed in wanted:
        began = time.perf_counter()
        made = lessons.train(config_of(kind, "small", steps, seed), Ticket())
        path = weights(work, kind, steps, seed)
        path.parent.mkdir(exist_ok=True)
        save_file(dict(made.arrays), path)
        print(f"{kind}, seed {seed}: {time.perf_counter() - began:.0f} s", flush=True)


def weights(work: Path, kind: str, steps: int, seed: int) -> Path:
    """Return where the editor of a row lies."""
    return work / "rows" / f"{kind}_{steps}_{seed}.safetensors"


def learned_rows(corpus: Corpus, work: Path, steps: int, seeds: int) -> list[Row]:
    """Return the rows that learn, bare and guarded, trained for all seeds."""
    jobs = [(corpus.folder, work, kind, steps, seeds) for kind in LEARNED]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(taught, jobs))
    faces_of = read_faces(corpus, "test")
    rate = Fraction(corpus.made["frame_rate"])

    @cache
    def editor(kind: str, seed: int) -> Learned:
        made = Manipulator(load_file(weights(work, kind, steps, seed)))
        return Learned.of(made, faces_of, head())

    def row(kind: str, guarded: bool) -> Row:
        def make(seed: int) -> Editor:
            bare = editor(kind, seed)
            return Guarded(bare, rate, keep_lips=0.0) if guarded else bare

        return Row(LEARNED[kind] + (" + guard" if guarded else ""), make, seeded=True)

    return [*(row(kind, False) for kind in LEARNED), row("both", True)]


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
    parser.add_argument("--work", type=Path)
    parser.add_argument("--steps", type=int, default=1500)
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
    if asked.work:
        editors += learned_rows(corpus, asked.work, asked.steps, asked.seeds)
        lines.append(f"editors learned in {asked.steps} steps of 64 windows")
    told = [(r.name, constants(r.make(1))) for r in editors if not r.seeded]
    lines += [f"{name}: {said}" for name, said in told if said]
    table = run(editors, found, judge, seeds, Ticket())
    lines += [f"rows scored in {time.perf_counter() - began:.0f} s", "", table.text()]
    print("\n".join(lines))
    if asked.output:
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
        told = json.dumps(table.as_json(), indent=1)
        asked.output.with_suffix(".json").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
