"""A record as a reader meets it: computed once, then rendered as text or as HTML."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import context
from ldn_kg.graph.namespaces import BASE, KINDS, LDN, LDNC, PREFIXES, expand, iri, shorten
from ldn_kg.read.lines import OF_CLAIM, OF_STUDY, Line, lines
from ldn_kg.read.parts import Part, part

_TYPE = iri("rdf:type")
# Said by the head of a page.
_HEAD = {_TYPE, *map(iri, ("rdfs:label", "skos:prefLabel", "dcterms:title"))}
# What a reader is told: not the properties by which only machines of other models read us.
_TOLD = tuple(
    PREFIXES[p] for p in ("ldn", "bibo", "dcat", "dcterms", "skos", "schema", "qudt", "oa", "rdfs")
)
# A record that is a whole, not a part of another, by its kind.
_WHOLES = {
    "study": {"Study"},
    "source": {"SourceDocument"},
    "dose": {"Dose", "DoseWindow", "Regimen"},
    "synthesis": {"Synthesis"},
}
_CONTRIBUTION, _CONSIDERED_FOR, _KEPT_OUT = map(
    iri, ("ldn:Contribution", "ldn:consideredFor", "ldn:keptOut")
)
_ANSWER = "SELECT ?answer WHERE { ?record ldn:answer ?answer }"
# Where a claim stands that has no sentence: its status, and its level, on both sides, of its path.
_STANDING = """
SELECT ?status ?meaning ?side ?level ?where
WHERE {
  ?record ldn:status [ skos:prefLabel ?status ; skos:definition ?meaning ] .
  OPTIONAL {
    VALUES (?property ?side ?place) {
      (ldn:evidenceLevel "Evidence for it" 1)
      (ldn:counterEvidenceLevel "Evidence against it" 2)
      (ldn:chainLevel "The path that leads to it" 3)
    }
    ?record ?property [ skos:notation ?level ; skos:definition ?where ]
  }
}
ORDER BY ?place
"""
# Claims on whether something helps in a condition, or brings a symptom; low doses first.
_ABOUT = """
SELECT ?claim ?said ?answer
WHERE {
  ?claim rdf:object ?record ; rdfs:label ?said ; ldn:answer ?answer .
  FILTER NOT EXISTS { ?claim owl:deprecated true }
  BIND(EXISTS { ?claim ldn:doseCategory ldnc:low-dose } AS ?low)
}
ORDER BY DESC(?low) ?said ?claim
"""
# The syntheses of a claim: those on outcomes that decide come first.
_SYNTHESES = """
SELECT ?synthesis ?name ?answer ?decides
WHERE {
  ?synthesis ldn:synthesisOf ?record ; rdfs:label ?name ; ldn:answer ?answer ;
    ldn:decides ?decides .
}
ORDER BY DESC(?decides) ?name ?synthesis
"""
# Standard properties that only repeat one of ours.
_REPEATS = "SELECT ?standard WHERE { ?own rdfs:subPropertyOf|owl:inverseOf ?standard }"
_RETRACTED = """
SELECT DISTINCT ?record
WHERE {
  { ?record ldn:retracted true }
  UNION { ?paper ldn:retracted true . ?record ldn:publication ?paper }
}
"""
# As the question `read-once` has it: a reading that compared nothing is none.
_READ_AGAIN = """
SELECT ?reading
WHERE { ?reading ldn:readingOf ?record . FILTER NOT EXISTS { ?reading ldn:compared 0 } }
"""
_NAMED_FOR = """
SELECT ?difference
WHERE {
  ?difference a ldn:Discrepancy .
  FILTER(STRSTARTS(STR(?difference), CONCAT(STR(?record), "-")))
}
"""
_STATUS = "SELECT ?status WHERE { ?record ldn:status/skos:prefLabel ?status }"
_DIFFERING = """
SELECT DISTINCT ?kind ?words
WHERE {
  ?record (ldn:arm|ldn:result)? ?part .
  ?difference ldn:between ?part ; dcterms:type/skos:prefLabel ?kind ; dcterms:description ?words .
}
ORDER BY ?kind ?words
"""


class Value(NamedTuple):
    """A value to show: its words, and the IRI that it is, if it is one."""

    words: str
    iri: str | None = None

    @property
    def name(self) -> str:
        """The prefixed name where a reader can look further: of records of ours, not of terms."""
        ours = self.iri and self.iri.startswith(BASE) and not self.iri.startswith((LDN, LDNC))
        return shorten(self.iri) if ours and self.iri else ""


class Fact(NamedTuple):
    """A property in words, and its values."""

    name: str
    values: tuple[Value, ...]


class Pointer(NamedTuple):
    """Another record that points to one: which, by which property, and its status if a claim."""

    source: Value
    name: str
    status: str


class Answer(NamedTuple):
    """An answer in one sentence, what gives it (a claim or a synthesis), and if it decides."""

    of: Value
    sentence: str
    decides: bool = True


class Discrepancy(NamedTuple):
    """Readings of a record that differ, or a contradiction in it: its kind, and what differs."""

    kind: str
    words: str


class Record:
    """A record of a dataset, with all that its page tells; each is looked up when first asked."""

    def __init__(self, records: "Records", name: str) -> None:
        """Keep the IRI of the record, and the records among which it stands."""
        self._records, self._dataset = records, records.dataset
        self.iri, self._node = name, NamedNode(name)

    @property
    def label(self) -> str:
        """The words for the record."""
        return self._dataset.label(self._node)

    @cached_property
    def classes(self) -> set[str]:
        """The local names of our classes that it has."""
        types = (str(term).strip("<>") for term in self._records.values(self._node, _TYPE))
        return {name.removeprefix(LDN) for name in types if name.startswith(LDN)}

    @property
    def kind(self) -> str:
        """The label of the narrowest of our classes: "efficacy claim", not "claim"."""
        if self.classes:
            return self._dataset.label(NamedNode(LDN + max(sorted(self.classes), key=len)))
        types = sorted(q.object.value for q in self.quads if q.predicate == _TYPE)  # type: ignore[union-attr]
        return words_of(types[0]) if types else "part"

    @cached_property
    def answer(self) -> str:
        """The answer that it gives, in a sentence; of a mechanism its status and levels in words.

        It is "" where the record is no claim and no synthesis.
        """
        if kind(self.iri) not in ("claim", "synthesis"):
            return ""
        for row in self._dataset.rows(_ANSWER, record=self._node):
            return row["answer"]
        rows = self._dataset.rows(_STANDING, record=self._node)
        if not rows:
            return ""
        levels = [f"{r['side']}: {r['level']}, {_inside(r['where'])}." for r in rows if r["level"]]
        return " ".join(
            [f"{rows[0]['status'].capitalize()}: {_inside(rows[0]['meaning'])}.", *levels]
        )

    @property
    def answers(self) -> list[Answer]:
        """The answers of the claims on whether something helps in it or brings it."""
        rows = self._dataset.rows(_ABOUT, record=self._node)
        return [Answer(Value(row["said"], row["claim"]), row["answer"]) for row in rows]

    @property
    def syntheses(self) -> list[Answer]:
        """The syntheses of it, if it is a claim on benefit or harm; what decides comes first."""
        return [
            Answer(Value(row["name"], row["synthesis"]), row["answer"], row["decides"] == "true")
            for row in self._dataset.rows(_SYNTHESES, record=self._node)
        ]

    @cached_property
    def quads(self) -> list[Quad]:
        """All quads about the record itself, sorted."""
        return sorted(self._dataset.about(self._node), key=str)

    @cached_property
    def facts(self) -> list[Fact]:
        """What is said of it, in the order in which it is best read; not of its parts."""
        values: dict[str, list[Any]] = {}
        inside = set(self._records.parts_of(self.iri))
        for quad in self.quads:
            name = quad.predicate.value
            if quad.predicate in _HEAD or not self._records.is_told(name):
                continue
            if str(quad.object).strip("<>") not in inside:
                values.setdefault(name, [])
                if quad.object not in values[name]:
                    values[name].append(quad.object)
        order = self._records.order
        return [
            Fact(self._records.property(name), tuple(map(self._records.link, values[name])))
            for name in sorted(values, key=lambda name: (order.get(name, len(order)), name))
        ]

    @cached_property
    def parts(self) -> dict[str, list[Part]]:
        """Its parts, by the label of their class: "arm", "result", "regimen step" and so on."""
        by_kind: dict[str, list[Part]] = {}
        for name in self._records.parts_of(self.iri):
            kind = self._records[name].kind
            by_kind.setdefault(kind, []).append(part(self._dataset, name, kind))
        return {kind: sorted(by_kind[kind]) for kind in by_kind}

    @cached_property
    def lines(self) -> list[Line]:
        """The evidence lines on it, if it is a claim."""
        return lines(self._dataset, OF_CLAIM, self._node)

    @cached_property
    def bears_on(self) -> list[Line]:
        """The evidence lines from it, if it is a study."""
        return lines(self._dataset, OF_STUDY, self._node)

    @property
    def is_read_once(self) -> bool:
        """True for a study whose record nobody compared with its source a second time."""
        return "Study" in self.classes and not self._dataset.rows(_READ_AGAIN, record=self._node)

    @property
    def discrepancies(self) -> list[Discrepancy]:
        """What differs between readings of it, or in it."""
        rows = self._dataset.rows(_DIFFERING, record=self._node)
        return [Discrepancy(row["kind"], row["words"]) for row in rows]

    @property
    def pointers(self) -> list[Pointer]:
        """What points to it, but for its own parts: claims first, then by property and record.

        What a study brings to a synthesis is told by the synthesis, what is kept out by the claim.
        """
        pointers = {
            (kind(source) != "claim", self._records.property(name), source)
            for source, name in self.pointing
        }
        return [
            Pointer(self._records.value(NamedNode(source)), name, self._records.status(source))
            for _, name, source in sorted(pointers)
        ]

    @cached_property
    def pointing(self) -> set[tuple[str, str]]:
        """The IRIs of what points to it, as `pointers` tells it, and of the property."""
        inside = {self.iri, *self._records.parts_of(self.iri)}
        found = set()
        for quad in self._dataset.store.quads_for_pattern(None, None, self._node, None):
            source, name = str(quad.subject).strip("<>"), quad.predicate.value
            ours = source.startswith(BASE) and source not in inside
            if ours and not self._records.repeats(name):
                if not self._records.is_contribution(quad.subject):
                    found.add((source, name))
        return found


class Records:
    """The records of a dataset by their IRIs, and what they share."""

    def __init__(self, dataset: Dataset) -> None:
        """Keep the dataset; nothing is looked up yet."""
        self.dataset = dataset
        self._parts_of: dict[str, list[str]] = {}

    def __getitem__(self, name: str) -> Record:
        """Return the record with an IRI, whatever is said of it."""
        return Record(self, name)

    def __iter__(self) -> Iterator[str]:
        """Yield the IRIs of the records that are a whole, sorted."""
        return iter(self._parts)

    @cached_property
    def homes(self) -> dict[str, str]:
        """Map each IRI of ours to that of the record that it is or is a part of."""
        return {name: whole for whole, parts in self._parts.items() for name in (whole, *parts)}

    def parts_of(self, name: str) -> list[str]:
        """Return the IRIs of the parts of a record, sorted; their names continue its name."""
        if kind(name) == "claim":
            considered = self._with(_CONSIDERED_FOR, NamedNode(name))
            return sorted(part for part in considered if self._kept_out_of(part))
        if kind(name) not in _WHOLES or not self._is_whole(name):
            return []
        if "_parts" in self.__dict__:  # all are known already
            return self._parts.get(name, [])
        if name not in self._parts_of:
            parts = [one for one in self._continuing(name) if not self._kept_out_of(one)]
            self._parts_of[name] = self._sorted_out([name, *parts]).get(name, [])
        return self._parts_of[name]

    def _continuing(self, name: str) -> set[str]:
        """Return what continues the name of a record, and is linked with it or with such a part.

        A part that is not written yet is named by its record.
        """
        # What differs in a record may lie between others: only its name tells whose it is.
        rows = self.dataset.rows(_NAMED_FOR, record=NamedNode(name))
        found = {row["difference"] for row in rows}
        left = [name, *found]
        while left:
            node = NamedNode(left.pop())
            to = (quad.object for quad in self.dataset.about(node))
            by = self.dataset.store.quads_for_pattern(None, None, node, None)
            beside = {str(term).strip("<>") for term in (*to, *(quad.subject for quad in by))}
            new = {one for one in beside if one.startswith(f"{name}-")} - found
            found |= new
            left += new
        return found

    def is_contribution(self, node: Any) -> bool:
        """Tell whether it is what a result brings to a synthesis, or is kept out of."""
        a = self.dataset.store.quads_for_pattern(node, _TYPE, _CONTRIBUTION, None)
        return next(a, None) is not None

    def _kept_out_of(self, part: str) -> str | None:
        """Return the claim from whose syntheses a result is kept out: it is told with the claim."""
        node = NamedNode(part)
        if next(self.values(node, _KEPT_OUT), None) is None:
            return None
        claims = self.values(node, _CONSIDERED_FOR)
        return next((claim.value for claim in claims if isinstance(claim, NamedNode)), None)

    def values(self, node: NamedNode, predicate: NamedNode) -> Iterator[Any]:
        """Yield the values of a property of a record: sooner than all that is said of it."""
        for quad in self.dataset.store.quads_for_pattern(node, predicate, None, None):
            yield quad.object

    def _with(self, predicate: NamedNode, value: NamedNode) -> Iterator[str]:
        """Yield the IRIs of what has a value of a property."""
        for quad in self.dataset.store.quads_for_pattern(None, predicate, value, None):
            yield str(quad.subject).strip("<>")

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """Map the IRI of each record that is a whole to the IRIs of its parts."""
        subjects = {str(quad.subject).strip("<>") for quad in self.dataset.triples()}
        return self._sorted_out(name for name in subjects if kind(name) and "#" not in name)

    def _sorted_out(self, names: Iterable[str]) -> dict[str, list[str]]:
        ordered = sorted(names)
        wholes = {name: list[str]() for name in ordered if self._is_whole(name)}
        for name in ordered:
            if name not in wholes:
                wholes[self._whole_of(name, wholes)].append(name)
        return wholes

    @property
    def terms(self) -> list[str]:
        """The IRIs of the terms of our vocabulary, sorted."""
        subjects = {str(quad.subject).strip("<>") for quad in self.dataset.triples("vocabulary")}
        return sorted(name for name in subjects if name.startswith(LDN))

    @cached_property
    def order(self) -> dict[str, int]:
        """Map each property to its place in the order in which a record is best read."""
        terms = [t["@id"] if isinstance(t, dict) else t for t in context().values()]
        return {expand(term) or term: place for place, term in enumerate(map(str, terms))}

    def is_told(self, name: str) -> bool:
        """Tell whether a reader is told a property: not what only repeats one of ours."""
        return name.startswith(_TOLD) and not self.repeats(name)

    def repeats(self, name: str) -> bool:
        """Tell whether a property of a standard only repeats one of ours."""
        return name in self._repeats

    @cached_property
    def _repeats(self) -> set[str]:
        return {row["standard"] for row in self.dataset.rows(_REPEATS)}

    @cached_property
    def _retracted(self) -> set[str]:
        """The publications that were retracted, and their studies: what links to one says so."""
        return {row["record"] for row in self.dataset.rows(_RETRACTED)}

    def property(self, name: str) -> str:
        """Return the words for a property: its label, or else its name taken apart."""
        label = self.dataset.label(NamedNode(name))
        is_code = label == shorten(name) or re.search("[a-z][A-Z]", label)
        return words_of(name) if is_code else label

    def value(self, term: Any) -> Value:
        """Return the words for a term, and its IRI."""
        words = self.dataset.label(term)
        return Value(words) if isinstance(term, Literal) else Value(words, term.value)

    def link(self, term: Any) -> Value:
        """Return a value of a record as `value` does, and say of a retracted paper that it is."""
        value = self.value(term)
        is_retracted = value.iri in self._retracted
        return value._replace(words=f"{value.words}, retracted") if is_retracted else value

    def status(self, name: str) -> str:
        """Return the status of a claim in words, "" for another record."""
        if kind(name) != "claim":
            return ""
        rows = self.dataset.rows(_STATUS, record=NamedNode(name))
        return ", ".join(row["status"] for row in rows)

    def _is_whole(self, name: str) -> bool:
        return is_whole(name, self[name].classes if kind(name) in _WHOLES else set())

    def _whole_of(self, part: str, wholes: dict[str, list[str]]) -> str:
        name = self._kept_out_of(part) or part
        while name not in wholes:
            name, hyphen, _ = name.rpartition("-")
            if not hyphen:
                raise LookupError(f"{part} is a part of no record")
        return name


def kind(name: str) -> str:
    """Return the kind that the IRI of a record says: study, claim, concept …; "" for none."""
    first = name.removeprefix(BASE).partition("/")
    return first[0] if name.startswith(BASE) and first[1] and first[0] in _KINDS else ""


_KINDS = (*KINDS, "concept")


def is_whole(name: str, classes: set[str]) -> bool:
    """Tell whether a record is a whole, not a part, by the local names of its classes."""
    wanted = _WHOLES.get(kind(name))
    return wanted is None or bool(wanted & classes)


def _inside(sentence: str) -> str:
    """Return a sentence so that it can stand within another."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def slug(name: str) -> str:
    """Return the last part of an IRI of ours."""
    return name.rpartition("/")[2]


def words_of(name: str) -> str:
    """Turn the local name of a term into words: skos:exactMatch, exact match."""
    local = shorten(name).rpartition(":")[2]
    return "".join(f" {c.lower()}" if c.isupper() else c for c in local).strip()
