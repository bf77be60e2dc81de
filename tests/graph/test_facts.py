"""The facts of a synthesis: the same whether all of a property are read, or few are looked up."""

import pytest
from support.made_up import facts_of, world

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri, shorten
from ldn_kg.graph.synthesis import DERIVED, synthesise
from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, question, questions

# By hand: b analyses the people of a, c probably has those of b; d is alone; e is no study.
JOINED = """
study:a a ldn:Study ; ldn:result study:a-result ; ldn:condition condition:x .
study:b a ldn:Study ; ldn:result study:b-result ; ldn:analysisOf study:a .
study:c a ldn:Study ; ldn:probablySameAs study:b ; ldn:condition condition:x ;
  ldn:notReported ldnc:no-result-published .
study:d a ldn:Study ; ldn:result study:d-result ; ldn:supersedes study:a .
study:e ldn:condition condition:x ; ldn:notReported ldnc:no-result-published .
study:read-again ldn:readingOf study:a ; ldn:compared 7 .
study:not-compared ldn:readingOf study:b ; ldn:compared 0 .
study:d-line ldn:claim claim:one, claim:two ; ldn:study study:d ; ldn:restsOn study:d-result .
claim:one a ldn:EfficacyClaim ; rdf:object condition:x .
"""


@pytest.fixture(params=[False, True], ids=["whole", "few"])
def facts(request: pytest.FixtureRequest) -> Facts:
    return facts_of(JOINED, few=request.param)


def test_studies_with_the_same_people_have_one_that_stands_for_all(facts: Facts) -> None:
    names = ("study:a", "study:b", "study:c", "study:d", "study:e")
    people = {name: facts.people(name) for name in names}
    # a is no analysis of another and has a result, which c has not.
    assert people == dict(
        zip(names, ["study:a", "study:a", "study:a", "study:d", "study:e"], strict=True)
    )


def test_what_points_to_a_record_is_found_from_it(facts: Facts) -> None:
    assert facts.unreported("condition:x") == ["study:c"]
    assert [facts.is_superseded(f"study:{s}") for s in "abd"] == [True, False, False]
    assert [facts.is_read_again(f"study:{s}") for s in "abd"] == [True, False, False]
    assert facts.lines("claim:one") == ["study:d-line"]
    assert facts.lines("claim:two") == []  # a line is on one claim: the first
    assert facts.named_for_others("study:d", "claim:two") == {"study:d-result"}
    assert facts.named_for_others("study:d", "claim:one") == set()
    assert question(facts, "claim:two") is None


@pytest.mark.parametrize("few", [False, True])
def test_what_points_to_a_record_is_in_order(few: bool) -> None:
    names = [f"study:{number:02}" for number in range(50)]
    said = (f"{name} ldn:condition condition:x . " for name in names[::2] + names[1::2])
    assert facts_of("".join(said), few=few).subjects("condition", "condition:x") == names


@pytest.mark.parametrize("few", [False, True])
def test_today_is_the_day_of_the_last_version(few: bool) -> None:
    versions = """
    <urn:x:d/1> dcterms:isVersionOf <urn:x:d> ; dcterms:issued "2026-01-01" .
    <urn:x:d/2> dcterms:isVersionOf <urn:x:d> ; dcterms:issued "2026-05-01" .
    <urn:x:other> dcterms:issued "2027-01-01" .
    """
    assert facts_of(versions, few=few).issued == "2026-05-01"
    assert facts_of("<urn:x:other> dcterms:issued '2027' .", few=few).issued == ""


def test_what_the_synthesis_derives_is_listed_for_those_who_must_not_type_it(kg: Dataset) -> None:
    derived = {shorten(triple.predicate.value) for triple in synthesise(kg)}
    assert len([name for name in DERIVED if name in derived]) > 30


def test_what_is_listed_as_derived_is_of_the_ontology() -> None:
    """Whether or not these data say it: a misspelt name would let everybody type the property."""
    ontology = world()
    assert [name for name in DERIVED if not list(ontology.about(iri(name)))] == []


def test_an_answer_is_the_same_however_its_facts_are_found(kg: Dataset) -> None:
    whole, few = Facts(kg), Facts(kg, few=True)
    asked = list(questions(whole))
    assert len(asked) > 80
    for each in asked[::5]:
        assert question(few, each.claim) == each
        assert answer(few, each) == answer(whole, each)
