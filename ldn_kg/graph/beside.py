"""Hidden names beside a file or folder for what a process writes, and how none of it stays there.

A process that is told to end removes what it was writing; what a killed one left, the next removes.
"""

import os
import platform
import re
import secrets
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zlib import crc32


def beside(target: Path) -> Path:
    """Return a new hidden name beside a target, with the host and number of this process in it."""
    return target.parent / f"{_start(target)}{os.getpid()}.{secrets.token_hex(4)}"


def left_beside(target: Path) -> list[Path]:
    """Return what has a name of `beside` by a process of this machine that is dead, sorted.

    Links are left out: this program makes none.
    """
    pattern = re.compile(rf"{re.escape(_start(target))}([0-9]+)\.[0-9a-f]{{8}}")
    left = []
    for path in sorted(target.parent.iterdir()) if target.parent.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and not path.is_symlink() and not _is_alive(int(match[1])):
            left.append(path)
    return left


def _start(target: Path) -> str:
    """Return how the names begin: a name has room for 255 bytes, so of a long one by its digest."""
    name = os.fsencode(target.name)
    short = target.name if len(name) < 128 else f"{crc32(name):08x}"
    return f".{short}.{platform.node()}."


def remove(path: Path) -> None:
    """Remove a file or folder as far as that can be done, also if told to end meanwhile."""
    try:
        _remove(path)
    except BaseException:  # Ctrl-C, or as below: it would leave a part
        _remove(path)
        raise


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        with suppress(OSError):
            path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def tidied_when_ended() -> Iterator[None]:
    """Let the block clean up when the program is told to end or its terminal closes, as by Ctrl-C.

    The exit code is then 128 and the number of the signal. Outside of such a block the program ends
    at once, also in the midst of a query. What is ignored, as by nohup, or handled by a program
    that uses this one as a library, stays so; so does all where this is not its first thread, which
    alone hears signals.
    """

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heard = [number for number in signals if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        heard = []
    for number in heard:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)


def _is_alive(process: int) -> bool:
    """Return whether a process may still be running; True if that cannot be found out."""
    if sys.platform == "win32":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's, or too large a number
        return True
    return True
