"""Terms and stores of pyoxigraph in rdflib: copied, or viewed in place.

oxrdflib is not used because it normalises terms (010 becomes 10), and a report must show what was
typed.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph
from rdflib import BNode as RdflibBNode
from rdflib import Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.plugins.stores.memory import Memory


def to_rdflib(source: Iterable[Quad | Triple]) -> Graph:
    """Return an rdflib graph with the triples, or the triples of the quads, terms unchanged."""
    graph, terms = _PreparingGraph(), Terms()
    for quad in source:
        graph.add((terms[quad.subject], terms[quad.predicate], terms[quad.object]))
    return graph


def view(store: Oxigraph) -> Graph:
    """Return a read-only rdflib graph of the union of all graphs of a store, without a copy."""
    reading = _View(store)
    reading.union = _PreparingGraph(store=reading)
    return reading.union


class Terms(dict[Any, Any]):
    """Maps terms of pyoxigraph to those of rdflib."""

    def __missing__(self, term: Any) -> Any:
        """Convert a term when it first occurs."""
        self[term] = converted = _convert(term)
        return converted


class _View(Memory):
    """The rdflib store behind a view; it holds only prefixes itself."""

    union: Graph | None = None  # the only graph

    def __init__(self, store: Oxigraph) -> None:
        super().__init__()
        self._store, self._terms = store, Terms()
        self._size = len(store)  # counted once: pySHACL keeps asking whether the graph is empty

    def triples(self, triple_pattern: Any, context: Any = None) -> Any:
        """Yield each matching triple of any graph once, with the union as its context."""
        subject, predicate, value = (None if t is None else from_rdflib(t) for t in triple_pattern)
        if isinstance(subject, Literal):
            return
        terms, seen = self._terms, set()
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):
            triple = (terms[quad.subject], terms[quad.predicate], terms[quad.object])
            if triple not in seen:
                seen.add(triple)
                yield triple, iter((self.union,))

    def __len__(self, context: Any = None) -> int:
        """Return the number of quads; a triple in several graphs counts several times."""
        return self._size


class _PreparingGraph(Graph):
    """A graph that parses each query only once: pySHACL repeats queries for every record."""

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **kwargs)


@cache
def _prepared(sparql: str) -> Query:
    return prepareQuery(sparql)


def _convert(term: Any) -> URIRef | RdflibBNode | RdflibLiteral:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return RdflibBNode(term.value)
    if term.language:
        return RdflibLiteral(term.value, lang=term.language)
    is_string = term.datatype.value.endswith("#string")
    datatype = None if is_string else URIRef(term.datatype.value)
    return RdflibLiteral(term.value, datatype=datatype, normalize=False)


def from_rdflib(term: Any) -> Any:
    """Return the pyoxigraph term that equals a term of rdflib."""
    if isinstance(term, URIRef):
        return NamedNode(term)
    if isinstance(term, RdflibBNode):
        return BlankNode(term)
    if term.language:
        return Literal(term, language=term.language)
    return Literal(term, datatype=NamedNode(term.datatype) if term.datatype else None)
