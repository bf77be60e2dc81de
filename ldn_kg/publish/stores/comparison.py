"""What a triple store made of the dataset: read back and compared, triple by triple."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.publish.stores.endpoint import Endpoint
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.publish.stores.transfer import Graphs

_BUCKETS = 64  # parts of a graph that are compared one after the other
_SHOWN = 20  # differences of each kind that are named
_MIME = {"application/n-triples": RdfFormat.N_TRIPLES, "text/turtle": RdfFormat.TURTLE}
_XSD = PREFIXES["xsd"]
_DECIMAL = NamedNode(_XSD + "decimal")
_NUMBERS = {_XSD + name for name in ("decimal", "integer", "int", "long", "nonNegativeInteger")}
_FLOATS = {_XSD + "double", _XSD + "float"}
_TRUTH = {"true": "true", "1": "true", "false": "false", "0": "false"}


@dataclass
class Comparison:
    """How a graph in a store differs from the one here; the lists name the first few of each.

    `lost` are triples that the store does not have, `added` those that only the store has, and
    `respelled` pairs of a triple and what the store made of it, with the same value.
    """

    graph: str
    triples: int = 0
    lost: int = 0
    added: int = 0
    respelled: int = 0
    examples: dict[str, list[str]] = field(
        default_factory=lambda: {"lost": [], "added": [], "respelled": []}
    )

    @property
    def same(self) -> bool:
        """True where no triple is lost or added."""
        return not self.lost and not self.added

    def __str__(self) -> str:
        """Say it in a line for the graph, and one for each triple that is named."""
        respelled = f", {self.respelled} spelled otherwise" if self.respelled else ""
        verdict = "the same" if self.same else f"{self.lost} lost, {self.added} added"
        lines = [f"{self.graph}: {self.triples} triples, {verdict}{respelled}"]
        lines += [f"  {kind}: {line}" for kind, found in self.examples.items() for line in found]
        return "\n".join(lines)


def verify(endpoint: Endpoint, graphs: Graphs) -> list[Comparison]:
    """Read graphs back from a store and compare them with what they should be.

    Triples are equal when their canonical N-Triples are (RDFC-1.0; ours have no blank nodes). A
    literal that the store spells otherwise is no loss where the value is the same: a number in its
    canonical form, a boolean as 1 or 0, UTC as Z. Memory is bounded: both
    sides are sorted into files on disk. Raises LdnKgError where the store cannot be read.
    """
    with Client(endpoint) as client:
        return [_read_back(client, graph, graphs[graph]()) for graph in graphs]


def _read_back(client: Client, graph: str, triples: Iterable[Triple]) -> Comparison:
    with TemporaryDirectory() as folder:
        file = Path(folder, "graph")
        media_type = client.get(graph, file)
        return compare(graph, triples, _parsed(graph, file, media_type))


def compare(graph: str, here: Iterable[Triple], there: Iterable[Triple]) -> Comparison:
    """Compare what a graph should hold with what it holds, as `verify` does."""
    comparison = Comparison(graph)
    with TemporaryDirectory() as folder:
        ours = _sorted_out(here, Path(folder, "here"))
        theirs = _sorted_out(there, Path(folder, "there"))
        for name in range(_BUCKETS):
            _compare_bucket(comparison, _bucket(ours, name), _bucket(theirs, name))
    return comparison


def _parsed(graph: str, file: Path, media_type: str) -> Iterator[Triple]:
    try:
        for quad in parse(path=file, format=_MIME[media_type]):
            yield quad.triple
    except SyntaxError as error:
        raise LdnKgError(
            f"What the store gave for {graph} is not RDF: {error.msg} (line {error.lineno})."
        ) from error


def _sorted_out(triples: Iterable[Triple], folder: Path) -> Path:
    """Write each triple, on the line after its value, into one of the buckets by that value."""
    folder.mkdir()
    blank = pyoxigraph.Dataset()
    with ExitStack() as stack:
        names = [folder / str(name) for name in range(_BUCKETS)]
        files = [stack.enter_context(name.open("w", encoding="utf-8")) for name in names]
        for triple in triples:
            if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
                blank.add(Quad(*triple))
            else:
                _put(files, triple)
        blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        for quad in blank:
            _put(files, quad.triple)
    return folder


def _put(files: Sequence[IO[str]], triple: Triple) -> None:
    value = _value(triple)
    files[zlib.crc32(value.encode()) % _BUCKETS].write(f"{value}\n{triple}\n")


def _bucket(folder: Path, name: int) -> dict[str, set[str]]:
    """Return the spellings of each value in a bucket."""
    found: dict[str, set[str]] = {}
    with Path(folder, str(name)).open(encoding="utf-8", newline="\n") as lines:
        for value, spelling in zip(lines, lines, strict=True):
            found.setdefault(value, set()).add(spelling.rstrip("\n"))
    return found


def _compare_bucket(
    comparison: Comparison, here: dict[str, set[str]], there: dict[str, set[str]]
) -> None:
    comparison.triples += sum(map(len, here.values()))
    lost = sorted(s for value in here.keys() - there.keys() for s in here[value])
    added = sorted(s for value in there.keys() - here.keys() for s in there[value])
    other = [v for v in sorted(here.keys() & there.keys()) if here[v] != there[v]]
    respelled = [f"{' '.join(sorted(here[v]))} → {' '.join(sorted(there[v]))}" for v in other]
    comparison.lost += len(lost)
    comparison.added += len(added)
    comparison.respelled += len(respelled)
    for kind, found in (("lost", lost), ("added", added), ("respelled", respelled)):
        named = comparison.examples[kind]
        named += found[: _SHOWN - len(named)]


def _value(triple: Triple) -> str:
    """Return a triple with the value of its literal in place of its spelling, on one line."""
    term = triple.object
    if not isinstance(term, Literal):
        return str(triple)
    datatype = term.datatype.value
    if datatype in _NUMBERS:
        with suppress(InvalidOperation):  # not a number in spite of its datatype: as it stands
            term = Literal(f"{Decimal(term.value).normalize():f}", datatype=_DECIMAL)
    elif datatype == _XSD + "boolean":
        term = Literal(_TRUTH.get(term.value, term.value), datatype=term.datatype)
    elif datatype in _FLOATS:
        with suppress(ValueError):
            term = Literal(repr(float(term.value)), datatype=term.datatype)
    elif datatype == _XSD + "dateTime":
        term = Literal(re.sub(r"[+-]00:00$", "Z", term.value), datatype=term.datatype)
    return str(Triple(triple.subject, triple.predicate, term))
