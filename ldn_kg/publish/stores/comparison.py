"""Reads the dataset back from a triple store and compares it, triple by triple."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
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
from ldn_kg.publish.stores.protocol import RAISE, Client
from ldn_kg.publish.stores.temporary import faults_of_temporary_files, temporary_folder
from ldn_kg.publish.stores.transfer import Graphs

_BUCKETS = 64  # parts of a graph, compared one after the other
_DIGITS, _SMALLEST = "0123456789abcdef", 8  # of the parts in which a graph is read that is cut
_SHOWN = 20  # differences of each kind that are listed
_MIME = {"application/n-triples": RdfFormat.N_TRIPLES, "text/turtle": RdfFormat.TURTLE}
_XSD = PREFIXES["xsd"]
_DECIMAL = NamedNode(_XSD + "decimal")
_NUMBERS = {_XSD + name for name in ("decimal", "integer", "int", "long", "nonNegativeInteger")}
_FLOATS = {_XSD + "double", _XSD + "float"}
_TRUTH = {"true": "true", "1": "true", "false": "false", "0": "false"}


@dataclass
class Comparison:
    """How a graph in a store differs from the local graph.

    `triples` is the number of local triples, `there` that of the triples that came from the store.
    `lost` counts triples that the store does not have, `added` those that only the store has, and
    `respelled` those whose literal the store spells differently with the same value. `examples`
    maps these three names to the first 20 of each kind.
    """

    graph: str
    triples: int = 0
    there: int = 0
    lost: int = 0
    added: int = 0
    respelled: int = 0
    examples: dict[str, list[str]] = field(
        default_factory=lambda: {"lost": [], "added": [], "respelled": []}
    )

    @property
    def same(self) -> bool:
        """True if no triple is lost or added."""
        return not self.lost and not self.added

    def __str__(self) -> str:
        """Return one line for the graph, and one for each triple that is listed."""
        respelled = f", {self.respelled} spelled differently" if self.respelled else ""
        verdict = "the same" if self.same else f"{self.lost} lost, {self.added} added"
        lines = [f"{self.graph}: {self.triples} triples, {verdict}{respelled}"]
        lines += [f"  {kind}: {line}" for kind, listed in self.examples.items() for line in listed]
        return "\n".join(lines)


def verify(endpoint: Endpoint, graphs: Graphs) -> list[Comparison]:
    """Read graphs back from a store and compare each with the local one, in the order given.

    Triples are equal if their canonical N-Triples are (RDFC-1.0; ours have no blank nodes). A
    literal that the store spells differently counts as equal if its value is the same: a number in
    its canonical form, a boolean as 1 or 0, UTC as Z. Memory is bounded, because both sides are
    sorted into files on disk. A store that cuts a graph is asked for it in parts. Raises LdnKgError
    if the store cannot be read, or not as a whole.
    """
    with Client(endpoint) as client:
        return [_read_back(client, graph, graphs[graph]) for graph in graphs]


def _read_back(client: Client, graph: str, triples: Callable[[], Iterable[Triple]]) -> Comparison:
    held = client.count(graph)
    if held == 0:
        return compare(graph, triples(), ())
    with temporary_folder() as folder, faults_of_temporary_files():
        file = folder / "graph"
        whole = compare(graph, triples(), _parsed(graph, file, client.get(graph, file)))
        if whole.there >= held:
            return whole
        return compare(graph, triples(), _in_parts(client, graph, file, held, whole.there))


def _in_parts(client: Client, graph: str, file: Path, held: int, most: int) -> Iterator[Triple]:
    """Yield the triples of a graph that a store cuts at `most`, from parts that are smaller.

    The parts are those of `Client.get`; one that may be cut is read in sixteen smaller ones. Raises
    LdnKgError if not all of the triples that the store counts (`held`) come in this way.
    """
    came, waiting = 0, list(_DIGITS)
    while waiting:
        part = waiting.pop()
        media_type = client.get(graph, file, part)
        size = sum(1 for _ in _parsed(graph, file, media_type))
        if size < most:
            came += size
            yield from _parsed(graph, file, media_type)
        elif len(part) < _SMALLEST:
            waiting += [part + digit for digit in _DIGITS]
        else:
            break  # it is one subject, which cannot be divided
    if came < held:
        raise LdnKgError(
            f"The store counts {held} triples in {graph}, but gives at most {most} at a time, and "
            f"only {came} in parts. So nothing can be said about the rest. {RAISE}"
        )


def compare(graph: str, here: Iterable[Triple], there: Iterable[Triple]) -> Comparison:
    """Compare the local triples of a graph with those of a store, as `verify` does."""
    comparison = Comparison(graph)
    with temporary_folder() as folder, faults_of_temporary_files():
        ours = _write_buckets(here, folder / "here")
        theirs = _write_buckets(there, folder / "there")
        for number in range(_BUCKETS):
            _compare_bucket(comparison, _read_bucket(ours, number), _read_bucket(theirs, number))
    return comparison


def _parsed(graph: str, file: Path, media_type: str) -> Iterator[Triple]:
    try:
        for quad in parse(path=file, format=_MIME[media_type]):
            yield quad.triple
    except SyntaxError as error:
        raise LdnKgError(
            f"The store's answer for {graph} is not RDF: {error.msg} (line {error.lineno}). "
            "Check the address, and --store for the kind of store."
        ) from error
    except MemoryError as error:  # so the parser says that a value is longer than its buffer
        raise LdnKgError(
            f"The store's answer for {graph} has a value that is longer than 16 MB."
        ) from error


def _write_buckets(triples: Iterable[Triple], folder: Path) -> Path:
    """Write each triple into one of the buckets: its value, which chooses the bucket, and itself.

    The value of a triple is what `_value` returns; each takes one line.
    """
    folder.mkdir()
    blank = pyoxigraph.Dataset()
    with ExitStack() as stack:
        paths = [folder / str(number) for number in range(_BUCKETS)]
        files = [stack.enter_context(path.open("w", encoding="utf-8")) for path in paths]
        for triple in triples:
            if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
                blank.add(Quad(*triple))
            else:
                _write_triple(files, triple)
        blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        for quad in blank:
            _write_triple(files, quad.triple)
    return folder


def _write_triple(files: Sequence[IO[str]], triple: Triple) -> None:
    value = _value(triple)
    files[zlib.crc32(value.encode()) % _BUCKETS].write(f"{value}\n{triple}\n")


def _read_bucket(folder: Path, number: int) -> dict[str, set[str]]:
    """Map each value in a bucket to the triples with that value, as they are spelled."""
    spellings: dict[str, set[str]] = {}
    with Path(folder, str(number)).open(encoding="utf-8", newline="\n") as lines:
        for value, spelling in zip(lines, lines, strict=True):
            spellings.setdefault(value, set()).add(spelling.rstrip("\n"))
    return spellings


def _compare_bucket(
    comparison: Comparison, here: dict[str, set[str]], there: dict[str, set[str]]
) -> None:
    comparison.triples += sum(map(len, here.values()))
    comparison.there += sum(map(len, there.values()))
    lost = sorted(s for value in here.keys() - there.keys() for s in here[value])
    added = sorted(s for value in there.keys() - here.keys() for s in there[value])
    changed = [v for v in sorted(here.keys() & there.keys()) if here[v] != there[v]]
    respelled = [f"{' '.join(sorted(here[v]))} → {' '.join(sorted(there[v]))}" for v in changed]
    comparison.lost += len(lost)
    comparison.added += len(added)
    comparison.respelled += len(respelled)
    for kind, differences in (("lost", lost), ("added", added), ("respelled", respelled)):
        listed = comparison.examples[kind]
        listed += differences[: _SHOWN - len(listed)]


def _value(triple: Triple) -> str:
    """Return a triple on one line, its literal in a spelling that depends only on its value."""
    term = triple.object
    if not isinstance(term, Literal):
        return str(triple)
    datatype = term.datatype.value
    if datatype in _NUMBERS:
        with suppress(InvalidOperation):  # not a number, despite its datatype: left as it is
            term = Literal(f"{Decimal(term.value).normalize():f}", datatype=_DECIMAL)
    elif datatype == _XSD + "boolean":
        term = Literal(_TRUTH.get(term.value, term.value), datatype=term.datatype)
    elif datatype in _FLOATS:
        with suppress(ValueError):
            term = Literal(repr(float(term.value)), datatype=term.datatype)
    elif datatype == _XSD + "dateTime":
        term = Literal(re.sub(r"[+-]00:00$", "Z", term.value), datatype=term.datatype)
    return str(Triple(triple.subject, triple.predicate, term))
