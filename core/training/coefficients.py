"""Training of the networks from landmarks and patches to coefficients.

The built-in head is photographed in random expressions, the landmark network looks at the
pictures, and small networks learn to read the coefficients back; docs of the recipe stand in
the model card. No real face and no other head takes part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from core.arrays import Bools, Float
from core.face.model import built_in
from core.face.rotation import HEAD_TO_CAMERA_AXES, matrix
from core.jobs import Ticket
from core.reconstruction.alignment import FLIP, align
from core.reconstruction.appearance import key, levelled
from core.reconstruction.coefficients import (
    CoefficientNet,
    forward,
    inputs,
    motion,
    person,
    resting_inputs,
)
from core.reconstruction.distances import changes, distances
from core.synthetic.samples import Samples, make
from core.training.card import Card, write

IRISES = slice(468, 478)  # they look around
STIFF_MM = 3.0  # points that move more than this hardly take part in the alignment
FLAT = 0.3  # added to a standard deviation before dividing by it: keeps noise small
LOOKS = {  # directions kept of each patch
    "right eye": 20, "left eye": 20, "mouth": 30, "red of the lips": 15, "brows": 12,
    "middle": 20,
}  # fmt: skip
TELLING = {"right eye": 12, "left eye": 12}  # ... and directions that tell coefficients apart
FAINT = 0.15  # of the strongest direction of a patch, as `FLAT`
FINE = 400  # directions in which those are looked for
NOISE = 0.3  # of the last direction kept: what is weaker tells nothing


@dataclass(frozen=True)
class Config:
    """What to train from and how long; the defaults made the weights that ship.

    clips of 16 frames are made by `workers` processes; a tenth of them is held out. members
    see landmarks and patches, `blind` ones landmarks alone.
    """

    clips: int = 6500
    seed: int = 1
    workers: int = 2
    epochs: int = 10
    batch: int = 256
    motion_modes: int = 150
    identity_modes: int = 40
    noise: float = 0.2
    dropout: float = 0.1
    members: int = 8
    blind: int = 4
    active: float = 2.0
    rest_modes: int = 100


@dataclass(frozen=True, eq=False)
class Trained:
    """The arrays of a `CoefficientNet`, and its errors on held-out people."""

    arrays: Mapping[str, Float]
    metrics: Mapping[str, float]


def train(config: Config, ticket: Ticket, samples: Samples | None = None) -> Trained:
    """Return networks trained on `samples`, or on new pictures of the built-in head."""
    if samples is None:
        samples = make(config.clips, config.seed, config.workers, ticket.part(0, 0.8))
    torch.manual_seed(config.seed)
    clips = np.unique(samples.clip)
    held = np.isin(samples.clip, clips[-max(1, len(clips) // 10) :])
    work = ticket.part(0.8, 1)
    work.report(0, "Aligning")
    arrays = _reference(samples)
    seen = _Seen.of(CoefficientNet(arrays), samples)
    arrays |= _bases(config, seen, samples, arrays["reference"])
    parts = {
        "motion": motion(arrays, seen.moved, seen.changes, seen.rotation),
        "person": person(arrays, seen.neutral - arrays["reference"]),
    }
    del seen
    found, parts["look"] = _looks(samples)
    arrays |= found
    count = config.members + config.blind
    arrays["identity.used"] = np.array([i % 2 for i in range(count)], np.float32)
    arrays["appearance.used"] = np.array([i < config.members for i in range(count)], np.float32)
    predicted = np.zeros((int(held.sum()), 52), np.float32)
    for i in range(count):
        work.report((i + 1) / (count + 2), f"Network {i + 1} of {count}")
        x = inputs(arrays, i, parts)
        weight = config.active if i // 2 % 2 else 0.0
        arrays |= _fit(f"net.{i}", x[~held], samples.expression[~held], config, weight)
        predicted += forward(arrays, f"net.{i}", x[held]) / count
    metrics = scores(predicted, samples.expression[held])
    work.report((count + 1) / (count + 2), "Network of the resting face")
    arrays |= _rest(config, samples, arrays, held)
    frozen = {name: np.ascontiguousarray(x, np.float32) for name, x in arrays.items()}
    return Trained(frozen, metrics | {"samples": float(len(held))})


def scores(predicted: Float, truth: Float) -> dict[str, float]:
    """Return mean absolute errors where the truth is active (> 0.3) and where it is 0."""
    error = np.abs(predicted - truth)
    return {
        "active": float(error[truth > 0.3].mean()),
        "inactive": float(error[truth == 0].mean()),
    }


def _reference(samples: Samples) -> dict[str, Float]:
    """Return the mean face as the landmark network sees it, and what to align it by.

    It lies on the built-in head and looks the way that makes the rotations right on average.
    """
    model = built_in()
    embedding = model.embeddings["478"]
    rest = embedding.points(model.neutral)
    most = np.linalg.norm([embedding.points(e) for e in model.expression], axis=-1).max(0)
    weights = np.exp(-(most**2) / (2 * STIFF_MM**2)).astype(np.float32)
    weights[IRISES] = 0
    calm = ~samples.expression.any(1)
    reference = rest
    for _ in range(4):
        mean = align(samples.points[calm], reference, weights).points.mean(0)
        reference = align(mean[None] * FLIP, rest, weights).points[0]
    found = align(samples.points[calm], reference, weights).turn
    true = HEAD_TO_CAMERA_AXES @ matrix(samples.rotation[calm]) @ HEAD_TO_CAMERA_AXES
    u, _, vt = np.linalg.svd((np.swapaxes(found, 1, 2) @ true).mean(0))
    center = reference.mean(0)
    return {"reference": (reference - center) @ (u @ vt) + center, "weights": weights}


@dataclass(frozen=True, eq=False)
class _Seen:
    """All samples laid over the neutral of their clip; (B, ...) each."""

    moved: Float
    changes: Float
    rotation: Float
    neutral: Float

    @classmethod
    def of(cls, net: CoefficientNet, samples: Samples) -> "_Seen":
        parts: list[tuple[Float, ...]] = []
        starts = np.flatnonzero(np.diff(samples.clip)) + 1
        for rows in np.split(np.arange(len(samples.clip)), starts):
            points = samples.points[rows]
            calm = ~samples.expression[rows].any(1)
            neutral = net.align(points[calm]).points.mean(0)
            laid = net.align(points, neutral)
            moved = (laid.points - neutral).reshape(len(rows), -1)
            stand = np.repeat(neutral[None], len(rows), 0)
            parts.append((moved, changes(laid.points, neutral), laid.rotation, stand))
        return cls(*(np.concatenate(p).astype(np.float32) for p in zip(*parts, strict=True)))


def _bases(config: Config, seen: _Seen, samples: Samples, reference: Float) -> dict[str, Float]:
    """Return the linear maps in front of the networks, and the response of the landmarks."""
    c = samples.expression
    response = np.linalg.solve(c.T @ c + 10 * np.eye(c.shape[1]), c.T @ seen.moved)
    motion, spread = modes(seen.moved, config.motion_modes)
    first = np.unique(samples.clip, return_index=True)[1]
    shapes = (seen.neutral[first] - reference).reshape(len(first), -1)
    identity, wide = modes(shapes, config.identity_modes)
    return {
        "motion.basis": motion / (spread + FLAT),
        "changes.scale": 1 / (seen.changes.std(0) + FLAT),
        "identity.basis": identity,
        "identity.scale": 1 / (wide + FLAT),
        "response": response.reshape(-1, *reference.shape),
    }


def _looks(samples: Samples) -> tuple[dict[str, Float], Float]:
    """Return the basis of every patch, and (B, K): what of each differs from its clip's
    neutral.
    """
    calm = ~samples.expression.any(1)
    _, clip = np.unique(samples.clip, return_inverse=True)
    count = np.bincount(clip[calm])[:, None].astype(np.float32)
    bases: dict[str, Float] = {}
    parts: list[Float] = []
    for name, wanted in LOOKS.items():
        x = levelled(samples.patches, name)
        neutral = np.zeros((len(count), x.shape[1]), np.float32)
        np.add.at(neutral, clip[calm], x[calm])
        x -= (neutral / count)[clip]
        directions, spread = modes(x, max(wanted, FINE if name in TELLING else 0))
        strong = directions[:, :wanted] / (spread[:wanted] + FAINT * spread[0])
        found = [strong]
        if name in TELLING:
            floor = NOISE * spread[wanted - 1]
            white = (directions / np.hypot(spread, floor)).astype(np.float32)
            found.append(telling(x, white, samples.expression, TELLING[name]))
        bases[key(name)] = np.concatenate(found, 1).astype(np.float32)
        parts.append(x @ bases[key(name)])
    return bases, np.concatenate(parts, 1).astype(np.float32)


def telling(x: Float, white: Float, truth: Float, count: int) -> Float:
    """Return (N, count) directions of (B, N) along which `x` tells most about (B, 52) `truth`.

    white : (N, m) directions in which `x` is about as large everywhere. An iris that moves by
    a pixel changes little of an eye, and always in the same way. The answers have sd 1.
    """
    together = (x @ white).T @ (truth - truth.mean(0)) / len(x)
    left = np.linalg.svd(together, full_matrices=False)[0]
    directions = white @ left[:, :count]
    return directions / (x @ directions).std(0)


def modes(x: Float, count: int) -> tuple[Float, Float]:
    """Return the `count` strongest directions (D, count) of (B, D), about 0, and their sd."""
    if len(x) < x.shape[1]:
        values, left = np.linalg.eigh((x @ x.T / len(x)).astype(np.float64))
        spread = np.sqrt(np.maximum(values[::-1][:count], 1e-12))
        return x.T @ left[:, ::-1][:, :count] / (spread * np.sqrt(len(x))), spread
    values, vectors = np.linalg.eigh((x.T @ x / len(x)).astype(np.float64))
    return vectors[:, ::-1][:, :count], np.sqrt(np.maximum(values[::-1][:count], 0))


def _fit(name: str, x: Float, truth: Float, config: Config, active: float) -> dict[str, Float]:
    """Return the layers of one network; `active` weighs errors of large coefficients."""
    first, middle, last = nn.Linear(x.shape[1], 256), nn.Linear(256, 128), nn.Linear(128, 52)
    lost = nn.Dropout(config.dropout)
    net = nn.Sequential(first, nn.SiLU(), lost, middle, nn.SiLU(), lost, last)
    seen, goals = torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(truth)
    with torch.no_grad():  # most coefficients rest: from one half down, some never come back
        usual = goals.mean(0).clamp(0.01, 0.99)
        last.bias.copy_(torch.log(usual / (1 - usual)))
    a_pass = max(1, len(x) // config.batch)  # steps in one pass over the samples
    steps = config.epochs * a_pass
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    order = torch.randperm(len(x))
    for step in range(steps):
        if step and step % a_pass == 0:
            order = torch.randperm(len(x))
        rows = order[step % a_pass * config.batch :][: config.batch]
        batch = seen[rows]
        batch = batch + config.noise * torch.randn_like(batch)
        error = (torch.sigmoid(net(batch)) - goals[rows]) ** 2 * (1 + active * goals[rows])
        optimizer.zero_grad()
        error.mean().backward()
        optimizer.step()
        schedule.step()
    layers: dict[str, Any] = {}
    for i, layer in enumerate((first, middle, last)):
        layers[f"{name}.w{i}"] = layer.weight.detach().numpy().T
        layers[f"{name}.b{i}"] = layer.bias.detach().numpy()
    return layers


def _rest(
    config: Config, samples: Samples, arrays: dict[str, Float], held: Bools
) -> dict[str, Float]:
    """Return the network that judges a face by its shape alone, with its inputs' scales."""
    reference = arrays["reference"]
    laid = align(samples.points, reference, arrays["weights"]).points
    basis, spread = modes((laid - reference).reshape(len(laid), -1), config.rest_modes)
    apart = distances(laid) - distances(reference)
    found = {"rest.basis": basis / (spread + FLAT), "rest.scale": 1 / (apart.std(0) + FLAT)}
    x = resting_inputs(found, laid, reference)
    return found | _fit("rest", x[~held], samples.expression[~held], config, 0.0)


def save(trained: Trained, config: Config, path: Path) -> None:
    """Write the networks, their card and their digest; see `core.weights`."""
    card = Card(
        title="Coefficient networks",
        purpose="From 478 landmarks of a clip, and small patches of eyes, mouth, brows and "
        "middle face beside them, to the 52 ARKit coefficients of each frame, read against the "
        "clip's own neutral face; run by `core.reconstruction.coefficients`.",
        command=f"facestudio train coefficients --clips {config.clips} --seed {config.seed}",
        seed=config.seed,
        data=f"{trained.metrics['samples']:.0f} renders of the built-in head (CC0) by "
        "`core.synthetic.samples`, looked at by the landmark network that ships; no photo, "
        "no real person, no other head",
        licence="Apache-2.0, as the program",
        limits="`active` and `inactive` are mean absolute errors on held-out identities of the "
        "built-in head, frame by frame, where the truth is above 0.3 and where it is 0; this "
        "is not accuracy on people. For an independent head see `benchmarks/results/ict.txt`. "
        "cheekPuff, jawForward and rolled lips are hardly seen; tongueOut is always 0. "
        "The patches of the training pictures have the skin of a renderer; so a third of the "
        "networks see landmarks alone, and all are averaged.",
    )
    write(path, trained.arrays, card, trained.metrics)
