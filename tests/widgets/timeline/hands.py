"""What a user does to the timeline, and a studio that grants every wish."""

from fractions import Fraction

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from core.expression.keyframes import Envelope
from core.expression.layers import Emotion, Offset, Smooth
from core.times import Times

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TIMES = Times.steady(200, Fraction(25))
CURVE = Envelope.of((0, 0), (2, 1), (4, 0.5), (6, 0))
LAYERS = (Emotion("happy", CURVE), Smooth(), Offset("jawOpen", Envelope.constant(0.25)))


class Answer:
    """A studio that grants every wish, and remembers all of them."""

    def __init__(self, view, layers):
        self.view, self.layers = view, layers
        self.layer_wishes, self.frames, self.ranges, self.markers = [], [], [], []
        view.layer_wished.connect(self.layer)
        view.frame_wished.connect(self.frame)
        view.range_wished.connect(lambda a, b: self.ranges.append((a, b)))
        view.marker_wished.connect(self.markers.append)

    def layer(self, index, layer, gesture):
        self.layer_wishes.append((index, layer, gesture))
        self.layers = (*self.layers[:index], layer, *self.layers[index + 1 :])
        self.view.show_layers(self.layers)

    def frame(self, frame):
        self.frames.append(frame)
        self.view.show_frame(frame)

    def points(self, index=0):
        return [(float(k.time), k.value) for k in self.layers[index].amount.keys]


def mouse(view, kind, at, keys=NONE, button=LEFT):
    canvas = view.canvas
    event = QMouseEvent(
        kind, at, QPointF(canvas.mapToGlobal(at.toPoint())), button, button, keys
    )
    QApplication.sendEvent(canvas, event)


def drag(view, *path, keys=NONE):
    mouse(view, QEvent.Type.MouseButtonPress, path[0], keys)
    for at in path[1:]:
        mouse(view, QEvent.Type.MouseMove, at, keys)
    mouse(view, QEvent.Type.MouseButtonRelease, path[-1], keys)


def spot(view, key, lane=0):
    one = view.canvas.rows.curves[lane]
    return one.spot(view.canvas.axis, one.curve.envelope.keys[key]) + QPointF(
        0, view.canvas.top(one)
    )


def place(view, seconds, value, lane=0):
    one = view.canvas.rows.curves[lane]
    return QPointF(view.canvas.axis.x(seconds), one.y(value) + view.canvas.top(one))
