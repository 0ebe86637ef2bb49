"""All connections between the desk and what is on screen: wishes in, the document out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from core.arrays import Float, Ints
from core.expression.layers import Emotion
from core.project import Take
from core.times import Times
from studio import edits, recents, recovery
from studio.desk import Desk
from studio.preview import Shown
from studio.trial import Change, Trial

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
    wired: list[Any] = [None, None]  # points of a clip, the triangles between them

    def wire(points: Any) -> None:
        """Find the triangles of another clip's points, away from the window's thread."""
        if wired[0] is not points:
            wired[:] = points, None
            desk.background.run(lambda: (points, landmark_wire(points)), found)

    def found(pair: tuple[Any, Any]) -> None:
        if wired[0] is pair[0]:
            wired[1] = pair[1]
            desk.preview.ask(desk.viewing.frame)

    def show(shown: Shown) -> None:
        view.show_frames(shown.before, shown.after)
        take = desk.take
        if take is not None and shown.frame < len(take.track):
            confidence = float(take.track["confidence"][shown.frame, 0])
            points = take.landmarks[shown.frame] if confidence > 0 else None
            wire(take.landmarks)
            view.show_overlay(points, wired[1], confidence)
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

    def blended(wanted: Sequence[tuple[str, float]]) -> Change:
        if panel.scope == "playhead":
            moment = desk.moment
            return lambda p, i: edits.with_emotion_keys(p, i, wanted, moment)
        where = span()
        return lambda p, i: edits.with_emotions(p, i, wanted, where)

    def blend(pairs: Any, gesture: str) -> None:
        wanted = [(str(name), float(amount)) for name, amount in pairs if amount > 0]
        words = ", ".join(f"{name} {amount:.0%}" for name, amount in wanted)
        title = said("Emotion: {words}").format(words=words or said("as filmed"))
        desk.edit(title, blended(wanted), own(gesture))

    def attempt(pairs: Any) -> None:
        trial.show(None if pairs is None else blended(tuple(pairs)))

    def show() -> None:
        panel.setEnabled(desk.take is not None)
        panel.show_emotions(_felt(desk.take, desk.viewing.frame))

    trial = Trial(desk, panel)
    panel.blend_tried.connect(attempt)
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


def landmark_wire(landmarks: Float) -> Ints:
    """Return (T, 3) triangles between the points of a face (F, 478, 2), the same throughout.

    They are those of the frame in which the face looks most straight into the camera: its
    two halves are equally wide there.
    """
    from core.landmarks import sets
    from widgets.landmark_wire import wire_of

    x = landmarks[:, :, 0]
    nose, left, right = (x[:, i] for i in (1, 454, 234))
    uneven = np.abs((left - nose) - (nose - right)) / np.maximum(np.abs(left - right), 1e-6)
    lids = [np.union1d(sets.LOWER_LID_LEFT, sets.UPPER_LID_LEFT),
            np.union1d(sets.LOWER_LID_RIGHT, sets.UPPER_LID_RIGHT)]  # fmt: skip
    rings = [np.asarray(ring, np.int64) for ring in (sets.INNER_LIPS, *lids)]
    return wire_of(landmarks[int(np.nanargmin(uneven))], rings, sets.MESH)


def _boxes(desk: Desk, frame: int) -> list[tuple[float, float, float, float]]:
    """Return the box round each face of the clip in a frame."""
    boxes: list[tuple[float, float, float, float]] = []
    for take in desk.session.project.takes:
        points = take.landmarks[frame]
        low, high = np.min(points, axis=0), np.max(points, axis=0)
        boxes.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return boxes
