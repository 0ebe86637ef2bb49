"""Finding plug-ins, and switching off those that fail: the program goes on without them."""

import dataclasses
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from core import paths
from core.errors import Cancelled, FaceStudioError, PluginError
from core.registry import Entry, Plugin, Registry

API = 1  # of `core.plugin`; a plug-in says which one it was written for
GROUP = "facestudio.plugins"
SHIPPED = "plugins"
OWN = "facestudio_plugins"  # the package under which files of the user's folder are imported
KINDS = ("layer", "value", "exporter", "renderer")
T = TypeVar("T")


@dataclass(frozen=True)
class Candidate:
    """A plug-in before it is imported."""

    name: str
    place: str
    module: Callable[[], ModuleType]


def load(registry: Registry) -> None:
    """Enter all plug-ins that are found; one that fails is entered with its fault."""
    for candidate in found():
        if candidate.name not in registry.plugins:
            registry.adopt(_plugin(candidate))


def found() -> Iterator[Candidate]:
    """Yield what looks like a plug-in: ours, those installed, those in the user's folder."""
    from importlib.metadata import entry_points  # 15 ms that most verbs need not wait

    yield from _shipped()
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        yield Candidate(point.name, point.value, point.load)
    yield from in_folder(folder())


def folder() -> Path:
    """Return where the user puts plug-ins of their own."""
    return paths.data() / "plugins"


def in_folder(place: Path) -> Iterator[Candidate]:
    """Yield the plug-ins of a folder: its ``.py`` files, and its packages."""
    try:
        inside = sorted(place.iterdir())
    except OSError:  # there is none, or it may not be read
        return
    for path in inside:
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py":
            yield Candidate(path.stem, str(path), _importer(path))
        elif (path / "__init__.py").is_file():
            yield Candidate(path.name, str(path), _importer(path / "__init__.py"))


def guarded(registry: Registry, entry: Entry, call: Callable[..., T], *args: Any) -> T:
    """Return `call(*args)`, code of a plug-in; if that fails the plug-in is switched off.

    What the plug-in itself tells the user, and a disk that refuses, is not its failure.
    """
    if not registry.works(entry):
        raise PluginError(registry.switch_off(entry.plugin, ""))
    try:
        return call(*args)
    except PluginError as e:
        raise PluginError(registry.switch_off(entry.plugin, str(e))) from e
    except (FaceStudioError, Cancelled, OSError, MemoryError):
        raise
    except Exception as e:  # whatever a stranger's code does, the program goes on
        told = f"{entry.title} failed ({_words(e)})"
        raise PluginError(registry.switch_off(entry.plugin, told)) from e


def made(entry: Entry, fields: Mapping[str, Any]) -> Any:
    """Return an object of the class behind `entry`; raise `PluginError` if it refuses."""
    if not entry.plugin:
        return entry.load()(**fields)
    try:
        return entry.load()(**fields)
    except FaceStudioError:
        raise
    except Exception as e:
        raise PluginError(f"{entry.title} does not take these values ({_words(e)})") from e


def _shipped() -> Iterator[Candidate]:
    spec = importlib.util.find_spec(SHIPPED)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for info in pkgutil.iter_modules(places, f"{SHIPPED}."):
        name = info.name.rpartition(".")[2]
        place = places[0] if places else ""
        yield Candidate(name, str(Path(place, name)), _named(info.name))


def _named(module: str) -> Callable[[], ModuleType]:
    return lambda: importlib.import_module(module)


def _importer(path: Path) -> Callable[[], ModuleType]:
    """Return what imports a file under a name that nothing else has."""
    stem = path.parent.name if path.name == "__init__.py" else path.stem
    name = f"{OWN}.{stem}"

    def run() -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is no module")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    return run


def _plugin(candidate: Candidate) -> Plugin:
    name, place = candidate.name, candidate.place
    try:
        return Plugin(name, place, _entries(candidate))
    except PluginError as e:
        return Plugin(name, place, fault=str(e))
    except (Exception, SystemExit) as e:  # noqa: BLE001 - no plug-in may stop the start
        return Plugin(name, place, fault=f"it cannot be loaded ({_words(e)})")


def _entries(candidate: Candidate) -> tuple[Entry, ...]:
    module = candidate.module()
    api = getattr(module, "API", None)
    if api != API:
        wanted = "does not say for which one" if api is None else f"was written for API {api}"
        raise PluginError(f"this facestudio speaks API {API}, the plug-in {wanted}")
    register = getattr(module, "register", None)
    if not callable(register):
        raise PluginError("it has no function register(registry)")
    own = Registry()
    register(own)
    entries = [e for kind in KINDS for e in own.entries(kind)]
    if not entries:
        raise PluginError("it enters nothing that facestudio knows")
    for entry in entries:
        _check(entry)
    return tuple(dataclasses.replace(e, plugin=candidate.name) for e in entries)


def _check(entry: Entry) -> None:
    """Refuse what cannot work; what lies in a module of its own is looked at when used."""
    if entry.target.partition(":")[0] not in sys.modules:
        return
    target = entry.load()
    if entry.kind == "layer":
        _check_layer(entry, target)
    elif entry.kind != "value" and not callable(target):
        raise PluginError(f"{entry.title} cannot be called")
    if entry.kind == "exporter" and not entry.suffix.startswith("."):
        raise PluginError(f"{entry.title} does not say what its files end in")


def _check_layer(entry: Entry, target: Any) -> None:
    if not (isinstance(target, type) and dataclasses.is_dataclass(target)):
        raise PluginError(f"{entry.title} is not a dataclass")
    frozen = getattr(target, "__dataclass_params__").frozen  # noqa: B009 - unknown to types
    fields = {f.name: f for f in dataclasses.fields(target)}
    if not frozen or "enabled" not in fields or not callable(getattr(target, "apply", None)):
        raise PluginError(
            f"{entry.title} is no layer: a frozen dataclass with `enabled` and `apply`"
        )
    target()  # a layer can be added without asking anything


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0].rstrip(": ")
