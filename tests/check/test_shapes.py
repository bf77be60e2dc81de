"""Every shape fires on a case made for it, and on nothing else.

A case is `shapes/<shape file>/<what-is-wrong>.ttl`: records that are right but for one thing, laid
on top of `shapes/valid.ttl`. It says what must be reported by `[] sh:focusNode … ;
sh:sourceShape … .`; the whole report must be that and nothing more.
"""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from rdflib import RDF, SH, BNode, Graph, URIRef
from support.cases import CASES, Pairs, expectations, load

from ldn_kg.check.validation import rules, validate
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import files
from ldn_kg.shacl.bridge import to_rdflib


def _rules() -> set[str]:
    """Return every named shape that states a rule by a message of its own."""
    return {
        str(shape) for shape in to_rdflib(rules()).subjects(SH.message) if isinstance(shape, URIRef)
    }


def test_valid_records_conform() -> None:
    assert validate(load()).problems == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_case_is_reported_and_nothing_else(case: Path) -> None:
    expected: Pairs = set(expectations(case))
    assert expected, "a case must say what is to be reported"
    found: Pairs = {(p.record, p.rule) for p in validate(load(case)).problems}
    assert found == expected


def test_every_rule_has_a_case() -> None:
    broken = {shape for case in CASES for _, shape in expectations(case)}
    assert broken == _rules()


def test_every_case_folder_is_a_shape_file() -> None:
    assert {case.parent.name for case in CASES} == {path.stem for path in files("shapes", ".ttl")}


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
