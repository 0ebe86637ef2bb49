"""The loop: runs that stopped go on as if they had not, and failures are one sentence."""

import numpy as np
import pytest
import torch

from core.errors import Cancelled, ModelError
from core.jobs import Ticket
from core.training import loop
from core.training.loop import Trainee, descend, device, rng, run

STEPS = 8


class Lesson:
    """A line to be learned, by Adam, whose memory has to come back too."""

    def __init__(self, size=3, stops=None, breaks=None):
        torch.manual_seed(1)
        self.net = torch.nn.Linear(size, 1)
        self.optimiser = torch.optim.Adam(self.net.parameters(), 0.1)
        self.size, self.stops, self.breaks, self.taken = size, stops, breaks, []

    def trainee(self):
        return Trainee({"net": self.net}, {"optimiser": self.optimiser})

    def step(self, i):
        if i == self.stops:
            raise Cancelled
        self.taken.append(i)
        x = torch.from_numpy(rng(7, i).normal(size=(16, self.size)).astype(np.float32))
        loss = ((self.net(x)[:, 0] - x.sum(1)) ** 2).mean()
        descend(loss, self.optimiser)
        return {"loss": np.nan if i == self.breaks else loss.item(), "other": float(i)}

    def weights(self):
        return [w.detach().numpy().copy() for w in self.net.parameters()]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "work" / "line.ckpt"


@pytest.fixture
def often(monkeypatch):
    monkeypatch.setattr(loop, "EVERY", 3)


def test_a_run_that_stopped_goes_on_as_if_it_had_not(often, path):
    whole = Lesson()
    losses = run(whole.trainee(), whole.step, STEPS, Ticket())
    assert losses[-1]["loss"] < losses[0]["loss"]
    stopped = Lesson(stops=5)
    with pytest.raises(Cancelled):
        run(stopped.trainee(), stopped.step, STEPS, Ticket(), path)
    again = Lesson()
    resumed = run(again.trainee(), again.step, STEPS, Ticket(), path)
    assert again.taken == [3, 4, 5, 6, 7]  # from the last checkpoint
    assert resumed == losses
    assert all(map(np.array_equal, again.weights(), whole.weights()))
    assert [f.name for f in path.parent.iterdir()] == [path.name]


def test_a_finished_run_is_taken_as_it_is_and_may_be_longer(often, path):
    first = Lesson()
    losses = run(first.trainee(), first.step, STEPS, Ticket(), path)
    again = Lesson()
    assert run(again.trainee(), again.step, STEPS, Ticket(), path) == losses
    assert again.taken == []
    assert all(map(np.array_equal, again.weights(), first.weights()))
    longer = Lesson()
    assert run(longer.trainee(), longer.step, STEPS + 2, Ticket(), path)[:STEPS] == losses
    assert longer.taken == [STEPS, STEPS + 1]


def test_a_cancelled_ticket_stops_it(path):
    lesson, ticket = Lesson(), Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        run(lesson.trainee(), lesson.step, STEPS, ticket, path)
    assert lesson.taken == [0]


def test_progress_is_told(path):
    told = []
    lesson = Lesson()
    run(lesson.trainee(), lesson.step, 4, Ticket(lambda *x: told.append(x)))
    assert [fraction for fraction, _ in told] == [0.25, 0.5, 0.75, 1]
    assert told[-1][1].startswith("Step 4 of 4: loss ")


def test_a_loss_that_is_no_number_ends_the_run(often, path):
    lesson = Lesson(breaks=4)
    with pytest.raises(ModelError, match="gone astray at step 4") as told:
        run(lesson.trainee(), lesson.step, STEPS, Ticket(), path)
    assert "\n" not in str(told.value)
    mended = Lesson()  # what was kept before is still good
    assert len(run(mended.trainee(), mended.step, STEPS, Ticket(), path)) == STEPS


def refused(lesson, path):
    with pytest.raises(ModelError) as told:
        run(lesson.trainee(), lesson.step, STEPS, Ticket(), path)
    said = str(told.value)
    assert said.endswith(str(path))
    assert "\n" not in said
    assert "delete it" in said


@pytest.mark.parametrize("content", [b"", b"rubbish" * 99, b"\x80\x02]\x94."])
def test_a_damaged_checkpoint_is_one_sentence(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    refused(Lesson(), path)
    assert path.read_bytes() == content


def test_a_cut_checkpoint_is_one_sentence(path):
    lesson = Lesson()
    run(lesson.trainee(), lesson.step, 2, Ticket(), path)
    path.write_bytes(path.read_bytes()[:-300])
    refused(Lesson(), path)


def test_the_checkpoint_of_another_training_is_refused(path):
    lesson = Lesson()
    run(lesson.trainee(), lesson.step, 2, Ticket(), path)
    refused(Lesson(size=4), path)
    torch.save({"net": lesson.net.state_dict()}, path)
    refused(Lesson(), path)
    torch.save([1, 2], path)
    refused(Lesson(), path)


def test_nothing_in_a_checkpoint_is_run(path):
    class Harm:
        def __reduce__(self):
            return print, ("harm",)

    path.parent.mkdir()
    torch.save({"net": Harm()}, path)
    refused(Lesson(), path)


def test_the_chance_of_a_step_is_its_own():
    draws = [rng(seed, step).random() for seed in (1, 2) for step in range(5)]
    assert len(set(draws)) == 10
    assert rng(1, 3).random() == draws[3]


def test_the_device_is_as_wished():
    assert device("cpu").type == "cpu"
    assert device().type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_the_checkpoint_of_other_settings_is_refused(path):
    first = Lesson()
    losses = run(first.trainee(), first.step, 2, Ticket(), path, "seed 1")
    other = Lesson()
    with pytest.raises(ModelError, match="other settings"):
        run(other.trainee(), other.step, 2, Ticket(), path, "seed 2")
    assert other.taken == []
    same = Lesson()
    assert run(same.trainee(), same.step, 2, Ticket(), path, "seed 1") == losses
