"""Replace a folder as a whole: the old content stays until the new content is complete."""

import ctypes
import errno
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.beside import beside, left_beside, remove, tidied_when_ended

SUMS = "SHA256SUMS"


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Yield an empty folder to write into, which takes the place of `target` at the end.

    A file of checksums, SHA256SUMS, is added to it. Leftovers of killed processes are removed; a
    complete one is moved to `target` if nothing is there. Raises LdnKgError if `target` is a file,
    holds anything that an earlier release did not put there, or cannot be written.
    """
    target = Path(os.path.realpath(target))  # a link stays a link
    staging = beside(target)
    with tidied_when_ended():
        try:
            _refuse_strangers(target)
            _clear(target)
            staging.mkdir(parents=True)
            yield staging
            (staging / SUMS).write_bytes(sums(staging, contents(staging)))
            _refuse_strangers(target)  # again: somebody may have put a file there in the meantime
            _swap(staging, target)
        except OSError as error:
            raise LdnKgError(f"{target} cannot be written: {error.strerror or error}.") from error
        finally:
            remove(staging)


def refuse_ways_out(names: Iterable[str]) -> None:
    """Raise LdnKgError if a file name, made from the IRI of a record, leads out of its folder."""
    for name in names:
        leads_out = any(part in ("", ".", "..") for part in name.split("/"))
        if leads_out or "\\" in name or not name.isprintable():
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
    """Return the checksums of files in a folder, in the format that `sha256sum --check` reads."""
    return "".join(f"{sha256(path)}  {path.relative_to(folder)}\n" for path in paths).encode()


def _refuse_strangers(target: Path) -> None:
    """Refuse to replace a folder that holds anything but a release."""
    if os.path.lexists(target) and not target.is_dir():  # or a link that leads to itself
        raise LdnKgError(f"{target} is a file; name a folder.")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not os.access(target, os.W_OK):  # it could be moved away, but its content not removed
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    listing = target / SUMS
    lines = listing.read_text(encoding="utf-8").splitlines() if listing.is_file() else []
    listed = {SUMS, *(line.partition("  ")[2] for line in lines)}
    inside = (p for top in sorted(target.iterdir()) for p in chain([top], top.rglob("*")))
    files = (str(p.relative_to(target)) for p in inside if p.is_symlink() or not p.is_dir())
    stranger = next((name for name in files if name not in listed), None)  # it may be a whole disk
    if stranger:
        raise LdnKgError(
            f"{target} holds {stranger}, which is not part of a release; name another folder "
            "or move it away."
        )


def _swap(new: Path, target: Path) -> None:
    """Exchange the new folder with the old one.

    Linux does this in one step, so a killed program leaves one of them in place. Elsewhere the old
    folder is kept until the new one is in place.
    """
    try:
        new.rename(target)  # fails unless the target is missing or empty
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        if not _exchanged(new, target):
            _swap_in_two_steps(new, target)


def _swap_in_two_steps(new: Path, target: Path) -> None:
    """Move the old folder away and the new one in; _clear repairs a kill between the two steps."""
    old = beside(target)
    try:
        target.rename(old)
        _swap(new, target)
    finally:
        if old.is_dir() and not target.is_dir():
            old.rename(target)
        remove(old)


def _exchanged(first: Path, second: Path) -> bool:
    """Exchange two folders in one step and return whether that worked (renameat2 of Linux)."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_fdcwd, exchange = -100, 2  # from the headers of Linux
    arguments = (at_fdcwd, bytes(first), at_fdcwd, bytes(second), exchange)
    return rename is not None and rename(*arguments) == 0


def _clear(target: Path) -> None:
    """Remove what killed processes of this machine left beside a target.

    If the target is missing, a process was killed between its two steps: a complete leftover is
    then moved there.
    """
    for path in left_beside(target):
        if path.is_dir():
            with suppress(OSError):  # another process may be doing the same
                if not target.exists() and _is_whole(path):
                    path.rename(target)
            remove(path)


def _is_whole(folder: Path) -> bool:
    """Return whether a folder holds exactly the files that its checksums list, unchanged."""
    listing = folder / SUMS
    present = [path for path in contents(folder) if path != listing]
    return listing.is_file() and listing.read_bytes() == sums(folder, present)
