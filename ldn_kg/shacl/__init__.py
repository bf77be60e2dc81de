"""SHACL: graph to problems. SPARQL finds the nodes that may fail a shape, pySHACL judges them."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store, Triple

from ldn_kg.dataset import ROOT, Dataset, files, quads, rows, text
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.namespaces import PREFIXES, shorten
from ldn_kg.shacl.candidates import may_fail
from ldn_kg.shacl.report import Problem, Report

__all__ = ["UNDEFINED", "Problem", "Report", "check", "problems", "rules", "validate"]

UNDEFINED = "undefined-term"
_MESSAGE, _CLASS = (NamedNode(PREFIXES["sh"] + name) for name in ("message", "targetClass"))
_TRIPLES = "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }"


def validate(dataset: Dataset) -> Report:
    """Check every record of a dataset against the shapes, and every own term for being defined.

    Raises LdnKgError where no shape finds a record to look at: nothing looked at is not valid.
    """
    shapes = rules()
    records = _records(dataset.store, shapes)
    if not records:
        raise LdnKgError("No shape finds a record to look at; name a file that holds records.")
    found = [*_judged(dataset.store, shapes), *_undefined_terms(dataset)]
    return Report(
        triples=int(rows(dataset, _TRIPLES)[0]["n"]),
        shapes=len({quad.subject for quad in _stating(shapes, _MESSAGE)}),
        records=records,
        problems=_with_files(dataset, found),
    )


def problems(triples: Iterable[Triple], shapes: Path) -> tuple[Problem, ...]:
    """Check triples against the shapes of one file, which must find something to look at.

    Raises LdnKgError where they find nothing: nothing looked at is not valid.
    """
    data, found = Store(), Store()
    data.extend(Quad(*triple) for triple in triples)
    found.extend(quads(shapes))
    if not _records(data, found):
        raise LdnKgError(f"{shapes.name} finds nothing to look at.")
    return tuple(sorted(_judged(data, found)))


def check(dataset: Dataset) -> None:
    """Raise InvalidData with all problems unless the dataset validates."""
    found = validate(dataset).problems
    if found:
        raise InvalidData(found)


@cache
def rules() -> Store:
    """Return the shipped shapes in one store."""
    store = Store()
    for path in files("shapes", ".ttl"):
        store.extend(quads(path))
    return store


def _judged(data: Store, shapes: Store) -> Iterable[Problem]:
    """Let pySHACL judge what may fail; its import alone takes longer than to find nothing."""
    aims = {shape: nodes for shape, nodes in may_fail(shapes, data).items() if nodes}
    if not aims:
        return ()
    from ldn_kg.shacl.judge import judge

    return judge(data, shapes, aims)


def _stating(shapes: Store, predicate: NamedNode) -> Iterable[Quad]:
    return shapes.quads_for_pattern(None, predicate, None, None)


def _records(data: Store, shapes: Store) -> int:
    """Count what is of a class that some shape is about."""
    classes = " ".join(sorted({str(quad.object) for quad in _stating(shapes, _CLASS)}))
    where = f"VALUES ?class {{ {classes} }} ?record a ?class"
    sparql = f"SELECT (COUNT(DISTINCT ?record) AS ?n) WHERE {{ {where} }}"
    return int(rows(Dataset(data, ()), sparql)[0]["n"])


def _undefined_terms(dataset: Dataset) -> Iterable[Problem]:
    """Find own terms that no file defines: SHACL has no target for a misspelt property."""
    for row in rows(dataset, text(ROOT / "shapes" / f"{UNDEFINED}.rq")):
        term = shorten(row["term"])
        message = f"{term} is not defined in the ontology; look for a misspelling."
        yield Problem(row["record"], UNDEFINED, message)


def _with_files(dataset: Dataset, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Name the file of each record; read again, since that is only needed when it went wrong."""
    found = sorted(set(problems), key=str)
    wanted = {problem.record for problem in found}
    where: dict[str, Path] = {}
    for path in dataset.files if wanted else ():
        for quad in quads(path):
            name = str(quad.subject).strip("<>")
            if name in wanted:
                where[name] = path  # the last one: a user's own file comes after the shipped ones
    return tuple(replace(problem, file=where.get(problem.record)) for problem in found)
