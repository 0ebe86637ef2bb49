"""The stages of the guide, from a corpus to a file, in a folder of work that can be taken up.

::

    aligned.json                 which moments say the same
    voice.ckpt face.ckpt joint.ckpt   checkpoints of the three trainings
    scmc.safetensors             the guide
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from core.arrays import Float
from core.corpus.files import Corpus
from core.jobs import Ticket
from core.media.atomic import whole_file
from core.training.card import Card, write
from core.training.loop import Trainee, run
from core.training.material import Material, load
from core.training.scmc import pairs as pairing
from core.training.scmc.metric import (
    Batches,
    Config,
    Modality,
    alone_step,
    held_out,
    joint_step,
    scores,
    split,
    spread_of,
    threshold,
)
from core.training.scmc.nets import Agreement, FaceEncoder, VoiceEncoder, arrays


@dataclass(frozen=True, eq=False)
class Trained:
    """The arrays of a `core.expression.scmc.Guide`, and what it was found to do."""

    arrays: Mapping[str, Float]
    metrics: Mapping[str, float]


class Work:
    """What the stages share: the clips, the pairs, the encoders."""

    def __init__(self, corpus: Corpus, folder: Path, config: Config, ticket: Ticket) -> None:
        self.config, self.folder = config, folder
        chosen = corpus.chosen("train")
        self.material = load(corpus, chosen, ticket.part(0, 0.6), config.acted)
        self.pairs = pairing.aligned(self.material, ticket.part(0.6, 1))
        folder.mkdir(parents=True, exist_ok=True)
        pairing.write(self.pairs, self.material, folder / "aligned.json")
        self.train, self.held = split(self.pairs, self.material, held_out(self.material))
        torch.manual_seed(config.seed)
        self.face_net = FaceEncoder(*spread_of(self.material))
        self.voice_net = VoiceEncoder()
        self.face = Modality(self.material, self.face_net)
        self.voice = Modality(self.material, self.voice_net)
        self.agreement = Agreement()

    def alone(self, name: str, ticket: Ticket) -> list[dict[str, float]]:
        """Train "voice" or "face" alone; return its losses."""
        modality = {"voice": self.voice, "face": self.face}[name]
        optimiser = torch.optim.Adam(modality.net.parameters(), self.config.rate)
        trainee = Trainee({name: modality.net}, {"optimiser": optimiser})
        step = alone_step(modality, self.train, self.config, optimiser)
        place = self.folder / f"{name}.ckpt"
        return run(trainee, step, self.config.steps, ticket, place, self._settings(0))

    def together(self, ticket: Ticket) -> list[dict[str, float]]:
        """Train both; return the losses."""
        networks = {"face": self.face.net, "voice": self.voice.net, "scale": self.agreement}
        weights = [w for net in networks.values() for w in net.parameters()]
        optimiser = torch.optim.AdamW(weights, self.config.joint_rate, weight_decay=0)
        trainee = Trainee(networks, {"optimiser": optimiser})
        step = joint_step(
            self.face, self.voice, self.agreement, self.train, self.config, optimiser
        )
        place = self.folder / "joint.ckpt"
        return run(
            trainee,
            step,
            self.config.joint_steps,
            ticket,
            place,
            self._settings(self.config.joint_steps),
        )

    def _settings(self, joint: int) -> str:
        """Return what a checkpoint must agree with.

        joint : steps; the agreement begins after a share of them.
        """
        clips = hashlib.blake2b(digest_size=8)
        for entry in self.material.entries:
            clips.update(f"{entry.name.path} {entry.frames}".encode())
        return f"{replace(self.config, steps=0, joint_steps=joint)} on {clips.hexdigest()}"

    def scores(self, batches: Batches) -> dict[str, float]:
        """Return how the encoders do as they are."""
        w, b = self.agreement.w.item(), self.agreement.b.item()
        face, voice = (
            Modality(batches.material, net) for net in (self.face.net, self.voice.net)
        )
        return scores(face, voice, (w, b), batches)


def train(
    corpus: Corpus, folder: Path, config: Config, ticket: Ticket
) -> tuple[Trained, dict[str, dict[str, float]]]:
    """Return the guide after all stages, and a report by stage and kind of held-out pairs."""
    work = Work(corpus, folder, config, ticket.part(0, 0.2))
    kinds = (
        ("sentences", work.held),
        ("voices", _strangers(corpus, config.acted, ticket.part(0.2, 0.3))),
    )
    work.alone("voice", ticket.part(0.3, 0.55))
    work.alone("face", ticket.part(0.55, 0.65))
    report = {f"{k}, before": work.scores(b) for k, b in kinds}
    work.together(ticket.part(0.65, 0.98))
    report |= {f"{k}, after": work.scores(b) for k, b in kinds}
    with whole_file(folder / "report.json") as file:
        file.write(json.dumps(report, indent=1).encode())
    tau = threshold(work.voice, work.held)
    made = arrays(work.face_net, work.voice_net, work.agreement, tau)
    metrics = {
        f"{name}, held-out voices": report["voices, after"][name]
        for name in ("voice top 1", "face top 1", "Spearman")
    }
    return Trained(
        made, metrics | {"tau": tau, "refused pairs": len(work.pairs.refused)}
    ), report


def _strangers(corpus: Corpus, acted: bool, ticket: Ticket) -> Batches:
    """Return batches of voices and sentences that no training has seen."""
    material: Material = load(corpus, corpus.chosen("test"), ticket.part(0, 0.6), acted)
    pairs = pairing.aligned(material, ticket.part(0.6, 1))
    return Batches(material, pairs.groups(material))


def save(trained: Trained, config: Config, path: Path) -> None:
    """Write the guide and its card."""
    card = Card(
        title="SCMC: how far apart two moments of speech are",
        purpose="Two encoders, of sound and of the 52 coefficients, whose distances between "
        "moments agree. Guides speech-preserving edits and measures them.",
        command=f"facestudio corpus C && facestudio train scmc-joint C --seed {config.seed}"
        + (" --acted" if config.acted else ""),
        seed=config.seed,
        data="`facestudio corpus`: synthetic faces and voices of espeak-ng; no real person",
        licence="Apache-2.0",
        limits="Learned from synthetic English; distances of real voices are indicative.",
    )
    write(path, trained.arrays, card, trained.metrics)
