"""The one table of what can be asked for: menus, keys, palette and help are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from studio import asking
from studio.wiring_time import TimePanel

if TYPE_CHECKING:
    from studio.window import Window
    from widgets.timeline.view import TimelineView

Call = Callable[["Window"], object]
When = Callable[["Window"], bool]


def _always(window: "Window") -> bool:
    del window
    return True


def _open(window: "Window") -> bool:
    return window.desk.clip is not None


def _faced(window: "Window") -> bool:
    return window.desk.take is not None


@dataclass(frozen=True)
class Entry:
    """One thing that can be asked for.

    title : English, translated when shown. keys : shortcuts as Qt spells them. when : whether
    it can be done now. checked : for a switch, whether it is on.
    """

    id: str
    title: str
    call: Call
    keys: tuple[str, ...] = ()
    icon: str = ""
    when: When = _always
    checked: When | None = None

    @property
    def menu(self) -> str:
        """Return the menu it stands in."""
        return self.id.split(".")[0]

    @property
    def shown(self) -> str:
        """Return the title in the user's language."""
        return QCoreApplication.translate("Actions", self.title)


MENUS = {
    "file": "File",
    "edit": "Edit",
    "face": "Face",
    "play": "Play",
    "view": "View",
    "help": "Help",
}

FILE = (
    Entry("file.open", "Open…", asking.open_file, ("Ctrl+O",), "mdi6.folder-open"),
    Entry(
        "file.live", "Live camera…", lambda w: w.live.open(), ("Ctrl+Shift+L",), "mdi6.webcam"
    ),
    Entry("file.demo", "Open the demo", lambda w: w.desk.open_demo(), (), "mdi6.school"),
    Entry(
        "file.save_as", "Save as…", asking.save_as, ("Ctrl+Shift+S",),
        "mdi6.content-save", _open,
    ),
    Entry("file.relink", "Locate media…", asking.relink, (), "mdi6.link", _open),
    Entry(
        "file.export", "Export…", asking.export, ("Ctrl+E",), "mdi6.export", _faced
    ),
    Entry(
        "file.table", "Export coefficients…", asking.export_table, (), "mdi6.table", _faced
    ),
    Entry(
        "file.animation", "Export animation…", asking.export_animation, (),
        "mdi6.file-export-outline", lambda w: _faced(w) and w.plugins.exports,
    ),
    Entry(
        "file.folder", "Show the last export in its folder", asking.show_export, (),
        "mdi6.folder-eye", lambda w: w.desk.last_export is not None,
    ),
    Entry("file.close", "Close project", lambda w: w.desk.close(), ("Ctrl+W",), "", _open),
    Entry("file.quit", "Quit", lambda w: w.close(), ("Ctrl+Q",), "mdi6.power"),
)  # fmt: skip
EDIT = (
    Entry(
        "edit.undo", "Undo", lambda w: w.desk.undo(), ("Ctrl+Z",), "mdi6.undo",
        lambda w: w.desk.session.can_undo,
    ),
    Entry(
        "edit.redo", "Redo", lambda w: w.desk.redo(), ("Ctrl+Shift+Z", "Ctrl+Y"),
        "mdi6.redo", lambda w: w.desk.session.can_redo,
    ),
    Entry(
        "edit.copy", "Copy all layers", lambda w: w.copy_layers(), ("Ctrl+Shift+C",),
        "mdi6.content-copy", lambda w: bool(w.desk.take and w.desk.take.layers),
    ),
    Entry(
        "edit.paste", "Paste layers", lambda w: w.paste_layers(), ("Ctrl+Shift+V",),
        "mdi6.content-paste", lambda w: bool(w.desk.take and w.copied),
    ),
    Entry(
        "edit.clear", "Back to as filmed", lambda w: w.clear_layers(), ("Ctrl+Backspace",), "",
        lambda w: bool(w.desk.take and w.desk.take.layers),
    ),
)  # fmt: skip


def _emotion(number: int, label: str, title: str) -> Entry:
    return Entry(
        f"face.{label}", title, lambda w: w.choose_emotion(label), (str(number),), "", _faced
    )


FACE = (
    Entry(
        "face.track", "Track faces", lambda w: w.desk.follow(), ("Ctrl+T",),
        "mdi6.face-recognition", _open,
    ),
    _emotion(1, "neutral", "Neutral"),
    _emotion(2, "angry", "Angry"),
    _emotion(3, "disgusted", "Disgusted"),
    _emotion(4, "fear", "Fearful"),
    _emotion(5, "happy", "Happy"),
    _emotion(6, "sad", "Sad"),
    _emotion(7, "surprised", "Surprised"),
)  # fmt: skip
PLAY = (
    Entry(
        "play.toggle", "Play or pause", lambda w: w.desk.player.toggle(), ("Space",),
        "mdi6.play", _open,
    ),
    Entry(
        "play.back", "Play backwards", lambda w: w.desk.player.backwards(), ("J",), "", _open
    ),
    Entry("play.pause", "Pause", lambda w: w.desk.player.pause(), ("K",), "mdi6.pause", _open),
    Entry(
        "play.faster", "Play, then faster", lambda w: w.desk.player.faster(), ("L",), "", _open
    ),
    Entry("play.next", "Next frame", lambda w: w.desk.viewing.step(1), ("Right",), "", _open),
    Entry(
        "play.previous", "Previous frame", lambda w: w.desk.viewing.step(-1), ("Left",), "",
        _open,
    ),
    Entry(
        "play.leap", "Ten frames on", lambda w: w.desk.viewing.step(10), ("Shift+Right",), "",
        _open,
    ),
    Entry(
        "play.leap_back", "Ten frames back", lambda w: w.desk.viewing.step(-10),
        ("Shift+Left",), "", _open,
    ),
    Entry("play.first", "First frame", lambda w: w.desk.viewing.go(0), ("Home",), "", _open),
    Entry(
        "play.last", "Last frame", lambda w: w.desk.viewing.go(w.desk.viewing.count), ("End",),
        "", _open,
    ),
    Entry("play.in", "Set in point", lambda w: w.set_in(), ("I",), "", _open),
    Entry("play.out", "Set out point", lambda w: w.set_out(), ("O",), "", _open),
    Entry("play.whole", "Clear the range", lambda w: w.clear_range(), ("Alt+X",), "", _open),
    Entry("play.mark", "Set or remove a marker", lambda w: _line(w).mark(), ("M",), "", _open),
    Entry(
        "play.mark_next", "Next marker", lambda w: _line(w).go_marker(1), ("PgDown",), "", _open
    ),
    Entry(
        "play.mark_previous", "Previous marker", lambda w: _line(w).go_marker(-1), ("PgUp",),
        "", _open,
    ),
    Entry(
        "play.loop", "Loop", lambda w: w.desk.viewing.set_loop(not w.desk.viewing.loop),
        ("Ctrl+L",), "mdi6.repeat", _open, lambda w: w.desk.viewing.loop,
    ),
    Entry(
        "play.scrub", "Sound while scrubbing",
        lambda w: w.desk.player.set_scrub(not w.desk.player.scrub), (), "mdi6.waveform", _open,
        lambda w: w.desk.player.scrub,
    ),
)  # fmt: skip


def _line(window: "Window") -> "TimelineView":
    """Return the timeline of a window."""
    panel = window.docks["time"].widget()
    assert isinstance(panel, TimePanel)
    return panel.timeline


def _mode(number: int, mode: str, title: str) -> Entry:
    return Entry(
        f"view.{mode}", title, lambda w: w.show_mode(mode), (f"Alt+{number}",), "", _open
    )


VIEW = (
    _mode(1, "edited", "Edited"),
    _mode(2, "original", "Original"),
    _mode(3, "wipe", "Wipe"),
    _mode(4, "side by side", "Side by side"),
    _mode(5, "difference", "Difference"),
    _mode(6, "flicker", "Flicker"),
    Entry("view.fit", "Fit", lambda w: w.show_zoom(None), ("Ctrl+0",), "", _open),
    Entry("view.one", "100 %", lambda w: w.show_zoom(1.0), ("Ctrl+1",), "", _open),
    Entry("view.two", "200 %", lambda w: w.show_zoom(2.0), ("Ctrl+2",), "", _open),
    Entry("view.next", "Next panel", lambda w: w.walk_panels(1), ("F6",), "", _open),
    Entry(
        "view.previous", "Previous panel", lambda w: w.walk_panels(-1), ("Shift+F6",), "", _open
    ),
    Entry(
        "view.closer",
        "Zoom the timeline in",
        lambda w: _line(w).zoom_in(),
        ("Ctrl++", "Ctrl+="),
        "",
        _open,
    ),
    Entry(
        "view.wider",
        "Zoom the timeline out",
        lambda w: _line(w).zoom_out(),
        ("Ctrl+-",),
        "",
        _open,
    ),
    Entry(
        "view.whole",
        "Whole clip in the timeline",
        lambda w: _line(w).zoom_fit(),
        ("Ctrl+Shift+0",),
        "",
        _open,
    ),
    Entry("view.full", "Full screen", lambda w: w.toggle_full_screen(), ("F11",)),
    Entry("view.reset", "Reset the layout", lambda w: w.reset_layout()),
)
HELP = (
    Entry("help.palette", "Command palette…", lambda w: w.help.open_palette(), ("Ctrl+K",)),
    Entry("help.shortcuts", "Keyboard shortcuts…", lambda w: w.help.open_shortcuts(), ("F1",)),
    Entry("help.tour", "Tour in six steps", lambda w: w.help.open_tour()),
    Entry("help.about", "About facestudio…", lambda w: w.help.open_about()),
)
TABLE: tuple[Entry, ...] = (*FILE, *EDIT, *FACE, *PLAY, *VIEW, *HELP)
