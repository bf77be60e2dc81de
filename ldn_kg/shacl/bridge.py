"""Terms and stores of pyoxigraph as rdflib sees them: copied whole, or looked at in place.

Not oxrdflib: its terms are normalised (010 becomes 10), and a report must show what was typed.
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
    """Return triples, or those of quads, as an rdflib graph, terms unchanged."""
    graph, terms = _PreparingGraph(), _Terms()
    for quad in source:
        graph.add((terms[quad.subject], terms[quad.predicate], terms[quad.object]))
    return graph


def view(store: Oxigraph) -> Graph:
    """Return the union of all graphs of a store as an rdflib graph, without copying it.

    It is for reading only.
    """
    looking = _View(store)
    looking.whole = _PreparingGraph(store=looking)
    return looking.whole


class _Terms(dict[Any, Any]):
    """Maps terms of pyoxigraph to those of rdflib."""

    def __missing__(self, term: Any) -> Any:
        self[term] = found = _convert(term)
        return found


class _View(Memory):
    """The store that a view reads; in memory are only prefixes."""

    whole: Graph | None = None  # the one graph that there is

    def __init__(self, store: Oxigraph) -> None:
        super().__init__()
        self._store, self._terms = store, _Terms()
        self._size = len(store)  # once: pySHACL asks for it at every turn, to see that it is not 0

    def triples(self, triple_pattern: Any, context: Any = None) -> Any:
        """Yield each triple of any graph once, in the one graph that there is."""
        subject, predicate, value = (None if t is None else from_rdflib(t) for t in triple_pattern)
        if isinstance(subject, Literal):
            return
        terms, seen = self._terms, set()
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):
            triple = (terms[quad.subject], terms[quad.predicate], terms[quad.object])
            if triple not in seen:
                seen.add(triple)
                yield triple, iter((self.whole,))

    def __len__(self, context: Any = None) -> int:
        """Return the number of quads, of which some may be one triple in several graphs."""
        return self._size


class _PreparingGraph(Graph):
    """A graph that parses a query once: pySHACL asks the same one for every record."""

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
    plain = term.datatype.value.endswith("#string")
    datatype = None if plain else URIRef(term.datatype.value)
    return RdflibLiteral(term.value, datatype=datatype, normalize=False)


def from_rdflib(term: Any) -> Any:
    """Return a term of rdflib as pyoxigraph has it."""
    if isinstance(term, URIRef):
        return NamedNode(term)
    if isinstance(term, RdflibBNode):
        return BlankNode(term)
    if term.language:
        return Literal(term, language=term.language)
    return Literal(term, datatype=NamedNode(term.datatype) if term.datatype else None)
