"""The release: everything that is published, computed from the dataset, in one folder."""

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
from ldn_kg.publish.making import Artefacts, make, make_apart
from ldn_kg.publish.release.codebook import codebook
from ldn_kg.publish.release.crate import CRATE, PREVIEW, crate_json, preview
from ldn_kg.publish.release.croissant import croissant_json
from ldn_kg.publish.release.database import database
from ldn_kg.publish.release.datapackage import data_package
from ldn_kg.publish.release.examples import examples
from ldn_kg.publish.release.fhir import FHIR, bundle
from ldn_kg.publish.release.kgx import PARTS, graph_metadata, json_lines, tsv
from ldn_kg.publish.release.metadata import HCLS, description, description_as_json_ld
from ldn_kg.publish.release.nanopub import NANOPUBS, nanopubs
from ldn_kg.publish.release.ontology import ONTOLOGY, ontology_xml
from ldn_kg.publish.release.plain import plain_json
from ldn_kg.publish.release.tables import known_tables, table
from ldn_kg.read.bibliography import bibliography
from ldn_kg.read.changelog import CHANGES, changelog
from ldn_kg.read.citation import cite

__all__ = ["SUMS", "Artefacts", "artefacts", "build", "steps"]


def build(
    dataset: Dataset,
    folder: str | Path,
    progress: Callable[[str], None] = lambda step: None,
    previous: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write the release of a dataset into a folder, and return the paths of all files in it.

    The dataset is validated first. The folder is replaced as a whole, and its old content stays
    until the new content is complete. `progress` is called with the name of each step. `previous`
    is the release before this one; with it, the release gets a changelog of claims, CHANGES.md.
    Raises InvalidData if the dataset is not valid, and LdnKgError if the folder holds anything but
    an earlier release or cannot be written, or if `previous` is not a release.
    """
    expect_dataset(dataset)
    planned = artefacts(dataset, previous)
    with replaced(Path(folder)) as staging:
        progress("validate")
        check(dataset)
        last = {name: planned[name] for name in planned if name in _DESCRIPTIONS}
        ordered = {name: planned[name] for name in planned if name in (_GRAPH, _PACKED)}
        alone = {n: planned[n] for n in planned if n not in last and n not in ordered}
        make_apart(staging, ordered, alone, progress)
        make(staging, last, progress)
    return tuple(contents(Path(folder).resolve()))


def steps(dataset: Dataset, previous: str | Path | None = None) -> int:
    """Return how many times `build` calls its `progress`."""
    return 1 + len(artefacts(dataset, previous))


def artefacts(dataset: Dataset, previous: str | Path | None = None) -> Artefacts:
    """Return the files of a release in the order of making: later files may describe earlier ones.

    The keys are paths in the release, such as "tables/studies.csv". Nothing is made yet. Raises
    LdnKgError if `previous` is not a release or has the same version.
    """
    return {
        **{f"ldn-kg.{end}": _alone(write, dataset, form) for form, end in FORMATS.items()},
        _PACKED: _archive,
        **{name: _alone(path.read_bytes) for name, path in _copied().items()},
        ONTOLOGY: _alone(ontology_xml, dataset),
        **{
            f"answers/{name}.{end}": _alone(_answer, dataset, name, form)
            for name in questions()
            for form, end in _ANSWERS.items()
        },
        "queries/examples.ttl": _alone(examples),
        **{f"tables/{name}.csv": _alone(table, dataset, name) for name in known_tables()},
        "tables/codebook.csv": _alone(codebook, dataset),
        "ldn-kg.sqlite": _alone(database, dataset),
        "ldn-kg.json": _alone(plain_json, dataset),
        **{f"kgx/ldn-kg_{part}.tsv": _alone(tsv, dataset, part) for part in PARTS},
        **{f"kgx/ldn-kg_{part}.jsonl": _alone(json_lines, dataset, part) for part in PARTS},
        "kgx/ldn-kg_metadata.json": _alone(graph_metadata, dataset),
        NANOPUBS: _alone(nanopubs, dataset),
        FHIR: _alone(bundle, dataset),
        **{name: _alone(_citation, dataset, form) for name, form in _CITATIONS.items()},
        **{
            f"bibliography/ldn-kg.{end}": _alone(_bibliography, dataset, form)
            for form, end in _BIBLIOGRAPHIES.items()
        },
        **({CHANGES: changelog(dataset, previous)} if previous else {}),
        "metadata.ttl": partial(description, dataset),
        "metadata.jsonld": description_as_json_ld,
        "croissant.json": partial(croissant_json, dataset),
        "datapackage.json": partial(data_package, dataset),
        CRATE: partial(crate_json, dataset),
        PREVIEW: preview,
    }


_GRAPH, _PACKED = "ldn-kg.nq", "ldn-kg.nq.gz"
# What describes the other files, and so is made after them.
_DESCRIPTIONS = (
    "metadata.ttl",
    "metadata.jsonld",
    "croissant.json",
    "datapackage.json",
    CRATE,
    PREVIEW,
)
_ANSWERS = {"csv": "csv", "json": "srj"}  # format to file ending
_CITATIONS = {"CITATION.cff": "cff", "citation.bib": "bibtex"}  # file to form of citation

_BIBLIOGRAPHIES = {"ris": "ris", "bibtex": "bib", "csl-json": "json", "nbib": "nbib"}


def _alone(make: Callable[..., bytes], *arguments: object) -> Callable[[Path], bytes]:
    """Return the maker of a file that does not depend on the other files."""
    return lambda _: make(*arguments)


def _archive(folder: Path) -> bytes:
    # Without a time stamp, so that two builds give the same bytes.
    return gzip.compress((folder / _GRAPH).read_bytes(), mtime=0)


def _answer(dataset: Dataset, name: str, form: str) -> bytes:
    return query(dataset, name).serialize(form)


def _citation(dataset: Dataset, form: str) -> bytes:
    return cite(dataset, form=form).encode()


def _bibliography(dataset: Dataset, form: str) -> bytes:
    return bibliography(dataset, form).encode()


def _copied() -> dict[str, Path]:
    """Map the name in the release of each file that is copied unchanged to its path."""
    endings_by_folder = {
        "ontology": (".ttl", ".jsonld", ".rq"),
        "shapes": (".ttl", ".rq"),
        "queries": (".rq",),
    }
    shipped = {
        path.relative_to(ROOT).as_posix(): path
        for folder, endings in endings_by_folder.items()
        for ending in endings
        for path in files(folder, ending)
    }
    return {**shipped, "shapes/hcls.ttl": HCLS}
