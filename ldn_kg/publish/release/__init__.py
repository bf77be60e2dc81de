"""The release: everything that is published, computed from the graph, in one folder."""

import gzip
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ldn_kg.check.validation import check
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.files import ROOT, files
from ldn_kg.graph.questions import query, questions
from ldn_kg.publish.folder import SUMS, contents, replaced
from ldn_kg.publish.formats import FORMATS, write
from ldn_kg.publish.release.crate import CRATE, crate_json
from ldn_kg.publish.release.croissant import croissant_json
from ldn_kg.publish.release.examples import examples
from ldn_kg.publish.release.metadata import HCLS, description
from ldn_kg.publish.release.nanopub import nanopubs
from ldn_kg.publish.release.tables import PARTS, kgx, known_tables, table
from ldn_kg.read.changelog import CHANGES, changelog
from ldn_kg.read.citation import cite

__all__ = ["SUMS", "Artefacts", "artefacts", "build", "steps"]

# A file of the release by its name: how to make it, given the folder with those before it.
Artefacts = dict[str, Callable[[Path], bytes]]


def build(
    dataset: Dataset,
    folder: str | Path,
    progress: Callable[[str], None] = lambda step: None,
    previous: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write the release of a dataset into a folder, and return the files in it.

    Validates first and raises InvalidData where that fails. The folder is replaced as a whole
    once all is written: what was there before stays until then. `progress` is told each step,
    `previous` is the release before this one, which the changelog of claims compares with.
    Raises LdnKgError for a folder that is not a release of ours or cannot be written, and for
    a previous release that is none.
    """
    expect_dataset(dataset)
    planned = artefacts(dataset, previous)
    with replaced(Path(folder)) as beside:
        progress("validate")
        check(dataset)
        for name, make in planned.items():
            progress(name)
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(make(beside))
    return tuple(contents(Path(folder).resolve()))


def steps(dataset: Dataset, previous: str | Path | None = None) -> int:
    """Return how many steps `build` tells its `progress`."""
    return 1 + len(artefacts(dataset, previous))


def artefacts(dataset: Dataset, previous: str | Path | None = None) -> Artefacts:
    """Return what a release holds, in the order of making: a later file may describe earlier ones.

    Nothing is made yet. Raises LdnKgError for a previous release that cannot be compared with.
    """
    return {
        **{f"ldn-kg.{end}": _of(write, dataset, form) for form, end in FORMATS.items()},
        "ldn-kg.nq.gz": _archive,
        **{name: _of(path.read_bytes) for name, path in _copied().items()},
        **{
            f"answers/{name}.{end}": _of(_answer, dataset, name, form)
            for name in questions()
            for form, end in _ANSWERS.items()
        },
        "queries/examples.ttl": _of(examples),
        **{f"tables/{name}.csv": _of(table, dataset, name) for name in known_tables()},
        **{f"kgx/ldn-kg_{part}.tsv": _of(kgx, dataset, part) for part in PARTS},
        "nanopubs.trig": _of(nanopubs, dataset),
        **{name: _of(_citation, dataset, form) for name, form in _CITATIONS.items()},
        **({CHANGES: changelog(dataset, previous)} if previous else {}),
        "metadata.ttl": partial(description, dataset, "turtle"),
        "metadata.jsonld": partial(description, dataset, "jsonld"),
        "croissant.json": partial(croissant_json, dataset),
        CRATE: partial(crate_json, dataset),
    }


_ANSWERS = {"csv": "csv", "json": "srj"}
_CITATIONS = {"CITATION.cff": "cff", "citation.bib": "bibtex"}


def _of(make: Callable[..., bytes], *arguments: object) -> Callable[[Path], bytes]:
    """Return how to make a file for which the others do not matter."""
    return lambda _: make(*arguments)


def _archive(folder: Path) -> bytes:
    # No time in the head, so that two builds are the same.
    return gzip.compress((folder / "ldn-kg.nq").read_bytes(), mtime=0)


def _answer(dataset: Dataset, name: str, form: str) -> bytes:
    return query(dataset, name).serialize(form)


def _citation(dataset: Dataset, form: str) -> bytes:
    return cite(dataset, form=form).encode()


def _copied() -> dict[str, Path]:
    """Return the files that go into the release as they are, by their names there."""
    wanted = {
        "ontology": (".ttl", ".jsonld", ".rq"),
        "shapes": (".ttl", ".rq"),
        "queries": (".rq",),
    }
    found = {
        path.relative_to(ROOT).as_posix(): path
        for folder, endings in wanted.items()
        for ending in endings
        for path in files(folder, ending)
    }
    return {**found, "shapes/hcls.ttl": HCLS}
