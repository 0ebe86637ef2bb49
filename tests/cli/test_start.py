"""Start-up: quick, and without what a verb does not need."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.cli.app import run
from tests.cli import acted

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "numpy", "av", "cv2", "numba", "scipy", "ai_edge_litert")
SCREEN = ("PySide6", "PyQt6", "pyqtgraph", "vispy", "OpenGL", "moderngl", "glfw", "matplotlib")


def child(*words, **options):
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def test_help_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys; from core.cli.app import run; run(['--help']);"
        f"print([m for m in {HEAVY + SCREEN} if m in sys.modules])"
    )
    out = child("-c", code).stdout
    assert out.splitlines()[-1] == "[]"
    assert "emotion" in out

    def spent():
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        return now.ru_utime + now.ru_stime

    # Processor time: the clock on the wall also counts what else the machine is doing.
    took = []
    for _ in range(3):
        began = spent()
        assert child("main.py", "--help").returncode == 0
        took.append(spent() - began)
    assert min(took) < 0.4


def test_native_noise_goes_to_the_log(tmp_path):
    code = (
        "import os, sys, main; run = main.run; sys.argv[1:] = ['history', 'none.facestudio'];"
        "main.run = lambda: os.write(2, b'noise') and run(); main.app()"
    )
    env = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    told = child("-c", code, env=env)
    assert told.stderr.startswith("Error: There is no such project")
    assert "noise" not in told.stderr
    assert "noise" in next(tmp_path.rglob("*.log")).read_text()


@pytest.mark.slow
def test_no_module_of_core_pulls_in_qt_or_gl():
    code = f"""
import importlib, pathlib, sys
failed = []
for path in sorted(pathlib.Path("core").rglob("*.py")):
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(sys.modules), [m for m in {SCREEN} if m in sys.modules])
"""
    out = child("-c", code)
    assert out.returncode == 0, out.stderr
    assert out.stdout.split(maxsplit=1)[1].strip() == "[]"


def test_the_engine_does_without_torch():
    code = "import sys, core.engine; print('torch' in sys.modules)"
    assert child("-c", code).stdout == "False\n"


def test_version_and_no_verb(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("facestudio 0.")
    assert run([]) == 2
    out = capsys.readouterr()
    assert "Commands:" in out.out + out.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell):
    script = child("main.py", "--show-completion", shell, env=os.environ | {"SHELL": shell})
    if script.returncode:  # typer asks the shell's name of the parent process instead
        script = child("main.py", "--show-completion", env=os.environ | {"SHELL": shell})
    env = os.environ | {"_FACESTUDIO_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    words = child("main.py", env=env | {"COMP_WORDS": "facestudio em"})
    assert words.stdout.strip() == "emotion"


def test_ctrl_c_stops_an_export_with_130_and_leaves_nothing(tmp_path):
    path = acted.project(tmp_path, frames=200)
    before = sorted(p.name for p in tmp_path.iterdir())
    out = tmp_path / "out.mp4"
    job = subprocess.Popen(
        [sys.executable, ROOT / "main.py", "emotion", path, "--to", "happy", "-o", out,
         "--preset", "veryslow", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert job.stdout is not None
    assert json.loads(job.stdout.readline())["step"] == 1
    limit = time.monotonic() + 60
    while not (tmp_path / "out.mp4.part").exists() and time.monotonic() < limit:
        time.sleep(0.01)
    asked = time.monotonic()
    job.send_signal(signal.SIGINT)
    _, err = job.communicate(timeout=30)
    assert time.monotonic() - asked < 5  # a second on an idle machine
    assert job.returncode == 130
    assert err.endswith("Stopped.\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == before
