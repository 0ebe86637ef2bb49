"""The panels that edit and tell of edits: coefficients, layers, history, jobs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from core.errors import ExchangeError
from core.expression.layers import Layer
from studio import edits, presets
from studio.desk import Desk
from studio.jobs import Job
from studio.wiring import own, when_looking
from widgets.coefficients import CoefficientPanel
from widgets.history_list import HistoryList
from widgets.job_list import JobList, JobState
from widgets.layer_list import LayerList

if TYPE_CHECKING:
    from studio.shots import Scene

Show = Callable[[], None]


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Wiring", text)


def _layers_of(desk: Desk) -> tuple[Layer, ...]:
    return desk.take.layers if desk.take else ()


def _layer_setter(desk: Desk) -> Callable[[tuple[Layer, ...], str, str], None]:
    def wish(layers: tuple[Layer, ...], label: str, gesture: str) -> None:
        desk.edit(label, lambda p, i: edits.with_layers(p, i, tuple(layers)), own(gesture))

    return wish


def coefficients(desk: Desk, panel: CoefficientPanel) -> Show:
    """Join the sliders of the 52 shapes; return what shows the document in them."""

    def offset(shape: str, amount: float, gesture: str) -> None:
        moment = desk.moment
        label = said("Offset: {shape} {amount:+.0%}").format(shape=shape, amount=amount)
        desk.edit(
            label,
            lambda p, i: edits.with_offset(p, i, shape, amount, moment),
            own(gesture),
        )

    def key(shape: str, amount: float, gesture: str) -> None:
        moment = desk.moment
        label = said("Key: {shape} {amount:+.0%}").format(shape=shape, amount=amount)
        desk.edit(
            label,
            lambda p, i: edits.with_offset_key(p, i, shape, amount, moment),
            own(gesture),
        )

    def show() -> None:
        if not panel.isVisible():
            return
        take, scene, frame = desk.take, desk.preview.scene, desk.viewing.frame
        panel.setEnabled(take is not None)
        panel.show_layers(_layers_of(desk))
        panel.show_moment(desk.moment)
        if take is None:
            panel.show_values(np.zeros(52), np.zeros(52))
            return
        known = scene is not None and _fits(desk, scene)
        track = scene.edited[desk.viewing.take] if scene and known else take.track
        panel.show_values(take.track["expression"][frame], track["expression"][frame])

    def follow(*_: object) -> None:
        if not desk.player.playing:
            show()

    def rest(playing: bool) -> None:
        if not playing:
            show()

    _join_presets(desk, panel)
    panel.offset_wished.connect(offset)
    panel.key_wished.connect(key)
    panel.layers_wished.connect(_layer_setter(desk))
    when_looking(desk, follow)
    desk.preview.scene_changed.connect(follow)
    desk.player.playing_changed.connect(rest)
    return show


def _join_presets(desk: Desk, panel: CoefficientPanel) -> None:
    """Join the presets: set, kept and dropped from the menu of the panel."""

    def preset(name: str, locked: frozenset[str]) -> None:
        moment = desk.moment
        try:
            amounts = {s: x for s, x in presets.load(name).items() if s not in locked}
        except ExchangeError as e:
            desk.failed.emit(str(e))
            panel.show_presets(presets.names())
            return
        label = said("Preset: {name}").format(name=name)
        desk.edit(label, lambda p, i: edits.with_offsets(p, i, amounts, moment))

    def keep(name: str) -> None:
        take, frame = desk.take, desk.viewing.frame
        if take is None:
            return
        told(lambda: presets.save(name, presets.of(take, frame)))
        panel.show_presets(presets.names())

    def drop(name: str) -> None:
        told(lambda: presets.delete(name))
        panel.show_presets(presets.names())

    def told(act: Show) -> None:
        try:
            act()
        except ExchangeError as e:
            desk.failed.emit(str(e))

    panel.preset_wished.connect(preset)
    panel.preset_kept.connect(keep)
    panel.preset_dropped.connect(drop)
    panel.show_presets(presets.names())


def layers(desk: Desk, panel: LayerList) -> Show:
    """Join the list of layers."""
    shown: list[tuple[Layer, ...] | None] = [None]

    def show() -> None:
        new = _layers_of(desk)
        if new is not shown[0]:
            shown[0] = new
            panel.show_layers(new)

    def look(*_: object) -> None:
        show()

    def again() -> None:
        panel.show_layers(_layers_of(desk))

    panel.layers_wished.connect(_layer_setter(desk))
    desk.session.changed.connect(look)
    desk.refused.connect(again)
    desk.viewing.take_changed.connect(look)
    show()
    return show


def history(desk: Desk, panel: HistoryList) -> Show:
    """Join the list of steps."""

    def show(*_: object) -> None:
        if panel.isVisible():
            panel.show_history(desk.session.labels, desk.session.step)

    panel.step_wished.connect(desk.go_to)
    desk.session.changed.connect(show)
    desk.refused.connect(show)
    return show


def jobs(desk: Desk, panel: JobList) -> Show:
    """Join the list of jobs."""

    def named(do: Callable[[Job], object]) -> Callable[[int], None]:
        def wish(id_: int) -> None:
            for job in [job for job in desk.jobs.all if job.id == id_]:
                do(job)

        return wish

    def clear() -> None:
        desk.jobs.clear()
        show()

    def show(*_: object) -> None:
        panel.show_jobs([_shown(job) for job in desk.jobs.all])

    panel.cancel_wished.connect(named(desk.jobs.cancel))
    panel.retry_wished.connect(named(desk.jobs.retry))
    panel.reveal_wished.connect(named(_reveal))
    panel.clear_wished.connect(clear)
    for signal in (desk.jobs.added, desk.jobs.changed, desk.jobs.finished):
        signal.connect(show)
    show()
    return show


def _shown(job: Job) -> JobState:
    return JobState(
        job.id,
        job.title,
        job.fraction,
        job.left,
        job.message,
        job.state,
        tuple(job.log),
        _made(job),
    )


def _reveal(job: Job) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(_made(job)).parent)))


def _made(job: Job) -> str:
    """Return the path of the file a job made, "" for none."""
    target = getattr(job.result, "target", None)
    return "" if target is None else str(target)


def _fits(desk: Desk, scene: "Scene") -> bool:
    return scene.project.clips[:1] == desk.session.project.clips[
        :1
    ] and desk.viewing.take < len(scene.edited)
