"""What only rules may say is refused where somebody types it, in whatever graph."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from ldn_kg.check.derived import derived_properties, typed
from ldn_kg.check.validation import DERIVED, Problem, load, only_derived, validate
from ldn_kg.errors import InvalidData
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import iri, shorten
from ldn_kg.graph.rules import RULES

PROPERTIES = only_derived()
CLAIM, LINE = "claim:ldn-fibromyalgia", "study:younger2013-line-fibromyalgia"
ARM = "study:younger2013-arm-naltrexone"
# What is typed is wrong even where it is right: values that the rule gives, or could.
VALUES = dict.fromkeys(PROPERTIES, (CLAIM, "1")) | {
    "ldn:dailyDoseMin": (ARM, "4.5"),
    "ldn:dailyDoseMax": (ARM, "4.5"),
    "ldn:directOn": (LINE, "ldnc:drug-axis"),
    "ldn:evidenceLevel": (CLAIM, "ldnc:mechanism-1"),
    "ldn:setAside": (LINE, "ldnc:kept-out-review"),
    "ldn:statedIn": (CLAIM, "source:ldn-overview-p1s1"),
    "ldn:status": (CLAIM, "ldnc:supported"),
}
HEAD = """@prefix claim: <https://w3id.org/ldn-kg/claim/> .
@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
@prefix ldnc: <https://w3id.org/ldn-kg/concept/> .
@prefix source: <https://w3id.org/ldn-kg/source/> .
@prefix study: <https://w3id.org/ldn-kg/study/> .

"""


def test_every_rule_counts() -> None:
    assert set(VALUES) == set(PROPERTIES)
    none_of_ours = {"version", "ontology-version", "labels", "sources", "standard-terms"}
    assert {*PROPERTIES.values()} == {*RULES} - none_of_ours


def test_a_rule_derives_what_it_is_said_to(kg: Dataset) -> None:
    """The heads are read as text: what the rules did say is the proof that they were read right."""
    said = {shorten(quad.predicate.value) for quad in kg.triples("derived")}
    others = kg.store.quads_for_pattern(None, None, None, None)
    also_typed = {shorten(q.predicate.value) for q in others if q.graph_name != GRAPHS["derived"]}
    ours = {name for name in said if name.startswith("ldn:")}
    assert ours - also_typed <= set(PROPERTIES)
    assert not also_typed & set(PROPERTIES)
    assert len(ours) > 40


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


def test_what_is_derived_of_some_records_is_refused_on_those(tmp_path: Path) -> None:
    """The direction of a line on a mechanism is typed; that of a line on benefit is not."""
    path = tmp_path / "direction.ttl"
    path.write_text(f"{HEAD}{LINE}\n    ldn:direction ldnc:silent .\n", encoding="utf-8")
    (problem,) = (p for p in validate(path).problems if p.rule == DERIVED)
    assert "ldn:direction is derived for this record; take it away." in str(problem)
    assert (problem.file, problem.line) == (path, 8)


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


def test_rules_in_sparql_alone_may_be_asked_about() -> None:
    rules = {
        "one": "CONSTRUCT { ?a ldn:p ?b ; rdfs:label ?c . } WHERE { ?a ldn:q ?b }",
        "two": "CONSTRUCT { ?a ldn:p ?b , ?c ; ldn:r ?d . ?d ldn:s ?e } WHERE {}",
        "three": "CONSTRUCT { ?a ?p ?b } WHERE { VALUES (?p ?n) { (ldn:t 1) (ldn:u 2) } }",
        "four": "CONSTRUCT { ?a ?p ?b } { VALUES ?p { ldn:v ldn:p } } # CONSTRUCT { ?a ldn:w 1 }",
    }
    assert derived_properties(rules) == {
        **{"ldn:p": "one", "ldn:r": "two", "ldn:s": "two"},
        **{"ldn:t": "three", "ldn:u": "three", "ldn:v": "four"},
    }
