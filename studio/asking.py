"""What is asked for by a dialog: files to open and to write."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from core.paths import resource
from core.storage import SUFFIX
from studio import exporting, plugins
from studio.desk import VIDEOS
from widgets.export_dialog import ExportDialog
from widgets.export_wish import ExportWish

if TYPE_CHECKING:
    from studio.window import Window


def open_file(window: "Window") -> None:
    """Ask for a video or project and open it."""
    kinds = " ".join(f"*{s}" for s in (SUFFIX, *VIDEOS))
    names = window.tr("Videos and projects ({kinds});;All files (*)").format(kinds=kinds)
    _ask_existing(
        window,
        window.tr("Open a video or a project"),
        names,
        lambda path: window.desk.open(path),
    )


def save_as(window: "Window") -> None:
    """Ask for a name and go on working there."""
    _ask_new(
        window,
        window.tr("Save the project as"),
        f"{_stem(window)}{SUFFIX}",
        window.tr("Projects (*{suffix})").format(suffix=SUFFIX),
        lambda path: window.desk.save_as(path),
    )


def relink(window: "Window") -> None:
    """Ask where the clip lies now."""
    kinds = " ".join(f"*{s}" for s in VIDEOS)
    names = window.tr("Videos ({kinds});;All files (*)").format(kinds=kinds)
    _ask_existing(
        window,
        window.tr("Where is the clip now?"),
        names,
        lambda path: window.desk.relink(path),
    )


def export(window: "Window") -> None:
    """Ask how and where to write the film, and queue it; editing goes on meanwhile."""

    def wish(asked: ExportWish) -> None:
        def reveal() -> None:
            show_export(window)

        exporting.export(window.desk, asked, reveal if asked.reveal else None)

    dialog = ExportDialog(window, exporting.OFFERS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    target = Path(_folder(window)) / f"{_stem(window)}-edited.mp4"
    dialog.show_film(exporting.film_of(window.desk), target)
    dialog.export_wished.connect(wish)
    dialog.open()


def export_table(window: "Window") -> None:
    """Ask where to write the coefficients, and write them."""
    _ask_new(
        window,
        window.tr("Export the coefficients"),
        f"{_stem(window)}.csv",
        window.tr("Tables (*.csv)"),
        lambda path: window.desk.export_table(path),
    )


def export_animation(window: "Window") -> None:
    """Ask which exporter of a plug-in writes the face, and where; editing goes on."""
    found = {f"{e.title} (*{e.suffix})": e for e in plugins.exporters()}
    dialog = QFileDialog(window, window.tr("Export animation"), _folder(window))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # it must tell the kind chosen
    dialog.setNameFilters(list(found))

    def fit(kind: str) -> None:
        dialog.setDefaultSuffix(found[kind].suffix)

    fit(next(iter(found)))
    dialog.filterSelected.connect(fit)
    dialog.selectFile(f"{_stem(window)}-face{next(iter(found.values())).suffix}")
    _open(
        dialog,
        lambda path: plugins.export(window.desk, found[dialog.selectedNameFilter()], path),
    )


def show_export(window: "Window") -> None:
    """Show the folder of the last export."""
    if window.desk.last_export is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(window.desk.last_export.parent)))


def _ask_existing(
    window: "Window", title: str, kinds: str, then: Callable[[Path], object]
) -> None:
    dialog = QFileDialog(window, title, _folder(window), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, then)


def _ask_new(
    window: "Window", title: str, name: str, kinds: str, then: Callable[[Path], object]
) -> None:
    dialog = QFileDialog(window, title, _folder(window), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)
    _open(dialog, then)


def _open(dialog: QFileDialog, then: Callable[[Path], object]) -> None:
    """Open a dialog and go on: playing, jobs and the preview do not wait for an answer."""

    def chosen(name: str) -> None:
        then(Path(name))

    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    dialog.open()


def _folder(window: "Window") -> str:
    """Return a folder to begin in: that of the clip, if it is a person's own, or theirs."""
    clip = window.desk.clip
    folder = Path(clip.path).parent if clip else Path.home()
    # The clip that ships lies among the program's own files.
    own = folder.is_dir() and os.access(folder, os.W_OK) and folder != resource("demo")
    return str(folder if own else Path.home())


def _stem(window: "Window") -> str:
    clip = window.desk.clip
    return Path(clip.path).stem if clip else "project"
