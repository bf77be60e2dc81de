"""What a dataset answers, as plain values, and copies of the shipped data with changes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyoxigraph import Quad, Store

from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.graph.rules import derive

HEAD = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
# How a claim is answered, but for the number of lines.
_CLAIM = "status certainty uncontrolledStudies uncontrolledParticipants awaitedTrials " + (
    "awaitedParticipants evidenceLevel counterEvidenceLevel chainLevel"
)
# What a synthesis says, but for the sentence.
_SYNTHESIS = (
    "synthesisOf sensitivityOf outcome symptom condition comparator decides trials participants"
    " events pooledTrials pooledParticipants effectMeasure estimate ciLow ciHigh ciLevel iSquared"
    " tauSquared poolingModel leansToTreatment leansToComparator leanNotKnown finding size"
    " certainty certaintyIfAssessed status perThousandWithout perThousandWith perThousandWithLow"
    " perThousandWithHigh"
)
CERTAINTIES = ("very-low", "low", "moderate", "high")


@dataclass(frozen=True)
class Answers:
    """The values of each claim, synthesis and part of a synthesis, by the end of its IRI."""

    claims: dict[str, dict[str, str]]
    syntheses: dict[str, dict[str, str]]
    steps: dict[str, int]
    members: dict[str, set[str]]
    errors: dict[str, str]

    def certainty(self, synthesis: str) -> int:
        """Return how certain a synthesis is, the greater the more."""
        word = self.syntheses[synthesis]["certainty"].removesuffix("-certainty")
        return CERTAINTIES.index(word)


def answers(dataset: Dataset) -> Answers:
    """Return the answers of a dataset, of which there must be some."""
    found = Answers({}, {}, {}, defaultdict(set), {})
    for kind in ("EfficacyClaim", "SafetyClaim", "MechanismClaim"):
        found.claims.update(_values(dataset, f"?record a ldn:{kind}", _CLAIM))
    found.syntheses.update(_values(dataset, "?record a ldn:Synthesis", _SYNTHESIS))
    for row in dataset.rows("SELECT ?rating ?steps { ?rating ldn:steps ?steps }"):
        found.steps[_end(row["rating"])] = int(row["steps"])
    for row in dataset.rows("SELECT ?of ?study { ?p ldn:contributesTo ?of ; ldn:study ?study }"):
        found.members[_end(row["of"])].add(_end(row["study"]))
    for row in dataset.rows("SELECT ?part ?from { ?part ldn:errorFrom ?from }"):
        found.errors[_end(row["part"])] = _end(row["from"])
    assert len(found.claims) > 200
    assert len(found.syntheses) > 80
    return found


def _values(dataset: Dataset, which: str, names: str) -> dict[str, dict[str, str]]:
    terms = " ".join(f"ldn:{name}" for name in names.split())
    sparql = f"SELECT * WHERE {{ VALUES ?prop {{ {terms} }} {which} ; ?prop ?value }}"
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in dataset.rows(sparql):
        values, name = found[_end(row["record"])], row["prop"].rpartition("#")[2]
        values[name] = " ".join(sorted({*values.get(name, "").split(), _end(row["value"])}))
    return found


def _end(iri: str) -> str:
    return iri.rpartition("/")[2]


@cache
def typed() -> tuple[Quad, ...]:
    """Return the shipped data as people typed them, before anything is derived."""
    return tuple(read().store)


def changed(*updates: str, come: Iterable[Quad] = (), gone: Iterable[Quad] = ()) -> Dataset:
    """Return the shipped data after quads went, quads came and updates ran, derived anew."""
    store = Store()
    store.bulk_extend(typed())
    for quad in gone:
        store.remove(quad)
    store.bulk_extend(come)
    for update in updates:
        before = set(store)
        store.update(HEAD + update)
        assert set(store) != before, f"this changes nothing: {update}"
    return derive(Dataset(store, ()))


def insert(turtle: str) -> str:
    """Return the update that adds typed records."""
    return f"INSERT DATA {{ GRAPH <{GRAPHS['literature'].value}> {{ {turtle} }} }}"


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what is not the same on both sides."""
    return {
        name: (one.get(name), other.get(name))
        for name in {*one, *other}
        if one.get(name) != other.get(name)
    }
