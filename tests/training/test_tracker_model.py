"""A tracker that is known, found again from films that were never rendered."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file
from scipy.ndimage import gaussian_filter1d

from core.synthetic.talk.tracker import Tracker
from core.training.tracker_model import Config, Followed, Trained, fit, learned, save, scores
from core.weights import checked

FILMS, FRAMES = 24, 100


def known(noise=1.0):
    """Return the tracker that is to be found."""
    rng = np.random.default_rng(1)
    leak = np.diag(rng.uniform(0.75, 0.95, 52))
    leak[rng.integers(0, 52, 30), rng.integers(0, 52, 30)] += 0.05
    return Tracker(
        leak=leak,
        blur=rng.uniform(0, 0.06, 52),
        steady=rng.uniform(-0.2, 0, 52),
        lips=rng.uniform(-0.05, 0.05, 52),
        level=rng.uniform(0.1, 0.15, 52),
        lasting=noise * np.diag(rng.uniform(0.002, 0.01, 52)),
        memory=np.stack([rng.uniform(0.2, 0.6, 52), rng.uniform(-0.2, 0.2, 52)]),
        size=noise * np.stack([np.full(52, 0.004), np.full(52, 0.02)]),
        spread=np.eye(52),
    )


def films(tracker, count=FILMS, seed=0):
    """Return made-up films, of faces that wear something and move."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        moves = gaussian_filter1d(rng.standard_normal((FRAMES, 52)), 0.5, axis=0)
        acted = np.clip(rng.uniform(0.2, 0.6, 52) + 0.25 * moves, 0.05, 0.85)
        acted = acted.astype(np.float32)
        closed = np.clip(gaussian_filter1d(rng.standard_normal(FRAMES), 1) + 0.3, 0, 1)
        read = tracker.read(acted, closed.astype(np.float32), rng)
        out.append(Followed(acted, closed.astype(np.float32), read))
    return out


@pytest.fixture(scope="module")
def found():
    return fit(films(known()))


def test_the_linear_part_is_found(found):
    truth = known()
    assert np.abs(found.leak - truth.leak).max() < 0.05
    assert np.abs(found.leak - truth.leak).mean() < 0.006
    assert np.abs(found.blur - truth.blur).max() < 0.03
    assert np.abs(found.lips - truth.lips).max() < 0.02
    for film in films(truth, 3, seed=9):  # faces it has not seen
        apart = found.mean(film.acted, film.closed) - truth.mean(film.acted, film.closed)
        assert np.abs(apart).mean() < 0.006


def test_without_noise_it_is_found_nearly_exactly():
    truth = known(noise=0)
    clean = films(truth)
    found = fit(clean)
    for film in clean[:3]:
        assert np.abs(found.mean(film.acted, film.closed) - film.read).mean() < 2e-3
    assert found.size.max() < 4e-3


def test_the_noise_is_found(found):
    truth = known()
    apart = np.abs(found.memory - truth.memory)
    assert apart.mean() < 0.05
    level = np.full((1, 52), 0.4)
    # `size` times `spread`: what is new in a frame at 0.4.
    spread = np.sqrt((found.spread**2).sum(1))
    assert (found.fresh(level) * spread / truth.fresh(level)).mean() == pytest.approx(
        1, abs=0.1
    )
    lasting = [np.sqrt(np.trace(t.lasting @ t.lasting.T)) for t in (found, truth)]
    assert lasting[0] == pytest.approx(lasting[1], rel=0.3)


def test_the_noise_never_grows(found):
    a, b = found.memory
    poles = np.array([np.roots([1, -x, -y]) for x, y in zip(a, b, strict=True)])
    assert np.abs(poles).max() < 0.99
    growth = 1e-2 * 1.06 ** np.arange(FRAMES)[:, None]  # what no steady noise does
    grown = [replace(f, read=f.read + growth) for f in films(known(noise=0), 6)]
    again = fit(grown)
    poles = [np.abs(np.roots([1, -x, -y])).max() for x, y in again.memory.T]
    assert 0.9 < max(poles) < 0.99


def test_what_was_found_is_scored_on_films_held_out():
    made = films(known())
    trained = learned(made)
    assert trained.metrics == {
        **scores(fit(made[:-2]), made[-2:]), "films": float(FILMS)
    }  # fmt: skip
    assert trained.metrics["error of the model"] < 0.3 * trained.metrics["error as it is"]
    assert trained.metrics["second differences, model over tracker"] == pytest.approx(
        1, abs=0.2
    )


def test_it_is_written_with_a_card_and_read_again(found, tmp_path):
    path = tmp_path / "tracker_model.safetensors"
    save(Trained(found, {"error of the model": 0.0123}), Config(films=24, seed=5), path)
    again = Tracker(**load_file(checked(path)))
    film = films(known(), 1)[0]
    rng = np.random.default_rng
    one, other = (t.read(film.acted, film.closed, rng(4)) for t in (found, again))
    assert np.array_equal(one, other)
    card = path.with_suffix(".md").read_text()
    assert "--films 24 --seed 5" in card
    assert "0.0123" in card
