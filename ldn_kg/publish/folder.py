"""A folder that is replaced as a whole: what was there stays until all of the new is written."""

import ctypes
import errno
import hashlib
import os
import platform
import re
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ldn_kg.errors import LdnKgError

SUMS = "SHA256SUMS"


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Yield an empty folder to write into, which takes the place of `target` at the end.

    It gets a file of checksums. What a killed process left beside it is removed, or put in its
    place where it is whole and nothing is there. Raises LdnKgError for a target that is a file,
    that holds anything but what a former release put there, or that cannot be written.
    """
    target = target.resolve()  # a link stays a link
    beside = _beside(target)
    try:
        _refuse_strangers(target)
        _clear(target)
        beside.mkdir(parents=True)
        yield beside
        (beside / SUMS).write_bytes(sums(beside, contents(beside)))
        _refuse_strangers(target)  # writing takes long enough for somebody to put a file there
        _swap(beside, target)
    except OSError as error:
        raise LdnKgError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def refuse_ways_out(names: Iterable[str]) -> None:
    """Raise LdnKgError for a file name, made of that of a record, that leads out of a folder."""
    for name in names:
        odd = any(part in ("", ".", "..") for part in name.split("/"))
        if odd or "\\" in name or not name.isprintable():
            raise LdnKgError(
                f"{name!r} cannot be the name of a file; give that record another IRI."
            )


def contents(folder: Path) -> list[Path]:
    """Return the files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: Path, paths: Iterable[Path]) -> bytes:
    """Return the checksums of files in a folder, in the form that `sha256sum --check` reads."""
    return "".join(f"{sha256(path)}  {path.relative_to(folder)}\n" for path in paths).encode()


def _refuse_strangers(target: Path) -> None:
    """Refuse to replace a folder that holds anything but a release."""
    if target.is_file():
        raise LdnKgError(f"{target} is a file; name a folder.")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not os.access(target, os.W_OK):  # or it would go, and what is in it could not be removed
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    sums = target / SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    known = {SUMS, *(line.partition("  ")[2] for line in lines)}
    present = {
        str(p.relative_to(target)) for p in target.rglob("*") if p.is_symlink() or not p.is_dir()
    }
    strangers = sorted(present - known)
    if strangers:
        raise LdnKgError(
            f"{target} holds {strangers[0]}, which is not part of a release; name another folder "
            "or move it away."
        )


def _swap(beside: Path, target: Path) -> None:
    """Put the new folder in the place of the old one, which goes where the new one was.

    Linux does that in one step, so that a program that is killed leaves one of them whole. Where
    there is no such step, the old one is kept until the new one is there.
    """
    try:
        beside.rename(target)  # takes no place but an empty one, so never that of another process
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        if not _exchanged(beside, target):
            _swap_in_two_steps(beside, target)


def _swap_in_two_steps(beside: Path, target: Path) -> None:
    """Move the old folder away, then the new one in; one killed in between is mended by _clear."""
    old = _beside(target)
    try:
        target.rename(old)
        _swap(beside, target)
    finally:
        if old.is_dir() and not target.is_dir():
            old.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Tell whether two folders could change places in one step: renameat2 of Linux."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, bytes(one), here, bytes(other), exchange) == 0


def _beside(target: Path) -> Path:
    """Return a new hidden name beside a target, which tells the process that it is of."""
    process = f"{platform.node()}.{os.getpid()}"
    return target.parent / f".{target.name}.{process}.{secrets.token_hex(4)}"


def _clear(target: Path) -> None:
    """Remove what processes of this machine left beside a target when they were killed.

    Where the target itself is gone, one was killed between two steps: what is whole is put there.
    """
    name = re.escape(f".{target.name}.{platform.node()}.")
    pattern = re.compile(rf"{name}([0-9]+)\.[0-9a-f]{{8}}")
    for path in sorted(target.parent.iterdir()) if target.parent.is_dir() else ():
        found = pattern.fullmatch(path.name)
        if found and path.is_dir() and not path.is_symlink() and not _is_alive(int(found[1])):
            with suppress(OSError):  # another process may do the same at this moment
                if not target.exists() and _is_whole(path):
                    path.rename(target)
            shutil.rmtree(path, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Tell whether all files of a folder are there, and as its checksums say."""
    listed = folder / SUMS
    present = [path for path in contents(folder) if path != listed]
    return listed.is_file() and listed.read_bytes() == sums(folder, present)


def _is_alive(process: int) -> bool:
    """Tell whether a process may be running; where that cannot be asked, it may."""
    if sys.platform == "win32":  # where this signal is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's, or no number of a process
        return True
    return True
