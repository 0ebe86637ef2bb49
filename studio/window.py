"""The main window: a picture in the middle, docks around it, menus from the one table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import qtawesome
from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDockWidget,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from core.expression.layers import Layer
from studio import edits, recovery, wiring
from studio.actions import MENUS, TABLE, Entry
from studio.desk import Desk
from studio.docks import AREAS, DOCKS, Dock, arrange
from studio.help import Help
from studio.live import Live
from studio.plugins import Plugins
from studio.status import Status
from widgets import theme
from widgets.video_view import VideoView
from widgets.welcome import Welcome


class Window(QMainWindow):
    """One window on one desk."""

    def __init__(self, desk: Desk | None = None) -> None:
        super().__init__()
        self.desk = desk or Desk(self)
        self.copied: tuple[Layer, ...] = ()
        self.actions_by_id: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self.docks: dict[str, QDockWidget] = {}
        self.setObjectName("studio")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setMinimumSize(1120, 640)
        self.resize(1600, 960)
        self.pages = QStackedWidget()
        self.setCentralWidget(self.pages)
        self.welcome, self.video = Welcome(), VideoView()
        wiring.welcome(self, self.welcome)
        wiring.video(self.desk, self.video)
        for page in (self.welcome, self.video):
            self.pages.addWidget(page)
        self._make_menus()
        self.help = Help(self)
        self._make_docks()
        self.help.begin()
        self.plugins = Plugins(self)
        self.live = Live(self.desk)
        self.status = Status(self.desk, self)
        self.setStatusBar(self.status)
        self._default_state = self.saveState()
        self._editing = False
        self._room = QTimer(self, singleShot=True)  # an event of its own: many panels appear
        self._room.timeout.connect(self._lay_out)
        self._unpainted: list[QDockWidget] = []
        self._paint = QTimer(self, interval=2)  # ms
        self._paint.timeout.connect(self._paint_next)
        self._connect()
        self._recall()
        self._show_page()

    @property
    def settled(self) -> bool:
        """Whether every panel is where it stays and painted."""
        return not (self._room.isActive() or self._paint.isActive())

    # What the actions ask for.

    def copy_layers(self) -> None:
        """Keep the layers of the face for pasting."""
        take = self.desk.take
        self.copied = take.layers if take else ()
        self.refresh_actions()

    def paste_layers(self) -> None:
        """Add the layers that were copied to the face."""
        copied = self.copied
        self.desk.edit(
            self.tr("Paste layers"),
            lambda p, i: edits.with_layers(p, i, (*p.takes[i].layers, *copied)),
        )

    def clear_layers(self) -> None:
        """Take every edit of the face away."""
        self.desk.edit(self.tr("As filmed"), lambda p, i: edits.with_layers(p, i, ()))

    def choose_emotion(self, label: str) -> None:
        """Let the face feel one emotion fully, in the range or in the whole clip."""
        span = None if self.desk.viewing.whole else self.desk.span
        self.desk.edit(
            self.tr("Emotion: {label} 100 %").format(label=label),
            lambda p, i: edits.with_emotions(p, i, [(label, 1.0)], span),
        )

    def set_in(self) -> None:
        """Begin the range at the playhead."""
        view = self.desk.viewing
        view.set_range(view.frame, max(view.frame, view.range[1]))

    def set_out(self) -> None:
        """End the range at the playhead."""
        view = self.desk.viewing
        view.set_range(min(view.frame, view.range[0]), view.frame)

    def clear_range(self) -> None:
        """Let the range be the whole clip."""
        self.desk.viewing.set_range(0, self.desk.viewing.count)

    def show_mode(self, mode: str) -> None:
        """Compare the frames in another way."""
        self.video.show_mode(mode)

    def show_zoom(self, zoom: float | None) -> None:
        """Show the frame at another size."""
        self.video.show_zoom(zoom)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not any more."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def reset_layout(self) -> None:
        """Put every dock where it was at first, in the room there is now."""
        self.restoreState(self._default_state)
        arrange(self, self.docks)

    def walk_panels(self, step: int) -> None:
        """Give the keyboard to the next panel, or to the one before."""
        docks = [dock for dock in self.docks.values() if dock.toggleViewAction().isChecked()]
        panels = [self.video, *docks]
        focus = self.focusWidget()
        at = next((i for i, p in enumerate(panels) if focus and p.isAncestorOf(focus)), 0)
        ring = [*panels[at:], *panels[:at]]
        for panel in ring[1:] if step > 0 else ring[:0:-1]:
            first = _first_stop(panel.widget() if isinstance(panel, QDockWidget) else panel)
            if first is not None:
                panel.raise_()
                first.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    # Making.

    def _make_menus(self) -> None:
        # Held: without its bar, a menu ends for Python with the next search for garbage.
        self._bar = self.menuBar()
        used: set[str] = set()
        for id_, title in MENUS.items():
            entries = [e for e in TABLE if e.menu == id_]
            if not entries:
                continue
            # Made here, not by the bar: what it makes and hands out can end with its wrapper.
            menu = QMenu(_with_letter(self.tr(title), used), self)
            self._bar.addMenu(menu)
            menu.setObjectName(f"menu.{id_}")
            self.menus[id_] = menu
            for entry in entries:
                menu.addAction(self._action(entry))

    def _action(self, entry: Entry) -> QAction:
        action = QAction(entry.shown, self)
        action.setObjectName(entry.id)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        if entry.icon:
            icon: Any = qtawesome.icon(entry.icon, color=theme.QUIET)
            action.setIcon(icon)
        action.setCheckable(entry.checked is not None)
        action.triggered.connect(lambda: self._do(entry))
        self.actions_by_id[entry.id] = action
        return action

    def trigger(self, id_: str) -> None:
        """Do what an action of the table does, if it can be done now."""
        self.actions_by_id[id_].trigger()

    def _do(self, entry: Entry) -> None:
        if entry.when(self):
            entry.call(self)
            self.refresh_actions()

    def _make_docks(self) -> None:
        for dock in DOCKS:
            self._add(dock)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        arrange(self, self.docks)
        self.menus["view"].addSeparator()
        for here in self.docks.values():
            self.menus["view"].addAction(here.toggleViewAction())

    def _add(self, dock: Dock) -> None:
        holder = QDockWidget(self.tr(dock.title), self)
        holder.setObjectName(f"dock.{dock.id}")
        holder.setAccessibleName(self.tr(dock.title))
        widget = dock.make()
        show = dock.wire(self.desk, widget)
        holder.setWidget(widget)
        if show is not None:
            holder.visibilityChanged.connect(_when_seen(show))
        self.addDockWidget(AREAS[dock.area], holder)
        self.docks[dock.id] = holder

    def _connect(self) -> None:
        desk = self.desk
        desk.session.changed.connect(self._on_session_changed)
        desk.session.path_changed.connect(self._on_session_path_changed)
        desk.clip_changed.connect(self._show_page)
        desk.jobs.finished.connect(self.refresh_actions)
        desk.viewing.loop_changed.connect(self.refresh_actions)
        desk.viewing.take_changed.connect(self.refresh_actions)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self._focus = application.focusChanged.connect(self._on_application_focus_changed)
            self._on_application_focus_changed(None, application.focusWidget())

    # Showing.

    def refresh_actions(self, *_: object) -> None:
        """Let every action say whether it can be done now."""
        for entry in TABLE:
            action = self.actions_by_id[entry.id]
            action.setEnabled(entry.when(self))
            if entry.checked is not None:
                action.setChecked(entry.checked(self))
        session = self.desk.session
        undo, redo = self.actions_by_id["edit.undo"], self.actions_by_id["edit.redo"]
        labels, step = session.labels, session.step
        undo.setText(_with(self.tr("Undo"), labels[step] if session.can_undo else ""))
        redo.setText(_with(self.tr("Redo"), labels[step + 1] if session.can_redo else ""))

    def _on_session_changed(self) -> None:
        self.refresh_actions()

    def _on_session_path_changed(self, path: Path | None) -> None:
        name = "" if path is None else path.stem
        if recovery.is_unsaved(path):
            name = self.tr("{name} (kept, not named yet)").format(name=name)
        self.setWindowTitle(f"{name} - facestudio" if name else "facestudio")
        recovery.settings().setValue("open", str(path) if path else "")
        self._show_page()

    def _show_page(self) -> None:
        editing = self.desk.clip is not None
        self.pages.setCurrentWidget(self.video if editing else self.welcome)
        if editing and not self._editing:
            self._room.start()
        elif not editing:
            self._keep_layout()
            self._room.stop()
            for dock in self.docks.values():
                dock.hide()
        self._editing = editing
        self.refresh_actions()

    def _keep_layout(self) -> None:
        if self._editing and not self._room.isActive():
            recovery.settings().setValue("state", self.saveState())

    def _lay_out(self) -> None:
        """Put the docks where they were last, or where they are at first.

        They are painted one after the other, each in an event of its own.
        """
        self._unpainted = list(self.docks.values())
        for dock in self._unpainted:
            dock.setUpdatesEnabled(False)
        state = recovery.settings().value("state")
        usable = isinstance(state, QByteArray) and self.restoreState(state)
        if not usable:
            self.reset_layout()
        self._paint.start()

    def _paint_next(self) -> None:
        if self._unpainted:
            self._unpainted.pop().setUpdatesEnabled(True)
        else:
            self._paint.stop()

    def _on_application_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """See the keys of the widget that has the focus, and nothing of what others get."""
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    # Qt's own.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Leave Space to buttons and arrows to sliders that have the focus."""
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        if isinstance(event, QKeyEvent):
            own = (
                (Qt.Key.Key_Space, (QAbstractButton, QComboBox, QAbstractItemView)),
                (Qt.Key.Key_Left, (QAbstractSlider, QAbstractItemView)),
                (Qt.Key.Key_Right, (QAbstractSlider, QAbstractItemView)),
                (Qt.Key.Key_Home, (QAbstractSlider, QAbstractItemView)),
                (Qt.Key.Key_End, (QAbstractSlider, QAbstractItemView)),
            )
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and any(event.key() == k and isinstance(watched, t) for k, t in own):
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the first file that was dropped."""
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            QTimer.singleShot(0, lambda: self.desk.open(paths[0]))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the layout, end every thread, let go of the project."""
        settings = recovery.settings()
        settings.setValue("geometry", self.saveGeometry())
        self._keep_layout()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self.disconnect(self._focus)
            self._on_application_focus_changed(application.focusWidget(), None)
        self._editing = False
        self.hide()  # at once: a thread may need a moment to end
        self.live.close()
        self.desk.stop()
        for timer in self.findChildren(QTimer):
            timer.stop()
        settings.setValue("open", "")
        settings.sync()
        super().closeEvent(event)

    def _recall(self) -> None:
        geometry = recovery.settings().value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)


def _with(verb: str, label: str) -> str:
    return f"{verb}: {label}" if label else verb


def _with_letter(title: str, used: set[str]) -> str:
    """Return the title of a menu with the first letter marked that opens no other one."""
    for i, letter in enumerate(title):
        if letter.isalnum() and letter.lower() not in used:
            used.add(letter.lower())
            return f"{title[:i]}&{title[i:]}"
    return title


def _first_stop(panel: QWidget) -> QWidget | None:
    """Return what Tab would reach first in a panel, None where it reaches nothing."""
    proxy = panel.focusProxy()
    if proxy is not None:
        return proxy
    stop: QWidget | None = panel.nextInFocusChain()
    while stop is not None and stop is not panel:
        reached = bool(stop.focusPolicy() & Qt.FocusPolicy.TabFocus) and stop.isEnabled()
        if reached and stop.isVisibleTo(panel) and panel.isAncestorOf(stop):
            return stop
        stop = stop.nextInFocusChain()
    return None


def _when_seen(show: Callable[[], object]) -> Callable[[bool], None]:
    def look(seen: bool) -> None:
        if seen:
            show()

    return look
