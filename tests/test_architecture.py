"""The documents keep up with the code."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path.relative_to(ROOT)
    for room in ("core", "studio", "widgets", "plugins")
    for path in (ROOT / room).rglob("*.py")
    if path.name != "__init__.py"
)


def test_architecture_names_every_module_once():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    found = []
    for part in re.split(r"\n\*\*`", text)[1:]:
        room = part.split("/`**")[0]
        found += [Path(room, name) for name in re.findall(r"^\| `(\w+\.py)` \|", part, re.M)]
    assert sorted(found) == MODULES


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_says_what_it_is_and_stays_readable(module):
    source = (ROOT / module).read_text()
    assert ast.get_docstring(ast.parse(source)), "no docstring"
    assert source.count("\n") <= 400, "over 400 lines"


def test_nothing_is_unpickled():
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / module).read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {a.name for a in node.names} | {getattr(node, "module", "")}
                assert not {"pickle", "dill", "joblib"} & names, module
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "torch.load",
                "np.load",
            }:
                given = {k.arg: ast.unparse(k.value) for k in node.keywords}
                wanted = "weights_only" if "torch" in ast.unparse(node.func) else "allow_pickle"
                assert given.get(wanted) == str(wanted == "weights_only"), module


def test_the_readme_names_the_verbs_that_exist():
    from core.cli.app import build

    verbs = set(build().commands)
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^facestudio (\w+)", readme, re.M))
    assert named
    assert named <= verbs
