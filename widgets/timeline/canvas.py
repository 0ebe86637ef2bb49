"""The painted part of the timeline: rows kept as pictures, the playhead above them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.expression.layers import Layer
from core.times import Times
from widgets import theme
from widgets.timeline.axis import Axis
from widgets.timeline.curve_lane import CurveLane
from widgets.timeline.lanes import Lane
from widgets.timeline.rows import Rows
from widgets.timeline.ruler import RANGE_PX

HEAD_PX = 7  # half the width of the playhead's grip


@dataclass(frozen=True)
class _Picture:
    """A painted row, and what it was painted from."""

    pixmap: QPixmap
    source: tuple[Axis, int, float]


class Canvas(QWidget):
    """Rows of one clip on one axis of time; it shows, and knows where everything is."""

    axis_changed = Signal()
    rows_changed = Signal()
    chosen_changed = Signal()
    revealed = Signal(int, int)  # top among the curves and height of one to be seen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows(self.tr)
        self.axis = Axis(Times.steady(0, 25))  # type: ignore[arg-type]
        self.frame = 0
        self.offset = 0
        self.active: CurveLane | None = None
        self.box: QRectF | None = None
        self.guide: float | None = None
        self.note = ""
        self.note_at = QPointF()
        self._pictures: dict[Lane, _Picture] = {}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown ----------------------------------------------------------------------

    def show_times(self, times: Times) -> None:
        """Show a clip, whole."""
        self.axis = Axis(times, width=self.axis.width).fitted()
        self.frame = 0
        self.rows.show_times()
        self.update()
        self.axis_changed.emit()

    def show_axis(self, axis: Axis) -> None:
        """Show another stretch of the clip."""
        self.axis = axis
        self.update()
        self.axis_changed.emit()

    def show_frame(self, frame: int) -> None:
        """Show the playhead; a playhead that leaves the view takes the view along."""
        if frame == self.frame:
            return
        axis, old = self.axis, self.axis.frame_x(self.frame)
        self.frame = frame
        new = axis.frame_x(frame)
        if 0 <= old <= axis.width and not 0 <= new <= axis.width:
            ahead = 0.08 if new > old else 0.92
            self.show_axis(axis.scrolled(new - ahead * axis.width))
            return
        strips = QRegion(self._strip(old)) | QRegion(self._strip(new))
        self.update(strips)

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show the curves of the layers of a take; what stayed as it was is left as painted."""
        before = self.rows.curves
        versions = [lane.version for lane in before]
        heads = [lane.head for lane in before]
        chosen = bool(self.chosen_lanes())
        if self.rows.show_layers(layers):
            fresh = [lane for lane in self.rows.curves if lane not in before]
            left = self.active if self.active in self.rows.curves else None
            self.active = next(iter([*fresh, left, *self.rows.curves]), None)
            self.rows_changed.emit()
            if fresh:
                self.reveal(fresh[0])
            self.update()
        else:
            for lane, version in zip(before, versions, strict=True):
                if lane.version != version:
                    self.update(QRect(0, self.top(lane), self.width(), lane.height))
            if not chosen and heads == [lane.head for lane in before]:
                return
        self.chosen_changed.emit()

    def show_offset(self, offset: int) -> None:
        """Show the curves from `offset` pixels on."""
        if offset != self.offset:
            self.offset = offset
            self.update()

    def show_active(self, lane: CurveLane | None) -> None:
        """Show which curve the keyboard means."""
        if lane is not self.active:
            self.active = lane
            self.update()
            self.rows_changed.emit()
            self.chosen_changed.emit()
            if lane is not None:
                self.reveal(lane)

    def reveal(self, lane: Lane) -> None:
        """Ask for a lane to be scrolled into view."""
        self.revealed.emit(self.rows.top(lane), lane.height)

    def show_note(self, note: str, at: QPointF, guide: float | None = None) -> None:
        """Show a few words beside the pointer and a line at pixel `guide` during a drag."""
        self.note, self.note_at, self.guide = note, at, guide
        self.update()

    def refresh(self, *_: object) -> None:
        """Paint again what has changed."""
        self.update()

    # Where things are -------------------------------------------------------------------

    def top(self, lane: Lane) -> int:
        """Return the pixel at which a lane starts."""
        top = self.rows.top(lane)
        return self.rows.head + top - self.offset if lane in self.rows.curves else top

    def lane_at(self, y: float) -> Lane | None:
        """Return the lane, or the ruler, at a pixel."""
        return self.rows.at(y, self.offset)

    def range_at(self, x: float, y: float) -> int | None:
        """Return 0 at the in handle, 1 at the out handle, None elsewhere."""
        if y > RANGE_PX + 1:
            return None
        away = [abs(h - x) for h in self.rows.ruler.handles(self.axis)]
        return away.index(min(away)) if min(away) <= 6 else None

    def chosen_lanes(self) -> list[CurveLane]:
        """Return the lanes with selected keys."""
        return [lane for lane in self.rows.curves if lane.chosen]

    def choose(self, keep: Callable[[CurveLane], object], *, only: bool = True) -> None:
        """Select by lane: `keep` gives the times; with `only` all other keys are let go."""
        for lane in self.rows.curves:
            times = frozenset(keep(lane) or ())  # type: ignore[call-overload]
            lane.show_chosen(times if only else times | lane.chosen)
        self.update()
        self.chosen_changed.emit()

    # Painting ---------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, self.rows.head + self.rows.height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.rows.show_room(event.size().height() - self.rows.ruler.height)
        self.show_axis(self.axis.resized(event.size().width()))
        self.rows_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            self._paint(painter, event.rect())

    def _paint(self, painter: QPainter, exposed: QRect) -> None:
        painter.fillRect(exposed, theme.colour(theme.BASE))
        ruler, head = self.rows.ruler.height, self.rows.head
        painter.setClipRect(QRect(0, head, self.width(), self.height()) & exposed)
        end = self._paint_lanes(painter, self.rows.curves, head - self.offset, exposed)
        self._paint_hint(painter, end)
        painter.setClipRect(exposed)
        self._paint_lanes(painter, self.rows.pinned[1:], ruler, exposed)
        painter.setPen(theme.colour(theme.LINE))
        painter.drawLine(0, head - 1, self.width(), head - 1)
        self._paint_outside(painter, ruler)
        if exposed.top() < ruler:
            painter.drawPixmap(0, 0, self._picture(self.rows.ruler))
            self.rows.ruler.paint_cached(painter, self.axis)
        self._paint_playhead(painter, ruler)
        self._paint_hand(painter)

    def _paint_lanes(
        self, painter: QPainter, lanes: Sequence[Lane], top: int, exposed: QRect
    ) -> int:
        """Paint lanes from pixel `top` on; return the pixel below the last."""
        for lane in lanes:
            if top < exposed.bottom() + 1 and top + lane.height > exposed.top():
                painter.drawPixmap(0, top, self._picture(lane))
            top += lane.height
        return top

    def _picture(self, lane: Lane) -> QPixmap:
        """Return a row as painted before, or painted now where something is different."""
        ratio = self.devicePixelRatioF()
        source = (self.axis, lane.version, ratio)
        kept = self._pictures.get(lane)
        if kept is not None and kept.source == source:
            return kept.pixmap
        pixmap = QPixmap(QSize(max(self.width(), 1), lane.height) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(theme.colour(theme.BASE))
        with QPainter(pixmap) as painter:
            painter.setFont(self.font())
            lane.paint(painter, self.axis, lane.height)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.colour(theme.DEEP))
            painter.drawLine(0, lane.height - 1, self.width(), lane.height - 1)
        rows = [*self.rows.pinned, *self.rows.curves]
        self._pictures = {k: v for k, v in self._pictures.items() if k in rows}
        self._pictures[lane] = _Picture(pixmap, source)
        return pixmap

    def _paint_hint(self, painter: QPainter, top: int) -> None:
        """Say below the lanes how a curve comes to be, while there is none."""
        room = QRect(0, top, self.width(), self.height() - top)
        if self.rows.curves or room.height() < theme.ROW or not len(self.axis.times):
            return
        painter.setFont(self.font())
        painter.setPen(theme.colour(theme.FAINT))
        words = self.tr("Choose an emotion or move a slider: its curve appears here.")
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_outside(self, painter: QPainter, ruler: int) -> None:
        """Darken what is outside the range, and markers as lines through all lanes."""
        axis, height = self.axis, self.height() - ruler
        if self.rows.ruler.range is not None:
            a, b = self.rows.ruler.handles(axis)
            shade = theme.colour(theme.DEEP, 130)
            painter.fillRect(QRectF(0, ruler, max(a, 0), height), shade)
            painter.fillRect(QRectF(b, ruler, max(axis.width - b, 0), height), shade)
        painter.setPen(QPen(theme.colour(theme.WARN, 110), 1, Qt.PenStyle.DashLine))
        for frame in self.rows.ruler.markers:
            x = round(axis.frame_x(frame))
            painter.drawLine(x, ruler, x, self.height())

    def _paint_playhead(self, painter: QPainter, ruler: int) -> None:
        if not len(self.axis.times):
            return
        x = round(self.axis.frame_x(self.frame))
        colour = theme.colour(theme.PLAYHEAD)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(x, RANGE_PX, x, self.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        corners = ((-5, 0), (5, 0), (5, 6), (0.5, 11), (-0.5, 11), (-5, 6))
        grip = [QPointF(x + 0.5 + dx, RANGE_PX + 1 + dy) for dx, dy in corners]
        painter.drawPolygon(QPolygonF(grip))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_hand(self, painter: QPainter) -> None:
        """Paint what a running drag shows: the snap line, the box, the note."""
        if self.guide is not None:
            painter.setPen(QPen(theme.colour(theme.KEY), 1, Qt.PenStyle.DotLine))
            x = round(self.guide)
            painter.drawLine(x, self.rows.ruler.height, x, self.height())
        if self.box is not None:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.setBrush(theme.colour(theme.ACCENT, 40))
            painter.drawRect(self.box)
        if self.note:
            self._paint_note(painter)

    def _paint_note(self, painter: QPainter) -> None:
        painter.setFont(theme.small_font(theme.number_font()))
        metrics = painter.fontMetrics()
        wide, high = metrics.horizontalAdvance(self.note) + 14, metrics.height() + 6
        x = min(self.note_at.x() + 14, self.width() - wide - 4)
        y = max(self.note_at.y() - high - 10, self.rows.ruler.height + 2.0)
        frame = QRectF(x, y, wide, high)
        painter.setPen(theme.colour(theme.LINE))
        painter.setBrush(theme.colour(theme.BUTTON, 235))
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        painter.setPen(theme.colour(theme.TEXT))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.note)

    def _strip(self, x: float) -> QRect:
        return QRect(round(x) - HEAD_PX, 0, 2 * HEAD_PX + 1, self.height())
