"""No confirmed edit is lost when the program is killed, at whatever moment."""

import os

import pytest

from tests.kill.rounds import kill_editor, kill_export

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_kill_during_edits(tmp_path, seed):
    done = kill_editor(tmp_path, seed)
    assert done.lost == 0
    assert done.integrity == "ok"
    assert done.confirmed > 0
    assert [f.name for f in tmp_path.iterdir()] == [f"{seed}.facestudio"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_kill_during_export(tmp_path, seed):
    done = kill_export(tmp_path, seed, again=seed == 0)
    assert done.film in ("absent", "whole")
    assert done.edits_kept  # the edit was confirmed before the export began
    assert done.again
