"""No edit is lost when the studio is killed, and the next start opens what was open."""

import os
import shutil
from pathlib import Path

import pytest

from studio import app, recovery
from tests.studio.hands import settle
from tests.studio.killed import kill_studio

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_kill_while_editing(project, home, qtbot, new_window, seed):
    shutil.copy(project, f"{project}.before")
    done = kill_studio(Path(project), home, seed)
    assert done.confirmed > 0
    assert not done.lost
    assert done.integrity == "ok"
    assert done.left_open
    if seed:
        return
    window = new_window()
    with qtbot.waitSignal(window.desk.noted) as told:
        app.begin(window, [])
    assert "did not end as it should" in told.args[0]
    assert window.desk.session.path == Path(project)
    settle(qtbot, window)
    window.close()
    assert recovery.settings().value("open") == ""
