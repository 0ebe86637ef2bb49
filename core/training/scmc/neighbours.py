"""Windows that say the same in another emotion: pseudo targets, found by the sound.

Distances between every neutral and every emotional window of an actor, by the encoder of
voices; of each window the nearest ten are kept (SCMCL; expression.md 3.1 and 4.2).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from core.arrays import Float, Ints
from core.errors import ModelError
from core.expression.manipulator import WINDOW
from core.expression.scmc import Guide
from core.jobs import Ticket
from core.training.material import Material
from core.training.scmc.nets import VoiceEncoder

ANCHORS = (3, 6, 9)  # frames of a window that are compared; each hears 150 ms before it
KEPT = 10  # neighbours of a window
CHUNK = 4096
NEUTRAL = "neutral"


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of ten frames, hop 1.

    start : (W,) first frame in the `Material`. clip : (W,) number of its clip.
    of : (actor, emotion) -> (n,) window numbers.
    """

    start: Ints
    clip: Ints
    of: Mapping[tuple[str, str], Ints]

    def frames(self, windows: Ints) -> Ints:
        """Return (B, 10) frame numbers."""
        return self.start[windows][:, None] + np.arange(WINDOW)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """(actor, from, to) -> (n, 10) window numbers, the nearest first, and (n, 10) distances.

    One of the emotions is neutral; rows are in the order of `Windows.of`. tau : beyond which
    a neighbour does not say the same.
    """

    windows: Windows
    table: Mapping[tuple[str, str, str], tuple[Ints, Float]]
    tau: float

    def within(self) -> dict[str, float]:
        """Return from>to -> share of windows that have a neighbour within tau."""
        found: dict[str, list[float]] = {}
        for (_, one, other), (_, apart) in self.table.items():
            found.setdefault(f"{one}>{other}", []).append(
                float((apart[:, 0] <= self.tau).mean())
            )
        return {key: float(np.mean(x)) for key, x in found.items()}


def windows_of(material: Material) -> Windows:
    """Return the table of windows; clips shorter than one have none."""
    starts: list[Ints] = []
    clips: list[Ints] = []
    for c in range(len(material.entries)):
        first, end = material.first[c], material.first[c + 1]
        begin = np.arange(first, end - WINDOW + 1)
        starts.append(begin)
        clips.append(np.full(len(begin), c))
    start, clip = np.concatenate(starts), np.concatenate(clips)
    keys = np.array([f"{e.name.actor}\n{e.name.emotion}" for e in material.entries])
    of: dict[tuple[str, str], Ints] = {}
    for key in np.unique(keys):
        actor, emotion = key.split("\n")
        of[actor, emotion] = np.flatnonzero(keys[clip] == key)
    return Windows(start, clip, of)


def heard(material: Material, voice: VoiceEncoder, ticket: Ticket) -> torch.Tensor:
    """Return (N, 128): what is said in every frame."""
    parts: list[torch.Tensor] = []
    count = len(material.look)
    with torch.no_grad():
        for at in ticket.over(range(0, count, CHUNK), "Listening"):
            frames = np.arange(at, min(count, at + CHUNK))
            parts.append(voice(torch.from_numpy(material.looks(frames))))
    return torch.cat(parts)


def found(
    material: Material, windows: Windows, said: torch.Tensor, tau: float, ticket: Ticket
) -> Neighbours:
    """Return the neighbours of all windows, both ways between neutral and each emotion."""
    pairs = [(a, e) for a, e in windows.of if e != NEUTRAL and (a, NEUTRAL) in windows.of]
    table: dict[tuple[str, str, str], tuple[Ints, Float]] = {}
    for actor, emotion in ticket.over(pairs, "Comparing"):
        neutral, emotional = windows.of[actor, NEUTRAL], windows.of[actor, emotion]
        apart = torch.zeros(len(neutral), len(emotional))
        for anchor in ANCHORS:
            one, other = (said[windows.start[w] + anchor] for w in (neutral, emotional))
            apart += torch.cdist(one, other) / len(ANCHORS)
        for key, d, into in (
            ((actor, NEUTRAL, emotion), apart, emotional),
            ((actor, emotion, NEUTRAL), apart.T, neutral),
        ):
            near, which = d.topk(min(KEPT, d.shape[1]), largest=False)
            table[key] = (into[which.numpy()], near.numpy())
    return Neighbours(windows, table, tau)


def write(neighbours: Neighbours, material: Material, path: Path) -> None:
    """Write the neighbours with the digest of the windows they are numbers of."""
    arrays: dict[str, Float | Ints] = {}
    for (actor, one, other), (which, apart) in neighbours.table.items():
        key = json.dumps([actor, one, other])
        arrays[f"which {key}"] = which.astype(np.int32)
        arrays[f"apart {key}"] = apart.astype(np.float16)
    told = {"windows": digest(material, neighbours.windows), "tau": repr(neighbours.tau)}
    save_file({k: np.ascontiguousarray(x) for k, x in arrays.items()}, path, metadata=told)


def read(path: Path, material: Material, windows: Windows) -> Neighbours:
    """Return neighbours as written.

    Raises
    ------
    ModelError
        if the file is damaged, or was made from other clips: its numbers would then mean
        other windows.
    """
    table: dict[tuple[str, str, str], tuple[Ints, Float]] = {}
    try:
        with safe_open(path, "np") as file:
            told = file.metadata()
            if told["windows"] != digest(material, windows):
                raise ModelError(f"These distances were made from other clips: {path}")
            for name in file.keys():  # noqa: SIM118 - no mapping
                kind, key = name.split(" ", 1)
                if kind == "which":
                    actor, one, other = json.loads(key)
                    which = file.get_tensor(name).astype(np.int64)
                    apart = file.get_tensor(f"apart {key}").astype(np.float32)
                    table[actor, one, other] = (which, apart)
            return Neighbours(windows, table, float(told["tau"]))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"A file of distances cannot be read ({error}): {path}") from error


def digest(material: Material, windows: Windows) -> str:
    """Return a digest of the clips and their windows."""
    h = hashlib.blake2b(digest_size=16)
    for entry in material.entries:
        h.update(f"{entry.name.path} {entry.frames}\n".encode())
    h.update(np.ascontiguousarray(windows.start).tobytes())
    return h.hexdigest()


def voice_of(guide: Guide, encoder: VoiceEncoder) -> VoiceEncoder:
    """Return `encoder` with the weights of a finished guide."""
    a = guide.arrays
    state = {}
    for i in range(3):
        state[f"layers.{i}.weight"], state[f"layers.{i}.bias"] = (
            a[f"voice.w{i}"],
            a[f"voice.b{i}"],
        )
    state["out.weight"], state["out.bias"] = a["voice.out"].T, a["voice.bias"]
    encoder.load_state_dict(
        {k: torch.from_numpy(np.ascontiguousarray(x)) for k, x in state.items()}
    )
    return encoder
