"""The graph of the shapes: what each says, where they aim, and the terms in it as SPARQL."""

from collections.abc import Iterator
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Quad, Store

SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
TARGETS = {
    "targetClass": "VALUES ?class { %(classes)s } ?this a ?class",
    "targetNode": "VALUES ?this { %(value)s }",
    "targetSubjectsOf": "?this %(value)s []",
    "targetObjectsOf": "[] %(value)s ?this",
}
TRUE = f'"true"^^<{XSD}boolean>'
TYPE, NIL = NamedNode(f"{RDF}type"), NamedNode(f"{RDF}nil")
FIRST, _REST = NamedNode(f"{RDF}first"), NamedNode(f"{RDF}rest")
_SUBCLASS = NamedNode(f"{RDFS}subClassOf")


class NotUnderstoodError(Exception):
    """A shape says what cannot be said in SPARQL here; pySHACL judges all its targets."""


class Shapes:
    """Looks up what the shapes say, and which classes the data put below others."""

    def __init__(self, shapes: Store, data: Store) -> None:
        """Keep both graphs."""
        self._shapes, self._data = shapes, data

    def quads(self, subject: Any, predicate: NamedNode | None = None) -> Iterator[Quad]:
        """Return what is said of a shape or another node."""
        return self._shapes.quads_for_pattern(subject, predicate, None, None)

    def values(self, subject: Any, name: str) -> list[Any]:
        """Return the values of a parameter, by its name in SHACL."""
        return self.objects(subject, NamedNode(SH + name))

    def objects(self, subject: Any, predicate: NamedNode) -> list[Any]:
        """Return the values of a property."""
        return [quad.object for quad in self.quads(subject, predicate)]

    def only(self, subject: Any) -> Quad:
        """Return the one thing that is said of a node."""
        found = list(self.quads(subject))
        if len(found) != 1:
            raise NotUnderstoodError
        return found[0]

    def members(self, head: Any) -> list[Any]:
        """Return the members of an RDF list."""
        found, seen = [], set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, _REST)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise NotUnderstoodError
            seen.add(head)
            found += first
            (head,) = rest
        return found

    def prefixes(self, constraint: Any) -> dict[str, str]:
        """Map the prefixes that a SPARQL constraint declares to their namespaces."""
        found = {}
        for ontology in self.values(constraint, "prefixes"):
            for declared in self.values(ontology, "declare"):
                (prefix,), (name,) = (self.values(declared, n) for n in ("prefix", "namespace"))
                found[prefix.value] = name.value
        return found

    def has_own_components(self) -> bool:
        """Tell whether the shapes define constraint components, which may be used anywhere."""
        return bool(self._of_type(NamedNode(f"{SH}ConstraintComponent")))

    def targets(self) -> dict[Any, list[str]]:
        """Map each shape with targets to the patterns that find them."""
        found: dict[Any, list[str]] = {}
        for name, pattern in TARGETS.items():
            for quad in self.quads(None, NamedNode(SH + name)):
                found.setdefault(quad.subject, []).append(self._target(pattern, quad.object))
        for shape in self._implicit():
            found.setdefault(shape, []).append(self._target(TARGETS["targetClass"], shape))
        return found

    def below(self, name: Any) -> list[Any]:
        """Return a class and all that the data say is below it."""
        found, todo = {name}, [name]
        while todo:
            below = self._data.quads_for_pattern(None, _SUBCLASS, todo.pop(), None)
            new = {quad.subject for quad in below} - found
            found |= new
            todo += new
        return sorted((name for name in found if isinstance(name, NamedNode)), key=str)

    def _target(self, pattern: str, value: Any) -> str:
        of = " ".join(map(str, self.below(value))) if "%(classes)s" in pattern else ""
        return f"{{ {pattern % {'value': value, 'classes': of}} }}"

    def _implicit(self) -> set[Any]:
        """Return the shapes that are classes, whose instances they aim at."""
        kinds = (NamedNode(SH + kind) for kind in ("NodeShape", "PropertyShape"))
        return self._of_type(NamedNode(f"{RDFS}Class")) & set().union(*map(self._of_type, kinds))

    def _of_type(self, name: NamedNode) -> set[Any]:
        return {q.subject for q in self._shapes.quads_for_pattern(None, TYPE, name, None)}


def constant(term: Any) -> str:
    """Return a term as SPARQL has it, if the store would not write it in another way."""
    if isinstance(term, BlankNode):
        raise NotUnderstoodError
    store = Store()
    store.add(Quad(NIL, NIL, term))
    if {quad.object for quad in store} != {term}:
        raise NotUnderstoodError
    return str(term)
