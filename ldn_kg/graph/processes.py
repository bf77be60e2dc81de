"""A second process: a fork, which reads what the first has in memory and copies nothing."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG, from the headers of Linux


def can_fork() -> bool:
    """Tell whether a fork is safe: on Linux, in a program with one thread."""
    if sys.platform != "linux":  # macOS has fork, but its libraries do not bear it
        return False
    return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1


@contextmanager
def second(do: Callable[[], object]) -> Iterator[int | None]:
    """Do something in a second process beside the block; yield its number, or None without one.

    It ends at the latest with the block, or with the first process. Nobody hears what it raises.
    """
    if not can_fork():
        yield None
        return
    first = os.getpid()
    gc.freeze()  # so that the garbage collector of neither touches what both have
    try:
        child = os.fork()
    except OSError:  # no memory for it, or no more processes allowed
        gc.unfreeze()
        yield None
        return
    if child == 0:
        _do(do, first)
    try:
        yield child
    finally:
        gc.unfreeze()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)  # it is done, or nobody needs what it does
        os.waitpid(child, 0)


def done_apart(do: Callable[[], object]) -> bool:
    """Do something in a second process, and tell whether it was done; without one, do it here.

    Threads that it starts end with it, so that another process can follow.
    """
    with second(do) as child:
        if child is None:
            do()
            return True
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        return ended is not None and (ended.si_code, ended.si_status) == (os.CLD_EXITED, 0)


def _do(do: Callable[[], object], first: int) -> None:
    """Do something as the second process; this never returns."""
    code = 1
    try:
        for end in (signal.SIGINT, signal.SIGTERM):
            signal.signal(end, signal.SIG_DFL)  # the first process tells and tidies up
        _end_with(first)
        do()
        code = 0
    finally:  # whatever it was: nothing of the stack of the first process is unwound
        os._exit(code)


def _end_with(first: int) -> None:
    """Let the system kill this process when the first ends, however that comes about."""
    import ctypes  # here: most commands have no second process

    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != first:  # it ended before that
        os._exit(1)
