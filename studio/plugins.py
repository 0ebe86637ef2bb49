"""What plug-ins bring, in the window: layers to add, exporters, renderers, and their faults."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from core.builtin import kinds
from core.errors import PluginError
from core.expression.layers import Layer, Scale
from core.jobs import Ticket
from core.registry import Entry
from studio import edits
from studio.desk import Desk
from studio.wiring import own, when_looking
from widgets.layer_fields import LayerFields
from widgets.layer_kinds import LayerKind
from widgets.layer_list import LayerList

if TYPE_CHECKING:
    from studio.window import Window

OFFERED = ("smooth", "scale")  # of our own; the others have panels of theirs


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Plugins", text)


@dataclass(frozen=True)
class Written:
    """What an exporter wrote, for the list of jobs."""

    target: Path


class Plugins(QObject):
    """Looks for plug-ins once the window stands, and joins what they bring."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._desk = window, window.desk
        self._list = cast(LayerList, window.docks["layers"].widget())
        self._fields = cast(LayerFields, window.docks["layer"].widget())
        self._told: tuple[str, ...] = ()
        self.begun = False
        viewing, desk = self._desk.viewing, self._desk
        self._list.kind_wished.connect(self.add_layer)
        self._list.chosen.connect(viewing.choose_layer)
        self._list.opened.connect(self._on_list_opened)
        desk.session.changed.connect(self._on_layers_shown)
        viewing.take_changed.connect(self._on_layers_shown)
        window.video.picture_wished.connect(viewing.choose_picture)
        viewing.picture_changed.connect(self._on_viewing_picture_changed)
        desk.preview.scene_changed.connect(self._on_something_ran)
        desk.failed.connect(self._on_something_ran)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.begin)
        self._timer.start(0)

    @property
    def exports(self) -> bool:
        """Return whether there is an exporter."""
        return self.begun and bool(exporters())

    def begin(self) -> None:
        """Find the plug-ins and show what they bring; those that fail are named."""
        if not self.begun:
            self.begun = True
            self._show()
            self._on_something_ran()

    def add_layer(self, name: str) -> None:
        """Add a layer of that kind after the others and show its parameters."""
        try:
            layer = new_layer(name)
        except PluginError as e:
            self._desk.failed.emit(str(e))
            return
        title = _title(kinds().get("layer", name))
        self._desk.edit(
            said("Add {layer}").format(layer=title),
            lambda p, i: edits.with_layers(p, i, (*p.takes[i].layers, layer)),
        )
        take = self._desk.take
        if take is not None:
            self._list.show_chosen(len(take.layers) - 1)
            self._on_list_opened(len(take.layers) - 1)

    def _show(self) -> None:
        table = kinds()
        found = layer_kinds()
        ours = {entry.name for entry in table.entries("layer") if not entry.plugin}
        offered = [k.name for k in found if k.name in OFFERED or k.name not in ours]
        self._list.show_kinds(found, offered)
        self._fields.show_kinds(found)
        pictures = [(entry.name, entry.title) for entry in table.entries("renderer")]
        self._window.video.show_pictures(pictures, self._desk.viewing.picture)
        self._window.refresh_actions()

    def _on_list_opened(self, index: int) -> None:
        self._desk.viewing.choose_layer(index)
        dock = self._window.docks["layer"]
        dock.show()
        dock.raise_()

    def _on_layers_shown(self, *_: object) -> None:
        self._desk.viewing.choose_layer(self._list.current)

    def _on_viewing_picture_changed(self, name: str) -> None:
        self._window.video.show_picture(name)
        self._desk.preview.show_picture(name)

    def _on_something_ran(self, *_: object) -> None:
        """Tell of plug-ins that were switched off since the last look, and do without them."""
        if not self.begun:
            return
        table = kinds()
        faults = table.faults()
        if faults == self._told:
            return
        new = [fault for fault in faults if fault not in self._told]
        self._told = faults
        self._show()
        picture = self._desk.viewing.picture
        if picture not in {"", *(entry.name for entry in table.entries("renderer"))}:
            self._desk.viewing.choose_picture("")
        if new:
            self._desk.failed.emit(" ".join(new))


def layer_fields(desk: Desk, panel: LayerFields) -> object:
    """Join the parameters of the layer that is looked at; return what shows them."""

    def wish(layer: Layer, label: str, gesture: str) -> None:
        at = desk.viewing.layer
        desk.edit(label, lambda p, i: edits.with_layer_at(p, i, at, layer), own(gesture))

    def show(*_: object) -> None:
        layers, at = desk.take.layers if desk.take else (), desk.viewing.layer
        panel.show_layer(layers[at] if 0 <= at < len(layers) else None)

    panel.layer_wished.connect(wish)
    when_looking(desk, show)
    desk.viewing.layer_changed.connect(show)
    show()
    return show


def layer_kinds() -> list[LayerKind]:
    """Return every kind of layer that is known, those that were switched off too."""
    table = kinds()
    found: list[LayerKind] = []
    for name in table.names("layer"):
        entry = table.get("layer", name)
        fault = next((f for f in table.faults() if f"“{entry.plugin}”" in f), "")
        try:
            made = cast(type, entry.load())
        except PluginError as e:
            table.switch_off(entry.plugin, str(e))
            continue
        words = (inspect.getdoc(made) or "").split("\n\n")[0].replace("\n", " ")
        fault = "" if table.works(entry) else fault
        found.append(LayerKind(name, _title(entry), made, words, fault))
    return found


def new_layer(name: str) -> Layer:
    """Return a layer of that kind with the values it has at first."""
    made = kinds().get("layer", name).load()
    return Scale("expression") if made is Scale else made()


def exporters() -> Sequence[Entry]:
    """Return the exporters that work."""
    return kinds().entries("exporter")


def export(desk: Desk, exporter: Entry, target: Path) -> None:
    """Write the edited face with an exporter, as a job."""
    project, face = desk.session.project, str(desk.viewing.take + 1)

    def work(ticket: Ticket) -> Written:
        from core import engine

        del ticket
        return Written(engine.export_with(project, face, exporter.name, target))

    def done(written: Written) -> None:
        desk.last_export = written.target
        text = said("{title}: {path}")
        desk.noted.emit(text.format(title=exporter.title, path=written.target))

    desk.jobs.start(said("Export {name}").format(name=target.name), work, done)


def _title(entry: Entry) -> str:
    ours = {"offset": "More or less", "scale": "Range of movement", "smooth": "Calmer"}
    return entry.title if entry.plugin else said(ours.get(entry.name, entry.title))
