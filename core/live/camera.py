"""Cameras: which there are, and their pictures as they come. A video file can stand in."""

import sys
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2

from core.arrays import Rgb
from core.errors import MediaError
from core.media.probe import probe
from core.media.video import Picture, frames

DEVICES = Path("/sys/class/video4linux")
GUESSED = 3  # cameras looked for where the system does not list them
BEHIND = 0.4  # seconds a file may fall behind before it begins to play later
DEAF = 2.0  # seconds without a picture after which a camera is given up


@dataclass(frozen=True)
class Device:
    """A camera of this machine: `index` as OpenCV counts, `title` as the system calls it."""

    index: int
    title: str


@dataclass(frozen=True, eq=False)
class Caught:
    """A picture (H, W, 3) uint8, and when it was caught, in nanoseconds of a steady clock."""

    rgb: Rgb
    at: int


class Source(Protocol):
    """Where pictures come from. `read` waits for the next one; None is the end."""

    title: str

    def read(self) -> Caught | None:
        """Return the next picture; None where there will be no more."""
        ...

    def wake(self) -> None:
        """Let a `read` that waits on another thread return soon."""
        ...

    def close(self) -> None:
        """Let go of the camera."""
        ...


def devices() -> list[Device]:
    """Return the cameras of this machine; may take a moment where they must be tried."""
    if sys.platform.startswith("linux"):
        return list(_listed())
    found: list[Device] = []
    for index in range(GUESSED):
        capture = _opened(index)
        if capture is None:
            break
        capture.release()
        found.append(Device(index, f"Camera {index + 1}"))
    return found


def _listed() -> Iterator[Device]:
    try:
        nodes = sorted(DEVICES.iterdir(), key=lambda p: int(p.name.removeprefix("video")))
    except (OSError, ValueError):
        return
    for node in nodes:
        try:  # a camera has several nodes; pictures come from its first
            if (node / "index").read_text().strip() == "0":
                title = (node / "name").read_text().strip()
                yield Device(int(node.name.removeprefix("video")), title or node.name)
        except OSError:
            continue


class Webcam:
    """A camera of this machine."""

    def __init__(self, device: Device) -> None:
        capture = _opened(device.index)
        if capture is None:
            raise MediaError(
                f"The camera cannot be opened; is another program using it? {device.title}"
            )
        self.title = device.title
        self._capture = capture
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._stop = False

    def read(self) -> Caught | None:
        """Return the next picture; None when the camera was unplugged."""
        began = time.monotonic()
        while not self._stop and time.monotonic() - began < DEAF:
            there = self._capture.grab()
            at = time.monotonic_ns()
            if there:
                there, bgr = self._capture.retrieve()
                if there:
                    return Caught(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), at)  # type: ignore[arg-type]
            time.sleep(0.005)
        return None

    def wake(self) -> None:
        """Let `read` return."""
        self._stop = True

    def close(self) -> None:
        """Let go of the camera."""
        self._capture.release()


class Standin:
    """A video file in place of a camera, played at its own pace, over and over.

    Like a camera it waits for nobody: who reads too slowly misses pictures.
    """

    def __init__(self, path: Path) -> None:
        self.title = path.name
        self.missed = 0
        self._info = probe(path)
        self._start = time.monotonic_ns()  # when its first frame was due, in this round
        self._stop = threading.Event()
        self._line = self._pictures()

    def read(self) -> Caught | None:
        """Return the next picture when its time has come."""
        times = self._info.times
        for picture in self._line:
            at = self._start + round(times.moment(picture.index) * 10**9)
            late = time.monotonic_ns() - at
            if late > BEHIND * 1e9:  # this machine cannot keep up: go on from here
                self._start, at = self._start + late, at + late
            elif late > 2e9 / times.rate():
                self.missed += 1
                continue
            rgb = picture.rgb
            early = at - time.monotonic_ns()
            if early > 0:
                self._stop.wait(early / 1e9)
            return None if self._stop.is_set() else Caught(rgb, at)
        return None

    def wake(self) -> None:
        """Let `read` return."""
        self._stop.set()

    def close(self) -> None:
        """Let go of the file."""
        self._line.close()

    def _pictures(self) -> Generator[Picture]:
        times = self._info.times
        whole = round((times.moment(len(times) - 1) + 1 / times.rate()) * 10**9)
        while not self._stop.is_set():
            yield from frames(self._info.path, self._info)
            self._start += whole


def _opened(index: int) -> Any:
    """Return OpenCV's capture, None where there is no such camera; it keeps silent."""
    logging: Any = cv2.utils.logging  # its own way of saying so goes to stderr
    before = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        capture = cv2.VideoCapture(index)
    finally:
        logging.setLogLevel(before)
    if capture.isOpened():
        return capture
    capture.release()
    return None
