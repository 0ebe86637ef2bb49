"""Where a picture lies in a panel: zoom, pan, and the way between pixels and the screen."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize

SMALLEST, LARGEST = 0.1, 16.0  # screen pixels per pixel of the picture


@dataclass(frozen=True)
class Place:
    """A picture of `size` pixels seen through `panel`, a rectangle of the widget.

    centre : the pixel of the picture in the middle of the panel. scale : widget units per
    pixel of the picture.
    """

    panel: QRectF
    size: QSize
    centre: QPointF
    scale: float

    def to_widget(self, at: QPointF) -> QPointF:
        """Return where the pixel position `at` of the picture lies in the widget."""
        return self.panel.center() + (at - self.centre) * self.scale

    def to_picture(self, at: QPointF) -> QPointF:
        """Return the pixel position of the picture under the widget position `at`."""
        return (at - self.panel.center()) / self.scale + self.centre

    @property
    def target(self) -> QRectF:
        """Return the whole picture in widget units; it may reach beyond the panel."""
        corner = self.to_widget(QPointF(0, 0))
        return QRectF(
            corner.x(),
            corner.y(),
            self.size.width() * self.scale,
            self.size.height() * self.scale,
        )


def fit_scale(panel: QRectF, size: QSize) -> float:
    """Return widget units per pixel with which the whole picture fills the panel."""
    return max(min(panel.width() / size.width(), panel.height() / size.height()), 1e-3)


def kept_inside(panel: QRectF, size: QSize, centre: QPointF, scale: float) -> QPointF:
    """Return `centre` moved so that no more than needed of the panel stays empty."""

    def one(c: float, length: int, room: float) -> float:
        half = room / scale / 2
        return length / 2 if half * 2 >= length else min(max(c, half), length - half)

    return QPointF(
        one(centre.x(), size.width(), panel.width()),
        one(centre.y(), size.height(), panel.height()),
    )


def halves(area: QRectF, size: QSize, gap: float) -> tuple[QRectF, QRectF]:
    """Return two panels, beside or above each other, whichever shows the picture larger."""
    w, h = (area.width() - gap) / 2, (area.height() - gap) / 2
    beside = QRectF(area.left(), area.top(), w, area.height())
    above = QRectF(area.left(), area.top(), area.width(), h)
    if fit_scale(beside, size) >= fit_scale(above, size):
        return beside, beside.translated(w + gap, 0)
    return above, above.translated(0, h + gap)
