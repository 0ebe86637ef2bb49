"""All connections between the desk and what is on screen: wishes in, the document out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from core.expression.layers import Emotion
from core.project import Take
from core.times import Times
from studio import edits, recents, recovery
from studio.desk import Desk
from studio.trial import Change, Trial
from studio.wiring_video import VideoWiring

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
    VideoWiring(desk, view)


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
    page.live_wished.connect(lambda: window.trigger("file.live"))
    page.recent_wished.connect(window.desk.open)
    window.video.remedy_wished.connect(lambda: window.trigger("file.relink"))
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
