"""The facts that a synthesis is made of, read once from the graphs into plain values."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, cached_property
from itertools import chain
from math import isfinite
from typing import NamedTuple, cast
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, PREFIXES, expand

_SPACES = sorted(
    ((space, f"{prefix}:") for prefix, space in PREFIXES.items() if space not in (LDN, LDNC, BASE)),
    key=lambda pair: -len(pair[0]),
)
_LABELS = ("rdfs:label", "skos:prefLabel")
_NOT_IN_IRIS = re.compile(r'[\x00-\x20<>"{}|\\^`]')


@cache
def short(iri: str) -> str:
    """Return how the synthesis names a term: a word of ours bare, any other with its prefix."""
    for space in (LDN, LDNC):
        if iri.startswith(space):
            return iri[len(space) :]
    return next((name + iri[len(space) :] for space, name in _SPACES if iri.startswith(space)), iri)


def named(iri: str) -> NamedNode:
    """Return an IRI. What no IRI may hold is escaped: text where a name belongs names nothing."""
    try:
        return NamedNode(_NOT_IN_IRIS.sub(lambda found: f"%{ord(found[0]):02X}", iri))
    except ValueError:  # a colon makes no scheme, nor two slashes a host
        return NamedNode(LDNC + quote(iri, safe=""))


@cache
def term(name: str) -> NamedNode:
    """Return the IRI of a concept or record by the name that `short` gives it."""
    return named(expand(name) or name if ":" in name else LDNC + name)


@cache
def relation(name: str) -> NamedNode:
    """Return the IRI of a property by the name that `short` gives it."""
    return named(expand(name) or name if ":" in name else LDN + name)


@cache
def _meant(name: str) -> tuple[NamedNode, ...]:
    """Return the IRIs that a name may stand for: a bare one is that of a concept or of a term."""
    return tuple(dict.fromkeys((term(name), relation(name))))


def _words(quad: Quad) -> str:
    """Return the object of a quad as text."""
    value = quad.object
    return short(value.value) if isinstance(value, NamedNode) else cast(Literal, value).value


class Facts:
    """What the graphs say, by subject and property, with values as text.

    Subjects and properties are named as `short` does, such as "study:bruun2024" and "ciLow". Each
    property is read once, when it is first asked for: of all subjects, or where few are asked about
    of one by one.
    """

    def __init__(self, dataset: Dataset, *, few: bool = False) -> None:
        """Look into the graphs of a dataset; nothing is read yet."""
        self._store = dataset.store
        self._few = few
        self._columns: dict[str, dict[str, list[str]]] = {}
        self._cells: dict[tuple[str, str], list[str]] = {}
        self._inverses: dict[str, dict[str, list[str]]] = {}
        self._members: dict[str, frozenset[str]] = {}
        self._people: dict[str, str] = {}
        self._labels: dict[str, str] = {}

    def _values(self, subject: str, name: str) -> list[str]:
        """Return the values of a property of a subject, in no order."""
        if not self._few or name in self._columns:
            return self._column(name).get(subject, [])
        cell = self._cells.get((subject, name))
        if cell is None:
            quads = chain.from_iterable(
                self._store.quads_for_pattern(node, relation(name), None, None)
                for node in _meant(subject)
            )
            cell = self._cells[subject, name] = [_words(quad) for quad in quads]
        return cell

    def _column(self, name: str) -> dict[str, list[str]]:
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = defaultdict(list)
            for quad in self._store.quads_for_pattern(None, relation(name), None, None):
                column[short(cast(NamedNode, quad.subject).value)].append(_words(quad))
        return column

    def many(self, subject: str, name: str) -> list[str]:
        """Return all values of a property, sorted."""
        return sorted(set(self._values(subject, name)))

    def one(self, subject: str, name: str) -> str:
        """Return the value of a property, or "" where it has none; of several the first."""
        values = self._values(subject, name)
        return min(values) if values else ""

    def number(self, subject: str, name: str) -> float | None:
        """Return the value of a property as a number, or None where it has none that is one.

        What is no number is for the shapes to report.
        """
        try:
            number = float(self.one(subject, name))
        except ValueError:
            return None
        return number if isfinite(number) else None

    def count(self, subject: str, name: str) -> int | None:
        """Return the value of a property as a whole number from 0, or None where it has none."""
        number = self.number(subject, name)
        return int(number) if number is not None and number >= 0 and number.is_integer() else None

    def true(self, subject: str, name: str) -> bool:
        """Say whether a property is true."""
        return "true" in self.many(subject, name)

    def label(self, subject: str) -> str:
        """Return the words for a record or concept."""
        if subject not in self._labels:
            self._labels[subject] = self._label(subject)
        return self._labels[subject]

    def _label(self, subject: str) -> str:
        for name in _LABELS:
            for quad in self._store.quads_for_pattern(term(subject), relation(name), None, None):
                return cast(Literal, quad.object).value
        return subject

    def all(self, kind: str) -> list[str]:
        """Return the subjects of a class, sorted."""
        members = self._store.quads_for_pattern(None, relation("rdf:type"), relation(kind), None)
        return sorted({short(cast(NamedNode, quad.subject).value) for quad in members})

    def is_a(self, subject: str, kind: str) -> bool:
        """Tell whether a subject is of a class."""
        if not self._few:
            if kind not in self._members:
                self._members[kind] = frozenset(self.all(kind))
            return subject in self._members[kind]
        types = self._store.quads_for_pattern(
            term(subject), relation("rdf:type"), relation(kind), None
        )
        return next(types, None) is not None

    def subjects(self, name: str, value: str) -> list[str]:
        """Return the subjects that have a value of a property, sorted."""
        if not self._few:
            return self._inverse(name).get(value, [])
        having = self._store.quads_for_pattern(None, relation(name), term(value), None)
        return sorted({short(cast(NamedNode, quad.subject).value) for quad in having})

    def _inverse(self, name: str) -> dict[str, list[str]]:
        inverse = self._inverses.get(name)
        if inverse is None:
            inverse = self._inverses[name] = defaultdict(list)
            for subject, values in sorted(self._column(name).items()):
                for value in dict.fromkeys(values):
                    inverse[value].append(subject)
        return inverse

    def lines(self, claim: str) -> list[str]:
        """Return the evidence lines of a claim, sorted."""
        return [line for line in self.subjects("claim", claim) if self.one(line, "claim") == claim]

    def unreported(self, condition: str) -> list[str]:
        """Return the registered studies of a condition without a published result, sorted."""
        return [
            study
            for study in self.subjects("condition", condition)
            if self.is_a(study, "Study")
            and "no-result-published" in self.many(study, "notReported")
        ]

    @cached_property
    def issued(self) -> str:
        """The day on which the dataset was issued, which is today for the rules; or ""."""
        versions = self._column("dcterms:isVersionOf")
        return max((self.one(version, "dcterms:issued") for version in versions), default="")

    def is_superseded(self, study: str) -> bool:
        """Tell whether a later edition replaces a study."""
        return bool(self.subjects("supersedes", study))

    def is_read_again(self, study: str) -> bool:
        """Tell whether a second reader compared the record of a study with the source.

        A reading that compared nothing is none; one that did not count compared something.
        """
        readings = self.subjects("readingOf", study)
        return any(self.many(reading, "compared") != ["0"] for reading in readings)

    def named_for_others(self, study: str, claim: str) -> set[str]:
        """Return the results of a study on which lines on benefit in another condition rest."""
        named = set[str]()
        for line in self.subjects("study", study):
            other = self.one(line, "claim")
            if other not in ("", claim) and self._on_benefit(other):
                named.update(self.many(line, "restsOn"))
        return named

    def _on_benefit(self, claim: str) -> bool:
        about = self.one(claim, "rdf:object")
        return about.startswith("condition:") and self.is_a(claim, "EfficacyClaim")

    @cached_property
    def thresholds(self) -> dict[str, float]:
        """The numbers that rules compare with, by the name of their concept."""
        return {
            name: float(self.one(name, "schema:value"))
            for name in self.subjects("skos:inScheme", "thresholds")
            if self.one(name, "schema:value")
        }

    def people(self, study: str) -> str:
        """Return the study that stands for all with the same people as a study, or itself.

        `analysisOf` and `probablySameAs` join studies; the one that is no analysis of another and
        has results stands for the rest.
        """
        if study not in self._people:
            members = {one for one in self._joined(study) if self.is_a(one, "Study")}
            if study not in members:
                return study
            stands = min(members, key=self._place_among_joined)
            self._people.update(dict.fromkeys(members, stands))
        return self._people[study]

    def _joined(self, study: str) -> set[str]:
        """Return a study with all that share its people, however many steps away."""
        found, left = {study}, [study]
        while left:
            one = left.pop()
            for name in ("analysisOf", "probablySameAs"):
                new = {*self.many(one, name), *self.subjects(name, one)} - found
                found |= new
                left += new
        return found

    def _place_among_joined(self, study: str) -> tuple[bool, bool, str]:
        return bool(self.many(study, "analysisOf")), not self.many(study, "result"), study


class Question(NamedTuple):
    """What a claim asks of a treatment: does it help, or harm, these people.

    `about` is a condition or symptom, `harm` says which of both is asked.
    """

    claim: str
    harm: bool
    drug: str
    about: str
    dose: str
    population: str

    @property
    def on_condition(self) -> bool:
        """True where the claim is on a condition, false where it is on a symptom."""
        return self.about.startswith("condition:")


_ASKING = {"EfficacyClaim": False, "SafetyClaim": True}  # the classes of claims: if harm is asked


def questions(facts: Facts) -> Iterator[Question]:
    """Yield the questions of the claims on benefit and harm, by the name of the claim."""
    for kind in _ASKING:
        for claim in facts.all(kind):
            yield _question(facts, claim, kind)


def question(facts: Facts, claim: str) -> Question | None:
    """Return the question of a claim, or None where it is not on benefit or harm."""
    asking = (kind for kind in _ASKING if facts.is_a(claim, kind))
    return next((_question(facts, claim, kind) for kind in asking), None)


def _question(facts: Facts, claim: str, kind: str) -> Question:
    return Question(
        claim,
        _ASKING[kind],
        facts.one(claim, "rdf:subject"),
        facts.one(claim, "rdf:object"),
        facts.one(claim, "doseCategory"),
        facts.one(claim, "population"),
    )


class Side(NamedTuple):
    """What a result gives of one side, with the numbers as typed; None is what was not read."""

    value: float | None = None
    events: int | None = None
    people: int | None = None
    deviation: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None


class Candidate(NamedTuple):
    """A result of people that bears on a question, with all that decides whether it enters.

    `outcome` is a domain, or the symptom of an unwanted event. `comparator` is "placebo",
    "no-treatment" or "". `readings` are the ways in which it was read. `again` says that its study
    analyses the people of another once more, `read_once` that nobody compared the record of its
    study with the source a second time. `doubts` are the reasons for which its study cannot enter,
    `indirect` the axes on which it may and is indirect.
    """

    result: str
    study: str
    question: Question
    outcome: str
    contrast: str
    comparator: str
    design: str
    condition: str
    treatment: Side
    control: Side
    people: int | None
    measure: str
    estimate: float | None
    low: float | None
    high: float | None
    level: float | None
    error: float | None
    p: float | None
    p_operator: str
    favours: str
    value_kind: str
    unit: str
    instrument: str
    better: str
    rank: str
    analysis_set: str
    days: float
    readings: tuple[str, ...]
    again: bool = False
    read_once: bool = False
    doubts: tuple[str, ...] = ()
    indirect: frozenset[str] = frozenset()

    @property
    def randomised(self) -> bool:
        """True where chance decided who had the treatment."""
        return self.design.startswith("randomised-")

    @property
    def paired(self) -> bool:
        """True where the same people are on both sides."""
        return self.design == "randomised-crossover-trial"

    @property
    def second_hand(self) -> bool:
        """True where nothing but a secondary report or the title was read."""
        return bool(self.readings) and set(self.readings) <= {"secondary-report", "title-only"}


def decimal(value: float, digits: int = 4) -> str:
    """Return a number in the canonical form of xsd:decimal, rounded to so many decimal places."""
    rounded = round(Decimal(value), digits).normalize()
    text = f"{rounded:f}"
    return text if "." in text else f"{text}.0"
