"""Hints: a message on a closed list names its codes, one on a missing record the nearest."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from support.made_up import HEAD

from ldn_kg.check.hints import Hints
from ldn_kg.check.shacl import Result
from ldn_kg.check.validation import Problem, validate
from ldn_kg.graph.namespaces import LDNC, iri, shorten

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


# On a few triples

SHAPES = """
lsh:few sh:in ( {few} ) . lsh:many sh:in ( {many} ) . lsh:text sh:in ( "a" "b" ) .
lsh:scheme sh:node lsh:in-scheme . lsh:in-scheme sh:property lsh:member .
lsh:member sh:path skos:inScheme ; sh:hasValue ldnc:colours .
lsh:other sh:node lsh:in-other . lsh:in-other sh:property lsh:kind .
lsh:kind sh:path rdf:type ; sh:hasValue ldnc:colours .
lsh:open sh:node lsh:in-any . lsh:in-any sh:property lsh:any .
lsh:any sh:path skos:inScheme ; sh:minCount 1 .
lsh:once sh:path ( schema:name [ sh:inversePath schema:name ] ) .
lsh:back sh:path ( schema:name [ sh:inversePath rdfs:label ] ) .
lsh:class sh:class ldn:Study .
""".format(
    few=" ".join(f"ldnc:code-{n}" for n in range(8)),
    many=" ".join(f"ldnc:code-{n}" for n in range(9)),
)
DATA = """
ldnc:red skos:inScheme ldnc:colours ; rdfs:label "crimson"@en .
ldnc:blue skos:inScheme ldnc:colours . ldnc:round skos:inScheme ldnc:forms .
study:a a ldn:Study ; schema:name "same" ; rdfs:label "alpha"@en ; bibo:doi "10.5555/x" .
study:b a ldn:Study ; schema:name "same" ; rdfs:label "beta"@en ; ldn:colour ldnc:red .
study:c a ldn:Study ; schema:name "other", "same" ; rdfs:label "gamma"@en .
claim:alpha a ldn:Claim ; rdfs:label "alpha"@en .
"""


def _store(turtle: str) -> Store:
    store = Store()
    store.extend(Quad(*q.triple) for q in parse(HEAD + turtle, format=RdfFormat.TURTLE))
    return store


def _on(
    shape: str,
    value: object,
    path: str | None = "ldn:colour",
    focus: str = "a",
    shapes: str = SHAPES,
) -> str | None:
    terms = {
        "focus_node": iri(f"study:{focus}"),
        "source_shape": iri(f"lsh:{shape}"),
        "message": "",
        "path": iri(path) if path else None,
        "value": value,
    }
    return Hints(_store(DATA), _store(shapes)).on(Result(**terms))  # type: ignore[arg-type]


CODES = [f"ldnc:code-{number}" for number in range(9)]


@pytest.mark.parametrize(
    ("shape", "value", "hint"),
    [
        ("few", iri("ldnc:zzzz"), f"one of: {', '.join(CODES[:8])}"),
        ("few", iri("ldnc:cod-3"), f"one of: {', '.join(CODES[:8])}; did you mean ldnc:code-3?"),
        ("few", iri("ldnc:code-3"), None),
        ("many", Literal("zzzz"), f"one of: {', '.join(CODES[:8])} and 1 more"),
        ("text", Literal("c"), None),
        ("scheme", iri("ldnc:zzzz"), "one of: ldnc:blue, ldnc:red"),
        ("scheme", iri("ldnc:bluw"), "one of: ldnc:blue, ldnc:red; did you mean ldnc:blue?"),
        ("scheme", Literal("Crimson"), "one of: ldnc:blue, ldnc:red; did you mean ldnc:red?"),
        ("scheme", None, "one of: ldnc:blue, ldnc:red"),
        # Of 3 and 7 letters 3 are the same, which is 6 of 10; of 3 and 8 it is 6 of 11.
        ("scheme", iri("ldnc:redwwww"), "one of: ldnc:blue, ldnc:red; did you mean ldnc:red?"),
        ("scheme", iri("ldnc:redwwwww"), "one of: ldnc:blue, ldnc:red"),
        ("open", iri("ldnc:bluw"), None),
        ("other", iri("ldnc:bluw"), None),
        ("class", iri("study:alpha"), "did you mean study:a?"),
        ("class", Literal("gamma"), "did you mean study:c?"),
        ("class", iri("study:zzzzzz"), None),
        ("class", iri("claim:alpha"), None),
        ("class", NamedNode("https://example.org/alpha"), None),
        ("class", None, None),
    ],
)
def test_what_could_stand_there_instead(shape: str, value: object, hint: str | None) -> None:
    assert _on(shape, value) == hint


def test_a_rule_without_a_list_is_not_given_that_of_another() -> None:
    shapes = "lsh:class sh:class ldn:Study . lsh:in-scheme sh:property lsh:member ."
    shapes += "lsh:member sh:path skos:inScheme ; sh:hasValue ldnc:colours ."
    assert _on("class", iri("study:alpha"), shapes=shapes) == "did you mean study:a?"


def test_values_that_are_there_or_no_path_at_all_get_no_list() -> None:
    assert _on("scheme", None, focus="b") is None  # it has one, so it has too many
    assert _on("scheme", None, path=None) is None


def test_what_must_be_of_one_record_names_the_others() -> None:
    assert _on("once", None) == "the same stands on study:b, study:c"
    assert _on("once", None, focus="c") == "the same stands on study:a, study:b"
    assert _on("back", None) is None


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("10.5555/X", "its normal form is 10.5555/x, which study:a has already"),
        ("10.5555/Y", "its normal form is 10.5555/y"),
        ("10.5555/y", None),
    ],
)
def test_an_identifier_is_given_its_normal_form(typed: str, hint: str | None) -> None:
    for path in ("bibo:doi", "bibo:pmid", "schema:identifier"):
        assert _on("class", Literal(typed), path=path, focus="b") == hint


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("ldnc:cod", None),
        ("ldnc:reed", "did you mean ldnc:red?"),
        ("ldn:Clam", "did you mean ldn:Claim?"),
    ],
)
def test_an_undefined_term_is_like_one_of_its_own_namespace(term: str, hint: str | None) -> None:
    data = "ldnc:red a skos:Concept . ldn:Claim a owl:Class . ldn:red a owl:Class ."
    data += "ldnk:Clam a owl:Class ."
    assert Hints(_store(data), _store("")).on_term(iri(term).value) == hint
