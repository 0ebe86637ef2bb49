"""The rows that learn nothing, and the table of them."""

import json
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from core.corpus.averages import averages, read_faces, windows
from core.errors import ShapeError, WishError
from core.evaluation.expression.classifier import Classifier
from core.evaluation.expression.measures import head
from core.evaluation.expression.rows import (
    BASELINES,
    Direct,
    Guarded,
    LinearShift,
    NoChange,
    baseline,
    loss,
    tuned,
)
from core.evaluation.expression.table import COLUMNS, Judge, Row, run
from core.evaluation.expression.trials import trials
from core.expression.emotions import LABELS
from core.jobs import Ticket
from tests.evaluation.faces import corpus_in

EMOTIONS = ("neutral", "happy", "disgusted", "surprised")
RATE = Fraction(25)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return corpus_in(tmp_path_factory.mktemp("corpus"), EMOTIONS)


@pytest.fixture(scope="module")
def faces(corpus):
    return read_faces(corpus, "test")


@pytest.fixture(scope="module")
def asked(corpus):
    return trials(corpus, "test")


@pytest.fixture(scope="module")
def judge(faces):
    """Return one whose classifier finds the label whose mean face is nearest."""
    means = averages(faces)
    actor = next(iter(means.totals))
    worn = [
        means.mean(actor, e) if e in EMOTIONS else np.full(52, 9.0) for e in LABELS
    ] - means.neutral(actor)
    w = np.tile(worn.T, (10, 1)).astype(np.float32)
    arrays = {
        "mean": np.zeros(520, np.float32), "scale": np.ones(520, np.float32),
        "w1": np.eye(520, dtype=np.float32), "b1": np.zeros(520, np.float32),
        "w2": w, "b2": -(w**2).sum(0) / 2,
    }  # fmt: skip
    return Judge(head(), Classifier(arrays), 0.9, means)


def edited(row, t):
    return row.edit(t.source, t.name.actor, t.name.emotion, t.target)


def test_trials_are_all_clips_in_all_other_emotions(corpus, asked):
    assert len(asked) == 2 * 4 * 3 * 3
    assert len({(t.name, t.target) for t in asked}) == len(asked)
    assert all(t.target != t.name.emotion and t.truth.shape == t.source.shape for t in asked)
    some = trials(corpus, "test", 5, seed=2)
    assert [(t.name, t.target) for t in some] == [
        (t.name, t.target) for t in trials(corpus, "test", 5, seed=2)
    ]
    assert len(some) == 5


def test_a_corpus_of_films_has_no_truth(corpus):
    with pytest.raises(WishError):
        trials(type(corpus)(corpus.folder, corpus.entries, {}), "test")


def test_means_leave_the_clip_out(faces):
    means = averages(faces)
    name = next(n for n in faces if n.emotion == "happy")
    others = [
        x
        for n, x in faces.items()
        if (n.actor, n.emotion) == (name.actor, "happy") and n != name
    ]
    assert means.mean(name.actor, "happy", faces[name]) == pytest.approx(
        np.concatenate(others).mean(0), abs=1e-6
    )
    with pytest.raises(WishError):
        means.mean("nobody", "happy")
    with pytest.raises(WishError):
        means.mean(name.actor, "sad")
    alone = averages({name: faces[name]})
    with pytest.raises(WishError):
        alone.mean(name.actor, "happy", faces[name])


def test_windows_are_stretches_against_the_neutral():
    face = np.arange(23 * 52, dtype=np.float32).reshape(23, 52)
    neutral = np.full(52, 2.0, np.float32)
    found = windows(face, neutral)
    assert found.shape == (3, 520)
    assert np.array_equal(found[2], (face[10:20] - 2).ravel())
    assert windows(face[:9], neutral).shape == (0, 520)


def test_the_shift_moves_the_mean_and_stays_in_range(faces, asked):
    means = averages(faces)
    for t in asked[::7]:
        out = edited(LinearShift(means), t)
        assert out.min() >= 0
        assert out.max() <= 1
        shift = means.mean(t.name.actor, t.target) - means.mean(
            t.name.actor, t.name.emotion, t.source
        )
        inside = (out > 0) & (out < 1)
        assert (out - t.source)[inside] == pytest.approx(
            np.broadcast_to(shift, out.shape)[inside], abs=1e-6
        )
        assert edited(LinearShift(means, 0.0), t) == pytest.approx(t.source, abs=1e-7)


def test_the_guard_keeps_closures_that_the_shift_loses(faces, asked, judge):
    shift = LinearShift(averages(faces))
    rows = [
        Row("none", lambda _: NoChange()),
        Row("linear", lambda _: shift),
        Row("guarded", lambda _: Guarded(shift, RATE)),
        Row("direct", lambda _: Direct(RATE)),
    ]
    table = run(rows, asked, judge, [1, 2, 3], Ticket())
    none, linear, guarded, direct, truth = table.results
    assert linear.mean("missed") > 0.03
    assert linear.outcomes[0].missed["disgusted"] > 0.1
    for kept in (none, guarded, direct, truth):
        assert kept.mean("missed") == 0
    assert linear.mean("mouth_mm") < none.mean("mouth_mm")
    assert none.mean("emotion") < 0.2 < 0.8 < linear.mean("emotion")
    assert truth.mean("mouth_mm") == truth.mean("lip_mm") == truth.mean("upper_mm") == 0
    assert linear.sd("mouth_mm") == 0
    assert len(linear.outcomes) == 1


def test_tuning_takes_the_least_loss(faces, asked):
    means = averages(faces)
    candidates = [LinearShift(means, s) for s in (0.0, 0.5, 1.0, 2.0)]
    losses = [loss(c, asked[:6], head()) for c in candidates]
    assert tuned(candidates, asked[:6], head()) == int(np.argmin(losses)) == 2


def test_every_baseline_edits(corpus, faces, asked):
    few = averages(read_faces(corpus, "validation")), trials(corpus, "validation", 3)
    t = next(t for t in asked if t.target == "happy")
    for name in BASELINES:
        out = edited(baseline(name, RATE, averages(faces), lambda: few), t)
        assert out.shape == t.source.shape
        assert np.isfinite(out).all()
        assert (name == "none") == np.array_equal(out, t.source)


@dataclass(frozen=True)
class Trembling:
    """An editor that depends on its seed."""

    seed: int

    def edit(self, source, actor, emotion, target):
        noise = np.random.default_rng(self.seed).normal(0, 0.02, source.shape)
        return (source + noise * self.seed).astype(np.float32)


def test_the_table_says_mean_and_deviation_over_seeds(asked, judge):
    rows = [Row("trembling", Trembling, seeded=True), Row("none", lambda _: NoChange())]
    table = run(rows, asked[:5], judge, [1, 2, 4], Ticket())
    row = table.results[0]
    values = [o.value("jitter") for o in row.outcomes]
    assert len(set(values)) == 3
    assert row.mean("jitter") == pytest.approx(np.mean(values))
    assert row.sd("jitter") == pytest.approx(np.std(values, ddof=1))
    told = json.loads(json.dumps(table.as_json()))
    assert told["rows"]["trembling"]["sd"]["jitter"] == row.sd("jitter")
    assert set(told["rows"]["none"]["mean"]) == set(COLUMNS)
    lines = table.text().splitlines()
    heads = next(i for i, line in enumerate(lines) if line.startswith("row"))
    assert [line.split()[0] for line in lines[heads + 1 : heads + 4]] == [
        "trembling", "none", "truth"
    ]  # fmt: skip
    assert len({len(line) for line in lines[heads : heads + 4]}) == 1
    assert f"{row.mean('jitter'):.3f} ± {row.sd('jitter'):.3f}" in lines[heads + 1]
    assert "90.0 %" in lines[1]


@dataclass(frozen=True)
class Broken:
    """An editor whose network has diverged."""

    seed: int

    def edit(self, source, actor, emotion, target):
        return np.full_like(source, np.nan)


def test_numbers_that_are_none_are_not_averaged_away(asked, judge):
    with pytest.raises(ShapeError, match="broken"):
        run([Row("broken", Broken)], asked[:1], judge, [1], Ticket())
