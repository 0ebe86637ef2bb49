"""A child is killed in the middle of its work; what it had said by then."""

import os
import select
import signal
import subprocess
import time


def until_killed(child: "subprocess.Popen[bytes]", seconds: float) -> list[str]:
    """Return the whole lines a child said until it was killed, `seconds` after the first."""
    assert child.stdout is not None
    out = child.stdout.fileno()
    data = os.read(out, 1 << 16)
    end = time.monotonic() + seconds
    try:
        while (left := end - time.monotonic()) > 0:
            if select.select([out], [], [], left)[0]:
                data += os.read(out, 1 << 16)
    finally:
        child.send_signal(signal.SIGKILL)
    data += child.stdout.read()
    child.stdout.close()
    child.wait()
    return data.decode().split("\n")[:-1]
