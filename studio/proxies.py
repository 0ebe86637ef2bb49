"""Half-size stand-ins of the clip for scrubbing: made beside all other work, once a clip."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from core.jobs import Ticket
from studio.jobs import Job, Jobs
from studio.preview import Preview

if TYPE_CHECKING:
    from core.media.probe import VideoInfo
    from studio.shots import Scene


class Proxies(QObject):
    """Sees to it that the clip on screen gets a proxy, and tells the preview of it."""

    wanted = True

    def __init__(self, jobs: Jobs, preview: Preview, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._preview = jobs, preview
        self._job: Job | None = None
        self._digest = ""
        preview.scene_changed.connect(self._on_preview_scene_changed)

    def forget(self) -> None:
        """Stop making the proxy of a clip that is not looked at any more."""
        self._digest = ""
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
            self._begin(scene.info)

    def _begin(self, info: "VideoInfo") -> None:
        def work(ticket: Ticket) -> None:
            from core.media.proxy import make_proxy

            make_proxy(info, ticket)

        def done(_: object) -> None:
            self._preview.use_proxy()

        title = QCoreApplication.translate("Proxies", "Proxy of {name}")
        title = title.format(name=info.path.name)
        self._job = self._jobs.start(title, work, done, beside=True)
