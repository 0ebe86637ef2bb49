"""One of the 52 shapes as a row: name, slider, filmed and edited value, key and switches."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QToolTip, QWidget

from widgets import theme
from widgets.sliders import GestureSlider

HEIGHT = 38
LEAST = 0.002  # a change of a coefficient that is worth painting
_NAME = 148
_NUMBER = 44
_MARK = 18
MARKS = ("key", "mute", "solo", "lock")


@dataclass(frozen=True)
class ShapeState:
    """What a row shows besides values. offset : -1..1, what the user adds. keyed : whether
    its offset has keys, here : whether one lies at the playhead. drivers : the layers that
    move the shape. own : whether there is an offset to mute.
    """

    offset: float = 0.0
    own: bool = False
    muted: bool = False
    solo: bool = False
    locked: bool = False
    keyed: bool = False
    here: bool = False
    drivers: tuple[str, ...] = ()


class ShapeRow(QWidget):
    """A row of the coefficient panel; painted, so that 52 of them cost little.

    `offset_wished(shape, amount, gesture)`, amount -1..1; `mark_wished(shape, mark)` with one
    of "key", "mute", "solo", "lock", by its mark or the context menu.
    """

    offset_wished = Signal(str, float, str)
    mark_wished = Signal(str, str)

    def __init__(self, shape: str, colour: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shape = shape
        self._colour = colour
        self._state = ShapeState()
        self._filmed = self._edited = 0.0
        self._field: QLineEdit | None = None
        self.slider = GestureSlider(shape, -1, 1, 0, self)
        self.slider.show_colour(colour)
        self.slider.wished.connect(self._on_slider_wished)
        self.setAccessibleName(shape)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(116 + 70 + _NUMBER + len(MARKS) * _MARK + theme.GAP)

    @property
    def state(self) -> ShapeState:
        """Return what it shows."""
        return self._state

    def show_values(self, filmed: float, edited: float) -> None:
        """Show the coefficient as filmed and as edited; emits nothing."""
        if abs(filmed - self._filmed) > LEAST or abs(edited - self._edited) > LEAST:
            moved = self._moved
            self._filmed, self._edited = filmed, edited
            if self._moved == moved:  # name and switches stay as they are
                self.update(self._number().toAlignedRect())
                self.update(self._line().adjusted(-1, -2, 1, 2).toAlignedRect())
            else:
                self.update()

    def show_state(self, state: ShapeState) -> None:
        """Show offset, key and switches; emits nothing."""
        if state != self._state:
            self._state = state
            self.slider.show_value(state.offset)
            self.slider.setEnabled(not state.locked)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.minimumWidth() + 60, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.slider.setGeometry(self._bar().adjusted(-5, -3, 5, 0).toRect())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        mark = self._mark_at(event.position())
        if mark and event.button() == Qt.MouseButton.LeftButton and self._can(mark):
            self.mark_wished.emit(self.shape, mark)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._number().contains(event.position()) and not self._state.locked:
            self._type_number()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = QMenu(self)
        for mark, text in self._texts().items():
            action = QAction(text, menu)
            action.setEnabled(self._can(mark))
            action.triggered.connect(
                lambda _=False, mark=mark: self.mark_wished.emit(self.shape, mark)
            )
            menu.addAction(action)
        menu.addSeparator()
        for text, call in (
            (self.tr("Type a number…"), self._type_number),
            (self.tr("Reset"), self.slider.reset),
        ):
            action = QAction(text, menu)
            action.setEnabled(not self._state.locked)
            action.triggered.connect(call)
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)  # pyright: ignore[reportArgumentType] - any event of Qt's

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 3, 3, HEIGHT - 6), self._colour)
        seen = event.region()
        if seen.intersects(QRect(0, 0, self._name_width() - 4, HEIGHT)):
            self._paint_words(painter)
        self._paint_numbers(painter)
        self._paint_value(painter)
        for i, mark in enumerate(MARKS):
            place = self._mark_place(i)
            if seen.intersects(place.adjusted(1, 1, -1, -1).toAlignedRect()):
                self._paint_mark(painter, mark, place)

    @property
    def _moved(self) -> bool:
        return abs(self._edited - self._filmed) > LEAST

    def _paint_words(self, painter: QPainter) -> None:
        flag, state, width = Qt.AlignmentFlag, self._state, self._name_width() - 14
        painter.setPen(QColor(theme.TEXT if self._moved or state.own else theme.QUIET))
        # Both ends of a name count, so it becomes smaller before it is cut.
        if painter.fontMetrics().horizontalAdvance(self.shape) > width:
            painter.setFont(theme.small_font(self.font()))
        name = painter.fontMetrics().elidedText(self.shape, Qt.TextElideMode.ElideMiddle, width)
        top = QRectF(10, 3, width, 18 if state.drivers else HEIGHT - 6)
        painter.drawText(top, flag.AlignLeft | flag.AlignVCenter, name)
        if state.drivers:
            painter.setFont(theme.small_font(self.font()))
            painter.setPen(QColor(theme.FAINT))
            said = painter.fontMetrics().elidedText(
                " · ".join(state.drivers), Qt.TextElideMode.ElideRight, width
            )
            painter.drawText(
                QRectF(10, 19, width, 15), flag.AlignLeft | flag.AlignVCenter, said
            )

    def _paint_numbers(self, painter: QPainter) -> None:
        flag, state, number = Qt.AlignmentFlag, self._state, self._number()
        painter.setFont(theme.number_font())
        painter.setPen(QColor(theme.EDITED if state.offset else theme.FAINT))
        painter.drawText(
            number,
            flag.AlignRight | flag.AlignTop,
            f"{state.offset:+.2f}" if state.own else "0",
        )
        painter.setPen(QColor(theme.QUIET))
        painter.drawText(
            number, flag.AlignRight | flag.AlignBottom, f"{round(self._edited, 2) + 0.0:.2f}"
        )

    def _paint_value(self, painter: QPainter) -> None:
        """The thin line: how strong the shape is, and a tick where it was filmed."""
        line = self._line()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.DEEP))
        painter.drawRect(line)
        painter.setBrush(theme.colour(self._colour.name(), 170))
        share = min(1.0, max(0.0, self._edited))
        painter.drawRect(QRectF(line.left(), line.top(), share * line.width(), 4))
        painter.setBrush(QColor(theme.TEXT))
        at = line.left() + min(1.0, max(0.0, self._filmed)) * line.width()
        painter.drawRect(QRectF(at - 0.75, line.top() - 2, 1.5, 8))

    def _paint_mark(self, painter: QPainter, mark: str, place: QRectF) -> None:
        on = self._is_on(mark)
        box = place.adjusted(2, 2, -2, -2)
        faint = QColor(theme.QUIET if self._can(mark) else theme.LINE)
        painter.setPen(Qt.PenStyle.NoPen)
        if mark == "key":
            middle, r = box.center(), 5.0
            corners = [QPointF(0, -r), QPointF(r, 0), QPointF(0, r), QPointF(-r, 0)]
            painter.setPen(QPen(QColor(theme.KEY if self._state.keyed else faint), 1.3))
            painter.setBrush(QColor(theme.KEY) if on else Qt.BrushStyle.NoBrush)
            painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
            return
        lit = {"mute": theme.BAD, "solo": theme.WARN, "lock": theme.ACCENT}[mark]
        if on:
            painter.setBrush(QColor(lit))
            painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(theme.DEEP) if on else faint)
        painter.setFont(theme.small_font(self.font()))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark[0].upper())

    def _is_on(self, mark: str) -> bool:
        state = self._state
        on = {"key": state.here, "mute": state.muted, "solo": state.solo, "lock": state.locked}
        return on[mark]

    def _can(self, mark: str) -> bool:
        if mark == "lock":
            return True
        return not self._state.locked if mark == "key" else self._state.own

    def _texts(self) -> dict[str, str]:
        state = self._state
        return {
            "key": self.tr("Set a key at the playhead"),
            "mute": self.tr("Unmute") if state.muted else self.tr("Mute its offset"),
            "solo": self.tr("End solo") if state.solo else self.tr("Solo: no other offsets"),
            "lock": self.tr("Unlock") if state.locked else self.tr("Lock"),
        }

    def _tip(self, at: QPointF) -> str:
        mark = self._mark_at(at)
        if mark:
            return self._texts()[mark]
        lines = [
            self.shape,
            self.tr("filmed {filmed:.2f}, edited {edited:.2f}").format(
                filmed=self._filmed, edited=self._edited
            ),
        ]
        if self._state.drivers:
            lines.append(
                self.tr("driven by {names}").format(names=_joined(self._state.drivers))
            )
        return "\n".join(lines)

    def _type_number(self) -> None:
        field = QLineEdit(f"{self._state.offset:.2f}", self)
        field.setAccessibleName(self.tr("Offset of {shape}").format(shape=self.shape))
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setGeometry(self._number().adjusted(-12, -2, 4, 2).toRect())
        field.returnPressed.connect(self._on_field_returned)
        field.editingFinished.connect(self._close_field)
        field.selectAll()
        field.show()
        field.setFocus()
        self._field = field

    def _on_field_returned(self) -> None:
        if self._field is None:
            return
        try:
            value = float(self._field.text().replace(",", "."))
        except ValueError:
            return
        self.slider.wish(value)

    def _close_field(self) -> None:
        field, self._field = self._field, None
        if field is not None:
            field.deleteLater()

    def _on_slider_wished(self, amount: float, gesture: str) -> None:
        self.offset_wished.emit(self.shape, amount, gesture)

    def _bar(self) -> QRectF:
        right = _NUMBER + len(MARKS) * _MARK + 2 * theme.GAP
        left = self._name_width()
        return QRectF(left, 5, max(40, self.width() - left - right), 18)

    def _line(self) -> QRectF:
        bar = self._bar()
        return QRectF(bar.left(), HEIGHT - 11, bar.width(), 4)

    def _name_width(self) -> int:
        return max(116, min(_NAME, round(0.4 * self.width())))

    def _number(self) -> QRectF:
        right = len(MARKS) * _MARK + theme.SMALL
        return QRectF(self.width() - right - _NUMBER, 4, _NUMBER, HEIGHT - 8)

    def _mark_place(self, i: int) -> QRectF:
        left = self.width() - (len(MARKS) - i) * _MARK
        return QRectF(left, (HEIGHT - _MARK) / 2, _MARK, _MARK)

    def _mark_at(self, at: QPointF) -> str:
        return next((m for i, m in enumerate(MARKS) if self._mark_place(i).contains(at)), "")


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names)
