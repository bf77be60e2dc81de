"""Hints: a message on a closed list names its codes, one on a missing record the nearest."""

from pathlib import Path

import pytest

from ldn_kg.check.validation import Problem, validate
from ldn_kg.graph.namespaces import LDNC, shorten

STUDY = """
@prefix claim: <https://w3id.org/ldn-kg/claim/> .
@prefix condition: <https://w3id.org/ldn-kg/condition/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
@prefix ldnc: <https://w3id.org/ldn-kg/concept/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix study: <https://w3id.org/ldn-kg/study/> .
study:a2024 a ldn:Study ;
  rdfs:label "A 2024"@en ; schema:identifier "NCT99999901" ;
  ldn:design ldnc:case-raport ;
  ldn:blinding "double-blind" ;
  ldn:control ldnc:placebo, ldnc:no-control ;
  ldn:condition condition:fibromialgia, condition:MS, <https://example.org/gout> ;
  ldn:analysed 1 ;
  ldn:funded "nobody"@en ;
  ldn:result study:a2024-result-pain .
study:a2024-result-pain a ldn:Result ;
  rdfs:label "pain"@en ;
  dcterms:type ldnc:unstated-rank ;
  ldn:favours ldnc:favours-treatment ;
  ldn:analysed 1 ;
  ldn:readAs ldnc:abstract .
study:a2024-line-pain a ldn:EvidenceLine ;
  ldn:claim claim:ldn-fibromialgia ;
  ldn:study study:a2024 ;
  ldn:direction ldnc:supports ;
  dcterms:type obo:ECO_0000180 ;
  ldn:restsOn study:a2024-result-pian .
"""


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> tuple[Problem, ...]:
    path: Path = tmp_path_factory.mktemp("hints") / "a2024.ttl"
    path.write_text(STUDY, encoding="utf-8")
    return validate(path).problems


def _hint(problems: tuple[Problem, ...], rule: str, value: str = "") -> str | None:
    fits = [p for p in problems if shorten(p.rule) == rule and value in (p.value or p.message)]
    assert len(fits) == 1, f"{len(fits)} problems of {rule}"
    if fits[0].hint:
        assert fits[0].hint in str(fits[0])
    return fits[0].hint


def test_a_short_list_is_named_whole_with_the_nearest_by_label(
    problems: tuple[Problem, ...],
) -> None:
    """`unstated rank` is no code, but stands in the label of one."""
    assert _hint(problems, "lsh:Result-type") == (
        "one of: ldnc:adverse-event, ldnc:outcome, ldnc:primary-outcome, ldnc:secondary-outcome, "
        "ldnc:warning; "
        "did you mean ldnc:outcome?"
    )


def test_a_code_typed_as_text_finds_its_code(problems: tuple[Problem, ...]) -> None:
    assert _hint(problems, "lsh:Study-blinding") == (
        "one of: ldnc:double-blind, ldnc:open-label, ldnc:single-blind; "
        "did you mean ldnc:double-blind?"
    )


def test_of_a_long_list_the_eight_nearest_are_named(problems: tuple[Problem, ...]) -> None:
    hint = _hint(problems, "lsh:Study-design") or ""
    listed, _, rest = hint.removeprefix("one of: ").partition(" and ")
    assert len(listed.split(", ")) == 8
    assert {"ldnc:case-report", "ldnc:case-series"} <= set(listed.split(", "))
    assert "(`ldn-kg show ldnc:study-designs` lists all)" in rest
    assert rest.endswith("did you mean ldnc:case-report?")


def test_what_is_missing_names_the_list_without_a_guess(problems: tuple[Problem, ...]) -> None:
    hint = _hint(problems, "lsh:Study-readAs") or ""
    assert "ldnc:abstract" in hint
    assert "did you mean" not in hint


def test_two_values_where_one_may_stand_are_no_matter_of_the_list(
    problems: tuple[Problem, ...],
) -> None:
    assert _hint(problems, "lsh:Study-control") is None


@pytest.mark.parametrize(
    ("rule", "value", "hint"),
    [
        ("lsh:Study-condition", "condition:fibromialgia", "did you mean condition:fibromyalgia?"),
        ("lsh:Study-condition", "condition:MS", "did you mean condition:multiple-sclerosis?"),
        ("lsh:Study-condition", "gout", None),
    ],
)
def test_a_missing_record_names_the_nearest(
    problems: tuple[Problem, ...], rule: str, value: str, hint: str | None
) -> None:
    assert _hint(problems, rule, value) == hint


def test_only_records_of_the_class_that_is_wanted_are_named(problems: tuple[Problem, ...]) -> None:
    assert "claim:ldn-fibromyalgia" in (_hint(problems, "lsh:EvidenceLine-claim") or "")
    results = _hint(problems, "lsh:EvidenceLine-restsOn") or ""
    assert results.startswith("did you mean study:a2024-result-pain")
    assert all("-result-" in name for name in results[13:-1].split(" or "))


def test_an_undefined_term_names_the_nearest_that_is_defined(
    problems: tuple[Problem, ...],
) -> None:
    assert "ldn:funding" in (_hint(problems, "undefined-term", "ldn:funded") or "")
    hint = _hint(problems, "undefined-term", "ldnc:case-raport") or ""
    assert hint.startswith("did you mean ldnc:case-report or ")


def test_a_value_that_is_in_the_list_gets_no_hint(problems: tuple[Problem, ...]) -> None:
    assert not [p for p in problems if p.value == shorten(LDNC + "favours-treatment")]
