"""No confirmed edit is lost when the program is killed, at whatever moment."""

import os

import pytest

from tests.kill.rounds import kill_editor

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_kill_during_edits(tmp_path, seed):
    done = kill_editor(tmp_path, seed)
    assert done.lost == 0
    assert done.integrity == "ok"
    assert done.confirmed > 0
    assert [f.name for f in tmp_path.iterdir()] == [f"{seed}.facestudio"]
