"""Training of the classifier that says which emotion an edited window shows.

A perceptron on windows of ten frames against the actor's mean neutral, learned from clips
of the training voices that nobody edited. What it says of the test voices, which it never
saw, is its own ceiling.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.arrays import Float, Ints
from core.corpus.averages import labelled, read_faces
from core.corpus.files import Corpus
from core.errors import WishError
from core.expression.emotions import LABELS
from core.jobs import Ticket

FLAT = 0.05  # added to a standard deviation before dividing by it: keeps still shapes small


@dataclass(frozen=True)
class Config:
    """How to train; the defaults take less than a minute on two cores."""

    seed: int = 1
    hidden: int = 64
    epochs: int = 8
    batch: int = 256
    rate: float = 1e-3
    decay: float = 1e-3
    dropout: float = 0.2


@dataclass(frozen=True, eq=False)
class Trained:
    """The arrays of the classifier; shares 0..1 of windows read rightly, held out.

    metrics : "accuracy" over the test voices, and of every emotion under its label.
    """

    arrays: Mapping[str, Float]
    metrics: Mapping[str, float]


def train(corpus: Corpus, config: Config, ticket: Ticket) -> Trained:
    """Return a classifier of the emotions of a corpus; the same seed gives the same one.

    Raises
    ------
    WishError
        if the corpus has no clips to learn from.
    """
    ticket.report(0, "Reading faces")
    x, y = labelled(read_faces(corpus, "train"))
    if not len(x):
        raise WishError(f"This corpus has nothing to learn emotions from: {corpus.folder}")
    arrays = {"mean": x.mean(0), "scale": x.std(0) + np.float32(FLAT)}
    arrays |= _fit((x - arrays["mean"]) / arrays["scale"], y, config, ticket.part(0.5, 0.9))
    held, label = labelled(read_faces(corpus, "test"))
    ticket.report(1, "Done")
    return Trained(arrays, accuracy(arrays, held, label))


def accuracy(arrays: Mapping[str, Float], x: Float, y: Ints) -> dict[str, float]:
    """Return the share of windows (W, 520) whose label (W,) is found, in all and by label."""
    hidden = np.maximum((x - arrays["mean"]) / arrays["scale"] @ arrays["w1"] + arrays["b1"], 0)
    right = (hidden @ arrays["w2"] + arrays["b2"]).argmax(1) == y
    out = {"accuracy": float(right.mean()) if len(right) else float("nan")}
    for e, name in enumerate(LABELS):
        if (y == e).any():
            out[name] = float(right[y == e].mean())
    return out


def _fit(x: Float, y: Ints, config: Config, ticket: Ticket) -> dict[str, Float]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        first, last = (
            nn.Linear(x.shape[1], config.hidden),
            nn.Linear(config.hidden, len(LABELS)),
        )
        net = nn.Sequential(first, nn.ReLU(), nn.Dropout(config.dropout), last)
        steps = config.epochs * -(-len(x) // config.batch)
        optimiser = torch.optim.AdamW(
            net.parameters(), lr=config.rate, weight_decay=config.decay
        )
        plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3 * config.rate, steps)
        # Neutral and loud emotions count alike however long their clips are.
        count = np.bincount(y, minlength=len(LABELS))
        weight = torch.from_numpy((len(y) / np.maximum(count, 1)).astype(np.float32))
        inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
        for _ in ticket.over(range(config.epochs), "Learning emotions", config.epochs):
            for at in torch.randperm(len(x)).split(config.batch):
                loss = nn.functional.cross_entropy(net(inputs[at]), labels[at], weight)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                plan.step()
    parts = {
        "w1": first.weight.T, "b1": first.bias, "w2": last.weight.T, "b2": last.bias
    }  # fmt: skip
    return {k: np.ascontiguousarray(v.detach().numpy(), np.float32) for k, v in parts.items()}
