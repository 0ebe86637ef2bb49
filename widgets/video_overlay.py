# pyright: reportUnknownMemberType=false
"""What is drawn over a frame: landmarks, the wire between them, confidence, face boxes."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from core.arrays import Float, Ints, check
from widgets import theme
from widgets.picture_place import Place

LANDMARKS, WIRE, CONFIDENCE = "landmarks", "wire", "confidence"
SURE, DOUBTFUL = 0.75, 0.45  # above: good; below: bad
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the frame


@dataclass(frozen=True, eq=False)
class Overlay:
    """Points (L, 2) px of the frame, triangles (T, 3) between them, confidence 0..1.

    confidence : one number for the face, or (L,) for each point.
    """

    points: Float | None = None
    edges: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    confidence: float | Float | None = None

    @property
    def sure(self) -> float | None:
        """Return the confidence of the face as one number."""
        return None if self.confidence is None else float(np.mean(self.confidence))


def edges_of(triangles: Ints | None) -> Ints:
    """Return (K, 2) the edges of (T, 3) triangles, each once."""
    if triangles is None or not len(triangles):
        return np.zeros((0, 2), np.int32)
    check(triangles, "T 3")
    both = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(both, 1), axis=0)


def lines_path(ends: Float) -> QPainterPath:
    """Return the lines between (K, 2, 2) points; a path paints far faster than K lines."""
    count = 2 * len(ends)
    body = np.zeros(count, np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")]))
    body["kind"][1::2] = 1  # move, line, move, line: the form in which Qt stores a path
    body["x"], body["y"] = ends.reshape(-1, 2).T
    head, tail = np.array([count], ">i4"), np.zeros(2, ">i4")
    path = QPainterPath()
    if count:
        stream = QDataStream(QByteArray(head.tobytes() + body.tobytes() + tail.tobytes()))
        stream >> path  # pyright: ignore[reportUnusedExpression]
    return path


def trust_colour(sure: float, alpha: int = 255) -> QColor:
    """Return green, amber or red for a confidence of 0..1."""
    name = theme.GOOD if sure >= SURE else theme.WARN if sure >= DOUBTFUL else theme.BAD
    return theme.colour(name, alpha)


def paint_overlay(painter: QPainter, place: Place, overlay: Overlay, shown: set[str]) -> None:
    """Paint the parts of `overlay` named in `shown` over the picture at `place`."""
    if overlay.points is None or not len(overlay.points):
        return
    origin = place.to_widget(QPointF(0, 0))
    at = np.asarray(overlay.points, np.float64)[:, :2] * place.scale
    at = at + np.array([origin.x(), origin.y()])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if WIRE in shown and len(overlay.edges):
        painter.setPen(QPen(theme.colour(theme.SPEECH, 170), 1))
        painter.drawPath(lines_path(at[overlay.edges]))
    if LANDMARKS in shown:
        _paint_points(painter, at, overlay, CONFIDENCE in shown)
    if CONFIDENCE in shown and overlay.sure is not None:
        _paint_confidence(painter, at, overlay.sure)


def _paint_points(painter: QPainter, at: Float, overlay: Overlay, by_trust: bool) -> None:
    each = np.asarray(overlay.confidence if overlay.confidence is not None else 1.0)
    each = np.broadcast_to(each, len(at)) if each.ndim == 0 else each
    bands = np.digitize(each, [DOUBTFUL, SURE]) if by_trust else np.full(len(at), 3)
    names = (theme.BAD, theme.WARN, theme.GOOD, theme.TEXT)
    for band, name in enumerate(names):
        some = at[bands == band]
        if len(some):
            pen = QPen(theme.colour(name, 220), 2.2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPath(lines_path(np.stack([some, some + np.array([0.01, 0])], 1)))


def _paint_confidence(painter: QPainter, at: Float, sure: float) -> None:
    (x0, y0), (x1, y1) = at.min(0) - 8, at.max(0) + 8
    frame = QRectF(x0, y0, x1 - x0, y1 - y0)
    painter.setPen(QPen(trust_colour(sure, 210), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
    label = f"{sure * 100:.0f} %"
    paint_chip(painter, QPointF(x0, y0 - chip_height(painter) - 3), label, trust_colour(sure))


def paint_faces(
    painter: QPainter, place: Place, boxes: list[Box], chosen: int, hovered: int
) -> None:
    """Paint a frame around each face; the chosen one and the one under the mouse stand out."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for i, box in enumerate(boxes):
        corner = place.to_widget(QPointF(box[0], box[1]))
        frame = QRectF(corner, place.to_widget(QPointF(box[2], box[3])))
        name = theme.ACCENT if i == chosen else theme.TEXT
        strong = i in (chosen, hovered)
        painter.setPen(QPen(theme.colour(name, 235 if strong else 110), 2 if strong else 1.2))
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        top = corner - QPointF(0, chip_height(painter) + 3)
        paint_chip(painter, top, str(i + 1), theme.colour(name))


def chip_height(painter: QPainter) -> float:
    """Return how high a chip is in the painter's font."""
    return QFontMetricsF(painter.font()).height() + theme.SMALL


def chip_width(painter: QPainter, text: str) -> float:
    """Return how wide a chip with `text` is."""
    return QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * theme.GAP


def paint_chip(painter: QPainter, corner: QPointF, text: str, ink: QColor) -> None:
    """Paint a small dark label whose upper left corner is `corner`."""
    box = QRectF(corner.x(), corner.y(), chip_width(painter, text), chip_height(painter))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.DEEP, 190))
    painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
