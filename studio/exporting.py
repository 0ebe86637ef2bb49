"""From the wish of the export dialog to a film, a contact sheet and a table, as one job."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from core.builtin import kinds
from core.jobs import Ticket
from core.project import Project
from studio.desk import Desk
from studio.jobs import Job
from widgets.export_wish import ExportWish, Film

OFFERS = ("sheet", "table")
COLUMNS = 6


def film_of(desk: Desk) -> Film:
    """Return what the export dialog must know of the clip."""
    clip = desk.clip
    if clip is None:
        return Film(0, Fraction(25), (0, 0), sound=False)
    speed = desk.export_speed
    pictures = tuple((entry.name, entry.title) for entry in kinds().entries("renderer"))
    return Film(
        len(clip.times),
        clip.times.rate(),
        clip.size,
        clip.audio_rate > 0,
        speed,
        pictures=pictures,
        picture=desk.viewing.picture,
    )


def export(desk: Desk, wish: ExportWish) -> Job:
    """Queue what the dialog asked for; the project is exported as it is now."""
    project, face = desk.session.project, desk.viewing.take

    def work(ticket: Ticket) -> Any:
        from core import engine
        from core.media.encode import ExportSettings

        coding = wish.coding
        engine.check_folder(wish.target)
        settings = ExportSettings(
            codec=coding.codec, crf=coding.crf, preset=coding.speed, profile=coding.profile
        )
        extra = 0.03 if wish.sheet else 0.0
        film = ticket.part(0, 1 - extra)
        report = engine.export(project, wish.target, settings, film, wish.picture)
        if wish.sheet and coding.codec != "png":
            ticket.report(1 - extra, _said("contact sheet"))
            _sheet(project, face, wish.target)
        if wish.table:
            table = wish.target.with_name(f"{wish.target.stem}.csv")
            engine.write_coefficients(project, str(face + 1), table, filmed=False)
        return report

    return desk.start_export(wish.target, work)


def _sheet(project: Project, face: int, film: Path) -> None:
    from core.cli.sheet import around, contact_sheet

    clip, take = project.clips[0], project.takes[face]
    count = len(clip.times)
    frames = [round((i + 0.5) * count / COLUMNS) for i in range(COLUMNS)]
    captions = [f"{float(clip.times.moment(i)):.2f} s" for i in frames]
    crop = around(take.landmarks[frames], clip.size)
    columns = list(zip(frames, captions, strict=True))
    target = film.with_name(f"{film.stem}-sheet.png")
    contact_sheet((Path(clip.path), film), columns, crop, target)


def _said(text: str) -> str:
    return QCoreApplication.translate("Export", text)
