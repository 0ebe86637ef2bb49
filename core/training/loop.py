"""The loop all speech-aware networks are trained by: seeded steps that can be taken up again.

A step draws its batch from ``rng(seed, step)`` alone, so a run that was interrupted goes on
with exactly the losses it would have had. Under ``torchrun`` every process takes its own
batches and the gradients are averaged.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import distributed, nn

from core.errors import ModelError
from core.jobs import Ticket
from core.media.atomic import whole_file

EVERY = 250  # steps from one checkpoint to the next
SMOOTH = 0.98  # of the losses that are reported


def rng(seed: int, step: int) -> np.random.Generator:
    """Return the chance of a step; in a group of processes, of this one."""
    return np.random.default_rng([seed, step, rank()])


def rank() -> int:
    """Return the number of this process in its group."""
    return distributed.get_rank() if _grouped() else 0


def device(wish: str = "auto") -> torch.device:
    """Return the device to train on: a graphics card if there is one."""
    if wish == "auto":
        wish = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(wish)


def join_group() -> None:
    """Join the processes that ``torchrun`` started, if it did."""
    if "WORLD_SIZE" in os.environ and int(os.environ["WORLD_SIZE"]) > 1 and not _grouped():
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


@dataclass
class Trainee:
    """What a run changes: networks and their optimisers, by name."""

    networks: Mapping[str, nn.Module]
    optimisers: Mapping[str, torch.optim.Optimizer]
    losses: list[dict[str, float]] = field(default_factory=list[dict[str, float]])

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return everything that changes, under names with slashes."""
        out: dict[str, torch.Tensor] = {}
        for name, network in self.networks.items():
            out |= {f"{name}/{key}": x for key, x in network.state_dict().items()}
        for name, optimiser in self.optimisers.items():
            for i, moments in optimiser.state_dict()["state"].items():
                out |= {f"{name}/{i}/{key}": x for key, x in moments.items()}
        # Copies: networks share the numbers by which they level faces.
        return {name: x.detach().cpu().clone().contiguous() for name, x in out.items()}

    def take_up(self, found: Mapping[str, torch.Tensor]) -> None:
        """Become what `tensors` said; raises what torch raises if they are not ours."""
        for name, network in self.networks.items():
            network.load_state_dict(_under(found, name))
        for name, optimiser in self.optimisers.items():
            state: dict[int, dict[str, torch.Tensor]] = {}
            for key, x in _under(found, name).items():
                number, moment = key.split("/")
                state.setdefault(int(number), {})[moment] = x
            groups = optimiser.state_dict()["param_groups"]
            optimiser.load_state_dict({"state": state, "param_groups": groups})


def _under(found: Mapping[str, torch.Tensor], name: str) -> dict[str, torch.Tensor]:
    """Return the tensors of a part, by the rest of their names."""
    return {k.removeprefix(f"{name}/"): x for k, x in found.items() if k.startswith(f"{name}/")}


def run(
    trainee: Trainee,
    step: Callable[[int], Mapping[str, float]],
    steps: int,
    ticket: Ticket,
    checkpoint: Path | None = None,
    settings: str = "",
) -> list[dict[str, float]]:
    """Take `steps` steps, or those that a checkpoint leaves, and return the losses of all.

    settings : what the training depends on beside the number of steps, in words.

    Raises
    ------
    ModelError
        if a loss is no number, or the checkpoint is of another training.
    """
    if checkpoint is not None and checkpoint.exists():
        _load(trainee, checkpoint, settings)
    recent: dict[str, float] = {}
    for i in range(len(trainee.losses), steps):
        losses = {name: float(x) for name, x in step(i).items()}
        if not all(np.isfinite(x) for x in losses.values()):
            raise ModelError(f"The training has gone astray at step {i}: {losses}.")
        trainee.losses.append(losses)
        for name, x in losses.items():
            recent[name] = SMOOTH * recent.get(name, x) + (1 - SMOOTH) * x
        said = ", ".join(f"{name} {x:.3f}" for name, x in recent.items())
        ticket.report((i + 1) / steps, f"Step {i + 1} of {steps}: {said}")
        if checkpoint is not None and rank() == 0 and ((i + 1) % EVERY == 0 or i + 1 == steps):
            _save(trainee, checkpoint, settings)
    return trainee.losses


def descend(loss: torch.Tensor, *optimisers: torch.optim.Optimizer) -> None:
    """Take one step down `loss`."""
    for optimiser in optimisers:
        optimiser.zero_grad(set_to_none=True)
    loss.backward()
    for optimiser in optimisers:
        if _grouped():
            _average(optimiser)
        optimiser.step()


def _average(optimiser: torch.optim.Optimizer) -> None:
    """Make the gradients of all processes their mean."""
    for group in optimiser.param_groups:
        for weight in group["params"]:
            if weight.grad is not None:
                distributed.all_reduce(weight.grad)
                weight.grad /= distributed.get_world_size()


def _grouped() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def _save(trainee: Trainee, path: Path, settings: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"settings": settings, "losses": json.dumps(trainee.losses)}
    content = save(trainee.tensors(), told)
    with whole_file(path) as file:
        file.write(content)


def _load(trainee: Trainee, path: Path, settings: str) -> None:
    try:
        with safe_open(path, "pt") as file:
            told = file.metadata() or {}
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if told["settings"] != settings:
            raise ModelError(
                f"A checkpoint is of a training with other settings; delete it to begin anew, "
                f"or name another folder: {path}"
            )
        trainee.take_up(found)
        trainee.losses = json.loads(told["losses"])
    except (OSError, SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise ModelError(
            f"A checkpoint is damaged or of another training; delete it to begin anew: {path}"
        ) from error
