"""A release read again, and what changed in our belief since the one before, for people."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.read.changes import CONCERNS, Change, Changes, compare_releases, release_number

CHANGES = "CHANGES.md"
_TITLES = {
    "retraction": "Claims touched by a retraction",
    "lost support": "Claims that lost support or standing",
    "removed": "Claims removed",
    "changed": "Claims changed otherwise",
    "added": "Claims added",
}


def changelog(dataset: Dataset, previous: str | Path) -> Callable[[Path], bytes]:
    """Return how to make the changelog of claims.

    Raises LdnKgError where `previous` is no release, or is of this version.
    """
    found = compare_releases(read_release(previous), dataset)
    if found.old == found.new:
        raise LdnKgError(
            f"{previous} is version {found.old}, as this release is; give this one a new version "
            "in data/dataset.ttl, or name the release before it."
        )
    return lambda _: to_markdown(found).encode()


def read_release(path: str | Path) -> Dataset:
    """Read a release as it was published: its folder, or one RDF file of it, also ldn-kg.nq.gz.

    Raises LdnKgError for a path that is missing or unreadable, and for what is no release.
    """
    path = Path(path)
    file = path / "ldn-kg.nq" if path.is_dir() else path
    if path.is_dir() and not file.exists():
        raise LdnKgError(f"{path} is no release: it holds no {file.name}.")
    dataset = _unpacked(file) if file.suffix == ".gz" else read(file, shipped=False)
    release_number(dataset, str(path))
    return dataset


def to_markdown(changes: Changes) -> str:
    """Return the changes for people, retractions first."""
    return "\n".join(_report(changes)) + "\n"


def to_json(changes: Changes) -> str:
    """Return the changes as JSON; the keys are the fields of Changes and Change."""
    return json.dumps(asdict(changes), indent=2, ensure_ascii=False) + "\n"


def _unpacked(file: Path) -> Dataset:
    store = Store()
    try:
        store.load(gzip.decompress(file.read_bytes()), format=RdfFormat.N_QUADS)
    except (OSError, EOFError, zlib.error, SyntaxError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LdnKgError(f"{file} cannot be read as N-Quads in gzip: {reason}.") from error
    return Dataset(store, (file,))


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
        found = [change for change in changes.claims if (change.concern or change.kind) == concern]
        yield from _section(_TITLES[concern], map(_item, found))
    yield from _section("Studies removed", changes.studies_removed)
    yield from _section("Studies added", changes.studies_added)


def _section(title: str, items: Iterable[str]) -> list[str]:
    found = [f"- {item}" for item in items]
    return ["", f"## {title} ({len(found)})", "", *found] if found else []


def _item(change: Change) -> str:
    head = f"{change.claim}, {change.kind}: {change.words}"
    parts = [*change.what, *(f"why: {reason}" for reason in change.why)]
    return "\n  - ".join([head, *parts])
