"""Shared fixtures: where the real test clips lie, and a skip where they are absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEST_DATA = Path(os.environ.get("FACESTUDIO_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder of real clips; skip the test where it is absent."""
    if not TEST_DATA.is_dir():
        pytest.skip(f"the real test clips are absent (FACESTUDIO_TEST_DATA, {TEST_DATA})")
    return TEST_DATA
