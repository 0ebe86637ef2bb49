"""Who goes first where there is too little processor: the window, the preview, then jobs."""

import contextlib
import os
import sys
import threading

SWITCH = 0.001  # seconds


def answer_quickly() -> None:
    """Let the window's thread wait for the interpreter no longer than a millisecond or so.

    A thread that computes in Python gives the interpreter away every 5 ms by default; a drag
    that needs it ten times would wait 50 ms.
    """
    sys.setswitchinterval(SWITCH)


def yield_to_others(by: int) -> None:
    """Let the calling thread, and those it starts, run behind the window's; 0..19.

    Linux knows this for single threads; elsewhere they share alike.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), by)
