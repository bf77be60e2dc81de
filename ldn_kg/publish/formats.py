"""RDF serialisations of the dataset, always the same bytes for the same data."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pyoxigraph import Quad, RdfFormat, Triple, serialize
from rdflib import RDF, XSD, BNode, Graph, Literal
from rdflib.plugins.serializers.jsonld import Converter
from rdflib.plugins.shared.jsonld.context import Context

from ldn_kg.check.shacl.bridge import Terms
from ldn_kg.check.validation import check
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.files import context
from ldn_kg.graph.namespaces import PREFIXES, tidy
from ldn_kg.publish.indented import indented

# Format to file ending. Formats in _NAMED_GRAPHS keep the graphs; the others hold their union.
FORMATS = {
    "turtle": "ttl",
    "jsonld": "jsonld",
    "ntriples": "nt",
    "nquads": "nq",
    "trig": "trig",
    "rdfxml": "rdf",
}
_NAMED_GRAPHS = ("nquads", "trig")
_LINES = {"ntriples": RdfFormat.N_TRIPLES, "nquads": RdfFormat.N_QUADS}
_SHOWN = 200  # characters of a line in a message
_TYPE = PREFIXES["rdf"] + "type"
_NO_PREFIXES: Mapping[str, str] = {}
_JSON = json.JSONEncoder(sort_keys=True).encode
_Statement = TypeVar("_Statement", Quad, Triple)


def export(dataset: Dataset, form: str, graph: str | None = None) -> bytes:
    """Return the dataset, or one of its graphs, as the UTF-8 bytes of an RDF file.

    `form` is a key of FORMATS, `graph` the short name of a graph such as "derived". The dataset is
    validated first. Raises InvalidData if it is not valid, and LdnKgError if there is no such
    format or graph, or if the graph is empty.
    """
    expect_dataset(dataset)
    check(dataset)
    return write(dataset, form, graph)


def write(dataset: Dataset, form: str, graph: str | None = None) -> bytes:
    """Return what `export` returns, for a dataset that has been checked already."""
    if form not in FORMATS:
        raise LdnKgError(f"There is no format {form!r}; the formats are {', '.join(FORMATS)}.")
    quads = list(dataset.triples(graph))
    if not quads:
        raise LdnKgError(f"The graph {graph!r} is empty; leave out --graph for all graphs.")
    if form == "jsonld":
        return json_ld(quads)
    said: list[Any] = quads if form in _NAMED_GRAPHS else [quad.triple for quad in quads]
    if form in _LINES:
        return _sorted_lines(said, _LINES[form])
    ordered = _in_order_by_graph(quads) if form in _NAMED_GRAPHS else _in_order(said)
    written = _serialized(ordered, RdfFormat.from_extension(FORMATS[form]))
    if form == "rdfxml":
        _expect_well_formed(written)
    return written


def _expect_well_formed(xml: bytes) -> None:
    """Raise LdnKgError where XML 1.0 cannot say what the data say: the serializer does not look."""
    from xml.parsers import expat  # here: few formats are XML

    try:
        expat.ParserCreate(namespace_separator=" ").Parse(xml, True)
    except expat.ExpatError as error:
        line = xml.splitlines()[error.lineno - 1].decode(errors="replace").strip()
        raise LdnKgError(
            f"RDF/XML cannot say this: {line[:_SHOWN]}. XML has no control characters, and there a "
            "property or class ends in a name that begins with a letter; mend that, or choose "
            "another format."
        ) from error


def turtle(triples: Iterable[Triple]) -> bytes:
    """Return triples as readable Turtle: sorted, with our prefixes, a blank line per subject."""
    return _serialized(_in_order(triples), RdfFormat.TURTLE)


def rdf_xml(triples: Iterable[Triple]) -> bytes:
    """Return triples as RDF/XML: sorted, with our prefixes."""
    return _serialized(_in_order(triples), RdfFormat.RDF_XML)


def json_ld(quads: Iterable[Quad | Triple]) -> bytes:
    """Return quads as JSON-LD 1.1, compacted by the published context.

    The document contains the context, so nothing has to be fetched. The graph of a quad is dropped.
    """
    read, written = _context()
    nodes: list[Any] = _Converter(read, False, False).from_graph(cast(Graph, _Reading(quads)))
    graph = indented({"@graph": sorted(map(_sorted_keys, nodes), key=_node_id)})
    return (written.removesuffix("\n}") + "," + graph.removeprefix("{") + "\n").encode()


class _Reading:
    """As much of an rdflib graph as its converter to JSON-LD reads: a third of time and memory."""

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        terms = Terms()
        self._by_subject: dict[Any, dict[tuple[Any, Any], None]] = {}
        for quad in quads:
            said = self._by_subject.setdefault(terms[quad.subject], {})
            said[terms[quad.predicate], terms[quad.object]] = None
        self._cells = _cells(self._by_subject)

    def subjects(self, predicate: None = None, value: Any = None) -> Iterable[Any]:
        """Return all subjects, or something if a value is written within a list.

        The converter leaves out a blank node that is a value of something, and does not always come
        back to it. So only cells of lists are left out.
        """
        if value is None:
            return self._by_subject
        return (True,) if value in self._cells else ()

    def predicate_objects(self, subject: Any) -> Iterable[tuple[Any, Any]]:
        """Return all that is said of a subject, with values that are false in Python last."""
        return sorted(self._by_subject.get(subject, {}), key=lambda pair: not pair[1])

    def value(self, subject: Any, predicate: Any) -> Any:
        """Return something if a subject is a cell of a list: no more is asked."""
        return subject if subject in self._cells else None


def _cells(by_subject: Mapping[Any, Mapping[tuple[Any, Any], None]]) -> set[Any]:
    """Return the blank nodes that only make up lists, which @list says without them.

    Of a cell its item and its rest are said and nothing else, one triple leads to it, and the list
    ends. Others, and a list that is an item of a list, are written as the nodes that they are.
    """
    uses: dict[Any, list[Any]] = {}
    for said in by_subject.values():
        for name, value in said:
            if isinstance(value, BNode):
                uses.setdefault(value, []).append(name)
    before: dict[Any, list[Any]] = {}
    for node, names in uses.items():
        said = dict(by_subject.get(node, ()))
        if len(names) == 1 and names[0] != RDF.first and len(by_subject.get(node, ())) == 2:
            if said.keys() == {RDF.first, RDF.rest}:
                before.setdefault(said[RDF.rest], []).append(node)
    cells: set[Any] = set()
    reached = [RDF.nil]
    while reached:
        found = before.get(reached.pop(), [])
        cells.update(found)
        reached += found
    return cells


class _Converter(Converter):
    """The converter of rdflib, without what it loses.

    It writes every boolean, integer and double as JSON does, so that a double of 1 comes back as an
    integer, writes a blank node as a type in a form that no @type has, and takes a value of 0,
    false or "" that is there already for none.
    """

    def add_to_node(self, graph: Any, s: Any, p: Any, o: Any, s_node: Any, nodemap: Any) -> None:
        """Add a value to those that a node has."""
        if p == RDF.type and isinstance(o, BNode):
            alone = {self.context.type_key: o.n3()}
        elif not o:  # these come last
            super().add_to_node(graph, s, p, o, alone := {}, nodemap)
        else:
            super().add_to_node(graph, s, p, o, s_node, nodemap)
            return
        for key, value in alone.items():
            there = s_node.get(key, [])
            values = [*(there if isinstance(there, list) else [there]), value]
            s_node[key] = values if len(values) > 1 else value

    def to_raw_value(self, graph: Any, s: Any, o: Any, nodemap: Any) -> Any:
        """Return a value as JSON-LD has it."""
        if isinstance(o, Literal) and o.datatype in _SPELLED and not _SPELLED[o.datatype](str(o)):
            keys = self.context
            return {keys.type_key: keys.to_symbol(str(o.datatype)), keys.value_key: str(o)}
        return super().to_raw_value(graph, s, o, nodemap)


# Whether JSON-LD reads the same value from what JSON writes; beyond 2^53 many programs round.
_SPELLED: dict[Any, Callable[[str], object]] = {
    XSD.boolean: {"true", "false"}.__contains__,
    XSD.double: lambda text: False,
    XSD.integer: re.compile("0|-?[1-9][0-9]{0,14}").fullmatch,
}


class _Remembering(Context):
    """A context that looks up each term and each IRI once, however many records have it."""

    def __init__(self, source: Any) -> None:
        super().__init__(source)
        # Not before all is read: what a context says of a term may change while it is read.
        self.shrink_iri = cache(super().shrink_iri)  # type: ignore[method-assign]
        self.find_term = cache(super().find_term)  # type: ignore[method-assign]
        self.to_symbol = cache(super().to_symbol)  # type: ignore[method-assign]


@cache
def _context() -> tuple[Context, str]:
    """Return the published context as rdflib reads it, and as it is written: once for all."""
    shared = context()
    return _Remembering(shared), indented({"@context": shared})


def trig(quads: Iterable[Quad], **prefixes: str) -> bytes:
    """Return quads as readable TriG: sorted, with our prefixes and those given."""
    return _serialized(_in_order_by_graph(quads), RdfFormat.TRIG, prefixes)


def _serialized(
    statements: list[Any], syntax: RdfFormat | None, more: Mapping[str, str] = _NO_PREFIXES
) -> bytes:
    written = cast(bytes, serialize(statements, format=syntax, prefixes={**PREFIXES, **more}))
    return _spaced(written) if syntax in (RdfFormat.TURTLE, RdfFormat.TRIG) else written


def _sorted_lines(said: list[Any], syntax: RdfFormat) -> bytes:
    """Return each statement once on a line, in the order of the code points.

    That is the order of canonical N-Quads (RDF Dataset Canonicalization) and of `LC_ALL=C sort`.
    """
    written = cast(bytes, serialize(said, format=syntax))
    return b"".join(sorted(set(written.splitlines(keepends=True))))


def _in_order_by_graph(quads: Iterable[Quad]) -> list[Quad]:
    """Return each quad once: graph by graph, and within each as a person reads a record."""
    by_graph: dict[Any, list[Quad]] = {}
    for quad in quads:
        by_graph.setdefault(quad.graph_name, []).append(quad)
    return [quad for name in sorted(by_graph, key=str) for quad in _in_order(by_graph[name])]


def _in_order(said: Iterable[_Statement]) -> list[_Statement]:
    """Return each triple, or quad of one graph, once: by subject, its type first.

    To sort within each subject takes half the time of sorting all.
    """
    by_subject: dict[Any, list[_Statement]] = {}
    for one in set(said):
        by_subject.setdefault(one.subject, []).append(one)
    return [
        one for name in sorted(by_subject, key=str) for one in sorted(by_subject[name], key=_place)
    ]


def _place(said: _Statement) -> tuple[bool, str, str]:
    predicate = said.predicate.value
    return predicate != _TYPE, predicate, str(said.object)


def _spaced(turtle: bytes) -> bytes:
    """Tidy the prefixes and put a blank line before each subject."""
    return re.sub(rb"^(?=[^@\t\n}])", b"\n", tidy(turtle), flags=re.MULTILINE)


def _sorted_keys(value: Any) -> Any:
    """Sort the keys of a node, its id and type first, and the values of each key."""
    if isinstance(value, list):
        items = [_sorted_keys(item) for item in value]
        return sorted(items, key=_JSON) if len(items) > 1 else items
    if not isinstance(value, dict):
        return value
    if "@list" in value:  # an RDF list keeps its order
        return {"@list": [_sorted_keys(item) for item in value["@list"]]}
    keys = sorted(value, key=lambda key: (key != "id", key != "type", key))
    return {key: _sorted_keys(value[key]) for key in keys}


def _node_id(node: dict[str, Any]) -> str:
    return str(node["id"])
