"""The video joined to the desk: frames, what is drawn over them, and why there is none."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject

from core.arrays import Float, Ints
from core.project import Take
from studio.desk import Desk
from studio.preview import Shown
from widgets.video_view import VideoView


def said(text: str) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Wiring", text)


class VideoWiring(QObject):
    """Shows the frame at the playhead and the faces in it."""

    def __init__(self, desk: Desk, view: VideoView) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view
        self._seen = False  # whether there was a picture of this clip
        self._points: Float | None = None  # those the wire is, or is being, made for
        self._wire: Ints | None = None
        desk.preview.ready.connect(self._on_preview_ready)
        desk.preview.failed.connect(self._on_preview_failed)
        desk.clip_changed.connect(self._on_desk_clip_changed)
        view.face_wished.connect(desk.viewing.choose)

    def _on_preview_ready(self, shown: Shown) -> None:
        view, take = self._view, self._desk.take
        if not self._seen:
            self._seen = True
            view.show_notice("")
        view.show_frames(shown.before, shown.after)
        self._show_over(shown, take)
        view.paint_now()

    def _show_over(self, shown: Shown, take: Take | None) -> None:
        """Show what is drawn over the picture."""
        view = self._view
        if take is None or shown.frame >= len(take.track):
            view.show_overlay(None)
            view.show_faces([], 0)
            return
        confidence = float(take.track["confidence"][shown.frame, 0])
        points = take.landmarks[shown.frame] if confidence > 0 else None
        view.show_overlay(points, self._wire_of(take.landmarks), confidence)
        view.show_faces(_boxes(self._desk, shown.frame), self._desk.viewing.take)

    def _on_preview_failed(self, text: str) -> None:
        """Say in place of the picture why there is none."""
        clip = self._desk.clip
        if clip is None or self._seen:
            return
        if Path(clip.path).exists():
            self._view.show_notice(text)
        else:
            text = said("The clip of this project is not where it was:\n{path}")
            self._view.show_notice(text.format(path=clip.path), said("Locate media…"))

    def _on_desk_clip_changed(self) -> None:
        self._seen = False
        self._view.show_notice("")
        self._view.show_frames(None, None)
        if self._desk.clip is not None:
            self._view.show_size(*self._desk.clip.size)

    def _wire_of(self, points: Float) -> Ints | None:
        """Return the triangles between the points of a clip, None until they are found."""
        if self._points is not points:
            self._points, self._wire = points, None
            self._desk.background.run(lambda: (points, landmark_wire(points)), self._on_wire)
        return self._wire

    def _on_wire(self, found: tuple[Float, Ints]) -> None:
        if self._points is found[0]:
            self._wire = found[1]
            self._desk.preview.ask(self._desk.viewing.frame)


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
