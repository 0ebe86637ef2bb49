"""Training of the learned editor, with pseudo targets of the guide or without.

Losses: NED (adversarial, style, cycle, mouth) and, from SCMCL, a pseudo target that says the
same in the wanted emotion (paired) and distances of faces that follow distances of voices.
Equations: expression.md 4.1 and 4.3, with the changes of 4.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import nn

from core.arrays import Float, Ints
from core.expression.emotions import LABELS
from core.expression.manipulator import STYLE, geometric_median
from core.expression.scmc import CENTIMETRE, Guide
from core.jobs import Ticket
from core.track import ARKIT_INDEX
from core.training.loop import Trainee, descend, device, rng, run
from core.training.manipulator.nets import Encoder, Generator, Judge, Level, arrays
from core.training.material import Material, head_mouth
from core.training.scmc.metric import spread_of
from core.training.scmc.neighbours import ANCHORS, NEUTRAL, Neighbours, Windows
from core.training.scmc.nets import FaceEncoder

Supervision = Literal["none", "random", "paired", "distance", "both", "oracle"]
KINDS: tuple[Supervision, ...] = ("none", "random", "paired", "distance", "both", "oracle")
BATCH = 64
JAW = ARKIT_INDEX["jawOpen"]
SPOKEN = 52  # the 53rd number, the gap of the lips
UNLIKE = 0.05  # sd floor under the cosine: what hardly moves has no direction
SAMPLED = 400  # windows from which the style of a label is taken


@dataclass(frozen=True)
class Config:
    """What to learn from, how long, and what each loss weighs.

    The weights of the paired term were chosen on the validation voices.
    """

    supervision: Supervision = "both"
    steps: int = 1500
    rate: float = 5e-4
    seed: int = 1
    width: int = 64
    blocks: int = 5
    device: str = "auto"
    adversarial: float = 1.0
    style: float = 1.0
    cycle: float = 1.0
    mouth: float = 1.0
    label: float = 1.0
    outside: float = 1.0
    paired: float = 3.0
    level: float = 3.0  # of the paired term's L1, in standard deviations
    distance: float = 1.0


@dataclass(frozen=True, eq=False)
class Batch:
    """64 windows of one actor: what is edited, whose style is wanted, what it should become.

    source, reference, target, between : (B, 10, 53). shown : the source as a tracker reads
    it: the editor looks at that, and what it adds is added to the source. asked, own : (B,)
    labels. weight : (B,) of the target, 0 = none. apart : (B,) distance of voices the edit
    should have from `between`, and `near` : (B,) whether it is known. rest : (B, 53).
    """

    source: torch.Tensor
    reference: torch.Tensor
    target: torch.Tensor
    between: torch.Tensor
    shown: torch.Tensor
    own: torch.Tensor
    asked: torch.Tensor
    weight: torch.Tensor
    apart: torch.Tensor
    near: torch.Tensor
    rest: torch.Tensor

    def on(self, place: torch.device) -> "Batch":
        """Return it on a device."""
        return Batch(*[x.to(place, non_blocking=True) for x in vars(self).values()])


class Batches:
    """Draws batches from the windows of a material, by the kind of supervision.

    truth : (7, N, 53), the face of every frame in every emotion; for "oracle" alone.
    """

    def __init__(
        self,
        material: Material,
        windows: Windows,
        neighbours: Neighbours | None,
        supervision: Supervision,
        truth: Float | None = None,
    ) -> None:
        self._face, self._shown, self._windows = material.face, material.shown, windows
        self._neighbours, self._kind, self._truth = neighbours, supervision, truth
        self._actors = sorted({a for a, e in windows.of if e == NEUTRAL})
        self._place = np.full(len(windows.start), -1)
        for inside in windows.of.values():
            self._place[inside] = np.arange(len(inside))
        self._rest = {a: self._mean(windows.of[a, NEUTRAL]) for a in self._actors}

    def _mean(self, windows: Ints) -> Float:
        return self._face[self._windows.frames(windows[::10])].mean((0, 1))

    def drawn(self, chance: np.random.Generator) -> Batch:
        """Return a batch."""
        actor = self._actors[chance.integers(len(self._actors))]
        here = [e for e in LABELS if (actor, e) in self._windows.of]
        own = chance.integers(len(here), size=BATCH)
        asked = (own + chance.integers(1, len(here), size=BATCH)) % len(here)
        source = np.array([chance.choice(self._windows.of[actor, here[i]]) for i in own])
        reference = np.array([chance.choice(self._windows.of[actor, here[i]]) for i in asked])
        target, between = source.copy(), source.copy()
        weight, apart = np.zeros(BATCH, np.float32), np.zeros(BATCH, np.float32)
        for b in range(BATCH):
            names = here[own[b]], here[asked[b]]
            target[b], between[b], weight[b], apart[b] = self._pseudo(
                actor, names, source[b], chance
            )
        chosen = (source, reference, target, between)
        faces = [self._face[self._windows.frames(w)] for w in chosen]
        labels = [np.array([LABELS.index(here[i]) for i in x]) for x in (own, asked)]
        if self._kind == "oracle" and self._truth is not None:
            faces[2] = self._truth[labels[1][:, None], self._windows.frames(source)]
            weight[:] = 1
        rest = np.repeat(self._rest[actor][None], BATCH, 0)
        near = (weight > 0).astype(np.float32)
        faces.append(self._shown[self._windows.frames(source)])
        values = [*faces, *labels, weight, apart, near, rest]
        return Batch(*[torch.from_numpy(np.ascontiguousarray(x)) for x in values])

    def _pseudo(
        self, actor: str, names: tuple[str, str], window: int, chance: np.random.Generator
    ) -> tuple[int, int, float, float]:
        """Return a target window, the one to measure from, weight and distance (4.2)."""
        own, asked = names
        if self._kind in ("none", "oracle") or self._neighbours is None:
            return window, window, 0.0, 0.0
        if self._kind == "random":
            return int(chance.choice(self._windows.of[actor, asked])), window, 0.5, 0.0
        tau = self._neighbours.tau
        between, first = window, 0.0
        if NEUTRAL not in names:  # through the nearest neutral window
            which, apart = self._neighbours.table[actor, own, NEUTRAL]
            row = self._place[window]
            between, first = int(which[row, 0]), float(apart[row, 0])
            own = NEUTRAL
        which, apart = self._neighbours.table[actor, own, asked]
        row = self._place[between]
        good = int((apart[row] <= tau).sum())
        if first > tau or not good:
            return window, window, 0.0, 0.0
        k = 0 if NEUTRAL not in names else int(chance.integers(good))
        d = float(apart[row, k])
        delta = first if NEUTRAL not in names else d
        return int(which[row, k]), between, tau / (1 + (d + first) / 2), delta


class Lesson:
    """The networks, and one step of learning."""

    def __init__(self, config: Config, material: Material, guide: Guide | None) -> None:
        torch.manual_seed(config.seed)
        mean, sd = spread_of(material)
        level = Level(mean, sd)
        mouth = head_mouth()
        gap = mouth.gradient[mouth.names.index("aperture")] / CENTIMETRE
        self.config = config
        self.place = device(config.device)
        self.sd = torch.from_numpy(np.maximum(sd, UNLIKE).astype(np.float32)).to(self.place)
        self.generator = Generator(level, gap, config.width, config.blocks).to(self.place)
        self.encoder = Encoder(level, STYLE).to(self.place)
        self.judge = Judge(level).to(self.place)
        both = [*self.generator.parameters(), *self.encoder.parameters()]
        self.makers = torch.optim.Adam(both, config.rate, (0.5, 0.99))
        self.judging = torch.optim.Adam(self.judge.parameters(), config.rate, (0.5, 0.99))
        self.guide = None if guide is None else _face_of(guide).to(self.place)
        self.scale = (1.0, 0.0) if guide is None else (guide.w, guide.b)

    def trainee(self) -> Trainee:
        """Return what a run changes."""
        return Trainee(
            {"generator": self.generator, "encoder": self.encoder, "judge": self.judge},
            {"makers": self.makers, "judging": self.judging},
        )

    def step(self, batch: Batch) -> Mapping[str, float]:
        """Take a step of the judge and one of the makers."""
        batch = batch.on(self.place)
        style = self.encoder(batch.reference)
        made = self.generator.edited(batch.source, style, batch.shown)
        judged = self._judge_loss(batch, made.detach())
        descend(judged, self.judging)
        losses = self._maker_losses(batch, style, made)
        total = torch.stack(list(losses.values())).sum()
        descend(total, self.makers)
        return {"judge": judged.item(), **{k: x.item() for k, x in losses.items()}}

    def _judge_loss(self, batch: Batch, made: torch.Tensor) -> torch.Tensor:
        """Least squares (4.1), with real windows under a wrong label as fakes too."""
        rows = torch.arange(len(made), device=made.device)
        real, which = self.judge(batch.source)
        fake, _ = self.judge(made)
        loss = ((real[rows, batch.own] - 1) ** 2).mean()
        loss = loss + (real[rows, batch.asked] ** 2).mean() / 2
        loss = loss + (fake[rows, batch.asked] ** 2).mean()
        return loss + nn.functional.cross_entropy(which, batch.own)

    def _maker_losses(
        self, batch: Batch, style: torch.Tensor, made: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        c = self.config
        rows = torch.arange(len(made), device=made.device)
        real, which = self.judge(made)
        back = self.generator.edited(made, self.encoder(batch.source))
        excess = torch.relu(-made[..., :SPOKEN]) + torch.relu(made[..., :SPOKEN] - 1)
        losses = {
            "adversarial": c.adversarial * ((real[rows, batch.asked] - 1) ** 2).mean(),
            "label": c.label * nn.functional.cross_entropy(which, batch.asked),
            # The encoder is told by the real windows what a style is, too.
            "style": c.style * (self.encoder(made) - style).abs().mean(),
            "cycle": c.cycle * ((back - batch.source) / self.sd).abs().mean(),
            "mouth": c.mouth * (likeness(batch.source, made) + likeness(made, back)),
            "outside": c.outside * (excess**2).sum(2).mean() * 10,
        }
        if c.supervision in ("random", "paired", "both", "oracle"):
            losses |= self._paired(batch, made)
        if c.supervision in ("distance", "both") and self.guide is not None:
            losses["distance"] = c.distance * self._distance(batch, made)
        return losses

    def _paired(self, batch: Batch, made: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the paired term: directions about the actor's rest (4.3, 4.4), and levels."""
        about = [(x[..., :SPOKEN] - batch.rest[:, None, :SPOKEN]) / self.sd[:SPOKEN]
                 for x in (batch.target, made)]  # fmt: skip
        unlike = 1 - nn.functional.cosine_similarity(*about, dim=2, eps=0.1).mean(1)
        apart = (about[0] - about[1]).abs().mean((1, 2))
        weight = batch.weight / batch.near.sum().clamp_min(1)
        c = self.config
        return {
            "paired": c.paired * (weight * unlike).sum(),
            "level": c.level * (weight * apart).sum(),
        }

    def _distance(self, batch: Batch, made: torch.Tensor) -> torch.Tensor:
        """Return | w ||f(made) - f(between)|| + b - delta | over windows that have one."""
        assert self.guide is not None
        w, b = self.scale
        parts = []
        for anchor in ANCHORS:
            seen = slice(anchor - 1, anchor + 1)
            one, other = self.guide(made[:, seen]), self.guide(batch.between[:, seen])
            parts.append(((one - other) ** 2).sum(1).add(1e-8).sqrt())
        differ = (w * torch.stack(parts).mean(0) + b - batch.apart).abs()
        return (differ * batch.near).sum() / batch.near.sum().clamp_min(1)

    @torch.no_grad()
    def styles(self, material: Material, windows: Windows, seed: int = 0) -> Float:
        """Return (7, 16): the geometric median of the styles of each label."""
        out = np.zeros((len(LABELS), STYLE), np.float32)
        for i, emotion in enumerate(LABELS):
            parts = [w for (_, e), w in windows.of.items() if e == emotion]
            if parts:
                chance = np.random.default_rng([seed, i])
                every = np.concatenate(parts)
                some = chance.choice(every, min(SAMPLED, len(every)), replace=False)
                faces = torch.from_numpy(material.face[windows.frames(some)]).to(self.place)
                out[i] = geometric_median(self.encoder(faces).cpu().numpy())
        return out


def likeness(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Return the mean of 1 - Pearson over windows, of the jaw and of the gap of the lips.

    Windows in which either hardly moves have no correlation and take no part.
    """
    total = one.new_zeros(())
    for column, least in ((JAW, 0.01), (SPOKEN, 0.02)):
        a, b = (x[..., column] - x[..., column].mean(1, keepdim=True) for x in (one, other))
        size = ((a**2).mean(1) + 1e-7).sqrt(), ((b**2).mean(1) + 1e-7).sqrt()
        rho = (a * b).mean(1) / (size[0] * size[1])
        moving = (size[0] > least).float()
        total = total + ((1 - rho) * moving).sum() / moving.sum().clamp_min(1) / 2
    return total


def train(  # noqa: PLR0913 - what supervises is named
    config: Config,
    material: Material,
    windows: Windows,
    ticket: Ticket,
    *,
    guide: Guide | None = None,
    neighbours: Neighbours | None = None,
    truth: Float | None = None,
    checkpoint: Path | None = None,
) -> tuple[dict[str, Float], list[dict[str, float]]]:
    """Return the arrays of a `core.expression.manipulator.Manipulator`, and all losses."""
    lesson = Lesson(config, material, guide)
    batches = Batches(material, windows, neighbours, config.supervision, truth)

    def step(i: int) -> Mapping[str, float]:
        return lesson.step(batches.drawn(rng(config.seed, i)))

    told = replace(config, steps=0, device="")
    settings = f"{told} by {guide.digest if guide else None} on {len(windows.start)} windows"
    losses = run(lesson.trainee(), step, config.steps, ticket, checkpoint, settings)
    styles = lesson.styles(material, windows)
    return arrays(lesson.generator, lesson.encoder, styles), losses


def _face_of(guide: Guide) -> FaceEncoder:
    """Return the guide's encoder of faces, frozen."""
    a = guide.arrays
    net = FaceEncoder(a["mean"], a["sd"])
    state = {"mean": a["mean"], "sd": a["sd"]}
    for i in range(3):
        state[f"layers.{i}.weight"] = a[f"face.w{i}"].T
        state[f"layers.{i}.bias"] = a[f"face.b{i}"]
    net.load_state_dict(
        {k: torch.from_numpy(np.ascontiguousarray(x)) for k, x in state.items()}
    )
    return net.requires_grad_(False)
