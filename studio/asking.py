"""What is asked for by a dialog: files to open and to write."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from core.storage import SUFFIX
from studio import exporting
from studio.desk import VIDEOS
from widgets.export_dialog import ExportDialog
from widgets.export_wish import ExportWish

if TYPE_CHECKING:
    from studio.window import Window


def open_file(window: "Window") -> None:
    """Ask for a video or project and open it."""
    kinds = " ".join(f"*{s}" for s in (SUFFIX, *VIDEOS))
    name, _ = QFileDialog.getOpenFileName(
        window,
        window.tr("Open a video or a project"),
        _folder(window),
        window.tr("Videos and projects ({kinds});;All files (*)").format(kinds=kinds),
    )
    if name:
        window.desk.open(Path(name))


def save_as(window: "Window") -> None:
    """Ask for a name and go on working there."""
    name, _ = QFileDialog.getSaveFileName(
        window,
        window.tr("Save the project as"),
        str(Path(_folder(window)) / f"{_stem(window)}{SUFFIX}"),
        window.tr("Projects (*{suffix})").format(suffix=SUFFIX),
    )
    if name:
        window.desk.save_as(Path(name))


def relink(window: "Window") -> None:
    """Ask where the clip lies now."""
    name, _ = QFileDialog.getOpenFileName(
        window, window.tr("Where is the clip now?"), _folder(window)
    )
    if name:
        window.desk.relink(Path(name))


def export(window: "Window") -> None:
    """Ask how and where to write the film, and queue it; editing goes on meanwhile."""

    def wish(asked: ExportWish) -> None:
        exporting.export(window.desk, asked)

    dialog = ExportDialog(window, exporting.OFFERS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    target = Path(_folder(window)) / f"{_stem(window)}-edited.mp4"
    dialog.show_film(exporting.film_of(window.desk), target)
    dialog.export_wished.connect(wish)
    dialog.open()


def export_table(window: "Window") -> None:
    """Ask where to write the coefficients, and write them."""
    name, _ = QFileDialog.getSaveFileName(
        window,
        window.tr("Export the coefficients"),
        str(Path(_folder(window)) / f"{_stem(window)}.csv"),
        window.tr("Tables (*.csv)"),
    )
    if name:
        window.desk.export_table(Path(name))


def show_export(window: "Window") -> None:
    """Show the folder of the last export."""
    if window.desk.last_export is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(window.desk.last_export.parent)))


def _folder(window: "Window") -> str:
    clip = window.desk.clip
    return str(Path(clip.path).parent) if clip else str(Path.home())


def _stem(window: "Window") -> str:
    clip = window.desk.clip
    return Path(clip.path).stem if clip else "project"
