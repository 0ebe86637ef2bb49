"""All connections between the desk and what is on screen: wishes in, the document out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from core.expression.layers import Emotion
from core.project import Take
from core.times import Times
from studio import edits, recents, recovery
from studio.desk import Desk
from studio.preview import Shown

if TYPE_CHECKING:
    from studio.window import Window


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Wiring", text)


def own(gesture: str) -> str | None:
    """Return the gesture of a wish; one without a name is an edit of its own."""
    return gesture or None


def when_looking(desk: Desk, show: Callable[[], None]) -> None:
    """Call `show` whenever document, face or playhead changed."""

    def look(*_: object) -> None:
        show()

    desk.session.changed.connect(look)
    desk.viewing.take_changed.connect(look)
    desk.viewing.frame_changed.connect(look)


def video(desk: Desk, view: Any) -> None:
    """Join the video view."""

    def show(shown: Shown) -> None:
        view.show_frames(shown.before, shown.after)
        take = desk.take
        if take is not None and shown.frame < len(take.track):
            confidence = float(take.track["confidence"][shown.frame, 0])
            points = take.landmarks[shown.frame] if confidence > 0 else None
            view.show_overlay(points, None, confidence)
            view.show_faces(_boxes(desk, shown.frame), desk.viewing.take)
        else:
            view.show_overlay(None)
            view.show_faces([], 0)

    def begin() -> None:
        view.show_frames(None, None)
        if desk.clip is not None:
            view.show_size(*desk.clip.size)

    desk.preview.ready.connect(show)
    desk.clip_changed.connect(begin)
    view.face_wished.connect(desk.viewing.choose)


def emotion(desk: Desk, panel: Any) -> None:
    """Join the emotion selector."""

    def span() -> edits.Span | None:
        return desk.span if panel.scope == "range" and not desk.viewing.whole else None

    def one(label: str, amount: float, gesture: str) -> None:
        words = said("Emotion: {label} {amount:.0%}").format(label=label, amount=amount)
        if panel.scope == "playhead":
            moment = desk.moment
            desk.edit(
                words,
                lambda p, i: edits.with_emotion_key(p, i, label, amount, moment),
                own(gesture),
            )
        else:
            where = span()
            desk.edit(
                words,
                lambda p, i: edits.with_emotion(p, i, label, amount, where),
                own(gesture),
            )

    def blend(pairs: Any, gesture: str) -> None:
        wanted = [(str(name), float(amount)) for name, amount in pairs if amount > 0]
        words = ", ".join(f"{name} {amount:.0%}" for name, amount in wanted)
        title = said("Emotion: {words}").format(words=words or said("as filmed"))
        if panel.scope == "playhead":
            moment = desk.moment
            desk.edit(
                title,
                lambda p, i: edits.with_emotion_keys(p, i, wanted, moment),
                own(gesture),
            )
        else:
            where = span()
            desk.edit(
                title, lambda p, i: edits.with_emotions(p, i, wanted, where), own(gesture)
            )

    def show() -> None:
        panel.setEnabled(desk.take is not None)
        panel.show_emotions(_felt(desk.take, desk.viewing.frame))

    panel.emotion_wished.connect(one)
    panel.blend_wished.connect(blend)
    when_looking(desk, show)
    show()


def welcome(window: "Window", page: Any) -> None:
    """Join the welcome page."""
    page.open_wished.connect(lambda: window.trigger("file.open"))
    page.demo_wished.connect(window.desk.open_demo)
    page.recent_wished.connect(window.desk.open)
    keeper = recents.Keeper(window.desk)

    def show(path: Path | None) -> None:
        keeper.turn(path)
        if path is None:
            page.show_recent([recents.shown(path) for path in recovery.recent()])

    window.desk.session.path_changed.connect(show)
    show(None)


def _felt(take: Take | None, frame: int) -> list[tuple[str, float]]:
    """Return the emotions of a take at a frame, with their amounts."""
    if take is None or frame >= len(take.track):
        return []
    times = take.track.times
    here = Times(times.pts[[0, frame]] if frame else times.pts[:1], times.base)
    return [
        (layer.label, float(layer.amount.at(here)[-1]))
        for layer in take.layers
        if isinstance(layer, Emotion) and layer.enabled
    ]


def _boxes(desk: Desk, frame: int) -> list[tuple[float, float, float, float]]:
    """Return the box round each face of the clip in a frame."""
    boxes: list[tuple[float, float, float, float]] = []
    for take in desk.session.project.takes:
        points = take.landmarks[frame]
        low, high = np.min(points, axis=0), np.max(points, axis=0)
        boxes.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return boxes
