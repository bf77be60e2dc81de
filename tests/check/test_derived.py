"""What only rules may say is refused where somebody types it, in whatever graph."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from ldn_kg.check.derived import derived_properties, typed
from ldn_kg.check.validation import DERIVED, Problem, load, validate
from ldn_kg.errors import InvalidData
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import iri, shorten
from ldn_kg.graph.rules import RULES, rule

PROPERTIES = derived_properties({name: rule(name) for name in RULES})
CLAIM, LINE = "claim:ldn-fibromyalgia", "study:younger2013-line-fibromyalgia"
# A value that the rule would give, or could: what is typed is wrong even where it is right.
VALUES = {
    "ldn:statedIn": (CLAIM, "source:ldn-overview-p1s1"),
    "ldn:dailyDoseMin": ("study:younger2013-arm-naltrexone", "4.5"),
    "ldn:dailyDoseMax": ("study:younger2013-arm-naltrexone", "4.5"),
    "ldn:participants": (LINE, "28"),
    "ldn:directOn": (LINE, "ldnc:drug-axis"),
    "ldn:designLevel": (LINE, "ldnc:ocebm-benefit-2"),
    "ldn:setAside": (LINE, "ldnc:indirect-dose"),
    "ldn:supportingLines": (CLAIM, "1"),
    "ldn:disputingLines": (CLAIM, "1"),
    "ldn:supportingStudies": (CLAIM, "1"),
    "ldn:disputingStudies": (CLAIM, "1"),
    "ldn:supportingParticipants": (CLAIM, "28"),
    "ldn:disputingParticipants": (CLAIM, "28"),
    "ldn:lowered": (CLAIM, "ldnc:few-participants"),
    "ldn:counterLowered": (CLAIM, "ldnc:few-participants"),
    "ldn:evidenceLevel": (CLAIM, "ldnc:ocebm-benefit-2"),
    "ldn:counterEvidenceLevel": (CLAIM, "ldnc:ocebm-benefit-2"),
    "ldn:status": (CLAIM, "ldnc:supported"),
}
HEAD = """@prefix claim: <https://w3id.org/ldn-kg/claim/> .
@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
@prefix ldnc: <https://w3id.org/ldn-kg/concept/> .
@prefix source: <https://w3id.org/ldn-kg/source/> .
@prefix study: <https://w3id.org/ldn-kg/study/> .

"""


def test_every_derived_property_has_a_case() -> None:
    assert set(PROPERTIES) == set(VALUES)


def test_a_rule_derives_what_it_is_said_to(kg: Dataset) -> None:
    """The heads are read as text: what the rules did say is the proof that they were read right."""
    said = {quad.predicate.value for quad in kg.triples("derived")}
    assert {name for name in map(shorten, said) if name.startswith("ldn:")} <= set(PROPERTIES)
    assert len(said) > 10


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that says each property, in blocks of three lines."""
    path = tmp_path_factory.mktemp("derived") / "typed.ttl"
    blocks = (f"{record}\n    {name} {value} .\n" for name, (record, value) in VALUES.items())
    path.write_text(HEAD + "\n".join(blocks), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def problems(path: Path) -> dict[str | None, Problem]:
    found = [problem for problem in validate(path).problems if problem.rule == DERIVED]
    assert len(found) == len(VALUES)
    return {problem.path: problem for problem in found}


@pytest.mark.parametrize("name", VALUES)
def test_a_derived_property_that_is_typed_is_reported(
    name: str, path: Path, problems: dict[str | None, Problem]
) -> None:
    record, value = VALUES[name]
    problem = problems[name]
    assert shorten(problem.record) == record
    assert (problem.file, problem.line) == (path, 8 + 3 * list(VALUES).index(name))
    assert f"{name} is derived by the rule {PROPERTIES[name]}; take it away." in str(problem)
    assert f"({name} says {value})" in str(problem)


def test_what_is_loaded_is_checked_as_well(path: Path) -> None:
    with pytest.raises(InvalidData, match="is derived by the rule"):
        load(path)


@pytest.mark.parametrize("graph", sorted(GRAPHS))
def test_only_the_derived_graph_may_say_it(graph: str) -> None:
    dataset = load()
    assert not list(typed(dataset.store, PROPERTIES))
    said = Quad(iri(CLAIM), iri("ldn:status"), iri("ldnc:disputed"), GRAPHS[graph])
    dataset.store.add(said)
    assert list(typed(dataset.store, PROPERTIES)) == ([] if graph == "derived" else [said])


def test_the_file_is_the_one_that_says_it(tmp_path: Path) -> None:
    """The record can stand in several files; its own file is not to blame."""
    first, second = tmp_path / "a.ttl", tmp_path / "b.ttl"
    first.write_text(f"{HEAD}{CLAIM}\n    ldn:status ldnc:supported .\n", encoding="utf-8")
    second.write_text(f'{HEAD}{CLAIM}\n    ldn:negated "no" .\n', encoding="utf-8")
    problems = [p for p in validate(read(first, second)).problems if p.rule == DERIVED]
    assert [(p.file, p.line) for p in problems] == [(first, 8)]


def test_the_head_of_a_rule_is_read() -> None:
    rules = {
        "plain": "# CONSTRUCT { ?a ldn:b ?c }\nCONSTRUCT { ?x ldn:one ?y , ?z ; ldn:two 1 }",
        "several": "CONSTRUCT {\n ?x a ldn:Kind .\n ?x ldn:three ldn:value ; rdfs:label ?l .\n}",
        "column": "CONSTRUCT { ?x ?p ?y } WHERE { VALUES (?d ?p) { (1 ldn:four) (2 ldn:five) } }",
        "list": "CONSTRUCT { ?x ?p ?y } WHERE { VALUES ?p { ldn:six dcterms:title } ?x ldn:q ?y }",
        "later": "CONSTRUCT { ?x ldn:one ?y } WHERE { ?x ldn:seven ?y }",
    }
    assert derived_properties(rules, {"code": ("ldn:eight", "schema:value")}) == {
        "ldn:one": "plain",
        "ldn:two": "plain",
        "ldn:three": "several",
        "ldn:four": "column",
        "ldn:five": "column",
        "ldn:six": "list",
        "ldn:eight": "code",
    }
