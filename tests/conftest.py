"""Shared fixtures: where the real test clips lie, and a skip where they are absent.

Properties are tried on the same cases every time, and by no clock: a busy machine is no fault.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")
TEST_DATA = Path(os.environ.get("FACESTUDIO_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder of real clips; skip the test where it is absent."""
    if not TEST_DATA.is_dir():
        pytest.skip(f"the real test clips are absent (FACESTUDIO_TEST_DATA, {TEST_DATA})")
    return TEST_DATA


@pytest.fixture(scope="session")
def tones(tmp_path_factory):
    """Return the small corpus of tones; nobody may write into its folder."""
    from tests.corpora import write_corpus

    return write_corpus(tmp_path_factory.mktemp("tones"))


@pytest.fixture(scope="session")
def talk(tmp_path_factory):
    """Return a tiny corpus of espeak-ng's voices; nobody may write into its folder."""
    import ctypes.util

    from core.jobs import Ticket
    from core.synthetic.talk.make import Config, make

    if ctypes.util.find_library("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian: apt-get install espeak-ng)")
    config = Config(voices=1, sentences=2, emotions=("neutral", "happy"))
    return make(tmp_path_factory.mktemp("talk"), config, 1, Ticket())
