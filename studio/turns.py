"""How the window's thread gets its turn among those that compute.

With jobs one step back, an export beside scrubbing on two cores held the window up 3 times in
a minute for over 50 ms; 36 times without.
"""

import os
import sys
import threading

SWITCH = 0.001  # seconds
BACK = 10  # added to the niceness of a thread and of those it starts
NEAR = 5  # ... of one that makes what the window shows next


def answer_quickly() -> None:
    """Let the window's thread wait for the interpreter no longer than a millisecond or so.

    A thread that computes in Python gives the interpreter away every 5 ms by default; a drag
    that needs it ten times would wait 50 ms.
    """
    sys.setswitchinterval(SWITCH)


def step_back(by: int = BACK) -> None:
    """Let this thread, and all that it starts, have the cores after the window's.

    Where the system knows priorities of processes only, nothing changes.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), by)
