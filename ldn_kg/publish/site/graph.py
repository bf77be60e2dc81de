"""The dataset as the pages need it: each record with its parts, and what a reader is told of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, KINDS, LDN, iri
from ldn_kg.read.record import STANDARD, property_words, story

# What has a page. Parts (arms, results, steps, lines, passages) stand on the page of their record.
PAGES = (*KINDS, "concept")
_TYPE = iri("rdf:type")
_HEAD = {iri(name) for name in ("rdfs:label", "skos:prefLabel", "dcterms:title")}
_WHOLE = {
    "study": {"Study"},
    "source": {"SourceDocument"},
    "dose": {"Dose", "DoseWindow", "Regimen"},
}


@dataclass(frozen=True)
class Value:
    """A value to show: its words, and where it leads, if anywhere."""

    words: str
    iri: str | None = None


@dataclass(frozen=True)
class Fact:
    """A property in words, and its values."""

    name: str
    values: tuple[Value, ...]


class Graph:
    """Looks up what pages show; everything is read once."""

    def __init__(self, dataset: Dataset) -> None:
        """Sort the quads of a dataset by their subjects and objects."""
        self.dataset = dataset
        self._of: dict[str, list[Quad]] = {}
        self._to: dict[str, list[Quad]] = {}
        for quad in sorted(dataset.triples(), key=str):
            self._of.setdefault(str(quad.subject).strip("<>"), []).append(quad)
            if isinstance(quad.object, NamedNode) and quad.object.value.startswith(BASE):
                self._to.setdefault(quad.object.value, []).append(quad)

    @cached_property
    def records(self) -> dict[str, list[str]]:
        """Map the IRI of each record with a page to the IRIs of its parts, sorted."""
        ours = [name for name in sorted(self._of) if kind(name) in PAGES and "#" not in name]
        whole = [name for name in ours if self._is_whole(name)]
        parts: dict[str, list[str]] = {name: [] for name in whole}
        for name in ours:
            if name not in parts:
                parts[self._record_of(name, parts)].append(name)
        return parts

    @property
    def subjects(self) -> list[str]:
        """Return all that something is said of, sorted."""
        return sorted(self._of)

    @cached_property
    def homes(self) -> dict[str, str]:
        """Map each IRI of ours to that of the record on whose page it stands."""
        return {iri: record for record, parts in self.records.items() for iri in (record, *parts)}

    def quads(self, record: str) -> list[Quad]:
        """Return the quads about a record, sorted."""
        return self._of.get(record, [])

    def pointing(self, record: str) -> list[Quad]:
        """Return the quads that point to a record, sorted."""
        return self._to.get(record, [])

    def label(self, record: str) -> str:
        """Return the words for a record."""
        return self.dataset.label(NamedNode(record))

    def classes(self, record: str) -> set[str]:
        """Return the local names of our classes that a record has."""
        types = [self.value(q.object).iri or "" for q in self.quads(record) if q.predicate == _TYPE]
        return {name.removeprefix(LDN) for name in types if name.startswith(LDN)}

    def facts(self, record: str) -> list[Fact]:
        """Return what is said of a record in our own terms, in the order of a good story."""
        values: dict[str, list[Any]] = {}
        for quad in self.quads(record):
            name = quad.predicate.value
            if (
                quad.predicate not in _HEAD
                and quad.predicate != _TYPE
                and name not in self._repeats
            ):
                values.setdefault(name, [])
                if quad.object not in values[name]:
                    values[name].append(quad.object)
        order = story()
        return [
            Fact(property_words(self.dataset, name), tuple(map(self.value, values[name])))
            for name in sorted(values, key=lambda name: (order.get(name, len(order)), name))
        ]

    def value(self, term: Any) -> Value:
        """Return the words for a term, and where it leads."""
        if isinstance(term, Literal):
            return Value(term.value)
        return Value(self.dataset.label(term), term.value)

    @cached_property
    def _repeats(self) -> set[str]:
        """Return the standard properties that only repeat one of ours."""
        return {row["standard"] for row in self.dataset.rows(STANDARD)}

    def _is_whole(self, record: str) -> bool:
        wanted = _WHOLE.get(kind(record))
        return wanted is None or bool(wanted & self.classes(record))

    def _record_of(self, part: str, whole: dict[str, list[str]]) -> str:
        name = part
        while name not in whole:
            name, hyphen, _ = name.rpartition("-")
            if not hyphen:
                raise LookupError(f"{part} is a part of no record")
        return name


def kind(name: str) -> str:
    """Return the kind that the IRI of a record says: study, claim, condition …; "" for none."""
    local = name.removeprefix(BASE)
    return local.partition("/")[0] if name.startswith(BASE) and "/" in local else ""


def slug(name: str) -> str:
    """Return the last part of an IRI of ours."""
    return name.rpartition("/")[2]


def page_path(record: str) -> str:
    """Return where the page of a record stands."""
    return f"{kind(record)}/{slug(record)}.html"
