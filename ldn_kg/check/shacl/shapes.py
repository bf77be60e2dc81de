"""The shapes graph: what is stated about each shape, its targets, and its terms as SPARQL."""

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


def subclasses(data: Store) -> frozenset[tuple[Any, Any]]:
    """Return the pairs of a class and one above it in the data: on these alone queries depend."""
    quads = data.quads_for_pattern(None, _SUBCLASS, None, None)
    return frozenset((quad.subject, quad.object) for quad in quads)


class NotUnderstoodError(Exception):
    """A shape cannot be translated into SPARQL here; pySHACL judges all its targets."""


class Shapes:
    """Looks up facts in the shapes graph, and subclasses in the data graph."""

    def __init__(self, shapes: Store, data: Store) -> None:
        """Keep both graphs."""
        self._shapes, self._data = shapes, data

    def quads(self, subject: Any, predicate: NamedNode | None = None) -> Iterator[Quad]:
        """Return the quads about a shape or another node."""
        return self._shapes.quads_for_pattern(subject, predicate, None, None)

    def values(self, subject: Any, name: str) -> list[Any]:
        """Return the values of a SHACL parameter by its local name, such as "path"."""
        return self.objects(subject, NamedNode(SH + name))

    def objects(self, subject: Any, predicate: NamedNode) -> list[Any]:
        """Return the values of a property."""
        return [quad.object for quad in self.quads(subject, predicate)]

    def only(self, subject: Any) -> Quad:
        """Return the only quad about a node; raise NotUnderstoodError unless there is just one."""
        quads = list(self.quads(subject))
        if len(quads) != 1:
            raise NotUnderstoodError
        return quads[0]

    def members(self, head: Any) -> list[Any]:
        """Return the members of an RDF list; raise NotUnderstoodError if it is malformed."""
        members, seen = [], set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, _REST)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise NotUnderstoodError
            seen.add(head)
            members += first
            (head,) = rest
        return members

    def prefixes(self, constraint: Any) -> dict[str, str]:
        """Map the prefixes that a SPARQL constraint declares to their namespaces."""
        namespaces = {}
        for ontology in self.values(constraint, "prefixes"):
            for declaration in self.values(ontology, "declare"):
                (prefix,), (name,) = (self.values(declaration, n) for n in ("prefix", "namespace"))
                namespaces[prefix.value] = name.value
        return namespaces

    def has_own_components(self) -> bool:
        """Return whether the shapes define constraint components, which may be used anywhere."""
        return bool(self._instances(NamedNode(f"{SH}ConstraintComponent")))

    def targets(self) -> dict[Any, list[str]]:
        """Map each shape with targets to the SPARQL patterns that find them."""
        patterns: dict[Any, list[str]] = {}
        for name, pattern in TARGETS.items():
            for quad in self.quads(None, NamedNode(SH + name)):
                patterns.setdefault(quad.subject, []).append(self._target(pattern, quad.object))
        for shape in self._class_shapes():
            patterns.setdefault(shape, []).append(self._target(TARGETS["targetClass"], shape))
        return patterns

    def below(self, name: Any) -> list[Any]:
        """Return a class and all its subclasses in the data, direct and indirect, sorted."""
        classes, todo = {name}, [name]
        while todo:
            subclasses = self._data.quads_for_pattern(None, _SUBCLASS, todo.pop(), None)
            new = {quad.subject for quad in subclasses} - classes
            classes |= new
            todo += new
        return sorted((name for name in classes if isinstance(name, NamedNode)), key=str)

    def _target(self, pattern: str, value: Any) -> str:
        classes = " ".join(map(str, self.below(value))) if "%(classes)s" in pattern else ""
        return f"{{ {pattern % {'value': value, 'classes': classes}} }}"

    def _class_shapes(self) -> set[Any]:
        """Return the shapes that are classes: their instances are targets (SHACL, 2.1.3.3)."""
        kinds = (NamedNode(SH + kind) for kind in ("NodeShape", "PropertyShape"))
        shapes = set().union(*map(self._instances, kinds))
        return self._instances(NamedNode(f"{RDFS}Class")) & shapes

    def _instances(self, name: NamedNode) -> set[Any]:
        return {q.subject for q in self._shapes.quads_for_pattern(None, TYPE, name, None)}


def constant(term: Any) -> str:
    """Return a term in SPARQL syntax.

    Raises NotUnderstoodError for a blank node, and for a term that the store would normalise.
    """
    if isinstance(term, BlankNode):
        raise NotUnderstoodError
    store = Store()
    store.add(Quad(NIL, NIL, term))
    if {quad.object for quad in store} != {term}:
        raise NotUnderstoodError
    return str(term)
