"""Plug-ins are found, and one that fails stops nothing but itself."""

import importlib.metadata
import sys
import types
from pathlib import Path

import pytest

from core import builtin, loader
from core.errors import PluginError
from core.registry import Entry, Registry

GOOD = """
from dataclasses import dataclass
from core.plugin import Entry, ranged

API = 1

@dataclass(frozen=True)
class Louder:
    gain: float = ranged(2.0, 0, 4)
    enabled: bool = True

    def apply(self, track, evidence):
        return track.with_group("expression", track["expression"] * self.gain)

def register(registry):
    registry.add(Entry("layer", "louder", "Louder", f"{__name__}:Louder"))
"""


def loaded(folder: Path, **files: str) -> Registry:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    registry = Registry()
    builtin.register(registry)
    for candidate in loader.in_folder(folder):
        registry.adopt(loader._plugin(candidate))
    return registry


@pytest.fixture(autouse=True)
def no_traces():
    yield
    for name in [name for name in sys.modules if name.startswith(f"{loader.OWN}.")]:
        del sys.modules[name]


def test_what_ships_is_found_without_a_fault():
    registry = builtin.kinds()
    assert {"tremor_layer", "live_link_face_export", "clay_renderer"} <= set(registry.plugins)
    assert not [p for p in registry.plugins.values() if p.fault]
    assert {e.name for e in registry.entries("renderer")} >= {"clay", "normals"}
    assert all(e.plugin for e in registry.entries("exporter"))


def test_a_file_in_the_users_folder_is_a_plugin(tmp_path):
    registry = loaded(tmp_path, louder=GOOD)
    entry = registry.get("layer", "louder")
    assert entry.plugin == "louder"
    assert entry.load()().gain == 2.0
    assert registry.entry_of(entry.load()) == entry
    assert not registry.faults()


def test_a_folder_with_an_init_is_a_plugin(tmp_path):
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "__init__.py").write_text(GOOD)
    (tmp_path / "notes").mkdir()
    assert list(loaded(tmp_path).plugins) == ["packed"]


def test_an_absent_folder_holds_nothing(tmp_path):
    assert not list(loader.in_folder(tmp_path / "absent"))


def test_entry_points_are_asked(monkeypatch):
    module = types.ModuleType("theirs")
    module.API = 1
    module.register = lambda registry: registry.add(
        Entry("exporter", "x", "X", "json:dumps", ".json")
    )

    class Point:
        name, value = "theirs", "theirs"
        load = staticmethod(lambda: module)

    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Point()])
    registry = Registry()
    loader.load(registry)
    assert registry.get("exporter", "x").plugin == "theirs"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 / 0", "cannot be loaded (ZeroDivisionError"),
        ("import sys; sys.exit(3)", "cannot be loaded (SystemExit"),
        ("from core.plugin import nothing_like_it", "cannot be loaded (ImportError"),
        ("def broken(:", "cannot be loaded (SyntaxError"),
        ("def register(registry): pass", "does not say"),
        ("API = 7\ndef register(registry): pass", "written for API 7"),
        ("API = 1", "no function register"),
        ("API = 1\ndef register(registry): pass", "enters nothing"),
        (GOOD.replace("frozen=True", "frozen=False"), "is no layer"),
        (GOOD.replace("= ranged(2.0, 0, 4)", ""), "cannot be loaded (TypeError"),
        (GOOD.replace("def apply", "def applied"), "is no layer"),
        (GOOD.replace('"louder"', '"smooth"'), "is taken"),
        (GOOD.replace(":Louder", ":Absent"), "cannot be loaded from"),
    ],
)
def test_one_that_fails_is_named_and_the_others_work(tmp_path, text, words):
    registry = loaded(tmp_path, aaa_bad=text, good=GOOD)
    (told,) = registry.faults()
    assert told.startswith("The plug-in “aaa_bad” was switched off: ")
    assert words in told
    assert told.count("\n") == 0
    assert registry.get("layer", "louder").plugin == "good"
    assert registry.get("layer", "smooth").plugin == ""


def test_a_failure_while_running_switches_off(tmp_path):
    registry = loaded(tmp_path, louder=GOOD)
    entry = registry.get("layer", "louder")
    with pytest.raises(PluginError, match="“louder” was switched off: Louder failed"):
        loader.guarded(registry, entry, lambda: {}["absent"])
    assert not registry.works(entry)
    assert entry not in registry.entries("layer")
    assert registry.find("layer", "louder") == entry  # what it made is still saved
    with pytest.raises(PluginError, match="KeyError"):
        loader.guarded(registry, entry, lambda: 1)


def test_a_disk_that_refuses_is_not_the_plugins_failure(tmp_path):
    registry = loaded(tmp_path, louder=GOOD)
    entry = registry.get("layer", "louder")

    def full():
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        loader.guarded(registry, entry, full)
    assert registry.works(entry)


def test_the_readmes_layer_works(tmp_path):
    text = Path("plugins/README.md").read_text().split("```python\n")[1].split("```")[0]
    registry = loaded(tmp_path, calm=text)
    assert not registry.faults()
    assert registry.get("layer", "calm-brows").load()().keep == 0.3
