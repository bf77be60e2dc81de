"""Each rule alone, on a few triples: what it derives from them, and nothing else.

`tests/rules/NAME.trig` has the triples, made up by hand, and in the derived graph what follows from
them. What stands beside is there so that nothing comes of it. How the rules work together is tested
in `test_rules.py`, and what becomes of the data themselves by the rows of the questions.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, Triple, parse
from support.made_up import HEAD
from support.paths import TESTS

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.rules import RULES, rule

CASES = sorted((TESTS / "rules").glob("*.trig"))
LEVELS = "".join(
    f"ldnc:mechanism-{n} skos:inScheme ldnc:mechanism-support ; schema:position {n} .\n"
    for n in range(1, 6)
)
STATUS = """
claim:{name} a ldn:{kind} ; ldn:supportingLines {supporting} ; ldn:disputingLines {disputing} .
"""
KINDS = ("MechanismClaim", "DosageClaim", "ClassificationClaim")
# For, against, what else is said, and the status of a claim of each kind.
STATUSES = [
    (1, 1, "", ("studies-disagree", "sources-disagree", "sources-disagree")),
    (2, 0, "", ("observed", "agreed", "agreed")),
    (0, 1, "", ("not-observed", "contradicted", "contradicted")),
    (0, 0, "", ("untested", "stated-only", "stated-only")),
    (0, 0, "study:l ldn:claim claim:c .", ("inferred-only", "stated-only", "stated-only")),
    (
        *(0, 0, "study:l ldn:claim claim:c ; ldn:setAside ldnc:kept-out-retracted ."),
        ("withdrawn", "withdrawn", "withdrawn"),
    ),
    (
        *(0, 0, "study:l ldn:claim claim:c ; ldn:setAside ldnc:kept-out-other-drug ."),
        ("inferred-only", "stated-only", "stated-only"),
    ),
    (
        *(1, 0, "claim:c ldn:evidenceLevel ldnc:mechanism-5 ."),
        ("inferred-only", "stated-only", "stated-only"),
    ),
    (
        *(1, 0, "claim:c ldn:evidenceLevel ldnc:mechanism-4 ."),
        ("observed", "agreed", "agreed"),
    ),
]
TRIED = [
    ("ldnc:mechanism-4", "", "too-little-to-say"),
    ("ldnc:mechanism-5", "", "inferred-only"),
    ("ldnc:mechanism-1", "; ldn:setAside ldnc:kept-out-other-drug", "inferred-only"),
]
SAME = "rdf:subject drug:d ; rdf:predicate ldn:blocks ; ldn:system ldnc:human"
# What is said of the group, of the one, and the status of the one.
GROUPED = [
    ("1 1", SAME, "skos:broader", SAME, "studies-disagree"),
    (
        "1 1",
        SAME,
        "skos:broader target:middle . target:middle skos:broader",
        SAME,
        "studies-disagree",
    ),
    ("1 0", SAME, "skos:broader", SAME, "observed"),
    ("0 1", SAME, "skos:broader", SAME, "observed"),
    ("1 1", SAME, "skos:related", SAME, "observed"),
    ("1 1", SAME, "skos:broader", SAME.replace("drug:d", "drug:e"), "observed"),
    ("1 1", SAME, "skos:broader", SAME.replace("blocks", "raises"), "observed"),
    ("1 1", SAME, "skos:broader", SAME.replace("human", "mouse"), "observed"),
    ("1 1", f"{SAME} ; ldn:doseCategory ldnc:low-dose", "skos:broader", SAME, "observed"),
    ("1 1", SAME, "skos:broader", f"{SAME} ; ldn:doseCategory ldnc:low-dose", "observed"),
    (
        *("1 1", f"{SAME} ; ldn:doseCategory ldnc:low-dose", "skos:broader"),
        *(f"{SAME} ; ldn:doseCategory ldnc:low-dose", "studies-disagree"),
    ),
]


def _store(quads: Iterable[Quad]) -> Store:
    store = Store()
    store.extend(Quad(*quad.triple) for quad in quads)
    return store


def _derived(name: str, quads: Iterable[Quad]) -> set[Triple]:
    """Return what one rule derives from some triples."""
    derived = set(Dataset(_store(quads), ()).ask(rule(name)))
    assert derived
    return derived


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_rule_derives_this_and_nothing_else(path: Path) -> None:
    quads = list(parse(path.read_bytes(), format=RdfFormat.TRIG))
    wanted = _store(quad for quad in quads if quad.graph_name == GRAPHS["derived"])
    given = (quad for quad in quads if quad.graph_name == DefaultGraph())
    assert {str(triple) for triple in _derived(path.stem, given)} == {
        str(quad.triple) for quad in wanted
    }


def test_each_rule_has_a_case() -> None:
    assert {*(path.stem for path in CASES), "status", "synthesis"} == set(RULES)


def _of(turtle: str) -> Iterable[Quad]:
    return parse(HEAD + LEVELS + turtle, format=RdfFormat.TURTLE)


def _status(turtle: str, claim: str = "c") -> str:
    derived = _derived("status", _of(turtle))
    (found,) = (t.object for t in derived if str(t.subject) == f"<{BASE}claim/{claim}>")
    return str(found).strip("<>").rpartition("/")[2]


@pytest.mark.parametrize("number", range(len(STATUSES)))
@pytest.mark.parametrize("kind", KINDS)
def test_the_status_of_a_claim(kind: str, number: int) -> None:
    supporting, disputing, more, wanted = STATUSES[number]
    claim = STATUS.format(name="c", kind=kind, supporting=supporting, disputing=disputing)
    beside = STATUS.format(name="other", kind=kind, supporting=1, disputing=1)
    beside += "study:other ldn:claim claim:other ; ldn:lineLevel ldnc:mechanism-1 ."
    assert _status(claim + more + beside) == wanted[KINDS.index(kind)]


def test_other_kinds_of_claims_have_no_status_here() -> None:
    kinds = (("c", "MechanismClaim"), ("e", "EfficacyClaim"), ("s", "SafetyClaim"))
    claims = [STATUS.format(name=n, kind=k, supporting=1, disputing=0) for n, k in kinds]
    (triple,) = _derived("status", _of("".join(claims)))
    assert str(triple.subject) == f"<{BASE}claim/c>"


@pytest.mark.parametrize(("level", "more", "wanted"), TRIED)
def test_what_was_measured_without_deciding(level: str, more: str, wanted: str) -> None:
    claim = STATUS.format(name="c", kind="MechanismClaim", supporting=0, disputing=0)
    assert _status(f"{claim} study:l ldn:claim claim:c ; ldn:lineLevel {level} {more} .") == wanted


@pytest.mark.parametrize("number", range(len(GROUPED)))
def test_one_of_a_group_stands_no_firmer_than_the_group(number: int) -> None:
    counts, wider, way, own, wanted = GROUPED[number]
    supporting, disputing = counts.split()
    group = {"kind": "MechanismClaim", "supporting": supporting, "disputing": disputing}
    claims = STATUS.format(name="group", **group)
    claims += STATUS.format(name="c", kind="MechanismClaim", supporting=1, disputing=0)
    claims += f"claim:group rdf:object target:group ; {wider} . target:one {way} target:group ."
    assert _status(f"{claims} claim:c rdf:object target:one ; {own} .") == wanted
