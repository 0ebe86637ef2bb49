"""What the thread of the preview keeps and does: the open clip, its proxy, the look ahead."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.arrays import Rgb
from core.errors import MediaError
from core.project import Project
from studio.cache import PictureCache

if TYPE_CHECKING:  # the renderer is imported by the lane, not before the window is there
    from core.media.proxy import Proxy
    from core.media.video import FrameReader
    from studio.shots import Scene

_FULL = 0.85  # of the cache: looking ahead stops here, so that it never evicts its own work
_NEAR = 3  # frames on from the last one decoded that come without a seek
_SLOW = 0.05  # seconds: who edits a frame that takes longer is shown a small one first


class Lane:
    """Makes pictures of one document after the other. Used by one thread."""

    def __init__(self, cache: PictureCache) -> None:
        self.scene: Scene | None = None
        self.broken: Project | None = None
        self._cache = cache
        self._reader: FrameReader | None = None
        self._at = -1  # the last frame that was decoded
        self._proxy: Proxy | None = None
        self._news = -1  # up to which news of proxies was looked at
        self._ahead: Iterator[int] | None = None
        self._warm = False
        self._cost = 0.0  # seconds an edited frame takes of late

    def derive(self, project: Project, picture: str = "") -> "Scene":
        """Return the scene of the document, opening its clip if need be.

        picture : the renderer of a plug-in that draws it, "" is ours.
        """
        from core import engine
        from core.media.video import FrameReader
        from studio.shots import scene_of

        scene = self.scene
        if scene is None or scene.project.clips[0] is not project.clips[0]:
            self.close()
            scene = None
            info = engine.source(project.clips[0])
            self._reader = FrameReader(info.path, info, threads="SLICE")
        else:
            info = scene.info
        self.scene = scene_of(project, info, scene, picture)
        self._warm = not self.scene.faces or all(f.renderer for f in self.scene.faces)
        return self.scene

    def make(self, frame: int) -> tuple[Rgb, Rgb]:
        """Return the frame as filmed and as edited."""
        scene, reader = self.scene, self._reader
        assert scene is not None
        assert reader is not None
        before = self._cache.get(filmed(scene, frame))
        if before is None:
            before = reader.at(frame).rgb
            self._at = frame
            self._cache.put(filmed(scene, frame), before)
        after = self._cache.get(scene.keys[frame])
        if after is None:
            began = time.perf_counter()
            after = scene.picture(frame, before)
            self._cache.put(scene.keys[frame], after)
            self._cost += 0.3 * (time.perf_counter() - began - self._cost)
        return before, after

    def slow(self, frame: int) -> bool:
        """Return whether the frame will be long in coming, so that a small one helps."""
        scene = self.scene
        assert scene is not None
        if scene.keys[frame] in self._cache and filmed(scene, frame) in self._cache:
            return False
        if filmed(scene, frame) not in self._cache and not 0 <= frame - self._at <= _NEAR:
            return True
        return bool(scene.shots) and self._cost > _SLOW

    def small(self, frame: int, news: int) -> tuple[Rgb, Rgb] | None:
        """Return a small frame as filmed and as edited; None if that is no quicker.

        news : a number that changes when there may be a proxy.
        """
        scene = self.scene
        assert scene is not None
        if scene.plugged:  # a plug-in is promised pictures of the clip's own size
            return None
        before = self._filmed_small(scene, frame, news)
        return None if before is None else (before, scene.small_picture(frame, before))

    def begin_ahead(self, frame: int) -> None:
        """Look ahead from `frame` on, round to it."""
        count = len(self.scene.keys) if self.scene else 0
        self._ahead = iter([*range(frame, count), *range(min(frame, count))])

    def more(self) -> bool:
        """Return whether there is anything to look ahead at."""
        return self.scene is not None and (not self._warm or self._ahead is not None)

    def ahead(self) -> None:
        """Make one frame, or what a first edit will need, before it is asked for."""
        from studio.shots import warmed

        scene = self.scene
        if scene is None:
            return
        if not self._warm:
            self._warm = True
            self.scene = warmed(scene)
            return
        for frame in self._ahead or ():
            if self._cache.used > _FULL * self._cache.limit:
                break
            if filmed(scene, frame) not in self._cache or scene.keys[frame] not in self._cache:
                self.make(frame)
                return
        self._ahead = None

    def close(self) -> None:
        """Let go of the clip."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
            self._reader = None
        if self._proxy is not None:
            self._proxy.__exit__(None, None, None)
            self._proxy = None
        self.scene = self._ahead = None
        self._warm = False
        self._at = self._news = -1

    def _filmed_small(self, scene: "Scene", frame: int, news: int) -> Rgb | None:
        import cv2
        import numpy as np

        from core.media.proxy import open_proxy

        whole = self._cache.get(filmed(scene, frame))
        if whole is not None:
            small = cv2.resize(whole, scene.small_size, interpolation=cv2.INTER_AREA)
            return np.asarray(small, np.uint8)
        if self._proxy is None and news != self._news:
            self._news = news
            self._proxy = open_proxy(scene.info)
        if self._proxy is None:
            return None
        try:
            return self._proxy.at(frame)
        except MediaError:  # damaged: the clip itself is there
            self._proxy.discard()
            self._proxy = None
            return None


def filmed(scene: "Scene", frame: int) -> tuple[str, int, str]:
    """Return the name of a frame as it was filmed."""
    return scene.info.digest, frame, "filmed"
