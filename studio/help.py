"""Help over the one table of actions: command palette, shortcuts, and what is loaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QHelpEvent, QKeySequence
from PySide6.QtWidgets import QToolTip, QWidget

from core.builtin import kinds
from studio import recovery, tour
from studio.actions import MENUS, TABLE, Entry
from studio.wiring_time import TimePanel
from widgets.about import About, Part
from widgets.command_palette import Command, CommandPalette
from widgets.preferences import Preferences, Shortcut
from widgets.tour import Tour

if TYPE_CHECKING:
    from studio.window import Window

HINTS = ("file.open", "help.palette", "help.shortcuts")
AFTER_MS = 1200  # the tour begins when the window has come to rest


class Help(QObject):
    """Opens palette, shortcuts, tour and About of a window, and gives tool tips their keys."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._palette: CommandPalette | None = None
        self._about: About | None = None
        self.tour: Tour | None = None
        self._rest = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._rest.timeout.connect(self.open_tour)
        for entry in TABLE:
            kept = recovery.settings().value(f"keys/{entry.id}")
            if kept is not None:
                self._set_keys(entry.id, str(kept).split(" ") if kept else ())
        self._show_hints()

    def begin(self) -> None:
        """Look for what the docks hold, once they are there."""
        panel = self._window.docks["time"].widget()
        if isinstance(panel, TimePanel):
            bar = panel.transport
            self.name_keys(
                {
                    "play.toggle": bar.play,
                    "play.first": bar.start,
                    "play.last": bar.end,
                    "play.previous": bar.back,
                    "play.next": bar.ahead,
                    "play.loop": bar.loop,
                }
            )
        for button in self._window.video.bar.buttons:
            self.name_keys({f"view.{button.defaultAction().data()}": button})

    def name_keys(self, widgets: dict[str, QWidget]) -> None:
        """Let tool tips say the keys of the action, by its id, their widget stands for."""
        for id_, widget in widgets.items():
            widget.setProperty("action", id_)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Put the shortcut, as it is now, behind the words of a tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(watched, QWidget):
            keys = self._keys(str(watched.property("action") or ""))
            if keys and isinstance(event, QHelpEvent):
                QToolTip.showText(event.globalPos(), f"{watched.toolTip()} ({keys})", watched)
                return True
        return super().eventFilter(watched, event)

    def offer_tour(self) -> None:
        """Begin the tour when the first project is open, unless it was shown before."""
        if not tour.was_seen():
            self._window.desk.clip_changed.connect(self._on_desk_clip_changed)

    def open_tour(self) -> None:
        """Lead through the window in six steps, on the demo if nothing is open."""
        window = self._window
        if window.desk.clip is None:
            window.desk.open_demo()
        if window.desk.clip is not None and window.isVisible():
            self.close_tour()
            self.tour = tour.begin(window)
            self.tour.ended.connect(self.close_tour)

    def close_tour(self) -> None:
        """End the tour, if there is one."""
        running, self.tour = self.tour, None
        if running is not None:
            running.end()
            running.deleteLater()

    def _on_desk_clip_changed(self) -> None:
        if self._window.desk.clip is None:
            self._rest.stop()
            self.close_tour()
        elif not tour.was_seen():
            self._rest.start()

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
            self._show_hints()

        dialog.show_shortcuts([self._shortcut(e) for e in TABLE])
        dialog.keys_wished.connect(wish)
        dialog.open()

    def open_about(self) -> None:
        """Open what is loaded, with the licences."""
        from studio import licences  # which reads what is installed: not at the start

        self._about = About(licences.own_version(), self._window)
        self._about.destroyed.connect(self._on_about_destroyed)
        self._about.open()
        self._window.desk.background.run(lambda: licences.parts(kinds()), self._show_parts)

    def _show_parts(self, parts: list[Part]) -> None:
        if self._about is not None:
            self._about.show_parts(parts)

    def _on_about_destroyed(self) -> None:
        self._about = None

    def _shortcut(self, entry: Entry) -> Shortcut:
        action = self._window.actions_by_id[entry.id]
        keys = tuple(key.toString() for key in action.shortcuts())
        return Shortcut(
            entry.id, entry.shown, self._window.tr(MENUS[entry.menu]), keys, entry.keys
        )

    def _set_keys(self, id_: str, keys: Sequence[str]) -> None:
        self._window.actions_by_id[id_].setShortcuts([QKeySequence(key) for key in keys])

    def _keys(self, id_: str) -> str:
        action = self._window.actions_by_id.get(id_)
        form = QKeySequence.SequenceFormat.NativeText
        return action.shortcut().toString(form) if action is not None else ""

    def _show_hints(self) -> None:
        """Show the keys as they are now where the welcome page names them."""
        page, known = self._window.welcome, self._window.actions_by_id
        told = [(self._keys(id_), known[id_].text().rstrip("…")) for id_ in HINTS]
        page.show_hints([hint for hint in told if hint[0]])
        page.show_live("file.live" in known)
        for name, choice in page.choices.items():
            choice.show_keys(self._keys(f"file.{name}"))
