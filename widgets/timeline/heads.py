"""The column left of the lanes: their names; a click folds a curve or makes it active."""

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QRegion,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from widgets import theme
from widgets.timecode import timecode
from widgets.timeline.curve_lane import CurveLane
from widgets.timeline.editing import EditCanvas
from widgets.timeline.lanes import Lane

WIDTH = 148
FOLD_PX = 22


class Heads(QWidget):
    """Names beside the lanes of a canvas."""

    def __init__(self, canvas: EditCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Names of the lanes"))
        canvas.rows_changed.connect(self.refresh)
        canvas.chosen_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Paint the names again."""
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(WIDTH, self._canvas.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Say in a tool tip what a lane is for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            lane = self._canvas.lane_at(event.pos().y())
            QToolTip.showText(event.globalPos(), lane.hint if lane else "", self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        lane = self._canvas.lane_at(event.position().y())
        if not isinstance(lane, CurveLane):
            return
        self._canvas.show_active(lane)
        self._canvas.setFocus()
        if event.position().x() < FOLD_PX:
            self._canvas.fold_lane(lane)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        lane = self._canvas.lane_at(event.position().y())
        if isinstance(lane, CurveLane) and event.position().x() >= FOLD_PX:
            self._canvas.fold_lane(lane)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = self.lanes_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def lanes_menu(self) -> QMenu:
        """Return the menu in which lanes are shown and hidden, and all curves folded."""
        menu, canvas = QMenu(self), self._canvas
        for lane in canvas.rows.fixed:
            action = menu.addAction(lane.title)
            action.setCheckable(True)
            action.setChecked(lane not in canvas.rows.hidden)
            action.toggled.connect(partial(canvas.show_lane, lane))
        menu.addSeparator()
        menu.addAction(self.tr("Fold all curves"), partial(canvas.fold_all, True))
        menu.addAction(self.tr("Show all curves whole"), partial(canvas.fold_all, False))
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            self._paint(painter, event.region())

    def _paint(self, painter: QPainter, seen: QRegion) -> None:
        painter.fillRect(self.rect(), theme.colour(theme.WINDOW))
        rows, ruler = self._canvas.rows, self._canvas.rows.ruler.height
        painter.setClipRect(QRect(0, rows.head, self.width(), self.height()))
        for lane in rows.curves:
            top = self._canvas.top(lane)
            place = QRect(0, top, self.width(), lane.height)
            if top + lane.height > rows.head and seen.intersects(place):
                self._paint_head(painter, lane, place)
        painter.setClipping(False)
        for lane in rows.pinned[1:]:
            place = QRect(0, self._canvas.top(lane), self.width(), lane.height)
            if seen.intersects(place):
                self._paint_head(painter, lane, place)
        painter.setPen(theme.colour(theme.LINE))
        painter.drawLine(0, rows.head - 1, self.width(), rows.head - 1)
        self._paint_time(painter, ruler)
        painter.setPen(theme.colour(theme.DEEP))
        painter.drawLine(0, ruler - 1, self.width(), ruler - 1)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def _paint_head(self, painter: QPainter, lane: Lane, place: QRect) -> None:
        active = lane is self._canvas.active
        if active:
            painter.fillRect(place, theme.colour(theme.RAISED))
        chip = theme.colour(theme.DISABLED) if not lane.enabled else lane.colour
        painter.fillRect(QRect(place.left(), place.top(), 3, place.height() - 1), chip)
        painter.setPen(theme.colour(theme.DEEP))
        painter.drawLine(0, place.bottom(), self.width(), place.bottom())
        text = place.adjusted(FOLD_PX, 0, -theme.GAP, -1)
        name = theme.TEXT if active else theme.QUIET
        painter.setPen(theme.colour(name if lane.enabled else theme.DISABLED))
        painter.setFont(self.font())
        align = Qt.AlignmentFlag.AlignVCenter
        if isinstance(lane, CurveLane):
            self._paint_fold(painter, lane, place)
            if not lane.folded:
                text.setHeight(theme.ROW)
                self._paint_limits(painter, lane, place)
                painter.setPen(theme.colour(name if lane.enabled else theme.DISABLED))
                painter.setFont(self.font())
                text.setRight(text.right() - 26)
        title = painter.fontMetrics().elidedText(
            lane.title, Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(text, align | Qt.AlignmentFlag.AlignLeft, title)

    def _paint_time(self, painter: QPainter, ruler: int) -> None:
        if not len(self._canvas.axis.times):
            return
        painter.setFont(theme.number_font())
        painter.setPen(theme.colour(theme.TEXT))
        box = QRect(theme.GAP, 0, self.width() - 2 * theme.GAP, ruler - 1)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, align, timecode(self._canvas.axis.times, self._canvas.frame))
        painter.setPen(theme.colour(theme.FAINT))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(box, align, str(self._canvas.frame))

    def _paint_fold(self, painter: QPainter, lane: CurveLane, place: QRect) -> None:
        x, y = 12.0, place.top() + min(place.height(), theme.ROW) / 2
        shape = ((-2, -4), (3, 0), (-2, 4)) if lane.folded else ((-4, -2), (4, -2), (0, 3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(painter.pen().color())
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in shape]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_limits(self, painter: QPainter, lane: CurveLane, place: QRect) -> None:
        """Write the values of the lines behind the curve."""
        if lane.curve is None:
            return
        painter.setFont(theme.small_font(theme.number_font()))
        painter.setPen(theme.colour(theme.FAINT))
        high = painter.fontMetrics().height()
        for value in (lane.curve.low, 0.0, 1.0, lane.curve.high):
            if lane.curve.low <= value <= lane.curve.high:
                y = place.top() + lane.y(value) - high / 2
                y = min(max(y, place.top() + 1.0), place.bottom() - high)
                box = QRectF(place.right() - 46, y, 40, high)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{value:g}")
