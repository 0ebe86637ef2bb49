"""Half-size stand-ins of the clip for scrubbing: made beside all other work, once a clip."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from core.jobs import Ticket
from studio.jobs import Job, Jobs
from studio.preview import Preview

if TYPE_CHECKING:
    from core.media.probe import VideoInfo
    from studio.shots import Scene


LATER = 1500  # ms after its first picture, when the clip has been opened


class Proxies(QObject):
    """Sees to it that the clip on screen gets a proxy, and tells the preview of it."""

    wanted = True

    def __init__(self, jobs: Jobs, preview: Preview, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._preview = jobs, preview
        self._job: Job | None = None
        self._digest = ""
        self._info: VideoInfo | None = None  # of the clip that gets a proxy soon
        self._wait = QTimer(self, singleShot=True, interval=LATER)
        self._wait.timeout.connect(self._begin)
        preview.scene_changed.connect(self._on_preview_scene_changed)

    def forget(self) -> None:
        """Stop making the proxy of a clip that is not looked at any more."""
        self._digest = ""
        self._wait.stop()
        if self._job is not None and not self._job.over:
            self._jobs.cancel(self._job)
        self._job = None

    def _on_preview_scene_changed(self, scene: "Scene") -> None:
        if scene.info.digest == self._digest or not self.wanted:
            return
        from core.media.proxy import place_of, worth

        self.forget()
        self._digest = scene.info.digest
        if worth(scene.info) and not place_of(scene.info).exists():
            self._info = scene.info
            self._wait.start()

    def _begin(self) -> None:
        info = self._info
        assert info is not None

        def work(ticket: Ticket) -> None:
            from core.media.proxy import make_proxy

            make_proxy(info, ticket)

        def done(_: object) -> None:
            self._preview.use_proxy()

        title = QCoreApplication.translate("Proxies", "Proxy of {name}")
        title = title.format(name=info.path.name)
        self._job = self._jobs.start(title, work, done, beside=True)
