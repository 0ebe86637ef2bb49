"""The surface on which the video is painted, zoomed, panned and compared."""

from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from core.arrays import Rgb
from widgets import theme
from widgets.picture_pair import AFTER, BEFORE, DIFFERENCE, GAIN, PicturePair
from widgets.picture_place import (
    LARGEST,
    SMALLEST,
    Place,
    fit_scale,
    halves,
    kept_inside,
)
from widgets.video_overlay import (
    Box,
    Overlay,
    chip_height,
    chip_width,
    paint_chip,
    paint_faces,
    paint_overlay,
)

FLICKER_MS = 450
GRIP = 9  # units left and right of the wipe line that take hold of it
SHARP = 3  # from so many screen pixels per pixel on, pixels are shown as squares


class Mode(StrEnum):
    """How the frames before and after the edit are shown."""

    EDITED = "edited"
    ORIGINAL = "original"
    WIPE = "wipe"
    BESIDE = "side by side"
    DIFFERENCE = "difference"
    FLICKER = "flicker"


class VideoCanvas(QWidget):
    """Paints two frames as `mode` asks; see `VideoView` for what the setters take."""

    face_wished = Signal(int)
    zoom_changed = Signal()
    wipe_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = PicturePair()
        self.mode = Mode.EDITED
        self.overlay = Overlay()
        self.overlays: set[str] = set()
        self.faces: list[Box] = []
        self.chosen = 0
        self.wipe = 0.5
        self.waits = True  # says that there is no picture; not where something else is said
        self._grid = QSize()  # the pixels in which faces, points and zoom are meant
        self._zoom: float | None = None  # screen pixels per pixel, None: the whole picture
        self._centre: QPointF | None = None  # the pixel in the middle, None: that of the frame
        self._hovered = -1
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._drag = ""  # "", "pan" or "wipe"
        self._flickered = False
        self._flicker = QTimer(self, interval=FLICKER_MS)
        self._flicker.timeout.connect(self._on_flicker_timeout)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.setAccessibleName(self.tr("Video"))

    # What is shown

    def show_frames(self, before: Rgb | None, after: Rgb | None) -> None:
        self.pictures.show(before, after)
        self.update()

    def show_grid(self, size: QSize) -> None:
        if size != self._grid:
            self._grid = size
            self._centre = None
            self.update()

    def show_mode(self, mode: Mode) -> None:
        self.mode = mode
        self._flickered = False
        self._keep_time()
        self.update()

    def show_zoom(self, zoom: float | None) -> None:
        self._zoom = None if zoom is None else min(max(zoom, SMALLEST), LARGEST)
        if zoom is None:
            self._centre = None
        self.update()

    @property
    def zoom(self) -> float | None:
        """Return screen pixels per pixel of the clip, None while the whole frame is fitted."""
        return self._zoom

    @property
    def grid(self) -> QSize:
        """Return the size of the clip in pixels."""
        return self._grid if not self._grid.isEmpty() else self.pictures.size

    def shown_scale(self) -> float:
        """Return screen pixels per pixel of the clip as painted now."""
        return self.places()[0].scale * self.devicePixelRatioF() if self.has_picture else 1.0

    @property
    def has_picture(self) -> bool:
        """Return whether there is something to paint and room for it."""
        return not (self.pictures.empty or self.grid.isEmpty() or self.width() < 2)

    def places(self) -> list[Place]:
        """Return where the picture lies: once, or twice side by side."""
        area, size = QRectF(self.rect()), self.grid
        panels = [area]
        if self.mode is Mode.BESIDE:
            panels = list(halves(area, size, theme.TINY))
        made: list[Place] = []
        for panel in panels:
            ratio = self.devicePixelRatioF()
            scale = fit_scale(panel, size) if self._zoom is None else self._zoom / ratio
            wanted = self._centre or QPointF(size.width() / 2, size.height() / 2)
            centre = kept_inside(panel, size, wanted, scale)
            made.append(Place(panel, size, centre, scale))
        return made

    def wipe_at(self) -> float:
        """Return the column of the widget in which the wipe line stands."""
        place = self.places()[0]
        seen = _seen(place)
        return seen.left() + self.wipe * seen.width()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour(theme.DEEP))
        if not self.has_picture:
            painter.setPen(theme.colour(theme.FAINT))
            text = self.tr("No picture") if self.waits else ""
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        painter.setFont(theme.small_font(self.font()))
        for place, which, clip in self._parts():
            painter.setClipRect(clip)
            self._paint_picture(painter, place, which)
        places = self.places()
        for place in places:
            painter.setClipRect(place.panel)
            if self.overlays:
                paint_overlay(painter, place, self.overlay, self.overlays)
            if len(self.faces) > 1:
                paint_faces(painter, place, self.faces, self.chosen, self._hovered)
        painter.setClipping(False)
        self._paint_signs(painter, places)

    def _parts(self) -> list[tuple[Place, str, QRectF]]:
        """Return what is painted where: place, picture, and the rectangle it is cut to."""
        places = self.places()
        panel = places[0].panel
        if self.mode is Mode.BESIDE:
            names = zip(places, (BEFORE, AFTER), strict=True)
            return [(place, name, place.panel) for place, name in names]
        if self.mode is Mode.WIPE:
            x = self.wipe_at()
            left = QRectF(panel.left(), panel.top(), x - panel.left(), panel.height())
            right = QRectF(x, panel.top(), panel.right() - x, panel.height())
            return [(places[0], BEFORE, left), (places[0], AFTER, right)]
        which = {
            Mode.ORIGINAL: BEFORE,
            Mode.DIFFERENCE: DIFFERENCE if self.pictures.whole else BEFORE,
            Mode.FLICKER: BEFORE if self._flickered else AFTER,
        }.get(self.mode, AFTER)
        return [(places[0], which, panel)]

    def _paint_picture(self, painter: QPainter, place: Place, which: str) -> None:
        image = self.pictures.image(which)
        if image.isNull():
            return
        ratio = self.devicePixelRatioF()
        target = place.target
        size = QSize(round(target.width() * ratio), round(target.height() * ratio))
        corner = QPointF(round(target.left() * ratio), round(target.top() * ratio)) / ratio
        if size.width() <= image.width():
            ready = self.pictures.scaled(which, size) if size != image.size() else image
            ready.setDevicePixelRatio(ratio)
            painter.drawImage(corner, ready)
            ready.setDevicePixelRatio(1)
            return
        smooth = size.width() < SHARP * image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        box = QRectF(corner.x(), corner.y(), size.width() / ratio, size.height() / ratio)
        painter.drawImage(box, image, QRectF(image.rect()))

    def _paint_signs(self, painter: QPainter, places: list[Place]) -> None:
        original, edited = self.tr("Original"), self.tr("Edited")
        corners = [_seen(place).topLeft() for place in places]
        at = corners[0] + QPointF(theme.GAP, theme.GAP)
        if self.mode is Mode.WIPE:
            x = self.wipe_at()
            self._paint_wipe(painter, x)
            y = _seen(places[0]).bottom() - chip_height(painter) - theme.GAP
            before = x - theme.GAP - chip_width(painter, original)
            self._chip(painter, before, y, original)
            self._chip(painter, x + theme.GAP, y, edited)
        elif self.mode is Mode.BESIDE:
            for corner, text in zip(corners, (original, edited), strict=True):
                self._chip(painter, corner.x() + theme.GAP, corner.y() + theme.GAP, text)
        elif self.mode is Mode.FLICKER:
            text = original if self._flickered else edited
            self._chip(painter, at.x(), at.y(), text)
        elif self.mode is Mode.DIFFERENCE:
            text = self.tr("Difference, {0} times stronger").format(GAIN)
            self._chip(painter, at.x(), at.y(), text)
        elif self.mode is Mode.ORIGINAL:
            self._chip(painter, at.x(), at.y(), original)

    def _chip(self, painter: QPainter, x: float, y: float, text: str) -> None:
        paint_chip(painter, QPointF(x, y), text, theme.colour(theme.TEXT))

    def _paint_wipe(self, painter: QPainter, x: float) -> None:
        painter.fillRect(QRectF(x - 1.5, 0, 3, self.height()), theme.colour(theme.DEEP, 150))
        painter.fillRect(QRectF(x - 0.5, 0, 1, self.height()), theme.colour(theme.ON_ACCENT))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = QPointF(x, self.height() / 2)
        painter.setBrush(theme.colour(theme.ON_ACCENT))
        painter.drawEllipse(middle, 11, 11)
        painter.setBrush(theme.colour(theme.DEEP))
        for side in (-1, 1):
            tip = middle + QPointF(7.0 * side, 0)
            base = [middle + QPointF(3.0 * side, dy) for dy in (-4.0, 4.0)]
            painter.drawPolygon([tip, *base])

    # Mouse and keys

    def face_at(self, at: QPointF) -> int:
        """Return the face whose box is under the widget position `at`, the smallest, or -1."""
        found, least = -1, float("inf")
        for place in self.places() if self.has_picture else []:
            spot = place.to_picture(at)
            for i, (x0, y0, x1, y1) in enumerate(self.faces):
                inside = x0 <= spot.x() <= x1 and y0 <= spot.y() <= y1
                if place.panel.contains(at) and inside and (x1 - x0) * (y1 - y0) < least:
                    found, least = i, (x1 - x0) * (y1 - y0)
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
        if event.button() not in buttons or not self.has_picture:
            return
        self._pressed = self._last = event.position()
        self._drag = "wipe" if self._on_grip(event.position()) else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position()
        if self._pressed is None:
            self._hover(at)
        elif self._drag == "wipe":
            self._wish_wipe(at.x())
        else:
            far = (at - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if self._drag == "pan" or far:
                self._drag = "pan"
                self._pan(at - self._last)
            self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        pressed, self._pressed = self._pressed, None
        was, self._drag = self._drag, ""
        if pressed is not None and not was and event.button() is Qt.MouseButton.LeftButton:
            face = self.face_at(event.position())
            if face >= 0:
                self.face_wished.emit(face)
        self._hover(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() is Qt.MouseButton.LeftButton and self.has_picture:
            self._zoom_to(1.0 if self._zoom is None else None, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turn = event.angleDelta().y()
        if turn and self.has_picture:
            self._zoom_to(self.shown_scale() * 1.2 ** (turn / 120), event.position())
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {Qt.Key.Key_Left: -0.02, Qt.Key.Key_Right: 0.02}
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self.mode is Mode.WIPE and alt and event.key() in steps:
            self.wipe = min(max(self.wipe + steps[Qt.Key(event.key())], 0.0), 1.0)
            self.wipe_changed.emit(self.wipe)
            self.update()
        else:
            super().keyPressEvent(event)

    def _on_grip(self, at: QPointF) -> bool:
        return self.mode is Mode.WIPE and abs(at.x() - self.wipe_at()) <= GRIP

    def _hover(self, at: QPointF) -> None:
        if not self.has_picture:
            return
        face = self.face_at(at) if len(self.faces) > 1 else -1
        if face != self._hovered:
            self._hovered = face
            self.update()
        shape = Qt.CursorShape
        grip = self._on_grip(at)
        hand = shape.PointingHandCursor if face >= 0 else shape.ArrowCursor
        self.setCursor(shape.SplitHCursor if grip else hand)

    def _wish_wipe(self, x: float) -> None:
        place = self.places()[0]
        seen = _seen(place)
        self.wipe = min(max((x - seen.left()) / max(seen.width(), 1), 0.0), 1.0)
        self.wipe_changed.emit(self.wipe)
        self.update()

    def _pan(self, by: QPointF) -> None:
        place = self.places()[0]
        moved = place.centre - by / place.scale
        self._centre = kept_inside(place.panel, place.size, moved, place.scale)
        self.update()

    def _zoom_to(self, zoom: float | None, at: QPointF) -> None:
        """Zoom so that the pixel under `at` stays where it is."""
        if zoom is not None:
            place = next((p for p in self.places() if p.panel.contains(at)), self.places()[0])
            spot = place.to_picture(at)
            zoom = min(max(zoom, SMALLEST), LARGEST)
            scale = zoom / self.devicePixelRatioF()
            self._centre = spot - (at - place.panel.center()) / scale
        self.show_zoom(zoom)
        self.zoom_changed.emit()

    # Flicker

    def _on_flicker_timeout(self) -> None:
        self._flickered = not self._flickered
        self.update()

    def _keep_time(self) -> None:
        if self.mode is Mode.FLICKER and self.isVisible():
            self._flicker.start()
        else:
            self._flicker.stop()

    def showEvent(self, event: object) -> None:  # noqa: N802
        self._keep_time()

    def hideEvent(self, event: object) -> None:  # noqa: N802
        self._keep_time()


def _seen(place: Place) -> QRectF:
    """Return the part of the panel which the picture covers."""
    return place.target.intersected(place.panel)


def mode_titles() -> dict[Mode, tuple[str, str]]:
    """Return what each mode is called and what it shows, in the user's language."""

    def said(text: str) -> str:
        return QCoreApplication.translate("VideoView", text)

    return {
        Mode.EDITED: (said("Edited"), said("The frame as it will be exported")),
        Mode.ORIGINAL: (said("Original"), said("The frame as it was filmed")),
        Mode.WIPE: (said("Wipe"), said("Original left of a line, edited right of it")),
        Mode.BESIDE: (said("Side by side"), said("Original and edited next to each other")),
        Mode.DIFFERENCE: (said("Difference"), said("What the edit changes in the picture")),
        Mode.FLICKER: (said("Flicker"), said("Original and edited in turn")),
    }
