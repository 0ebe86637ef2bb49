"""The scale of the heat map: which colour is how many millimetres."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme

WIDTH, HEIGHT, STRIP = 76, 168, 10


class HeatLegend(QWidget):
    """A strip of colours from 0 to a number of mm."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = 1.0
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Scale of the edit in millimetres"))

    def show_limit(self, limit: float) -> None:
        """Show `limit` mm at the hot end."""
        if limit != self._limit:
            self._limit = limit
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small_font(self.font()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.DEEP, 190))
        painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        strip = QRectF(theme.GAP, theme.WIDE, STRIP, HEIGHT - 2 * theme.WIDE)
        blend = QLinearGradient(strip.bottomLeft(), strip.topLeft())
        for i, name in enumerate(theme.HEAT):
            blend.setColorAt(i / (len(theme.HEAT) - 1), theme.colour(name))
        painter.setBrush(blend)
        painter.drawRoundedRect(strip, 2, 2)
        painter.setPen(theme.colour(theme.TEXT))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for share in (0.0, 0.5, 1.0):
            y = strip.bottom() - share * strip.height()
            box = QRectF(strip.right() + theme.SMALL + 2, y - 8, 60, 16)
            text = f"{share * self._limit:g}" + (self.tr(" mm") if share else "")
            painter.drawText(box, side, text)
