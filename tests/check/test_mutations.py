"""Break one thing in the shipped data: validation finds it, and names the record.

Each kind of fault is tried at places chosen by chance, in the quads as they were read, before the
rules derive anything. `LDN_KG_MUTATIONS=100` tries more of each and prints the share that was
caught. What validation cannot know is not tried: see docs/curating.md.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ldn_kg.check.validation import rules, validate
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, PREFIXES, iri
from ldn_kg.graph.rules import derive

TRIES = int(os.environ.get("LDN_KG_MUTATIONS", "2"))
SH = PREFIXES["sh"]
NOWHERE = "no-such-record"


@dataclass(frozen=True)
class Fault:
    """One thing that is broken: quads that go, quads that come, and records that may be named."""

    gone: tuple[Quad, ...]
    come: tuple[Quad, ...] = ()
    also: str = ""

    @property
    def records(self) -> set[str]:
        """Return the subjects of what was changed, and what else shows the fault."""
        subjects = (str(quad.subject) for quad in (*self.gone, *self.come))
        return {name.strip("<>") for name in (*subjects, self.also)}


@pytest.fixture(scope="module")
def raw() -> Dataset:
    return read()


def _of(raw: Dataset, name: str) -> list[Quad]:
    """Return the quads with a property, which must be some."""
    found = sorted(raw.store.quads_for_pattern(None, iri(name), None, None), key=str)
    ours = [quad for quad in found if str(quad.subject).startswith(f"<{BASE}")]
    assert ours, name
    return ours


def _with(quad: Quad, value: object) -> Fault:
    """Put another value in the place of one."""
    return Fault((quad,), (Quad(quad.subject, quad.predicate, value, quad.graph_name),))  # type: ignore[arg-type]


def _records(raw: Dataset) -> list[Quad]:
    """Return what is said of our records in the graphs that people write."""
    return sorted(
        (
            quad
            for quad in raw.store
            if str(quad.subject).startswith(f"<{BASE}") and "/concept/" not in str(quad.subject)
        ),
        key=str,
    )


def _required(raw: Dataset) -> Iterator[Fault]:
    """Yield the only value of each property that a shape of its class asks for."""
    shapes = rules()

    def _objects(subject: object, name: str) -> list[NamedNode]:
        pattern = shapes.quads_for_pattern(subject, NamedNode(SH + name), None, None)  # type: ignore[arg-type]
        return [quad.object for quad in pattern]  # type: ignore[misc]

    asked = 0
    for target in shapes.quads_for_pattern(None, NamedNode(f"{SH}targetClass"), None, None):
        for shape in _objects(target.subject, "property"):
            least = [x for x in _objects(shape, "minCount") if x.value == "1"]
            paths = [x for x in _objects(shape, "path") if isinstance(x, NamedNode)]
            if not least or not paths:
                continue
            asked += 1
            members = raw.store.quads_for_pattern(None, iri("rdf:type"), target.object, None)
            for member in sorted(members, key=str):
                values = list(raw.store.quads_for_pattern(member.subject, paths[0], None, None))
                if len(values) == 1:
                    yield Fault(tuple(values))
    assert asked > 40


def _swapped(raw: Dataset) -> Iterator[Fault]:
    for low, high in (("schema:minValue", "schema:maxValue"), ("ldn:ciLow", "ldn:ciHigh")):
        for least in _of(raw, low):
            for most in raw.store.quads_for_pattern(least.subject, iri(high), None, None):
                if least.object != most.object:
                    yield Fault(
                        (least, most),
                        (*_with(least, most.object).come, *_with(most, least.object).come),
                    )


def _units(raw: Dataset) -> Iterator[Fault]:
    for quad in _of(raw, "qudt:hasUnit"):
        yield _with(quad, iri("unit:PicoMOL-PER-L"))


def _milligrams(raw: Dataset) -> Iterator[Fault]:
    """Write µg for mg in the only dose of a study with a line that is direct on a low dose."""
    other = {iri("ldnc:other-dose"), iri("ldnc:dose-not-stated")}
    for line in _of(raw, "ldn:claim"):
        (claim,) = _values(raw, line.subject, "ldn:claim")
        (study,) = _values(raw, line.subject, "ldn:study")
        arms = [
            arm
            for arm in _values(raw, study, "ldn:arm")
            if iri("ldnc:experimental-arm") in _values(raw, arm, "dcterms:type")
        ]
        direct = not other & {*_values(raw, line.subject, "ldn:indirect")}
        low = iri("ldnc:low-dose") in _values(raw, claim, "ldn:doseCategory")
        doses = [dose for arm in arms for dose in _values(raw, arm, "ldn:dose")]
        if direct and low and len(arms) == len(doses) == 1:
            (unit,) = raw.store.quads_for_pattern(doses[0], iri("qudt:hasUnit"), None, None)
            yield Fault((unit,), _with(unit, iri("unit:MicroGM")).come, str(line.subject))


def _datatypes(raw: Dataset) -> Iterator[Fault]:
    text = PREFIXES["xsd"] + "string"
    for quad in _records(raw):
        value = quad.object
        if isinstance(value, Literal) and not value.language and value.datatype.value != text:
            yield _with(quad, Literal(value.value))


def _contrasts(raw: Dataset) -> Iterator[Fault]:
    """Call a comparison between groups a change within one, where the result favours a side."""
    sides = {f"{LDNC}favours-treatment", f"{LDNC}favours-comparator"}
    for quad in _of(raw, "ldn:contrast"):
        favours = {value.value for value in _values(raw, quad.subject, "ldn:favours")}
        if quad.object == iri("ldnc:between-groups") and favours & sides:
            yield _with(quad, iri("ldnc:within-group"))


def _values(raw: Dataset, subject: Any, name: str) -> list[Any]:
    return [q.object for q in raw.store.quads_for_pattern(subject, iri(name), None, None)]


def _is_reference(quad: Quad) -> bool:
    """Tell whether a quad refers to a record of ours or to a concept."""
    name = str(quad.object).strip("<>") if isinstance(quad.object, NamedNode) else ""
    return name.startswith(BASE) and not name.startswith(LDN)


def _nowhere(raw: Dataset) -> Iterator[Fault]:
    for quad in _records(raw):
        if _is_reference(quad):
            kind = str(quad.object).strip("<>").removeprefix(BASE).partition("/")[0]
            yield _with(quad, NamedNode(f"{BASE}{kind}/{NOWHERE}"))


def _other_kind(raw: Dataset) -> Iterator[Fault]:
    """Refer to a record of another kind: where a study is meant, a drug."""
    for quad in _records(raw):
        if _is_reference(quad):
            drug = str(quad.object).startswith(f"<{BASE}drug/")
            yield _with(
                quad, NamedNode(f"{BASE}{'study/younger2013' if drug else 'drug/naltrexone'}")
            )


def _missing_study(raw: Dataset) -> Iterator[Fault]:
    for quad in _of(raw, "ldn:study"):
        yield _with(quad, NamedNode(f"{BASE}study/{NOWHERE}"))


def _identifiers(raw: Dataset) -> Iterator[Fault]:
    """Not registrations: a trial has several reports, each a study of its own here."""
    for name in ("bibo:doi", "bibo:pmid"):
        found = _of(raw, name)
        for quad, other in pairwise(found):
            if quad.object != other.object:
                yield _with(quad, other.object)


def _twice(raw: Dataset) -> Iterator[Fault]:
    """Say a second value where a record has one and may have one only."""
    for name in ("rdfs:label", "ldn:design", "ldn:direction", "ldn:enrolled", "ldn:effectMeasure"):
        found = _of(raw, name)
        for quad, other in zip(found, reversed(found), strict=True):
            if quad.object != other.object:
                yield Fault((), _with(quad, other.object).come)


def _languages(raw: Dataset) -> Iterator[Fault]:
    for quad in _of(raw, "rdfs:label"):
        yield _with(quad, Literal(quad.object.value, language="de"))  # type: ignore[union-attr]


def _negative(raw: Dataset) -> Iterator[Fault]:
    for name in (
        "ldn:enrolled",
        "ldn:analysed",
        "ldn:randomised",
        "ldn:pValue",
        "schema:maxValue",
    ):
        for quad in _of(raw, name):
            yield _with(quad, Literal("-1", datatype=quad.object.datatype))  # type: ignore[union-attr]


def _misspelt(raw: Dataset) -> Iterator[Fault]:
    for quad in _records(raw):
        if quad.predicate.value.startswith(LDN):
            come = Quad(
                quad.subject, NamedNode(quad.predicate.value + "x"), quad.object, quad.graph_name
            )
            yield Fault((quad,), (come,))


KINDS: dict[str, Callable[[Dataset], Iterator[Fault]]] = {
    "a required value is gone": _required,
    "least and greatest are swapped": _swapped,
    "a unit is of another kind": _units,
    "micrograms for milligrams": _milligrams,
    "a value has another datatype": _datatypes,
    "a comparison is called a change": _contrasts,
    "a reference leads nowhere": _nowhere,
    "a reference leads to another kind of record": _other_kind,
    "a line is of a study that is not there": _missing_study,
    "an identifier is that of another": _identifiers,
    "a second value where one is allowed": _twice,
    "a label is in another language": _languages,
    "a number is negative": _negative,
    "a property is misspelt": _misspelt,
}


def _caught(raw: Dataset, fault: Fault) -> bool:
    """Tell whether validation names one of the records of a fault."""
    store = Store()
    store.bulk_extend(raw.store)
    for quad in fault.gone:
        store.remove(quad)
    store.extend(fault.come)
    found = validate(derive(Dataset(store, ()))).problems
    return bool(fault.records & {problem.record for problem in found})


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_found_and_its_record_is_named(kind: str, raw: Dataset) -> None:
    faults = list(KINDS[kind](raw))
    assert len(faults) >= 20
    tried = random.Random(kind).sample(faults, min(TRIES, len(faults)))
    missed = [fault for fault in tried if not _caught(raw, fault)]
    if TRIES > 2:
        print(f"{kind}: {len(tried) - len(missed)} of {len(tried)}", *missed, sep="\n  ")  # noqa: T201
    assert not missed


def test_the_data_as_they_are_have_no_fault(raw: Dataset) -> None:
    """What is caught above is caught for its fault alone."""
    store = Store()
    store.bulk_extend(raw.store)
    assert validate(derive(Dataset(store, ()))).problems == ()
