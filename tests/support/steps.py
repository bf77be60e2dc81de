"""Something happens at a step: whenever a file is made, written, renamed or removed by Python."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

# What happens, told the step at which it does, while a block runs; yields the steps of the block.
Event = Callable[[int], AbstractContextManager[list[str]]]
_WRITES = {"open", "os.mkdir", "os.rename"}
_CLEANS = {"os.rmdir", "shutil.rmtree"}
_happens: Callable[[str], None] | None = None


def _hear(event: str, about: tuple[object, ...]) -> None:
    if _happens and (event != "open" or _is_to_write(about)):
        _happens(event)


def _is_to_write(about: tuple[object, ...]) -> bool:
    return isinstance(about[2], int) and bool(about[2] & (os.O_WRONLY | os.O_RDWR))


sys.addaudithook(_hear)  # which stays, so it is told when to hear


def full(number: int) -> AbstractContextManager[list[str]]:
    """Find no room on the disk at the step with a number, from 1; yield the steps of the block."""
    return _at_step(number, _WRITES, _refuse)


def told_to_end(number: int) -> AbstractContextManager[list[str]]:
    """Get SIGTERM at a step, also while it is cleaned up, where the process would not just end."""
    return _at_step(number, _WRITES | _CLEANS, _tell)


@contextmanager
def _at_step(number: int, which: set[str], happens: Callable[[], None]) -> Iterator[list[str]]:
    global _happens
    steps: list[str] = []

    def step(event: str) -> None:
        if event in which:
            steps.append(event)
            if len(steps) == number:
                happens()

    _happens = step
    try:
        yield steps
    finally:
        _happens = None


def _refuse() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _tell() -> None:
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        os.kill(os.getpid(), signal.SIGTERM)
