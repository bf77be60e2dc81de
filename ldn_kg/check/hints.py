"""What a record could say instead: the codes of a closed list, or the records of like names."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Store
from rapidfuzz.fuzz import ratio

from ldn_kg.check.shacl import Result, Term
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.identifiers import normal
from ldn_kg.graph.names import alike, by_name, near, plain
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, iri, shorten

_LISTED = 8  # codes: of a longer list, those most like what was typed
_ALIKE = 60  # in percent, by the letters in common
_TYPES = "SELECT DISTINCT ?record WHERE { ?record a ?type . ?type rdfs:subClassOf* ?class }"
_IDENTIFIERS = tuple(iri(name) for name in ("bibo:doi", "bibo:pmid", "schema:identifier"))
_FIRST, _REST = iri("rdf:first"), iri("rdf:rest")


class Hints:
    """Hints on the problems of one dataset; what they need is looked up when one is asked for."""

    def __init__(self, data: Store, shapes: Store) -> None:
        """Keep the data and the shapes that they were checked against."""
        self._data, self._shapes = data, shapes

    def on(self, result: Result) -> str | None:
        """Return what the rule that a result reports would allow, or None if that says nothing.

        For a value outside a closed list these are its codes and the nearest of them, for a value
        that is no record the records nearest to it in name.
        """
        if result.value is None and (others := self._sharing(result)):
            return f"the same stands on {', '.join(others)}"
        if result.path in _IDENTIFIERS and isinstance(result.value, Literal):
            return self._in_normal_form(result.value.value)
        codes, scheme = self._allowed(result.source_shape)
        if codes:
            return self._of_list(result, codes, scheme)
        wanted = _object(self._shapes, result.source_shape, "sh:class")
        if wanted is None or result.value is None or self._is_record(result.value):
            return None
        return _meant(self._records_like(_name(result.value), wanted))

    def on_term(self, term: str) -> str | None:
        """Return the defined terms of our namespaces that are most like an IRI, or None."""
        space = LDNC if term.startswith(LDNC) else LDN
        names = {
            quad.subject.value.removeprefix(space)
            for quad in self._data.quads_for_pattern(None, iri("rdf:type"), None, None)
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(space)
        }
        close = alike(term.removeprefix(space), sorted(names), 3)
        return _meant(shorten(space + name) for name in close)

    def _allowed(self, shape: Term) -> tuple[list[str], str | None]:
        """Return the IRIs that a shape allows (sh:in, or a node shape on skos:inScheme).

        Beside them stands the scheme that they are from, if they are.
        """
        listed = list(_members(self._shapes, _object(self._shapes, shape, "sh:in")))
        if listed:
            return [term.value for term in listed if isinstance(term, NamedNode)], None
        node = _object(self._shapes, shape, "sh:node")
        inside = _object(self._shapes, node, "sh:property")
        scheme = _object(self._shapes, inside, "sh:hasValue")
        if scheme is None or _object(self._shapes, inside, "sh:path") != iri("skos:inScheme"):
            return [], None
        quads = self._data.quads_for_pattern(None, iri("skos:inScheme"), scheme, None)
        codes = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
        return sorted(codes), shorten(scheme.value)

    def _sharing(self, result: Result) -> list[str]:
        """Return the other records with a value that the rule lets only one record have."""
        path = _object(self._shapes, result.source_shape, "sh:path")
        steps = list(_members(self._shapes, path))
        if len(steps) != 2 or _object(self._shapes, steps[1], "sh:inversePath") != steps[0]:
            return []
        node: Any = result.focus_node
        step: Any = steps[0]
        said = self._data.quads_for_pattern(node, step, None, None)
        having = [self._having(step, quad.object) for quad in said]
        return sorted(set().union(*having) - {shorten(node.value)})

    def _in_normal_form(self, typed: str) -> str | None:
        """Return the normal form of an identifier that was typed otherwise, and what has it."""
        form = normal(typed)
        if form == typed:
            return None
        having = [self._having(property, Literal(form)) for property in _IDENTIFIERS]
        others = ", ".join(sorted(set().union(*having)))
        return f"its normal form is {form}" + (f", which {others} has already" if others else "")

    def _having(self, predicate: NamedNode, value: Any) -> set[str]:
        found = self._data.quads_for_pattern(None, predicate, value, None)
        return {shorten(str(quad.subject).strip("<>")) for quad in found}

    def _of_list(self, result: Result, codes: list[str], scheme: str | None) -> str | None:
        typed = _name(result.value)
        if result.value is None:
            if result.path is None or _object(self._data, result.focus_node, result.path):
                return None  # there are values, too many of them
        elif result.value.value in codes:
            return None  # another part of the rule is broken
        names = {code: self._names_of(code) for code in codes}
        likeness = {code: max(ratio(typed, name) for name in names[code]) for code in codes}
        nearest = sorted(codes, key=lambda code: -likeness[code])
        shown = codes if len(codes) <= _LISTED else nearest[:_LISTED]
        words = f"one of: {', '.join(map(shorten, shown))}"
        if len(shown) < len(codes):
            words += f" and {len(codes) - len(shown)} more"
            words += f" (`ldn-kg show {scheme}` lists all)" if scheme else ""
        meant = _meant(shorten(code) for code in nearest[:1] if likeness[code] >= _ALIKE)
        return "; ".join(filter(None, [words, meant]))

    def _names_of(self, code: str) -> list[str]:
        dataset, term = Dataset(self._data, ()), NamedNode(code)
        return [plain(code.replace("#", "/").rpartition("/")[2]), plain(dataset.label(term))]

    def _records_like(self, name: str, wanted: Term) -> list[str]:
        rows = Dataset(self._data, ()).rows(_TYPES, **{"class": NamedNode(wanted.value)})
        records = {row["record"] for row in rows}
        return near(name, {other: found & records for other, found in self._named.items()})

    @cached_property
    def _named(self) -> dict[str, set[str]]:
        return by_name(Dataset(self._data, ()))

    def _is_record(self, value: Term) -> bool:
        """Tell whether a value is a record, or an IRI that is none of ours."""
        if not isinstance(value, NamedNode):
            return isinstance(value, BlankNode)
        typed = _object(self._data, value, "rdf:type") is not None
        return typed or not value.value.startswith(BASE)


def _object(store: Store, subject: Term | None, predicate: str | NamedNode) -> Term | None:
    """Return an object of a subject and a predicate, whichever, or None."""
    if subject is None or isinstance(subject, Literal):
        return None
    named = iri(predicate) if isinstance(predicate, str) else predicate
    quad = next(store.quads_for_pattern(subject, named, None, None), None)
    return quad.object if quad else None  # type: ignore[return-value]  # RDF 1.1 only


def _members(store: Store, node: Term | None) -> Iterator[Term]:
    while node is not None:
        first = _object(store, node, _FIRST)
        if first is not None:
            yield first
        node = _object(store, node, _REST)


def _name(value: Term | None) -> str:
    """Return what was typed, without its namespace, made plain."""
    if isinstance(value, NamedNode):
        return plain(value.value.replace("#", "/").rpartition("/")[2])
    return plain(value.value) if isinstance(value, Literal) else ""


def _meant(names: Iterable[str]) -> str | None:
    listed = " or ".join(names)
    return f"did you mean {listed}?" if listed else None
