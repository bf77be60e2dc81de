"""SHACL: graph to problems. The only user of pySHACL."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib import BNode as RdflibBNode
from rdflib import Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from ldn_kg.dataset import ROOT, Dataset, files, quads, rows, text
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.namespaces import BASE, shorten

UNDEFINED = "undefined-term"


@dataclass(frozen=True, order=True)
class Problem:
    """One rule that one record breaks."""

    record: str
    rule: str
    message: str
    path: str | None = None
    value: str | None = None
    file: Path | None = None

    def __str__(self) -> str:
        """Return the one line that a curator needs: file, record, rule, what is wrong."""
        place = f"{self.file}: " if self.file else ""
        said = f"{self.path or 'it'} says {self.value}" if self.value else self.path
        detail = f" ({said})" if said else ""
        return f"{place}{shorten(self.record)}: {self.message}{detail} [{shorten(self.rule)}]"


@dataclass(frozen=True)
class Report:
    """What a validation looked at and what it found."""

    triples: int
    shapes: int
    records: int
    problems: tuple[Problem, ...]


def validate(dataset: Dataset) -> Report:
    """Check every record of a dataset against the shapes, and every own term for being defined.

    Raises LdnKgError where no shape finds a record to look at: nothing looked at is not valid.
    """
    data, shapes = to_rdflib(dataset.triples()), shapes_graph()
    records = _targets(dataset, shapes)
    if not records:
        raise LdnKgError("No shape finds a record to look at; name a file that holds records.")
    found = [*_shacl(data, shapes), *_undefined_terms(dataset)]
    return Report(
        triples=len(data),
        shapes=len(set(shapes.subjects(SH.message))),
        records=len(records),
        problems=_with_files(dataset, found),
    )


def problems(triples: Iterable[Triple], shapes: Path) -> tuple[Problem, ...]:
    """Check triples against the shapes of one file, which must find something to look at.

    Raises LdnKgError where they find nothing: nothing looked at is not valid.
    """
    data, rules = to_rdflib(triples), to_rdflib(quads(shapes))
    classes = set(rules.objects(None, SH.targetClass))
    if not any((None, RDF.type, wanted) in data for wanted in classes):
        raise LdnKgError(f"{shapes.name} finds nothing to look at.")
    return tuple(sorted(_shacl(data, rules)))


def check(dataset: Dataset) -> None:
    """Raise InvalidData with all problems unless the dataset validates."""
    found = validate(dataset).problems
    if found:
        raise InvalidData(found)


@cache
def shapes_graph() -> Graph:
    """Return the shipped shapes as one graph."""
    return to_rdflib(quad for path in files("shapes", ".ttl") for quad in quads(path))


class _PreparingGraph(Graph):
    """A graph that parses a query once: pySHACL asks the same one for every record."""

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **kwargs)


@cache
def _prepared(sparql: str) -> Query:
    return prepareQuery(sparql)


def to_rdflib(source: Iterable[Quad | Triple]) -> Graph:
    """Return triples, or those of quads, as an rdflib graph, terms unchanged."""
    graph = _PreparingGraph()
    terms: dict[Any, Any] = {}

    def convert(term: Any) -> Any:
        if term not in terms:
            terms[term] = _convert(term)
        return terms[term]

    for quad in source:
        graph.add((convert(quad.subject), convert(quad.predicate), convert(quad.object)))
    return graph


def _convert(term: NamedNode | BlankNode | Literal) -> URIRef | RdflibBNode | RdflibLiteral:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return RdflibBNode(term.value)
    if term.language:
        return RdflibLiteral(term.value, lang=term.language)
    plain = term.datatype.value.endswith("#string")
    datatype = None if plain else URIRef(term.datatype.value)
    return RdflibLiteral(term.value, datatype=datatype, normalize=False)


def _shacl(data: Graph, shapes: Graph) -> Iterable[Problem]:
    outcome: tuple[Any, Any, Any] = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", inplace=True
    )
    conforms, report, words = outcome
    if not isinstance(report, Graph):
        raise LdnKgError(f"The shapes could not be run: {words}")
    nested = set(report.objects(None, SH.detail))
    results = set(report.objects(None, SH.result)) - nested
    if conforms == bool(results):
        raise LdnKgError("The report of the shapes contradicts itself; please report this.")
    for result in results:
        shape, record = report.value(result, SH.sourceShape), report.value(result, SH.focusNode)
        value = report.value(result, SH.value)
        ours = isinstance(value, URIRef) and value.startswith(BASE)
        missing = ours and (value, RDF.type, None) not in data
        message = shapes.value(shape, SH.message)
        yield Problem(
            record=str(record),
            rule=str(shape),
            message=str(message or report.value(result, SH.resultMessage)),
            path=_text(report.value(result, SH.resultPath)),
            # A rule on a whole record reports the record itself, which is said already.
            value=None if value == record else _text(value, ", which is no record" * missing),
        )


def _text(term: Any, more: str = "") -> str | None:
    return None if term is None or isinstance(term, RdflibBNode) else shorten(str(term)) + more


def _undefined_terms(dataset: Dataset) -> Iterable[Problem]:
    """Find own terms that no file defines: SHACL has no target for a misspelt property."""
    for row in rows(dataset, text(ROOT / "shapes" / f"{UNDEFINED}.rq")):
        term = shorten(row["term"])
        message = f"{term} is not defined in the ontology; look for a misspelling."
        yield Problem(row["record"], UNDEFINED, message)


def _targets(dataset: Dataset, shapes: Graph) -> set[str]:
    classes = " ".join(f"<{c}>" for c in set(shapes.objects(None, SH.targetClass)))
    sparql = f"SELECT DISTINCT ?record WHERE {{ VALUES ?class {{ {classes} }} ?record a ?class }}"
    return {row["record"] for row in rows(dataset, sparql)}


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
