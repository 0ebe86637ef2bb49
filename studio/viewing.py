"""Where the user looks: playhead, face, range, loop. Not part of the document, not undone."""

from PySide6.QtCore import QObject, Signal


class Viewing(QObject):
    """Frame, take, in and out point and loop of the clip on screen."""

    frame_changed = Signal(int)
    take_changed = Signal(int)
    range_changed = Signal(int, int)  # first and last frame, both inside
    loop_changed = Signal(bool)
    layer_changed = Signal(int)  # which layer of the take is looked at, -1 for none
    picture_changed = Signal(str)  # the renderer of a plug-in, "" is ours

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._frame = 0
        self._take = 0
        self._range = (0, 0)
        self._loop = True
        self._layer = -1
        self._picture = ""

    @property
    def count(self) -> int:
        """Return how many frames the clip has."""
        return self._count

    @property
    def frame(self) -> int:
        """Return the frame at the playhead."""
        return self._frame

    @property
    def take(self) -> int:
        """Return the index of the face that is edited."""
        return self._take

    @property
    def range(self) -> tuple[int, int]:
        """Return the in and the out point, both inside."""
        return self._range

    @property
    def loop(self) -> bool:
        """Return whether playing starts over at the out point."""
        return self._loop

    @property
    def layer(self) -> int:
        """Return which layer of the take is looked at, -1 for none."""
        return self._layer

    @property
    def picture(self) -> str:
        """Return the name of the plug-in renderer that draws the video, "" is ours."""
        return self._picture

    def choose_layer(self, index: int) -> None:
        """Look at another layer."""
        if index != self._layer:
            self._layer = index
            self.layer_changed.emit(index)

    def choose_picture(self, name: str) -> None:
        """Let another renderer draw the video."""
        if name != self._picture:
            self._picture = name
            self.picture_changed.emit(name)

    @property
    def whole(self) -> bool:
        """Return whether the range is the whole clip."""
        return self._range == (0, max(0, self._count - 1))

    def begin(self, count: int) -> None:
        """Look at a clip of `count` frames from its start."""
        self._count, self._frame, self._take = count, 0, 0
        self._range = (0, max(0, count - 1))
        self.range_changed.emit(*self._range)
        self.take_changed.emit(0)
        self.frame_changed.emit(0)

    def go(self, frame: int) -> None:
        """Put the playhead on `frame`, or on the nearest there is."""
        frame = max(0, min(int(frame), self._count - 1))
        if frame != self._frame:
            self._frame = frame
            self.frame_changed.emit(frame)

    def step(self, by: int) -> None:
        """Move the playhead by a number of frames."""
        self.go(self._frame + by)

    def choose(self, take: int) -> None:
        """Choose the face that is edited."""
        if take != self._take and take >= 0:
            self._take = take
            self.take_changed.emit(take)

    def set_range(self, first: int, last: int) -> None:
        """Set the in and the out point; they change places if need be."""
        end = max(0, self._count - 1)
        a, b = sorted((max(0, min(first, end)), max(0, min(last, end))))
        if (a, b) != self._range:
            self._range = (a, b)
            self.range_changed.emit(a, b)

    def set_loop(self, on: bool) -> None:
        """Set whether playing starts over at the out point."""
        if on != self._loop:
            self._loop = on
            self.loop_changed.emit(on)
