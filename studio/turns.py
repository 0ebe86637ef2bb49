"""How the window's thread gets its turn among those that compute.

Threads of lower priority were tried and make it worse: one that is put aside while it holds
the interpreter makes the window wait for it.
"""

import sys

SWITCH = 0.001  # seconds


def answer_quickly() -> None:
    """Let the window's thread wait for the interpreter no longer than a millisecond or so.

    A thread that computes in Python gives the interpreter away every 5 ms by default; a drag
    that needs it ten times would wait 50 ms.
    """
    sys.setswitchinterval(SWITCH)
