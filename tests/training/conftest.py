"""A guide and lessons of hardly any training, made once for all tests of this folder."""

import pytest

from core.jobs import Ticket


@pytest.fixture(scope="session")
def material(tones):
    """Return the training clips of the tones in memory."""
    from core.training.material import load

    return load(tones, tones.chosen("train"), Ticket())


@pytest.fixture(scope="session")
def chain(tones, tmp_path_factory):
    """Return the work folder of a guide, what was trained, and its report."""
    from core.training.scmc.metric import Config
    from core.training.scmc.train import train

    folder = tmp_path_factory.mktemp("scmc")
    return folder, *train(tones, folder, Config(steps=5, joint_steps=5), Ticket())


@pytest.fixture(scope="session")
def work(chain, tmp_path_factory):
    """Return a folder with a finished guide alone."""
    from core.training.scmc.metric import Config
    from core.training.scmc.train import save

    folder = tmp_path_factory.mktemp("lessons")
    save(chain[1], Config(steps=5, joint_steps=5), folder / "scmc.safetensors")
    return folder


@pytest.fixture(scope="session")
def lessons(tones, work):
    """Return what the editor is taught with, by that guide."""
    from core.training.manipulator.lessons import Lessons

    return Lessons.of(tones, work, Ticket())
