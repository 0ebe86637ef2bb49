"""Training learns, repeats, and writes what the program can read."""

import numpy as np
import pytest

from core.errors import ModelError
from core.face.model import built_in
from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix
from core.jobs import Ticket
from core.landmarks.patches import COUNT
from core.reconstruction.alignment import FLIP
from core.reconstruction.coefficients import CoefficientNet, Neutral
from core.synthetic.expressions import random_expression
from core.synthetic.samples import Samples
from core.training.coefficients import Config, modes, save, scores, telling, train
from core.weights import checked

CONFIG = Config(
    epochs=80,
    batch=16,
    motion_modes=60,
    identity_modes=8,
    rest_modes=20,
    members=2,
    blind=2,
)


def geometric(clips, frames=12, seed=0):
    """Return samples whose landmarks are the head's own, turned and scaled: no pictures."""
    model, rng = built_in(), np.random.default_rng(seed)
    embedding = model.embeddings["478"]
    rest = embedding.points(model.neutral)
    people = np.stack([embedding.points(b) for b in model.identity])
    moves = np.stack([embedding.points(e) for e in model.expression])
    n = clips * frames
    expression = np.stack([random_expression(rng) for _ in range(n)])
    expression.reshape(clips, frames, 52)[:, :3] = 0
    shape = np.repeat(rng.normal(0, 0.7, (clips, len(people))), frames, 0)
    rotation = rng.normal(0, 0.15, (n, 3)).astype(np.float32)
    face = rest + np.tensordot(shape, people, 1) + np.tensordot(expression, moves, 1)
    turn = HEAD_TO_CAMERA_AXES @ matrix(rotation) @ HEAD_TO_CAMERA_AXES
    points = 1.2 * (face @ np.swapaxes(turn, 1, 2)) * FLIP + [150, 140, 0]
    points += rng.normal(0, 0.1, points.shape)
    clip = np.repeat(np.arange(clips), frames)
    patches = 90 + 60 * np.repeat(rng.random((clips, COUNT)), frames, 0)
    patches += 40 * expression @ np.random.default_rng(1).normal(0, 0.3, (52, COUNT))
    patches += rng.normal(0, 2, patches.shape)
    patches = np.clip(patches, 0, 255).astype(np.uint8)
    return Samples(points.astype(np.float32), patches, expression, rotation, clip, shape)


@pytest.fixture(scope="module")
def trained():
    return train(CONFIG, Ticket(), geometric(50))


def test_it_learns_the_shapes_of_people_it_has_not_seen(trained):
    samples = geometric(6, seed=99)
    net = CoefficientNet(trained.arrays)
    found = []
    for k in range(6):
        points = samples.points[samples.clip == k]
        rest = Neutral(net.align(points[:3]).points.mean(0))
        found.append(net.predict(points, rest))
    error = scores(np.concatenate(found), samples.expression)
    nothing = scores(np.zeros_like(samples.expression), samples.expression)
    assert error["active"] < 0.6 * nothing["active"]
    assert error["inactive"] < 0.1
    assert trained.metrics["active"] < 0.75 * nothing["active"]
    assert trained.metrics["samples"] == 50 * 12


def test_the_reference_turns_heads_as_the_truth_does(trained):
    samples = geometric(4, seed=7)
    calm = ~samples.expression.any(1)
    found = CoefficientNet(trained.arrays).align(samples.points[calm]).rotation
    assert np.degrees(np.abs(found - samples.rotation[calm]).mean()) < 1.5


def test_the_same_seed_gives_the_same_weights():
    config = Config(epochs=1, motion_modes=10, identity_modes=4, rest_modes=4, members=2)
    a, b = (train(config, Ticket(), geometric(12)).arrays for _ in range(2))
    assert a.keys() == b.keys()
    assert all(np.array_equal(a[k], b[k]) for k in a)


def test_the_weights_are_written_with_card_and_digest(trained, tmp_path):
    path = tmp_path / "coefficients.safetensors"
    save(trained, CONFIG, path)
    again = CoefficientNet.of_file(checked(path))
    assert np.array_equal(again.reference, trained.arrays["reference"])
    card = path.with_suffix(".md").read_text()
    assert f"--seed {CONFIG.seed}" in card
    assert f"{trained.metrics['active']:.4g}" in card
    assert "CC0" in card
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError):
        checked(path)


def test_modes_are_orthonormal_and_ordered():
    x = np.random.default_rng(0).normal(size=(200, 6)) * [9, 7, 5, 3, 2, 1]
    directions, spread = modes(x, 4)
    assert np.allclose(directions.T @ directions, np.eye(4), atol=1e-9)
    assert np.allclose(spread, [9, 7, 5, 3], rtol=0.2)


def test_telling_directions_are_found_under_stronger_ones():
    rng = np.random.default_rng(0)
    truth = rng.random((900, 52))
    loud, faint = np.linalg.qr(rng.normal(size=(40, 8)))[0].T.reshape(2, 4, 40)
    x = 5 * rng.normal(size=(900, 4)) @ loud + 0.3 * (truth[:, :4] - 0.5) @ faint
    x += rng.normal(0, 0.02, x.shape)
    directions, spread = modes(x, 20)
    found = telling(x, directions / np.hypot(spread, 0.05), truth, 4)
    assert np.allclose((x @ found).std(0), 1)
    known = np.c_[x @ found, np.ones(900)]
    left = truth[:, :4] - known @ np.linalg.lstsq(known, truth[:, :4], rcond=None)[0]
    assert left.std() < 0.4 * truth[:, :4].std()
    strong = np.c_[x @ directions[:, :4], np.ones(900)]
    blind = truth[:, :4] - strong @ np.linalg.lstsq(strong, truth[:, :4], rcond=None)[0]
    assert blind.std() > 0.9 * truth[:, :4].std()


def test_progress_can_be_stopped():
    from core.errors import Cancelled

    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        train(CONFIG, ticket, geometric(4))
