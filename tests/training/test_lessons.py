"""What the learned editor is shown: sources, references, pseudo targets and their weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.expression.emotions import LABELS
from core.expression.manipulator import WINDOW
from core.expression.scmc import WIDTH
from core.training.manipulator.train import BATCH, KINDS, Batches

ACTOR = "en-us"


def numbered(lessons):
    """Return the material with every face its own number, so that a batch tells what it is."""
    count = len(lessons.material.face)
    face = np.repeat(np.arange(count, dtype=np.float32)[:, None], WIDTH, 1)
    return replace(lessons.material, face=face)


def batches(lessons, kind, tau=None, truth=None):
    found = lessons.neighbours
    if tau is not None:
        found = replace(found, tau=tau)
    return Batches(numbered(lessons), found.windows, found, kind, truth)


def windows_in(lessons, batch):
    """Return the window numbers of source, reference, target and between, and both labels."""
    start = lessons.neighbours.windows.start
    chosen = []
    for x in (batch.source, batch.reference, batch.target, batch.between):
        first = x[:, 0, 0].numpy().astype(int)
        assert np.array_equal(x[:, :, 5].numpy(), first[:, None] + np.arange(WINDOW))
        chosen.append(np.searchsorted(start, first))
        assert np.array_equal(start[chosen[-1]], first)
    labels = [[LABELS[i] for i in x.tolist()] for x in (batch.own, batch.asked)]
    return *chosen, *labels


def drawn(lessons, kind, tau=None, count=3):
    """Yield source, reference, target, between, own, asked, weight, apart, near of each row."""
    made = batches(lessons, kind, tau)
    for i in range(count):
        batch = made.drawn(np.random.default_rng(i))
        numbers = [x.numpy() for x in (batch.weight, batch.apart, batch.near)]
        yield from zip(*windows_in(lessons, batch), *numbers, strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_windows_are_of_one_actor_and_of_two_emotions(lessons, kind):
    of = lessons.neighbours.windows.of
    seen = set()
    for source, reference, _, _, own, asked, *_ in drawn(lessons, kind):
        assert source in of[ACTOR, own]
        assert reference in of[ACTOR, asked]
        assert own != asked
        seen.add((own, asked))
    assert len(seen) == 6  # every pair of three


def row_of(lessons, own, asked, window):
    """Return the nearest windows in another emotion, and how far they are."""
    found = lessons.neighbours
    which, apart = found.table[ACTOR, own, asked]
    row = np.flatnonzero(found.windows.of[ACTOR, own] == window)[0]
    return which[row], apart[row]


@pytest.mark.parametrize("kind", ["paired", "both", "distance"])
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_pseudo_targets_of_neutral_and_their_weights(lessons, kind, share):
    tau = limit(lessons, share)
    none, ranks = 0, []
    for source, _, target, between, own, asked, weight, apart, near in drawn(
        lessons, kind, tau
    ):
        if "neutral" not in (own, asked):
            continue
        which, d = row_of(lessons, own, asked, source)
        good = int((d <= tau).sum())
        if good:
            k = which[:good].tolist().index(target)  # one of those within tau, by chance
            ranks.append(k)
            assert between == source
            assert weight == pytest.approx(tau / (1 + d[k] / 2), rel=1e-5)
            assert apart == pytest.approx(d[k])
            assert near == 1
        else:
            none += 1
            assert (target, between) == (source, source)
            assert weight == near == 0
    assert len(ranks) > 10
    assert (len(set(ranks)) > 3) == (share == 1)
    assert (none > 10) == (share < 1)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_between_two_emotions_the_way_is_through_neutral(lessons, share):
    tau = limit(lessons, share)
    none = some = 0
    for source, _, target, between, own, asked, weight, apart, near in drawn(
        lessons, "both", tau, count=4
    ):
        if "neutral" in (own, asked):
            continue
        middle, first = row_of(lessons, own, "neutral", source)
        which, d = row_of(lessons, "neutral", asked, middle[0])
        if first[0] <= tau and d[0] <= tau:
            some += 1
            assert (target, between) == (which[0], middle[0])  # the nearest to the nearest
            assert weight == pytest.approx(tau / (1 + (d[0] + first[0]) / 2), rel=1e-5)
            assert apart == pytest.approx(first[0])  # of the edit from `between`
            assert near == 1
        else:
            none += 1
            assert (target, between) == (source, source)
            assert weight == near == 0
    assert some > 5
    assert (none > 5) == (share < 1)


def limit(lessons, share):
    """Return a tau within which that share of nearest neighbours lies."""
    nearest = np.concatenate([apart[:, 0] for _, apart in lessons.neighbours.table.values()])
    return float(np.quantile(nearest, share)) * (1 if share < 1 else 2)


def test_without_supervision_there_is_no_target(lessons):
    for source, _, target, between, _, _, weight, apart, near in drawn(lessons, "none"):
        assert source == target == between
        assert weight == apart == near == 0


def test_random_targets_are_any_windows_of_the_wanted_emotion(lessons):
    of, targets = lessons.neighbours.windows.of, []
    for _, _, target, _, _, asked, weight, *_ in drawn(lessons, "random"):
        assert target in of[ACTOR, asked]
        assert weight == 0.5
        targets.append(target)
    assert len(set(targets)) > BATCH


def test_the_oracle_shows_the_truth(lessons):
    truth = np.zeros((len(LABELS), len(lessons.material.face), WIDTH), np.float32)
    truth += 1000 * np.arange(len(LABELS))[:, None, None]
    truth += np.arange(truth.shape[1])[:, None]
    batch = batches(lessons, "oracle", truth=truth).drawn(np.random.default_rng(0))
    wanted = batch.source + 1000 * batch.asked[:, None, None]
    assert torch.equal(batch.target, wanted)
    assert (batch.weight == 1).all()


def test_the_truth_of_the_oracle_is_that_of_the_clips(tones, lessons):
    truth = lessons.truth()
    assert truth.shape == (7, *lessons.material.face.shape)
    for c in (0, 5):
        frames = lessons.material.frames(c)
        own = LABELS.index(lessons.material.entries[c].name.emotion)
        # This corpus has exact coefficients, stored with 11 bits.
        assert truth[own, frames] == pytest.approx(lessons.material.face[frames], abs=4e-3)
        other = truth[LABELS.index("sad"), frames]
        assert np.abs(other - truth[own, frames]).max() > 0.2
