"""The timeline and the transport joined to the desk: what runs along the clip."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.arrays import Rgb
from core.project import Project
from studio import edits, recovery
from studio.clocks import look_for_devices
from studio.desk import Desk
from studio.player import Voice
from widgets.audio_peaks import Peaks, peaks
from widgets.timeline.view import TimelineView
from widgets.transport import Transport

if TYPE_CHECKING:
    from core.media.probe import VideoInfo
    from studio.shots import Scene

THUMBNAILS = 48
THUMBNAIL_PX = 72  # high
RATE = 48000


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Wiring", text)


class TimePanel(QWidget):
    """The timeline with the transport in its bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.transport = Transport()
        self.timeline = TimelineView()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.timeline.tools.hold(self.transport)
        column.addWidget(self.timeline, 1)
        self.setFocusProxy(self.timeline)


class TimeWiring(QObject):
    """Joins a time panel to a desk."""

    def __init__(self, desk: Desk, panel: TimePanel) -> None:
        super().__init__(panel)
        self._desk, self._line, self._bar = desk, panel.timeline, panel.transport
        self._markers: set[int] = set()
        self._fetched = ""  # digest of the clip whose pictures and sound are here
        self._heard: object = None  # the evidence whose speech is shown
        self._strip = QTimer(self)
        self._strip.setSingleShot(True)
        self._strip.setInterval(120)
        self._strip.timeout.connect(self._show_cached)
        self._wishes()
        self._news()
        self._on_clip_changed()

    def _wishes(self) -> None:
        desk, line, bar = self._desk, self._line, self._bar
        line.frame_wished.connect(desk.viewing.go)
        line.range_wished.connect(desk.viewing.set_range)
        line.layer_wished.connect(self._on_layer_wished)
        line.marker_wished.connect(self._on_marker_wished)
        bar.frame_wished.connect(desk.viewing.go)
        bar.step_wished.connect(desk.viewing.step)
        bar.loop_wished.connect(desk.viewing.set_loop)
        bar.play_wished.connect(self._on_play_wished)
        bar.volume_wished.connect(self._on_volume_wished)
        bar.mute_wished.connect(self._on_mute_wished)
        bar.scrub_wished.connect(desk.player.set_scrub)

    def _news(self) -> None:
        desk, line, bar = self._desk, self._line, self._bar
        desk.clip_changed.connect(self._on_clip_changed)
        desk.session.changed.connect(self._on_session_changed)
        desk.viewing.take_changed.connect(self._show_take)
        desk.viewing.frame_changed.connect(line.show_frame)
        desk.viewing.frame_changed.connect(bar.show_frame)
        desk.viewing.range_changed.connect(line.show_range)
        desk.viewing.loop_changed.connect(line.show_loop)
        desk.viewing.loop_changed.connect(bar.show_loop)
        desk.player.playing_changed.connect(bar.show_playing)
        desk.player.scrub_changed.connect(bar.show_scrub)
        desk.player.silenced.connect(self._on_player_silenced)
        desk.preview.cache_changed.connect(self._on_preview_cache_changed)
        desk.preview.scene_changed.connect(self._on_preview_scene_changed)
        bar.show_sound(1.0, False)
        bar.show_scrub(desk.player.scrub)
        bar.show_loop(desk.viewing.loop)
        line.show_loop(desk.viewing.loop)
        bar.show_audible(False, said("This clip is silent."))

    # Wishes.

    def _on_layer_wished(self, index: int, layer: Any, gesture: str) -> None:
        self._desk.edit(
            edits.said(layer),
            lambda p, i: edits.with_layer_at(p, i, index, layer),
            gesture,
        )

    def _on_marker_wished(self, frame: int) -> None:
        self._markers ^= {frame}
        self._line.show_markers(sorted(self._markers))
        if self._desk.clip is not None:
            recovery.keep_markers(self._desk.clip.digest, self._markers)

    def _on_play_wished(self, play: bool) -> None:
        if play:
            self._desk.player.play()
        else:
            self._desk.player.pause()

    def _on_volume_wished(self, volume: float) -> None:
        self._desk.player.set_volume(volume)
        self._bar.show_sound(volume, self._desk.player.muted)

    def _on_mute_wished(self, muted: bool) -> None:
        self._desk.player.set_muted(muted)
        self._bar.show_sound(self._desk.player.volume, muted)

    # News.

    def _on_clip_changed(self) -> None:
        clip = self._desk.clip
        self._markers = recovery.markers(clip.digest) if clip is not None else set()
        self._fetched, self._heard = "", None
        self._bar.show_offset(None)
        self._bar.show_audible(False, said("This clip is silent."))
        self._bar.show_times(clip.times if clip else None)
        if clip is not None:
            self._line.show_times(clip.times)
            self._line.show_markers(sorted(m for m in self._markers if m < len(clip.times)))
            self._line.show_thumbnails([])
            self._line.show_peaks(None)
            self._line.show_speech([])
            self._line.show_range(*self._desk.viewing.range)
        self._show_take()

    def _on_session_changed(self, old: Project, new: Project) -> None:
        at = self._desk.viewing.take
        before, after = (p.takes[at] if at < len(p.takes) else None for p in (old, new))
        if before is not after:
            self._show_take()

    def _show_take(self, *_: object) -> None:
        take = self._desk.take
        self._line.show_layers(take.layers if take else ())
        if take is not None:
            self._line.show_track(take.track)

    def _on_preview_cache_changed(self) -> None:
        if not self._strip.isActive():
            self._strip.start()

    def _show_cached(self) -> None:
        self._line.show_cached(self._desk.preview.held())

    def _on_preview_scene_changed(self, scene: "Scene") -> None:
        """Fetch, once a clip, what the lane of the preview made possible."""
        if scene.info.digest != self._fetched:
            self._fetched = scene.info.digest
            self._fetch(scene.info)
        faces = scene.faces
        at = self._desk.viewing.take
        mark = faces[at].evidence if at < len(faces) else None
        if mark is not None and mark is not self._heard:
            self._heard = mark
            face = faces[at]
            self._desk.background.run(lambda: _speech(face), self._line.show_speech)

    def _fetch(self, info: "VideoInfo") -> None:
        run = self._desk.background.run
        if info.audio is not None:
            self._bar.show_offset(-_sound_start(info))
            run(lambda: _sound(info), self._on_sound)
        run(lambda: _thumbnails(info), self._line.show_thumbnails)

    def _on_player_silenced(self, why: str) -> None:
        self._bar.show_audible(False, why)

    def _on_sound(self, found: tuple[Voice, Peaks]) -> None:
        voice, pyramid = found
        self._desk.player.load_voice(voice)
        self._line.show_peaks(pyramid)
        heard = len(voice.samples) > 0
        self._bar.show_audible(heard, "" if heard else said("This clip is silent."))


def _speech(face: Any) -> list[Any]:
    from core.expression.speech import analyse

    return list(analyse(face.take.track, face.evidence.lip_gap).lane)


def _sound(info: "VideoInfo") -> tuple[Voice, Peaks]:
    from core.media.sound import samples

    look_for_devices()
    start = _sound_start(info)
    sound = samples(info.path, RATE)
    return Voice(sound, RATE, start), peaks(sound, RATE, start)


def _sound_start(info: "VideoInfo") -> float:
    """Return how many seconds after the first frame the sound starts."""
    first = float(int(info.times.pts[0]) * info.times.base)
    return (info.audio.start if info.audio else first) - first


def _thumbnails(info: "VideoInfo") -> list[tuple[int, Rgb]]:
    """Return small pictures of key frames and those between, spread over the clip."""
    import cv2

    from core.media.video import FrameReader

    wanted = np.unique(np.linspace(0, len(info.times) - 1, THUMBNAILS).astype(int))
    size = max(1, round(THUMBNAIL_PX * info.size[0] / info.size[1])), THUMBNAIL_PX
    found: list[tuple[int, Rgb]] = []
    with FrameReader(info.path, info, threads="SLICE") as reader:
        for frame in _cheap(wanted.tolist(), info):
            small = cv2.resize(reader.at(frame).rgb, size, interpolation=cv2.INTER_AREA)
            found.append((frame, np.asarray(small, np.uint8)))
    return found


def _cheap(wanted: list[int], info: "VideoInfo") -> list[int]:
    """Return the frames to decode: in a long clip, the key frames before those wanted."""
    if len(info.times) < 1500 or len(info.keys) < THUMBNAILS:
        return wanted
    at = np.searchsorted(info.keys, wanted, side="right") - 1
    return sorted({int(info.keys[k]) for k in at})


def time(desk: Desk, panel: TimePanel) -> None:
    """Join the time panel."""
    TimeWiring(desk, panel)
