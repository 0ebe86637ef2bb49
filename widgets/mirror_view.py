"""A small picture of oneself as in a mirror, with the points that are followed."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Float, Rgb
from widgets import theme
from widgets.picture_pair import image_of


class MirrorView(QWidget):
    """Paints a picture with left and right changed; shows what it is given, emits nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The camera, as in a mirror"))
        self._image = QImage()
        self._points: Float | None = None
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_picture(self, rgb: Rgb | None, points: Float | None = None) -> None:
        """Show (H, W, 3) uint8 and (L, 2) points in its pixels, none of it mirrored yet."""
        self._image = QImage() if rgb is None else image_of(rgb[:, ::-1])
        self._points = None
        if rgb is not None and points is not None:
            self._points = np.stack([rgb.shape[1] - points[:, 0], points[:, 1]], 1)
        self.update()

    def show_text(self, text: str) -> None:
        """Show words where there is no picture."""
        self._text = text
        self.update()

    @property
    def image(self) -> QImage:
        """Return the mirrored picture, a null one if there is none."""
        return self._image

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return round(width * 9 / 16)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(320, 180)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.DEEP))
        if self._image.isNull():
            painter.setPen(theme.colour(theme.FAINT))
            inside = self.rect().adjusted(theme.WIDE, 0, -theme.WIDE, 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inside, flags, self._text)
            return
        w, h = self._image.width(), self._image.height()
        scale = min(self.width() / w, self.height() / h)
        left, top = (self.width() - w * scale) / 2, (self.height() - h * scale) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, top, w * scale, h * scale), self._image)
        if self._points is not None:
            painter.setPen(QPen(theme.colour(theme.EDITED, 170), 1.5))
            painter.drawPoints(
                [QPointF(left + x * scale, top + y * scale) for x, y in self._points.tolist()]
            )
