"""Reads a release again, and writes the changes since an earlier release for people."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import text
from ldn_kg.read.changes import CONCERNS, Change, Changes, compare_releases, release_number

CHANGES = "CHANGES.md"
_RELEASED = ("ldn-kg.nq", "ldn-kg.nq.gz")
_TITLES = {
    "retraction": "Claims touched by a retraction",
    "lost support": "Claims that lost support or standing",
    "removed": "Claims removed",
    "changed": "Claims changed otherwise",
    "added": "Claims added",
}


def changelog(dataset: Dataset, previous: str | Path) -> Callable[[Path], bytes]:
    """Return a function that makes CHANGES.md, the changelog of claims, in UTF-8.

    The comparison is made at once. Raises LdnKgError if `previous` is not a release, or has the
    same version as the dataset.
    """
    changes = compare_releases(read_release(previous), dataset)
    if changes.old == changes.new:
        raise LdnKgError(
            f"{previous} has version {changes.old}, the same as this release; give this one a new "
            "version in data/dataset.ttl, or name the release before it."
        )
    return lambda _: to_markdown(changes).encode()


def read_release(path: str | Path) -> Dataset:
    """Read a release as it was published; its grades are not computed again.

    `path` is the folder of the release, or one of its RDF files or ldn-kg.nq.gz. Raises LdnKgError
    if it is missing, cannot be read, is not a release, or is not as the checksums beside it say.
    """
    path = Path(path)
    file = _quads_of(path) if path.is_dir() else path
    _refuse_damaged(file)
    dataset = read(file, shipped=False)
    release_number(dataset, str(path))
    return dataset


def _quads_of(folder: Path) -> Path:
    """Return the N-Quads of a release, plain or gzipped."""
    for name in _RELEASED:
        if (folder / name).exists():
            return folder / name
    raise LdnKgError(
        f"{folder} is not a release: it has no ldn-kg.nq. Name a folder that `ldn-kg build` wrote."
    )


def to_markdown(changes: Changes) -> str:
    """Return the changes as Markdown, retractions first."""
    return "\n".join(_report(changes)) + "\n"


def to_json(changes: Changes) -> str:
    """Return the changes as a JSON object; its keys are the fields of Changes and Change."""
    return json.dumps(asdict(changes), indent=2, ensure_ascii=False) + "\n"


def _refuse_damaged(file: Path) -> None:
    """Raise LdnKgError for a file that differs from what SHA256SUMS beside it says of it.

    N-Quads that are cut off between two lines are well-formed: only the checksum tells.
    """
    listing = file.parent / "SHA256SUMS"
    if not (listing.is_file() and file.is_file()):
        return
    lines = text(listing).splitlines()
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if file.name in _RELEASED and file.name not in digests:
        raise LdnKgError(f"{listing} does not name {file.name}: the release is not whole.")
    if digests.get(file.name, digest) != digest:
        raise LdnKgError(
            f"{file} is not the file that was released: its SHA-256 is not that of {listing.name} "
            "beside it. Fetch it again."
        )


def _report(changes: Changes) -> Iterator[str]:
    kinds = [change.kind for change in changes.claims]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("changed", "added", "removed"))
    yield f"# What changed in our belief: {changes.old} → {changes.new}"
    yield ""
    yield f"Claims: {counts}." if kinds else "No claim changed."
    yield (
        f"Studies: {len(changes.studies_retracted)} with a publication retracted since, "
        f"{len(changes.studies_added)} added, {len(changes.studies_removed)} removed."
    )
    yield from _section("Studies with a publication retracted since", changes.studies_retracted)
    for concern in CONCERNS:
        concerned = [c for c in changes.claims if (c.concern or c.kind) == concern]
        yield from _section(_TITLES[concern], map(_change_item, concerned))
    yield from _section("Studies removed", changes.studies_removed)
    yield from _section("Studies added", changes.studies_added)


def _section(title: str, items: Iterable[str]) -> list[str]:
    bullets = [f"- {item}" for item in items]
    return ["", f"## {title} ({len(bullets)})", "", *bullets] if bullets else []


def _change_item(change: Change) -> str:
    first_line = f"{change.claim}, {change.kind}: {change.words}"
    details = [*change.what, *(f"why: {reason}" for reason in change.why)]
    return "\n  - ".join([first_line, *details])
