"""The start of the studio, seen from outside: first painted frame, demo ready to be edited.

`started` runs this file as a process of its own, which starts the program as the user does
and prints what it saw as JSON; `BEGAN` is the moment before the process was made.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def started(home: Path) -> dict[str, Any]:
    """Start the program once with settings in `home`; return its seconds and modules."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    env = {**os.environ, **dict.fromkeys(names, str(home)), "PYTHONPATH": str(ROOT)}
    env["BEGAN"] = repr(time.time())
    command = [sys.executable, "-m", "benchmarks.gui_start"]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=180
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Start the program, look until the demo can be edited, print, and leave."""
    from PySide6.QtWidgets import QApplication

    import main as program

    report: dict[str, Any] = {}
    run = QApplication.exec

    def looked() -> int:
        _look(report, float(os.environ["BEGAN"]))
        return int(run())

    QApplication.exec = staticmethod(looked)  # type: ignore[method-assign, assignment]
    sys.argv = ["facestudio"]
    out = os.dup(1)
    try:
        program.app()
    except SystemExit:
        os.write(out, (json.dumps(report) + "\n").encode())


def _look(report: dict[str, Any], began: float) -> None:
    """Write into `report` what happens from now on, and close the window at the end."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    from studio.window import Window

    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Window))

    class Eye(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.UpdateRequest and "painted" not in report:
                QTimer.singleShot(0, painted)  # once this event has painted the window
            return super().eventFilter(watched, event)

    def painted() -> None:
        if "painted" not in report:
            report["painted"] = time.time() - began
            report["painted cpu"] = time.process_time()
            report["torch"] = "torch" in sys.modules
            QTimer.singleShot(500, demo)

    def demo() -> None:
        asked, busy = time.time(), time.process_time()

        def there(_: Any) -> None:
            window.desk.preview.ready.disconnect(there)
            report["picture"] = time.time() - asked
            report["picture cpu"] = time.process_time() - busy
            report["torch after"] = "torch" in sys.modules
            QTimer.singleShot(0, window.close)

        window.desk.preview.ready.connect(there)
        window.desk.open_demo()
        panel = window.docks["emotion"].widget()
        if panel is None or not panel.isEnabled() or window.desk.take is None:
            raise RuntimeError("the demo cannot be edited")
        report["document"] = time.time() - asked

    window.installEventFilter(Eye(window))
    QTimer.singleShot(120_000, window.close)


if __name__ == "__main__":
    main()
