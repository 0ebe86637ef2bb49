"""What is loaded when: the window is painted before anything heavy, the verbs know no Qt."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "ray", "numba", "av", "cv2", "vispy", "ai_edge_litert", "core.engine"}
PAINTED = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from studio import app
from studio.window import Window

class Eye(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, Window):
            print("painted", *sorted(sys.modules), flush=True)
            watched.removeEventFilter(self)
            QTimer.singleShot(0, watched.close)
        return False

eye, init = Eye(), Window.__init__
def watched(self, *arguments):
    init(self, *arguments)
    self.installEventFilter(eye)
Window.__init__ = watched
sys.exit(app.main([]))
"""
VERB = """
import sys, main
sys.argv = ["facestudio", "--help"]
try:
    main.app()
except SystemExit:
    pass
print(*sorted(sys.modules))
"""


def _said(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()


def test_the_window_is_painted_before_anything_heavy_is_loaded():
    word, *modules = _said(PAINTED)
    assert word == "painted"
    assert "studio.window" in modules
    assert not HEAVY & set(modules)


def test_the_command_line_knows_no_qt():
    modules = set(_said(VERB))
    assert "core.cli.app" in modules
    assert not {m for m in modules if m.split(".")[0] in ("PySide6", "shiboken6", "studio")}
