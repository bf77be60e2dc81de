"""The release folder: every format, the ontology, the shapes, the answers, the checksums."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from ldn_kg.dataset import ROOT, Dataset, files
from ldn_kg.errors import LdnKgError
from ldn_kg.serialization import FORMATS, write
from ldn_kg.shacl import check
from ldn_kg.sparql import query, questions

SUMS = "SHA256SUMS"


def build(
    dataset: Dataset, folder: str | Path, progress: Callable[[str], None] = lambda step: None
) -> tuple[Path, ...]:
    """Write the release of a dataset into a folder, and return the files in it.

    Validates first and raises InvalidData where that fails. The folder is replaced as a whole
    once all is written: what was there before stays until then. `progress` is told each step.
    Raises LdnKgError for a folder that is not a release of ours or cannot be written.
    """
    target = Path(folder).resolve()  # a link stays a link
    _refuse_strangers(target)
    beside = target.parent / f".{target.name}.{os.getpid()}"
    try:
        progress("validate")
        check(dataset)
        beside.mkdir(parents=True)
        for name, content in _contents(dataset):
            progress(name)
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(content)
        (beside / SUMS).write_text(_sums(beside), encoding="utf-8")
        _swap(beside, target)
    except OSError as error:
        raise LdnKgError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return tuple(sorted(p for p in target.rglob("*") if p.is_file()))


def steps() -> int:
    """Count the steps that `build` tells its progress."""
    return 1 + len(FORMATS) + sum(len(found) for found in _copied().values()) + 2 * len(questions())


def _contents(dataset: Dataset) -> Iterator[tuple[str, bytes]]:
    for form, ending in FORMATS.items():
        yield f"ldn-kg.{ending}", write(dataset, form)
    for folder, found in _copied().items():
        for path in found:
            yield f"{folder}/{path.relative_to(ROOT / folder)}", path.read_bytes()
    for name in questions():
        answer = query(dataset, name)
        for form, ending in (("csv", "csv"), ("json", "srj")):
            yield f"answers/{name}.{ending}", answer.serialize(form)


def _copied() -> dict[str, tuple[Path, ...]]:
    """Return the files that go into the release as they are, by their folder."""
    return {
        "ontology": files("ontology", ".ttl")
        + files("ontology", ".jsonld")
        + files("ontology", ".rq"),
        "shapes": files("shapes", ".ttl") + files("shapes", ".rq"),
        "queries": files("queries", ".rq"),
    }


def _sums(folder: Path) -> str:
    """Return the checksums in the form that `sha256sum --check` reads."""
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in found
    )


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
