"""Every shape fires on a case made for it, and on nothing else.

A case is a graph of `shapes/<shape file>.trig`: records that are right but for one thing. It says
what must be reported; the whole report must be that and nothing more. `support.cases` says how a
case is written. Cases of different records are tried together: with LDN_KG_CASES=alone, none are.
"""

import os
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from rdflib import RDF, SH, BNode, Graph, URIRef
from support.cases import CASE_FILES, CASES, Case, Pairs, apart, cases_of, load, right, wrong

from ldn_kg.check.shacl.bridge import to_rdflib
from ldn_kg.check.validation import DERIVED, rules, validate
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import files


def _rules() -> set[str]:
    """Return every named shape that states a rule by a message of its own."""
    return {
        str(shape) for shape in to_rdflib(rules()).subjects(SH.message) if isinstance(shape, URIRef)
    }


def test_valid_records_conform() -> None:
    assert validate(load()).problems == ()


@pytest.mark.parametrize("file", CASE_FILES, ids=lambda file: file.stem)
def test_the_right_records_of_a_file_conform(file: Path) -> None:
    """What a case reports is then the fault of what it changes."""
    assert len(right(file)) > len(right())
    assert validate(load(Case(file))).problems == ()


GROUPS = [(case,) for case in CASES] if os.environ.get("LDN_KG_CASES") == "alone" else apart(CASES)
TOGETHER = {case: group for group in GROUPS for case in group}


def _found(dataset: Dataset) -> Pairs:
    # What is typed and derived is reported beside the shape, which sees it in whatever graph.
    return {(p.record, p.rule) for p in validate(dataset).problems if p.rule != DERIVED}


@cache
def _wrong(group: tuple[Case, ...]) -> dict[Case, Pairs]:
    return wrong(group, _found)


@pytest.mark.xdist_group("cases")  # so that each group is tried once
@pytest.mark.parametrize("case", CASES, ids=str)
def test_case_is_reported_and_nothing_else(case: Case) -> None:
    assert case.expected, "a case must say what is to be reported"
    assert _wrong(TOGETHER[case]).get(case, case.expected) == case.expected


def test_what_a_case_is_without_is_there() -> None:
    """A misspelt name would take nothing away."""
    idle = []
    for case in CASES:
        for term in case.gone:
            alone = Case(case.file, gone=frozenset({term}))
            if all(map(alone.keeps, right(case.file))):
                idle.append((str(case), term))
    assert not idle


def test_every_rule_has_a_case() -> None:
    broken = {shape for case in CASES for _, shape in case.expected}
    assert broken == _rules()


def test_every_file_of_cases_is_a_shape_file() -> None:
    assert [file.stem for file in CASE_FILES] == [path.stem for path in files("shapes", ".ttl")]


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "": "0 lines .* open 0 cases",
        ":a {\n}\n:a {\n}\n": "2 lines .* open 1 cases",
        ":a {\n} :b { :c :without :d }\n": "1 lines .* open 2 cases",
    }.items(),
    ids=["no case", "two of the same name", "two on one line"],
)
def test_a_file_that_hides_a_case_is_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "hidden.trig"
    file.write_text(f"PREFIX : <https://example.org/ldn/case/>\n{text}", encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        cases_of(file)


def test_every_target_has_valid_records_and_shipped_ones(kg: Dataset) -> None:
    classes = {str(target) for target in to_rdflib(rules()).objects(None, SH.targetClass)}
    properties = {str(target) for target in to_rdflib(rules()).objects(None, SH.targetSubjectsOf)}
    for dataset in (load(), kg):
        types = dataset.store.quads_for_pattern(None, NamedNode(str(RDF.type)), None, None)
        assert not classes - {quad.object.value for quad in types}
        assert not properties - {quad.predicate.value for quad in dataset.triples()}


def test_no_rule_is_a_blank_node() -> None:
    """A report can only name a rule that has a name."""
    unnamed = [s for s in to_rdflib(rules()).subjects(SH.message) if isinstance(s, BNode)]
    holders = {s for s, _ in to_rdflib(rules()).subject_objects(SH.sparql)}
    carriers = {
        node for holder in holders for node in to_rdflib(rules()).objects(holder, SH.sparql)
    }
    assert not set(unnamed) - carriers


def test_the_shipped_data_conform(kg: Dataset) -> None:
    report = validate(kg)
    assert report.problems == ()
    assert report.records > 0
    assert report.shapes > 0


def test_nothing_to_look_at_is_not_valid(tmp_path: Path) -> None:
    path = tmp_path / "no-record.ttl"
    path.write_text("<https://example.org/a> <https://example.org/b> 1 .", encoding="utf-8")
    with pytest.raises(LdnKgError, match="No shape finds a record"):
        validate(read(path, shipped=False))


def test_a_misspelt_term_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "misspelt.ttl"
    path.write_text(
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\n"
        "<https://example.org/x> ldn:desing 1 .",
        encoding="utf-8",
    )
    problems = validate(path).problems
    assert [(p.record, p.rule, p.file, p.line) for p in problems] == [
        ("https://example.org/x", "undefined-term", path, 2)
    ]
    assert "ldn:desing is not defined" in str(problems[0])


def test_shapes_are_read_whole() -> None:
    assert isinstance(to_rdflib(rules()), Graph)
    assert len(list(to_rdflib(rules()).subjects(RDF.type, SH.NodeShape))) >= len(
        files("shapes", ".ttl")
    )
