"""A folder that is replaced as a whole: what was there stays until all of the new is written."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ldn_kg.errors import LdnKgError

SUMS = "SHA256SUMS"


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Yield an empty folder to write into, which takes the place of `target` at the end.

    It gets a file of checksums. Raises LdnKgError for a target that is a file, that holds anything
    but what a former release put there, or that cannot be written.
    """
    target = target.resolve()  # a link stays a link
    _refuse_strangers(target)
    beside = target.parent / f".{target.name}.{os.getpid()}"
    try:
        beside.mkdir(parents=True)
        yield beside
        (beside / SUMS).write_bytes(sums(beside, contents(beside)))
        _swap(beside, target)
    except OSError as error:
        raise LdnKgError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


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
    sums = target / SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    known = {SUMS, *(line.partition("  ")[2] for line in lines)}
    present = {str(p.relative_to(target)) for p in target.rglob("*") if not p.is_dir()}
    strangers = sorted(present - known)
    if strangers:
        raise LdnKgError(
            f"{target} holds {strangers[0]}, which is not part of a release; name another folder "
            "or move it away."
        )


def _swap(beside: Path, target: Path) -> None:
    """Put the new folder in the place of the old one, which is kept until the new one is there."""
    old = target.parent / f".{target.name}.{os.getpid()}.old"
    if target.is_dir():
        target.rename(old)
    try:
        beside.rename(target)
    except OSError:
        if old.is_dir():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
