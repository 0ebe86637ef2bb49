"""Who may import whom: the contracts of pyproject.toml hold."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_import_contracts_hold():
    beside = Path(sys.executable).with_name("lint-imports")
    tool = str(beside) if beside.exists() else shutil.which("lint-imports")
    if tool is None:
        pytest.skip("import-linter is not installed (pip install 'facestudio[dev]')")
    done = subprocess.run(
        [tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_tests_that_load_torch_run_apart_from_those_with_windows():
    """The LLVM of torch's compiler and Mesa's OpenGL end a process that loads both."""
    apart = (ROOT / "Makefile").read_text().split("TORCH  :=")[1].split("TESTS")[0].split()
    apart = [ROOT / word for word in apart if word != "\\"]
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "import torch" in path.read_text() or "from core.training" in path.read_text():
            if path == Path(__file__):
                continue
            assert any(path.is_relative_to(place) for place in apart), path
