"""A study as a reader asks about it: what was done, for whom, at which dose, and what came out."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri
from ldn_kg.read.titration import Schedule, schedules

# Results in the order in which they are read: what the study was made for comes first.
_RANKS = ("primary outcome", "secondary outcome", "outcome of unstated rank")
HARM = "adverse event"
_SYMBOL = "SELECT ?symbol WHERE { ?part qudt:hasUnit/qudt:symbol ?symbol }"
# On what it bears, where that claim stands, and what it brings to a synthesis of it.
_BEARS = """
SELECT ?line ?claim ?label ?direction ?status ?certainty ?note
WHERE {
  ?line ldn:study ?study ; ldn:claim ?claim .
  ?claim rdfs:label ?label .
  OPTIONAL { ?line ldn:direction/skos:prefLabel ?direction }
  OPTIONAL { ?claim ldn:status/skos:prefLabel ?status }
  OPTIONAL { ?claim ldn:certainty/skos:prefLabel ?certainty }
  OPTIONAL { ?line skos:note ?note }
}
ORDER BY ?label ?line ?note
"""
_ASIDE = """
SELECT ?line ?why
WHERE { ?line ldn:study ?study ; ldn:setAside/skos:prefLabel ?why }
ORDER BY ?line ?why
"""
_ENTERED = """
SELECT DISTINCT ?claim ?synthesis ?name ?weight
WHERE {
  ?part a ldn:Contribution ; ldn:study ?study ; ldn:contributesTo ?synthesis ;
    ldn:consideredFor ?claim .
  ?synthesis rdfs:label ?name .
  OPTIONAL { ?part ldn:weight ?weight }
}
ORDER BY ?claim ?name
"""
_BIAS = """
SELECT ?part ?label ?domain ?judgement ?words ?readAs
WHERE {
  ?study ldn:riskOfBias ?part .
  ?part dcterms:type/skos:prefLabel ?domain ; ldn:judgement/skos:prefLabel ?judgement .
  OPTIONAL { ?part rdfs:label ?label }
  OPTIONAL { ?part dcterms:description ?words }
  OPTIONAL { ?part ldn:readAs/skos:prefLabel ?readAs }
}
ORDER BY ?domain ?part
"""
_READINGS = """
SELECT ?part ?date ?reader ?compared ?agreed
WHERE {
  ?part ldn:readingOf ?study ; dcterms:date ?date .
  OPTIONAL { ?part ldn:reader/rdfs:label ?reader }
  OPTIONAL { ?part ldn:compared ?compared } OPTIONAL { ?part ldn:agreed ?agreed }
}
ORDER BY ?date ?part
"""
_UNSEEN = """
SELECT ?what WHERE { ?part ldn:readingOf ?study ; ldn:notSeenAgain ?what } ORDER BY ?what
"""

_TYPE = iri("rdf:type")
_SAID = {
    "supports": "for",
    "disputes": "against",
    "inconclusive": "does not decide",
    "silent": "says nothing",
    "beside": "beside",
}
Named = tuple[str, str]  # words, and an IRI or ""


class Arm(NamedTuple):
    """A group of a study: who got what, in words; `people` were allotted to it."""

    iri: str
    label: str
    role: str
    dose: str
    taken: str
    duration: str
    people: str
    words: str
    regimen: str


class Result(NamedTuple):
    """A result: the values of both sides, the difference, and what was said of it, in words.

    `treated` and `beside` are "" where no value was read; `favours` is what the source says.
    """

    iri: str
    label: str
    rank: str
    outcome: str
    instrument: str
    contrast: str
    treated: str
    beside: str
    effect: str
    p: str
    people: str
    favours: str
    words: str
    read_as: str


class Bearing(NamedTuple):
    """A claim on which a study bears: what the study says of it, and where the claim stands.

    `entered` are the syntheses in which its results are, each with its weight in percent or "".
    """

    iri: str
    claim: Named
    direction: str
    status: str
    certainty: str
    aside: tuple[str, ...]
    entered: tuple[tuple[Named, str], ...]
    notes: tuple[str, ...]


class Judgement(NamedTuple):
    """A judgement of the risk of bias, as somebody published it."""

    iri: str
    domain: str
    judgement: str
    words: str
    read_as: str


class Reading(NamedTuple):
    """A second reading: when, by whom, and how many figures were compared and agreed."""

    iri: str
    date: str
    reader: str
    compared: int | None
    agreed: int | None


class StudyTold(NamedTuple):
    """What is told of a study; a value is "" or empty where nothing was read.

    `design` says how it was done in a line, `people` how many there were, and `facts` is the rest
    by its name.
    """

    design: str
    conditions: tuple[Named, ...]
    people: str
    doses: tuple[str, ...]
    against: str
    duration: str
    words: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    registrations: tuple[Named, ...]
    conclusion: str
    read_as: tuple[str, ...]
    unpublished: bool
    arms: tuple[Arm, ...]
    results: tuple[Result, ...]
    schedules: tuple[Schedule, ...]
    bearing: tuple[Bearing, ...]
    bias: tuple[Judgement, ...]
    readings: tuple[Reading, ...]
    unseen: tuple[str, ...]

    @property
    def primary(self) -> tuple[Result, ...]:
        """The results on primary outcomes."""
        return tuple(each for each in self.results if each.rank == _RANKS[0])

    @property
    def sides(self) -> list[tuple[str, int]]:
        """What the source says of its results and how often, "" where it takes no side.

        For who asks what came out where no outcome was named as primary: to pick some results
        would be to pick those that look well.
        """
        return Counter(each.favours for each in self.outcomes).most_common()

    @property
    def is_trial(self) -> bool:
        """True for a trial in people; a review of trials is none."""
        return "trial" in self.design and "review" not in self.design

    @property
    def outcomes(self) -> tuple[Result, ...]:
        """All results but unwanted events."""
        return tuple(each for each in self.results if each.rank != HARM)

    @property
    def harms(self) -> tuple[Result, ...]:
        """The unwanted events."""
        return tuple(each for each in self.results if each.rank == HARM)


class _Facts:
    """What is said of one record: its values in words, by the last part of their property."""

    def __init__(self, dataset: Dataset, name: str) -> None:
        self._values: dict[str, list[Named]] = {}
        for quad in dataset.about(NamedNode(name)):
            if quad.predicate == _TYPE:
                continue
            local = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
            is_word = isinstance(quad.object, Literal)
            value = dataset.label(quad.object), "" if is_word else quad.object.value  # type: ignore[union-attr]
            if value not in self._values.setdefault(local, []):
                self._values[local].append(value)
        if "hasUnit" in self._values:
            for row in dataset.rows(_SYMBOL, part=NamedNode(name)):
                self._values["unit"] = [(row["symbol"], "")]

    def every(self, name: str) -> tuple[Named, ...]:
        return tuple(sorted(self._values.get(name, ())))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(words for words, _ in self.every(name))

    def one(self, name: str) -> str:
        """Return the value, or all of them after each other; "" for none."""
        return ", ".join(self.words(name))

    def number(self, name: str) -> str:
        """Return a number as it is printed, with a true minus sign."""
        return ", ".join(f"{float(w):.10g}".replace("-", "−") for w in self.words(name))


def study_told(dataset: Dataset, name: str) -> StudyTold:
    """Return what is told of the study with an IRI."""
    facts = _Facts(dataset, name)
    arms = tuple(_arm(_Facts(dataset, each), each) for _, each in facts.every("arm"))
    arms = tuple(sorted(arms, key=lambda arm: (arm.role != "experimental arm", arm.label)))
    results = [_result(_Facts(dataset, each), each) for _, each in facts.every("result")]
    conditions = [(words, name) for words, name in facts.every("condition") if name]
    treated = [arm for arm in arms if arm.role == "experimental arm"]
    study = NamedNode(name)
    built_up = facts.one("regimen") or any(arm.regimen for arm in arms)
    return StudyTold(
        design=", ".join(filter(None, (facts.one("design"), facts.one("blinding")))),
        conditions=tuple(conditions),
        people=_people(facts),
        doses=tuple(dict.fromkeys(f"{a.dose} {a.taken}".strip() for a in treated if a.dose)),
        against=facts.one("control"),
        duration=facts.one("duration") or _together(arm.duration for arm in treated),
        words=facts.words("description"),
        notes=facts.words("note"),
        facts=tuple(_further(facts)),
        registrations=tuple(_registrations(facts)),
        conclusion=facts.one("conclusion"),
        read_as=facts.words("readAs"),
        unpublished="no result published" in facts.words("notReported"),
        arms=arms,
        results=tuple(sorted(results, key=_place)),
        schedules=tuple(schedules(dataset, name)) if built_up else (),
        bearing=tuple(_bearing(dataset, study)),
        bias=tuple(
            Judgement(r["part"], r["label"] or r["domain"], r["judgement"], r["words"], r["readAs"])
            for r in dataset.rows(_BIAS, study=study)
        ),
        readings=tuple(
            Reading(r["part"], r["date"], r["reader"], _int(r["compared"]), _int(r["agreed"]))
            for r in dataset.rows(_READINGS, study=study)
        ),
        unseen=tuple(dict.fromkeys(r["what"] for r in dataset.rows(_UNSEEN, study=study))),
    )


def _place(result: Result) -> tuple[int, str]:
    rank = _RANKS.index(result.rank) if result.rank in _RANKS else len(_RANKS)
    return rank, result.iri


def _int(digits: str) -> int | None:
    return int(digits) if digits else None


def _together(values: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(filter(None, values)))


_PEOPLE = ("analysed", "randomised", "enrolled", "completed", "planned")


def _people(facts: _Facts) -> str:
    """Return how many people there were, by the first of these words that has a number."""
    for name in _PEOPLE:
        if facts.one(name):
            return f"{facts.one(name)} {name}"
    return ""


def _further(facts: _Facts) -> Iterable[tuple[str, str]]:
    counts = [f"{facts.one(name)} {name}" for name in _PEOPLE if facts.one(name)]
    female = facts.number("femalePercent")
    told = {
        "People": ", ".join(counts),
        "Age": facts.one("age"),
        "Women": f"{female} %" if female else "",
        "Who": facts.one("population"),
        "Studied in": facts.one("system"),
        "Research group": facts.one("researchGroup"),
        "Funding": facts.one("funding"),
        "Recruitment": facts.one("recruitment"),
        "Ends": facts.one("ends"),
        "Searched until": facts.one("searchedOn"),
        "Studies included": facts.one("includedStudies"),
    }
    return ((name, words) for name, words in told.items() if words)


def _registrations(facts: _Facts) -> Iterable[Named]:
    pages = [page for _, page in facts.every("sameAs")]
    for words in facts.words("identifier"):
        yield words, next((page for page in pages if page.endswith(words)), "")


def _arm(facts: _Facts, name: str) -> Arm:
    counts = [f"{facts.one(k)} {k}" for k in _PEOPLE if facts.one(k)]
    dose = facts.one("dose")
    drug = facts.one("drug")
    return Arm(
        iri=name,
        label=facts.one("label"),
        role=facts.words("type")[0] if facts.words("type") else "",
        dose=f"{drug} {dose}".strip() if dose else "",
        taken=", ".join(filter(None, (facts.one("frequency"), facts.one("route")))),
        duration=facts.one("duration"),
        people=", ".join(counts),
        words=" ".join((*facts.words("description"), *facts.words("note"))),
        regimen=facts.one("regimen"),
    )


def _result(facts: _Facts, name: str) -> Result:
    favours = facts.one("favours")
    operator = facts.one("pOperator") or "="
    is_harm = HARM in facts.words("type")
    return Result(
        iri=name,
        label=facts.one("label"),
        rank=facts.words("type")[0] if facts.words("type") else "",
        outcome=facts.one("symptom") if is_harm else facts.one("outcome"),
        instrument=facts.one("instrument"),
        contrast=facts.one("contrast"),
        treated=_side(facts, "experimental"),
        beside=_side(facts, "comparator"),
        effect=_effect(facts),
        p=f"p {operator} {facts.one('pValue')}" if facts.one("pValue") else "",
        people=facts.one("analysed"),
        favours=favours,
        words=" ".join((*facts.words("description"), *facts.words("note"))),
        read_as=facts.one("readAs"),
    )


def _side(facts: _Facts, side: str) -> str:
    """Return the value of a side with its unit and spread, and how many people that is."""
    value, count = facts.number(f"{side}Value"), facts.one(f"{side}Count")
    unit = facts.one("unit") or facts.one("unitText")
    low, high = facts.number(f"{side}CiLow"), facts.number(f"{side}CiHigh")
    spread = facts.number(f"{side}SD")
    of = facts.one(f"{side}Analysed")
    words = f"{value} {unit}".strip() if value else ""
    if low and high:
        words += f" ({low} to {high})"
    elif spread:
        words += f" (SD {spread})"
    people = f"{count} of {of}" if count and of else f"{count} people" if count else ""
    return f"{words} ({people})" if words and people else words or people


def _effect(facts: _Facts) -> str:
    estimate = facts.number("estimate")
    if not estimate:
        return ""
    low, high = facts.number("ciLow"), facts.number("ciHigh")
    interval = f", {low} to {high}" if low and high else ""
    return f"{facts.one('effectMeasure')} {estimate}{interval}".strip()


def _bearing(dataset: Dataset, study: NamedNode) -> Iterable[Bearing]:
    aside: dict[str, list[str]] = {}
    for row in dataset.rows(_ASIDE, study=study):
        aside.setdefault(row["line"], []).append(row["why"])
    entered: dict[str, dict[Named, str]] = {}
    for row in dataset.rows(_ENTERED, study=study):
        weight = f"{float(row['weight']):.0f}" if row["weight"] else ""
        entered.setdefault(row["claim"], {})[row["name"], row["synthesis"]] = weight
    rows: dict[str, list[dict[str, str]]] = {}
    for row in dataset.rows(_BEARS, study=study):
        rows.setdefault(row["line"], []).append(row)
    for line, several in rows.items():
        first = several[0]
        yield Bearing(
            iri=line,
            claim=(first["label"], first["claim"]),
            direction=_SAID.get(first["direction"], first["direction"]),
            status=first["status"],
            certainty=first["certainty"],
            aside=tuple(aside.get(line, ())),
            entered=tuple(entered.get(first["claim"], {}).items()),
            notes=tuple(dict.fromkeys(row["note"] for row in several if row["note"])),
        )
