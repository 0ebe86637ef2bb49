"""Help over the one table of actions: command palette, shortcuts, and what is loaded."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from studio import recovery
from studio.actions import MENUS, TABLE, Entry
from widgets.about import About, Part
from widgets.command_palette import Command, CommandPalette
from widgets.preferences import Preferences, Shortcut

if TYPE_CHECKING:
    from studio.window import Window

# What ships beside the code; resources/LICENSES.md has the whole text.
SHIPPED = (
    Part("facestudio head", "1", "CC0-1.0", "face model"),
    Part("coefficient networks", "1", "Apache-2.0", "52 shapes from landmarks, our own"),
    Part("MediaPipe face networks", "2", "Apache-2.0", "face detection and landmarks"),
    Part("demo clip", "1", "CC0-1.0", "synthetic actor"),
)


class Help(QObject):
    """Opens palette, shortcuts and About of a window."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._palette: CommandPalette | None = None
        for entry in TABLE:
            kept = recovery.settings().value(f"keys/{entry.id}")
            if kept is not None:
                self._set_keys(entry.id, str(kept).split(" ") if kept else ())

    def open_palette(self) -> None:
        """Open the command palette over the window."""
        if self._palette is None:
            self._palette = CommandPalette(self._window)
            self._palette.chosen.connect(self._window.trigger)
        actions = self._window.actions_by_id
        self._palette.show_commands(
            [
                Command(
                    e.id,
                    actions[e.id].text().replace("&", ""),
                    self._window.tr(MENUS[e.menu]),
                    actions[e.id].shortcut().toString(QKeySequence.SequenceFormat.NativeText),
                    actions[e.id].isEnabled(),
                )
                for e in TABLE
                if e.id != "help.palette"
            ]
        )

    def open_shortcuts(self) -> None:
        """Open the editor of the shortcuts."""
        dialog = Preferences(self._window)

        def wish(id_: str, keys: Sequence[str]) -> None:
            self._set_keys(id_, keys)
            recovery.settings().setValue(f"keys/{id_}", " ".join(keys))
            dialog.show_shortcuts([self._shortcut(e) for e in TABLE])

        dialog.show_shortcuts([self._shortcut(e) for e in TABLE])
        dialog.keys_wished.connect(wish)
        dialog.open()

    def open_about(self) -> None:
        """Open what is loaded, with the licences."""
        dialog = About(_version(), self._window)
        dialog.show_parts(parts())
        dialog.open()

    def _shortcut(self, entry: Entry) -> Shortcut:
        action = self._window.actions_by_id[entry.id]
        keys = tuple(key.toString() for key in action.shortcuts())
        return Shortcut(
            entry.id, entry.shown, self._window.tr(MENUS[entry.menu]), keys, entry.keys
        )

    def _set_keys(self, id_: str, keys: Sequence[str]) -> None:
        self._window.actions_by_id[id_].setShortcuts([QKeySequence(key) for key in keys])


def parts() -> list[Part]:
    """Return what the program is made of: what ships, and every package it asks for."""
    found = list(SHIPPED)
    for line in requires("facestudio") or []:
        if "extra ==" in line:
            continue
        name = line.split(">")[0].split("=")[0].split("<")[0].split("[")[0].strip()
        try:
            about = metadata(name).json
        except PackageNotFoundError:
            continue
        licence = str(about.get("license_expression") or about.get("license") or "")
        if not licence or len(licence) > 60:
            known = [c for c in about.get("classifier", ()) if c.startswith("License ::")]
            licence = known[0].split("::")[-1].strip() if known else licence.split("\n")[0][:60]
        words = str(about.get("summary", ""))
        found.append(Part(name, str(about["version"]), licence, words))
    return found


def _version() -> str:
    try:
        return version("facestudio")
    except PackageNotFoundError:
        return ""
