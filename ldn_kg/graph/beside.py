"""Hidden names beside a file or folder for what a process writes, and what dead ones left there."""

import os
import platform
import re
import secrets
import sys
from pathlib import Path


def beside(target: Path) -> Path:
    """Return a new hidden name beside a target, with the host and number of this process in it."""
    process = f"{platform.node()}.{os.getpid()}"
    return target.parent / f".{target.name}.{process}.{secrets.token_hex(4)}"


def left_beside(target: Path) -> list[Path]:
    """Return what has a name of `beside` by a process of this machine that is dead, sorted.

    Links are left out: this program makes none.
    """
    name = re.escape(f".{target.name}.{platform.node()}.")
    pattern = re.compile(rf"{name}([0-9]+)\.[0-9a-f]{{8}}")
    left = []
    for path in sorted(target.parent.iterdir()) if target.parent.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and not path.is_symlink() and not _is_alive(int(match[1])):
            left.append(path)
    return left


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
