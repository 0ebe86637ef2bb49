"""Everything the learned editor is taught with, from a corpus and a finished guide."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.arrays import Float
from core.corpus.files import Corpus
from core.errors import ModelError, WishError
from core.expression.emotions import LABELS
from core.expression.manipulator import WINDOW, Manipulator
from core.expression.scmc import Guide, faces
from core.jobs import Ticket
from core.synthetic.talk.actors import everybody
from core.synthetic.talk.make import true_face
from core.synthetic.talk.tracker import shipped as shipped_tracker
from core.training.card import Card, write
from core.training.loop import join_group
from core.training.manipulator.train import KINDS, Config, Supervision, train
from core.training.material import Material, head_mouth, load
from core.training.scmc import neighbours as near
from core.training.scmc.nets import VoiceEncoder

SIZES: Mapping[str, Mapping[str, int]] = {
    "small": {"width": 64, "blocks": 5, "steps": 2000},
    "large": {"width": 512, "blocks": 8, "steps": 40000},
}


@dataclass(frozen=True, eq=False)
class Trained:
    """The arrays of a `Manipulator`, its losses at the end, and all of them."""

    arrays: Mapping[str, Float]
    metrics: Mapping[str, float]
    losses: list[dict[str, float]]


@dataclass(frozen=True, eq=False)
class Lessons:
    """folder : of the work, in which checkpoints lie."""

    corpus: Corpus
    folder: Path
    material: Material
    guide: Guide
    neighbours: near.Neighbours

    @classmethod
    def of(cls, corpus: Corpus, folder: Path, ticket: Ticket, acted: bool = False) -> "Lessons":
        """Return lessons from the training clips; distances are made if they are not there.

        acted : on faces as their actors made them, shown to the editor as a tracker reads
        them. The guide of the folder has to be of such faces too.

        Raises
        ------
        ModelError
            if there is no guide in the folder.
        """
        path = folder / "scmc.safetensors"
        if not path.exists():
            raise ModelError(f"There is no guide; run 'facestudio train scmc-joint': {path}")
        guide = Guide.of_file(path)
        material = load(corpus, corpus.chosen("train"), ticket.part(0, 0.5), acted)
        windows = near.windows_of(material)
        kept = folder / "distances.safetensors"
        if kept.exists():
            known = near.read(kept, material, windows)
            if known.tau == guide.tau:  # else of a guide that has learned on since
                return cls(corpus, folder, material, guide, known)
        voice = near.voice_of(guide, VoiceEncoder())
        said = near.heard(material, voice, ticket.part(0.5, 0.8))
        found = near.found(material, windows, said, guide.tau, ticket.part(0.8, 1))
        near.write(found, material, kept)
        # As written, which is rounded: a run that is taken up again learns from the same.
        return cls(corpus, folder, material, guide, near.read(kept, material, windows))

    def train(self, config: Config, ticket: Ticket, resume: bool = False) -> Trained:
        """Return a trained editor."""
        join_group()
        name = f"manipulator_{config.supervision}_{config.width}_{config.seed}.ckpt"
        arrays, losses = train(
            config,
            self.material,
            self.neighbours.windows,
            ticket,
            guide=self.guide,
            neighbours=self.neighbours,
            truth=self.truth() if config.supervision == "oracle" else None,
            checkpoint=self.folder / name if resume else None,
        )
        Manipulator(arrays)  # refuses what it could not run
        last = losses[-100:]
        metrics = {k: float(np.mean([x[k] for x in last])) for k in last[0]}
        return Trained(arrays, metrics, losses)

    def truth(self) -> Float:
        """Return (7, N, 53): every frame in every emotion, as the tracker would read it.

        For the row of the table that shows what perfect pairs would give; nothing else may
        learn from it.
        """
        made = self.corpus.made
        actors = {who.name: who for who in everybody(int(made["seed"]))}
        tracker = shipped_tracker() if made.get("tracker") else None
        out = np.zeros((len(LABELS), *self.material.face.shape), np.float32)
        mouth = head_mouth()
        for c, entry in enumerate(self.material.entries):
            clip = self.corpus.clip(entry.name)
            frames = self.material.frames(c)
            closed = clip.truth["controls"][:, 1].astype(np.float32)
            for e, emotion in enumerate(LABELS):
                face = true_face(actors[entry.name.actor], clip, emotion)
                if tracker is not None:
                    face = np.clip(tracker.mean(face, closed), 0, 1).astype(np.float32)
                out[e, frames] = faces(face, mouth)
        return out


def config_of(
    supervision: str, size: str, steps: int | None, seed: int, device: str = "auto"
) -> Config:
    """Return the settings by the words of the command line.

    Raises
    ------
    WishError
        if there is no such supervision, size or device.
    """
    kinds: dict[str, Supervision] = {kind: kind for kind in KINDS}
    if supervision not in kinds:
        raise WishError(
            f"There is no supervision '{supervision}'; there is {', '.join(KINDS)}."
        )
    if size not in SIZES:
        raise WishError(f"There is no size '{size}'; there is {', '.join(SIZES)}.")
    numbers = {**SIZES[size]} | ({} if steps is None else {"steps": steps})
    return Config(kinds[supervision], seed=seed, device=device, **numbers)


def file_of(acted: bool) -> str:
    """Return the name of an editor by what it learned from: faces as acted, or as tracked."""
    return "manipulator.safetensors" if acted else "manipulator_read.safetensors"


def save(trained: Trained, config: Config, size: str, acted: bool, path: Path) -> None:
    """Write the editor and its card."""
    flag = " --acted" if acted else ""
    kind = (
        "Faces as they were acted, shown to it as the tracker reads them: for labels."
        if acted
        else "Faces as the tracker reads them: for styles of reference clips."
    )
    card = Card(
        title="The learned editor of expressions",
        purpose=f"Adds to {WINDOW} frames of coefficients what turns one manner of feeling "
        f"into another and leaves the speech; guided by SCMC. {kind}",
        command=f"facestudio corpus C && facestudio train scmc-joint C{flag} && facestudio "
        f"train manipulator C --size {size} --supervision {config.supervision} "
        f"--steps {config.steps} --seed {config.seed}{flag}",
        seed=config.seed,
        data="`facestudio corpus`: synthetic faces and voices of espeak-ng; no real person",
        licence="Apache-2.0",
        limits="Learned from synthetic English. Its output always passes the speech guard.",
    )
    write(path, trained.arrays, card, trained.metrics)
