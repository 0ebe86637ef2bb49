"""From the wish of the export dialog to a film, a contact sheet and a table, as one job."""

import os
from collections.abc import Callable
from dataclasses import replace
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

OFFERS = ("range", "size", "sound", "comparison", "sheet", "table", "reveal")
COLUMNS = 6
_PIXELS = 18e6  # exported a second and core, where none was measured yet (benchmarks/speed.py)


def film_of(desk: Desk) -> Film:
    """Return what the export dialog must know of the clip."""
    clip = desk.clip
    if clip is None:
        return Film(0, Fraction(25), (0, 0), sound=False)
    W, H = clip.size
    speed = desk.export_speed or _PIXELS * min(8, os.cpu_count() or 1) / max(1, W * H)
    pictures = tuple((entry.name, entry.title) for entry in kinds().entries("renderer"))
    return Film(
        len(clip.times),
        clip.times.rate(),
        clip.size,
        clip.audio_rate > 0,
        speed,
        None if desk.viewing.whole else desk.viewing.range,
        pictures=pictures,
        picture=desk.viewing.picture,
    )


def export(desk: Desk, wish: ExportWish, then: Callable[[], object] | None = None) -> Job:
    """Queue what the dialog asked for; the project is exported as it is now.

    then : called when all of it is written.
    """
    project, face = desk.session.project, desk.viewing.take
    size = project.clips[0].size if project.clips else (0, 0)
    efforts = [cut.effort(size) for _, cut in wish.films]

    def work(ticket: Ticket) -> Any:
        from core import engine
        from core.media.encode import ExportSettings

        coding = wish.coding
        engine.check_folder(wish.target)
        settings = ExportSettings(
            codec=coding.codec, crf=coding.crf, preset=coding.speed, profile=coding.profile
        )
        end = 0.97 if wish.sheet_target else 1.0
        done, reports = 0.0, []
        for (place, cut), effort in zip(wish.films, efforts, strict=True):
            share = end * effort / sum(efforts)
            part = ticket.part(done, done + share)
            film = replace(settings, cut=cut)
            reports.append(engine.export_apart(project, place, film, part, wish.picture))
            done += share
        if wish.sheet_target:
            ticket.report(end, _said("contact sheet"))
            _sheet(project, face, wish, wish.sheet_target)
        if wish.table_target:
            engine.write_coefficients(
                project, str(face + 1), wish.table_target, filmed=False, cut=wish.films[0][1]
            )
        return reports[0]

    return desk.start_export(wish.target, work, efforts[0], then)


def _sheet(project: Project, face: int, wish: ExportWish, target: Path) -> None:
    from core.cli.sheet import around, contact_sheet

    clip, take = project.clips[0], project.takes[face]
    count = wish.last - wish.first + 1
    frames = [wish.first + int((i + 0.5) * count / COLUMNS) for i in range(COLUMNS)]
    captions = [f"{float(clip.times.moment(i)):.2f} s" for i in frames]
    crop = around(take.landmarks[frames], clip.size)
    columns = list(zip(frames, captions, strict=True))
    contact_sheet((Path(clip.path), wish.target), columns, crop, target, wish.first)


def _said(text: str) -> str:
    return QCoreApplication.translate("Export", text)
