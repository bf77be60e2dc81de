"""The studies against the records that they were encoded from: nothing lost, nothing made up.

The records are no part of the project; where they are missing these tests skip. What differs on
purpose stands in `records/differences.json`, each with its reason. A difference that is listed
there and is no longer found fails too.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from pyoxigraph import Literal, parse
from support.paths import SHARED, TESTS

from ldn_kg.graph.files import files
from ldn_kg.graph.namespaces import BASE, PREFIXES

EVIDENCE = SHARED / "evidence" / "studies.json"
pytestmark = pytest.mark.skipif(
    not EVIDENCE.exists(), reason="the evidence records are not beside the checkout"
)
STUDIES = {path.stem: path for path in files("data", ".ttl") if path.parent.name == "studies"}
GUIDANCE = {path.stem for path in files("data", ".ttl") if path.parent.name == "guidance"}
COUNTS = ("planned", "enrolled", "randomised", "completed", "analysed")
# What a result gives, by the names of the record.
FIGURES = {
    "experimental_value": "experimentalValue",
    "comparator_value": "comparatorValue",
    "experimental_percent": "experimentalValue",
    "comparator_percent": "comparatorValue",
    "experimental_count": "experimentalCount",
    "comparator_count": "comparatorCount",
    "estimate": "estimate",
    "ci_low": "ciLow",
    "ci_high": "ciHigh",
    "p": "pValue",
}
# The side that an outcome favours, by the words of the record.
FAVOURS = {
    "favours LDN": "favours-treatment",
    "favours comparator": "favours-comparator",
    "no difference": "no-difference",
    "within-group improvement": "better-than-before",
    "worsened": "worse-than-before",
}
PUBLICATION = ("title", "journal", "volume", "issue", "pages", "doi", "pmid")
Facts = dict[str, dict[str, list[str]]]


@cache
def _records() -> dict[str, Any]:
    records = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    return {record["key"]: record for record in records if record["citable"]}


@cache
def _known() -> dict[str, dict[str, str]]:
    """Map a study to what differs on purpose, each with the reason."""
    known = json.loads((TESTS / "records" / "differences.json").read_text(encoding="utf-8"))
    return {key: dict(sorted(known[key].items())) for key in known}


@cache
def _facts(key: str) -> Facts:
    """Map each record of a study file to its facts, by the last part of their names."""
    facts: Facts = {}
    for quad in parse(path=STUDIES[key]):
        name = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        record = facts.setdefault(quad.subject.value.removeprefix(BASE), {})
        record.setdefault(name, []).append(quad.object.value)
    return facts


def _numbers(value: Any) -> set[Decimal]:
    """Return every number in a JSON value, those inside texts too; signs are left out."""
    text = json.dumps(value, ensure_ascii=False)
    texts = (text, text.replace(",", ""))
    return {Decimal(n) for t in texts for n in re.findall(r"\d+(?:\.\d+)?|(?<!\d)\.\d+", t)}


def _typed(key: str) -> Iterator[tuple[str, Decimal]]:
    for quad in parse(path=STUDIES[key]):
        kind = quad.object.datatype.value if isinstance(quad.object, Literal) else ""
        name = quad.predicate.value.rpartition("#")[2]
        if kind in (PREFIXES["xsd"] + "decimal", PREFIXES["xsd"] + "integer"):
            if not name.endswith("/position"):
                yield name, abs(Decimal(quad.object.value))


def _made_up(key: str) -> Iterator[str]:
    """Numbers that the record does not have."""
    record = _numbers(_records()[key])
    for name, number in _typed(key):
        if number not in record:
            yield f"{name} {number} is not in the record"


def _population(key: str) -> Iterator[str]:
    study, population = _facts(key)[f"study/{key}"], _records()[key]["population"]
    for name in COUNTS:
        said, recorded = study.get(name, [None])[0], population.get(name)
        if (None if said is None else int(said)) != recorded:
            yield f"{name} is {said}, the record has {recorded}"
    said, recorded = study.get("femalePercent", [None])[0], population.get("female_percent")
    if (None if said is None else Decimal(said)) != _decimal(recorded):
        yield f"femalePercent is {said}, the record has {recorded}"
    if sorted(study.get("identifier", [])) != sorted(
        _records()[key].get("trial_registration") or []
    ):
        yield f"identifiers are {sorted(study.get('identifier', []))}"


def _decimal(value: Any) -> Decimal | None:
    """Return a plain number of the record, or None where it is text or absent."""
    if isinstance(value, str):
        found = re.fullmatch(r"[<>≤≥=]*\s*(\d*\.?\d+)", value)
        return Decimal(found[1]) if found else None
    return None if value is None else Decimal(str(value))


def _said(outcome: dict[str, Any]) -> set[tuple[str, str]]:
    """Return what an outcome of the record gives, in the words of a result."""
    numbers = {(FIGURES[name], _decimal(outcome.get(name))) for name in FIGURES}
    said = {(name, str(number)) for name, number in numbers if number is not None}
    if said and outcome.get("direction") in FAVOURS:
        said.add(("favours", FAVOURS[outcome["direction"]]))
    if any(name == "pValue" for name, _ in said):
        operator = re.match(r"[<>≤≥]?=?", outcome["p"])
        said.add(("pOperator", {"": "=", "<=": "≤"}.get(operator[0], operator[0])))  # type: ignore[index]
    return {(name, _plain(value)) for name, value in said}


def _plain(value: str) -> str:
    """Write a number in one way, and a concept by its name."""
    number = re.fullmatch(r"-?\d*\.?\d+(E-\d+)?", value)
    return format(Decimal(value).normalize(), "f") if number else value.rpartition("/")[2]


def _figures(key: str) -> Iterator[str]:
    """Figures of an outcome or adverse event that no single result gives together."""
    record, names = _records()[key], {*FIGURES.values(), "favours", "pOperator"}
    results = [
        {(name, _plain(values[0])) for name, values in facts.items() if name in names}
        for part, facts in _facts(key).items()
        if "-result-" in part
    ]
    for outcome in [*(record.get("outcomes") or []), *(record.get("adverse_events") or [])]:
        said = _said(outcome)
        # A difference or a ratio stands in some records as if it were the value of a group.
        as_estimate = {("estimate" if n == "experimentalValue" else n, v) for n, v in said}
        if said and not any(said <= result or as_estimate <= result for result in results):
            words = ", ".join(f"{name} {value}" for name, value in sorted(said))
            yield f"{outcome.get('name') or outcome.get('event')}: {words}"


def _publication(key: str) -> Iterator[str]:
    record, facts = _records()[key], _facts(key).get(f"publication/{key}")
    if facts is None:
        if record.get("doi") or record.get("journal"):
            yield "publication is missing"
        return
    for name in PUBLICATION:
        said, recorded = facts.get(name, [None])[0], record.get(name)
        if said != recorded:
            yield f"{name} is {said!r}, the record has {recorded!r}"
    if facts.get("issued", [None])[0] != (str(record["year"]) if record["year"] else None):
        yield f"issued is {facts.get('issued')}, the record has {record['year']}"
    authors = ", ".join(record.get("authors") or []) or None
    if facts.get("authorList", [None])[0] != authors:
        yield f"authorList is {facts.get('authorList')}, the record has {authors!r}"
    if bool(record.get("retracted")) != ("retracted" in facts):
        yield "retraction"


def _lone(key: str) -> Iterator[str]:
    """Results whose figures come from more than one place of the record."""
    record = _records()[key]
    again = record.get("second_reading") or []
    places: list[Any] = [record.get("corrections"), record.get("notes")]
    for reading in [record, *again]:
        places += (reading.get("outcomes") or []) + (reading.get("adverse_events") or [])
        places += [reading.get("population"), reading.get("notes"), reading.get("label_facts")]
    population = _numbers(record["population"])
    for part, facts in _facts(key).items():
        if "-result-" not in part:
            continue
        figures = {abs(Decimal(facts[name][0])) for name in set(FIGURES.values()) & facts.keys()}
        if not any(figures <= _numbers(place) | population for place in places):
            yield f"{part.partition('-result-')[2]}: figures from several places"


CHECKS = (_made_up, _population, _figures, _lone, _publication)


def test_every_citable_record_is_encoded() -> None:
    assert _records()
    assert STUDIES.keys() | GUIDANCE == _records().keys()


def test_every_guidance_statement_is_a_guidance_record() -> None:
    kinds = {key for key, r in _records().items() if r["kind"] == "guideline or HTA statement"}
    assert kinds == GUIDANCE != set()


def test_every_known_difference_has_a_study_and_a_reason() -> None:
    assert not _known().keys() - STUDIES.keys()
    assert all(len(why) > 10 for differences in _known().values() for why in differences.values())


@pytest.mark.parametrize("key", STUDIES)
def test_a_study_equals_its_record(key: str) -> None:
    found = [difference for check in CHECKS for difference in check(key)]
    assert sorted(set(found)) == list(_known().get(key, {}))


def test_a_changed_number_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break what the checks above look at, one place after the other."""
    facts = json.loads(json.dumps(_facts("bruun2024")))
    changes = {
        "study/bruun2024": ("analysed", "98"),
        "study/bruun2024-result-pain": ("comparatorValue", "-0.8"),
        "publication/bruun2024": ("pages", "e31-e40"),
    }
    for part, (name, value) in changes.items():
        broken = json.loads(json.dumps(facts))
        broken[part][name] = [value]
        with monkeypatch.context() as patch:
            patch.setattr(f"{__name__}._facts", lambda key, broken=broken: broken)
            assert [d for check in CHECKS[1:] for d in check("bruun2024")], part
